"""Decisions that people take: who decides, in which order, what each of them may do, and what then happens."""
