"""Deciding what the undoing of a merge could place with nobody for certain, on behalf of the survivor's workflow."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from pydantic import JsonValue
from sqlmodel import Session, col, select

from domain.change import PlaceItem, Refused, Request
from domain.handing_over import keys_after, with_lead, with_values, without_what_was_said
from domain.identity import Key, keys_of
from domain.lead import Lead
from domain.merging_rules import ProfileField
from domain.ownership import Place
from domain.profile import Profile, profile_of
from domain.separation import Because, Merged, Placement, Thing
from domain.survivorship import Side, profile_with, value_of
from store.asking import require_active
from store.customers import customer_row, set_profile
from store.identity_index import held_by, hold, holders_of, let_go
from store.merging import Half
from store.reading import profile_in
from store.tables import AskedItemRow, CustomerRow, LeadRow, MergeRow
from store.unmerging import have_found, move


def item_of(session: Session, merge_id: str, number: int) -> tuple[MergeRow, AskedItemRow, Placement]:
    """Something that was asked about an undone merge.

    Raises:
        Refused: ``unknown_merge``, ``unknown_item`` when nothing of that number was asked.
    """
    merge = session.exec(select(MergeRow).where(MergeRow.id == merge_id)).first()
    if merge is None:
        raise Refused("unknown_merge", about=merge_id)
    item = session.get(AskedItemRow, (merge_id, number))
    if item is None:
        raise Refused("unknown_item", about=str(number))
    return merge, item, Placement.model_validate(merge.placed[number - 1])


def said_by(session: Session, item: AskedItemRow, placement: Placement) -> Profile:
    """What the thing in question says of a customer."""
    if placement.thing is Thing.LEAD:
        return profile_of(Lead.model_validate(session.get_one(LeadRow, placement.id).lead))
    return profile_with(_values(item))


def place(session: Session, request: Request, change: PlaceItem, survivor: CustomerRow) -> dict[str, JsonValue]:
    """Put the thing where a person says that it belongs, both customers being locked; returns what explains it.

    Raises:
        Refused: ``unknown_rep`` and ``rep_not_available`` for whoever says so; ``item_decided``; ``already_merged``
            when the other side is part of another customer by now; ``not_a_side``; ``identifier_in_use`` when
            another customer has it; ``ownership_stays`` for a change of hands that shall be another customer's.
    """
    require_active(session, change.by)
    merge, item, placement = item_of(session, change.merge_id, change.item)
    if item.decided_at is not None:
        raise Refused("item_decided", about=item.to or "")
    absorbed = customer_row(session, merge.absorbed_id)
    if absorbed.place == Place.MERGED:
        raise Refused("already_merged", about=absorbed.merged_into or "")
    said = said_by(session, item, placement)
    if change.to not in (survivor.id, absorbed.id):
        _stays_with_its_holder(session, change.to, placement, said)
    elif placement.because is Because.TAKEN:
        receiver = survivor if change.to == survivor.id else absorbed
        _put(session, receiver, with_values(profile_in(receiver), _values(item)), said)
        receiver.updated_at = request.at
    elif change.to == absorbed.id:
        _give(session, merge, item, placement, survivor, absorbed, request.at)
        survivor.updated_at = absorbed.updated_at = request.at
    item.to, item.decided_by, item.reason, item.decided_at = change.to, change.by, change.reason, request.at
    item.values = {}
    return {"thing": placement.thing, "id": placement.id, "because": placement.because, "by": change.by}


def _stays_with_its_holder(session: Session, customer_id: str, placement: Placement, said: Profile) -> None:
    """An identifier that another customer has may be said to be that one's; nothing else may go to a third."""
    holders, waiting = holders_of(session, _strong(said))
    if placement.because is not Because.TAKEN or customer_id not in holders.keys() - waiting:
        raise Refused("not_a_side", about=customer_id)


def _give(
    session: Session,
    merge: MergeRow,
    item: AskedItemRow,
    placement: Placement,
    survivor: CustomerRow,
    absorbed: CustomerRow,
    at: datetime,
) -> None:
    """Take the thing, with what only it said, from the survivor, and give it to the customer that was absorbed."""
    if placement.thing is Thing.OWNERSHIP:
        raise Refused("ownership_stays", about=survivor.id)
    move(session, [placement], absorbed.id, at)
    if placement.thing is Thing.FOLLOW_UP:
        return
    said = said_by(session, item, placement)
    own = Half.model_validate(merge.halves[Side.SURVIVOR])
    kept = [Merged.model_validate(merge.merged).survivor, *_other_leads(session, survivor.id)]
    before = profile_in(survivor)
    after = without_what_was_said(before, said, kept)
    stays = {*own.keys, *keys_of(after), *(key for profile in kept for key in keys_of(profile))}
    gone = frozenset(keys_of(said)) - stays
    keys = keys_after(held_by(session, survivor.id), before, after, gone)
    let_go(session, survivor.id)
    hold(session, survivor.id, keys)
    if after != before:
        set_profile(survivor, after)
    have_found(session, survivor.id, after, [])
    theirs = profile_in(absorbed)
    if placement.thing is Thing.LEAD:
        _put(session, absorbed, with_lead(theirs, said, _foreign(session, said, absorbed.id)), said)
    else:
        _put(session, absorbed, with_values(theirs, _values(item)), said)


def _put(session: Session, customer: CustomerRow, after: Profile, said: Profile) -> None:
    """Write a profile with its keys, those of what was said besides, and have it found by both."""
    if _foreign(session, after, customer.id):
        raise Refused("identifier_in_use")
    before = profile_in(customer)
    weak = [key for key in keys_of(said) if not key.strong]
    keys = keys_after((*held_by(session, customer.id), *weak), before, after, frozenset())
    let_go(session, customer.id)
    hold(session, customer.id, keys)
    if after != before:
        set_profile(customer, after)
    have_found(session, customer.id, after, [said])


def _other_leads(session: Session, customer_id: str) -> Iterable[Profile]:
    rows = session.exec(select(LeadRow).where(LeadRow.customer_id == customer_id).order_by(col(LeadRow.received_at)))
    return [profile_of(Lead.model_validate(row.lead)) for row in rows]


def _foreign(session: Session, profile: Profile, customer_id: str) -> frozenset[Key]:
    """The strong identifiers of a profile that another customer holds."""
    strong = _strong(profile)
    holders, waiting = holders_of(session, strong, but=customer_id)
    return frozenset(strong) & {key for holder in holders.keys() - waiting for key in holders[holder]}


def _strong(profile: Profile) -> Sequence[Key]:
    return [key for key in keys_of(profile) if key.strong]


def _values(item: AskedItemRow) -> dict[ProfileField, Any]:
    """The values in question as a profile has them; JSON knows no tuples."""
    profile = profile_with({ProfileField(field): value for field, value in item.values.items()})
    return {ProfileField(field): value_of(profile, ProfileField(field)) for field in item.values}
