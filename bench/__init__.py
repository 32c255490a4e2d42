"""How fast OneOwner is on this machine, beside what the Temporal server under it can do: ``python -m bench``."""
