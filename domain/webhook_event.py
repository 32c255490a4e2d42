"""What systems are told of an event: its kind, ids and times; never what people wrote, nor who a customer is."""

from typing import Any

from pydantic import JsonValue

from domain.event import EventKind
from domain.happening import Happening
from domain.lead_event import LeadEventKind
from domain.organisation_event import ORGANISATION, OrganisationEventKind

PING = "ping"
"""The kind of what is sent to try an endpoint; nobody can, or need, subscribe to it."""

KINDS = frozenset(
    f"{stream}.{kind}"
    for stream, kinds in (("customer", EventKind), ("lead", LeadEventKind), (ORGANISATION, OrganisationEventKind))
    for kind in kinds
)
"""The kinds that an endpoint may subscribe to: on whose timeline the event is, and what it is."""

_TOLD = frozenset(
    {
        "access", "asked", "by", "cause", "clock_kept", "collaborator", "cool_off_until", "default", "detector",
        "effective", "from_policy", "kpi", "month", "option", "outcome", "pool", "protected_by", "queue", "reps",
        "request", "risk", "shortfalls", "source", "status", "target", "to_policy", "told", "until", "value",
    }
)  # fmt: skip
"""The facts of events that systems are told of, beside ids (``…_id``). Whatever is not listed here stays in the house:
comments and reasons are people's words, and a fact that is new is kept until somebody has looked at it."""


def kind_of(happened: Happening) -> str:
    """An event's kind as endpoints subscribe to it, such as ``customer.owner_assigned``."""
    return f"{happened.stream}.{happened.kind}"


def payload_of(happened: Happening) -> dict[str, Any]:
    """What is kept of an event until it is delivered."""
    return {
        "subject": happened.subject_id,
        "time": happened.at.isoformat(),
        "data": {
            **({} if happened.stream == ORGANISATION else {f"{happened.stream}_id": happened.subject_id}),
            "actor": happened.actor,
            "decision_id": happened.decision_id,
            **facts_of(happened.data),
        },
    }


def facts_of(data: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """Those of an event's facts that systems are told."""
    return {name: value for name, value in data.items() if (name in _TOLD or name.endswith("_id")) and _plain(value)}


def _plain(value: JsonValue) -> bool:
    return all(not isinstance(it, dict | list) for it in (value if isinstance(value, list) else [value]))
