"""Stored decision traces."""

from datetime import UTC, datetime

import httpx

from store.database import Database
from store.journal import record_decision


async def test_a_decision_reads_as_stored(client: httpx.AsyncClient, database: Database) -> None:
    trace = {"reason": "certain_match", "considered": ["梁文博"], "score": 0.5}
    at = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    with database.write() as session:
        record_decision(
            session, id="dec_1", kind="intake", policy_version="1+abc", at=at, trace=trace, lead_id="lead_1"
        )
    assert (await client.get("/v1/decisions/dec_1")).json() == {
        "id": "dec_1",
        "kind": "intake",
        "customer_id": None,
        "lead_id": "lead_1",
        "policy_version": "1+abc",
        "at": "2026-11-23T09:30:00Z",
        "trace": trace,
    }
    assert (await client.get("/v1/decisions/dec_2")).status_code == 404
