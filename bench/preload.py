"""Customers that exist already: the rows that intake would have written, but a thousand customers at a time."""

from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from typing import Any

from sqlmodel import SQLModel

from bench.leads import lead, staff
from domain.answer import Answer, Settlement
from domain.assignment import Rep
from domain.case import case_of
from domain.event import EventKind
from domain.identity import Outcome, keys_of
from domain.ids import IdMaker
from domain.lead import Lead
from domain.matching.record import Record, record_of
from domain.ownership import Owner
from domain.policy import Policy
from domain.profile import profile_of
from domain.transition import birth
from store.candidates import entries
from store.database import Database
from store.rows import add
from store.tables import (
    CandidateKeyRow,
    CustomerRow,
    DecisionRow,
    EventRow,
    IdentityKeyRow,
    LeadRow,
    MatchableRow,
)

AT_ONCE = 1_000
_AT = datetime(2026, 1, 1, tzinfo=UTC)

Rows = dict[type[SQLModel], list[dict[str, Any]]]


def preload(database: Database, policy: Policy, ids: IdMaker, size: int) -> None:
    """Let the first ``size`` customers exist, each with its keys, its lead, its decision and its events."""
    numbers = [range(start, min(start + AT_ONCE, size)) for start in range(0, size, AT_ONCE)]
    # New processes, because a copy of this one would have Temporal's threads cut off in the middle of their work.
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as processes:
        for rows in processes.map(partial(_rows, policy, ids), numbers):
            with database.write() as session:
                for table, content in rows.items():
                    add(session, table, *content)


def _rows(policy: Policy, ids: IdMaker, numbers: range) -> Rows:
    rows: Rows = defaultdict(list)
    records = [_add_customer(rows, policy, ids, number) for number in numbers]
    rows[MatchableRow], rows[CandidateKeyRow] = entries(records, first=numbers.start + 1)
    return rows


def _add_customer(rows: Rows, policy: Policy, ids: IdMaker, number: int) -> tuple[str, Record]:
    known = Lead.model_validate(lead(number))
    profile = profile_of(known)
    lead_id = ids.lead_id(known.source, known.external_id)
    customer_id, decision_id = ids.customer_id(lead_id), ids.make("dec", lead_id)
    case = case_of(known, profile, ())
    reps = staff()[known.region or ""]
    rep = reps[number % len(reps)]
    born = birth(customer_id, case, policy, [Rep(id=rep, name=rep, regions=(known.region or "",))], _AT)
    ownership, body = born.ownership, known.model_dump(mode="json")
    answer = Answer(
        lead_id=lead_id, outcome=Outcome.NEW_CUSTOMER, reason="no_match", confidence=1, customer_id=customer_id,
        owner=Owner(id=rep, name=rep), decision_id=decision_id,
    )  # fmt: skip
    keys, record = keys_of(profile), record_of(profile)
    trace = {"keys": [key.kind for key in keys], "assignment": born.model_dump(mode="json")["assignment"]}
    rows[CustomerRow].append({
        "id": customer_id, "name": profile.name, "customer_type": known.customer_type, "region": known.region,
        "industry": known.industry, "place": ownership.place, "owner_id": rep, "queue": None, "seq": ownership.seq,
        "ownership": ownership.model_dump(mode="json"), "profile": profile.model_dump(mode="json"),
        "referrer_id": None, "created_at": _AT, "updated_at": _AT, "version": 1,
    })  # fmt: skip
    rows[IdentityKeyRow] += [
        {"kind": key.kind, "value": key.value, "holder": customer_id, "strong": key.strong, "waiting": False}
        for key in keys
    ]
    rows[LeadRow].append({
        "id": lead_id, "source": known.source, "external_id": known.external_id, "fingerprint": lead_id,
        "outcome": Outcome.NEW_CUSTOMER, "customer_id": customer_id, "decision_id": decision_id, "lead": body,
        "settlement": Settlement(answer=answer).model_dump(mode="json"), "received_at": _AT, "settled_at": _AT,
    })  # fmt: skip
    rows[DecisionRow].append({
        "id": decision_id, "kind": "intake", "customer_id": customer_id, "lead_id": lead_id,
        "policy_version": policy.fingerprint, "at": _AT, "trace": trace,
    })  # fmt: skip
    rows[EventRow] += [
        {
            "id": f"{lead_id}:{kind}", "customer_id": customer_id, "kind": kind, "at": _AT, "recorded_at": _AT,
            "actor": "system", "decision_id": decision_id, "data": {"lead_id": lead_id},
        }
        for kind in (EventKind.CUSTOMER_REGISTERED, born.event)
    ]  # fmt: skip
    return customer_id, record
