"""Histories of workflows, kept for years outside Temporal and replayed on today's code."""
