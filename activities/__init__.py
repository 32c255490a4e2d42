"""Side effects of the workflows. Each may run more than once for one cause and has its effect once."""
