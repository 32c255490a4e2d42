"""Recorded histories, one folder per release, that every later release must replay (invariant replayable)."""
