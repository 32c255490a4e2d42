"""Chaos: the service as separate processes, killed with ``kill -9`` while leads go in. ``python -m tests.chaos``."""
