"""From an event to the notices: who is told, once for each cause; what one act does to many is told as one."""

from collections.abc import Iterator
from typing import NamedTuple

from pydantic import JsonValue

from domain.happening import Happening
from domain.notifying.notice import Notice, NoticeKind
from domain.notifying.rules import Rule, rules_for
from domain.notifying.scene import Scene, part

_FACTS = (
    "owner_id", "previous_owner_id", "rep_id", "by", "reps", "queue", "until", "request", "status", "access",
    "import_id", "move_id", "survivor_id", "absorbed_id", "refusal", "outcome", "option", "detector", "score",
    "kpi", "month", "value", "target",
)  # fmt: skip
"""The parts of an event's data that notices tell: ids, times, codes and numbers, never what somebody wrote."""

_IN_IMPORTS = {
    NoticeKind.CUSTOMER_GAINED: NoticeKind.CUSTOMERS_IMPORTED,
    NoticeKind.LEAD_RECEIVED: NoticeKind.CUSTOMERS_IMPORTED,
    NoticeKind.CUSTOMER_CORRECTED: NoticeKind.CUSTOMERS_IMPORTED,
    NoticeKind.LEAD_ASKED: NoticeKind.IMPORT_DOUBTS,
    NoticeKind.LEAD_REMINDED: NoticeKind.IMPORT_DOUBTS,
    NoticeKind.LEAD_ESCALATED: NoticeKind.IMPORT_DOUBTS,
}
_IN_MOVES = {
    NoticeKind.CUSTOMER_GAINED: NoticeKind.CUSTOMERS_HANDED_OVER,
    NoticeKind.LEAD_ASKED: NoticeKind.LEADS_HANDED_OVER,
}


class _Act(NamedTuple):
    """One act that does the same to many records."""

    id: str
    name: str
    """What its id is called among the facts."""


def notices_of(happened: Happening, scene: Scene) -> Iterator[Notice]:
    """The notices of an event, each person's once.

    Somebody who has left is told nothing, and nobody is told what they did themselves.

    Args:
        happened: the event.
        scene: whom it may concern, as of now.
    """
    doer = scene.reps.get(happened.actor, happened.actor)
    known: set[str] = set()
    for rule in rules_for(happened):
        for person in dict.fromkeys(rule.whom(happened, scene)):
            if person is None or person == doer or person in known or not scene.is_there(person):
                continue
            known.add(person)
            yield _notice(happened, scene, rule, person)


def _notice(happened: Happening, scene: Scene, rule: Rule, person: str) -> Notice:
    kind, act = _told_as(happened, scene, rule.kind)
    if act is not None:
        # Each stage of what one import asks is told once.
        return Notice(
            person=person,
            kind=kind,
            urgent=rule.urgent,
            cause=f"{act.id}:{rule.kind}",
            event_id=happened.id,
            facts={act.name: act.id},
            at=happened.at,
        )
    of_customer, of_lead = happened.stream == "customer", happened.stream == "lead"
    return Notice(
        person=person,
        kind=kind,
        urgent=rule.urgent,
        cause=part(happened, "cause") or happened.id,
        event_id=happened.id,
        customer_id=happened.subject_id if of_customer else part(happened, "customer_id"),
        lead_id=happened.subject_id if of_lead else part(happened, "lead_id"),
        approval_id=part(happened, "approval_id"),
        case_id=part(happened, "case_id"),
        facts=_facts(happened),
        at=happened.at,
    )


def _told_as(happened: Happening, scene: Scene, kind: NoticeKind) -> tuple[NoticeKind, _Act | None]:
    """As what a kind is told when it comes of an import or a move, which bring it about many times."""
    lead = scene.lead_of(happened)
    if lead and lead.import_id and kind in _IN_IMPORTS:
        return _IN_IMPORTS[kind], _Act(lead.import_id, "import_id")
    move_id = part(happened, "move_id")
    if move_id and kind in _IN_MOVES:
        return _IN_MOVES[kind], _Act(move_id, "move_id")
    return kind, None


def _facts(happened: Happening) -> dict[str, JsonValue]:
    return {name: happened.data[name] for name in _FACTS if happened.data.get(name) is not None}
