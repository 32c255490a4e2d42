"""Is this somebody we know? Two records compared, how sure that makes us, and what follows from it."""
