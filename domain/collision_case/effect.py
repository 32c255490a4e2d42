"""What a settlement asks of the customers' workflows, of the approvals' and of the merges'."""

from typing import NamedTuple

from domain.approval.request import Actor, Order, TransferWanted
from domain.change import Asked, FreezeAssignment, GrantShare, MergeInto, ThawAssignment
from domain.change import Transfer as TransferTo
from domain.collision_case.resolution import Merge, Share, Split, Transfer
from domain.collision_case.state import CaseState, Settlement, Subject
from domain.event import SYSTEM
from domain.merge_order import MergeOrder
from domain.share import Access


class Ask(NamedTuple):
    """One change that a customer's workflow is asked for."""

    customer_id: str
    asked: Asked


Effect = Ask | Order | MergeOrder


def effects_of(state: CaseState) -> list[Effect]:
    """Everything that a settled case has done, in this order. What was done is done once: the ids say so."""
    settlement = state.settlement
    if settlement is None:
        return []
    match settlement.resolution:
        case Transfer(to_id=to_id):
            return _given(state, settlement, to_id)
        case Share(main_id=main_id, collaborators=collaborators):
            given = _given(state, settlement, main_id) if main_id else []
            return [*given, *_granted(state, settlement, collaborators, main_id)]
        case Split():
            return _granted(state, settlement, settlement.resolution.names, None)
        case Merge(survivor_id=survivor_id):
            return [
                _merged(state, settlement, settlement.resolution, subject)
                for subject in settlement.subjects
                if subject.customer_id != survivor_id
            ]
        case _:
            return []


def freezes_of(state: CaseState) -> list[Ask]:
    """What keeps the customers still while the case is open."""
    if state.frozen_until is None or state.risk:
        return []
    change = FreezeAssignment(case_id=state.id, until=state.frozen_until)
    what = f"freeze-{state.moves}"
    return [Ask(id_, Asked(id=_id(state, what, id_), actor=SYSTEM, change=change)) for id_ in state.live_ids]


def thaws_of(state: CaseState) -> list[Ask]:
    """What lets them go again, whoever stands for them by now."""
    if state.frozen_until is None:
        return []
    change = ThawAssignment(case_id=state.id)
    ids = dict.fromkeys((*state.live_ids, *state.customer_ids))
    return [Ask(id_, Asked(id=_id(state, "thaw", id_), actor=SYSTEM, change=change)) for id_ in ids]


def _given(state: CaseState, settlement: Settlement, to_id: str) -> list[Effect]:
    moving = [subject for subject in settlement.subjects if subject.from_id != to_id]
    reason = settlement.words or state.id
    if settlement.via_approval:
        gives = next((subject.from_id for subject in moving if subject.from_id in state.parties), to_id)
        wanted = TransferWanted(to_id=to_id, reason=reason)
        requester = Actor(principal=state.id, person=gives)
        ids = tuple(subject.customer_id for subject in moving)
        return [Order(id=f"{state.id}.{state.round}", wanted=wanted, customer_ids=ids, requester=requester)]
    return [
        _ask(
            state,
            settlement,
            "transfer",
            subject.customer_id,
            TransferTo(approval_id=state.id, from_id=subject.from_id, to_id=to_id, reason=reason),
        )
        for subject in moving
    ]


def _granted(state: CaseState, settlement: Settlement, rep_ids: tuple[str, ...], main_id: str | None) -> list[Effect]:
    return [
        _ask(
            state,
            settlement,
            f"share:{rep_id}",
            subject.customer_id,
            GrantShare(approval_id=state.id, rep_id=rep_id, access=Access.COLLABORATE, until=settlement.shared_until),
        )
        for subject in settlement.subjects
        for rep_id in rep_ids
        if rep_id != (main_id or subject.from_id)
    ]


def _merged(state: CaseState, settlement: Settlement, merge: Merge, absorbed: Subject) -> MergeOrder:
    """A merge is a rep's word: that of whoever decided, or, where they stand for nobody, of whoever is to have it."""
    said = next((actor.person for actor in settlement.by if actor.person), None)
    change = MergeInto(
        survivor_id=merge.survivor_id,
        by=said or merge.owner_id or state.parties[0],
        reason=settlement.words or state.id,
        owner=merge.owner_id,
    )
    asked = Asked(id=_id(state, "merge", absorbed.customer_id), actor=_actor(settlement), change=change)
    return MergeOrder(absorbed_id=absorbed.customer_id, survivor_id=merge.survivor_id, asked=asked)


def _ask(state: CaseState, settlement: Settlement, what: str, customer_id: str, change: TransferTo | GrantShare) -> Ask:
    return Ask(customer_id, Asked(id=_id(state, what, customer_id), actor=_actor(settlement), change=change))


def _id(state: CaseState, what: str, customer_id: str) -> str:
    return f"{state.id}.{state.round}:{what}:{customer_id}"


def _actor(settlement: Settlement) -> str:
    last = settlement.by[-1] if settlement.by else None
    return (last.person or last.principal) if last else SYSTEM
