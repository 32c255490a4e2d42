"""The HTTP API (FastAPI, OpenAPI 3.1, everything under /v1)."""
