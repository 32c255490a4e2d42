"""The durable processes. Deterministic; they branch on decisions, ids and times, never on personal data."""
