"""The read model and the identity index: SQLModel tables, queries and migrations, the same on SQLite and PostgreSQL."""
