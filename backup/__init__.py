"""Backup and restore of an installation: the database, the embedded Temporal server's, uploaded files, keys.

Temporal's database is copied first. Whatever a workflow knows to be done was written before, so that the copy of our
database is never the older one; ``mending`` begins anew what only it knows.
"""
