"""Merges as they were made: to look at, to carry on with, and to undo."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlmodel import Session, col, or_, select

from domain.answer import Settlement
from domain.case import region_of
from domain.change import Asked, GiveBack, PlaceItem, Refused, TakeItem, TakeOver
from domain.merge_order import MergeOrder
from domain.merging_rules import ProfileField, Survivorship
from domain.ownership import Ownership
from domain.profile import Profile
from domain.separation import Merged
from domain.survivorship import Side
from store.candidates import waiting_alike
from store.customers import customer_row
from store.database import Database
from store.errors import NotFound, UnusableReference
from store.identification import Subject
from store.identity_index import held_by, holders_of
from store.keyset import page_of
from store.lineage import family, live_id
from store.merging import Half, Plan, plan_of
from store.placing import item_of
from store.policies import Policies
from store.reading import profile_in
from store.tables import AskedItemRow, CustomerRow, LeadRow, MergeRow
from store.unmerging import undoable

_MOST_MERGES = 20
"""So many of the latest merges tell by what a customer was known."""


class Merges:
    """Reads; never writes. Safe to share between threads."""

    def __init__(self, database: Database, policies: Policies) -> None:
        self._database = database
        self._policies = policies

    def plan(self, survivor_id: str, absorbed_id: str, instead: dict[ProfileField, Survivorship]) -> Plan:
        """What would survive if these two were merged now.

        Raises:
            Refused: ``unknown_customer``, ``same_customer``, ``already_merged``.
            UnusableReference: when there is no customer to absorb.
        """
        with self._database.read() as session:
            if survivor_id == absorbed_id:
                raise Refused("same_customer")
            survivor, absorbed = customer_row(session, survivor_id), session.get(CustomerRow, absorbed_id)
            if absorbed is None:
                raise UnusableReference("absorb", "customer_unknown", absorbed_id)
            for row in (survivor, absorbed):
                if row.merged_into is not None:
                    raise Refused("already_merged", about=row.merged_into or "")
            policy = self._policies.in_force(session, datetime.now(UTC))
            return plan_of(session, survivor, absorbed, instead, policy)

    def made(self, merge_id: str) -> MergeRow | None:
        """A merge, by its own id or by that of its undoing."""
        with self._database.read() as session:
            return session.exec(
                select(MergeRow).where(or_(MergeRow.id == merge_id, MergeRow.unmerge_id == merge_id))
            ).first()

    def undoable(self, merge_id: str, unmerge_id: str) -> tuple[MergeRow, Ownership]:
        """A merge that may be undone, or was by this very request, with how the absorbed customer stood before it.

        Raises:
            Refused: ``unknown_merge``, ``not_merged``, ``later_merge``.
        """
        with self._database.read() as session:
            done = session.exec(select(MergeRow).where(MergeRow.unmerge_id == unmerge_id)).first()
            row = done or undoable(session, merge_id)
            return row, Half.model_validate(row.halves[Side.ABSORBED]).ownership

    def item(self, merge_id: str, number: int) -> tuple[MergeRow, AskedItemRow]:
        """Something that was asked about an undone merge.

        Raises:
            Refused: ``unknown_merge``, ``unknown_item``.
        """
        with self._database.read() as session:
            merge, item, _ = item_of(session, merge_id, number)
            return merge, item

    def asked(self, merge_ids: Sequence[str]) -> dict[tuple[str, int], AskedItemRow]:
        """Everything that was asked about these merges, by the merge and its number."""
        with self._database.read() as session:
            rows = session.exec(select(AskedItemRow).where(col(AskedItemRow.merge_id).in_(merge_ids)))
            return {(row.merge_id, row.number): row for row in rows}

    def of(self, customer_id: str, after: int | None, limit: int) -> Sequence[MergeRow]:
        """A page of the merges that made a customer what it is, oldest first, and one more when there are more.

        Raises:
            NotFound: when there is no such customer.
        """
        with self._database.read() as session:
            if session.get(CustomerRow, customer_id) is None:
                raise NotFound
            theirs = [customer_id, *family(session, live_id(session, customer_id))]
            involved = or_(col(MergeRow.survivor_id).in_(theirs), col(MergeRow.absorbed_id).in_(theirs))
            by = (col(MergeRow.position),)
            return session.exec(
                page_of(select(MergeRow).where(involved), by, None if after is None else (after,), limit)
            ).all()

    def handover(self, order: MergeOrder) -> Asked | None:
        """What the survivor of a merge, or of its undoing, is to decide; None when it has nothing to decide.

        Of something that a person placed: what the customer that was absorbed is to do, when it was given to that one.
        """
        asked = order.asked
        if isinstance(asked.change, PlaceItem):
            take = TakeItem(merge_id=asked.change.merge_id, item=asked.change.item)
            given = asked.change.to == order.survivor_id
            return Asked(id=f"{asked.id}:{take.kind}", actor=asked.actor, change=take) if given else None
        with self._database.read() as session:
            made = or_(MergeRow.id == order.asked.id, MergeRow.unmerge_id == order.asked.id)
            row = session.exec(select(MergeRow).where(made)).one()
            region = region_of(profile_in(customer_row(session, row.survivor_id)))
        if row.id == order.asked.id:
            absorbed = Half.model_validate(row.halves[Side.ABSORBED]).ownership
            change: TakeOver | GiveBack = TakeOver(merge_id=row.id, absorbed=absorbed, region=region, owner=row.owner)
        elif row.taken_over is None:
            return None
        else:
            change = GiveBack.model_validate({"merge_id": row.id, "region": region, **row.taken_over})
        return Asked(id=f"{order.asked.id}:{change.kind}", actor=order.asked.actor, change=change)

    def waiting_beside(self, customer_id: str) -> list[str]:
        """Leads in doubt that hold a key in common with a customer, or may be one of those that it was merged with."""
        with self._database.read() as session:
            live = live_id(session, customer_id)
            _, waiting = holders_of(session, held_by(session, live), but=customer_id)
            theirs, known = _known_by(session, live)
            alike = {lead_id for profile in known for lead_id in waiting_alike(session, Subject.of(profile).blocking)}
            return sorted(waiting | _naming(session, alike - waiting, theirs))


def _known_by(session: Session, customer_id: str) -> tuple[set[str], set[Profile]]:
    """A customer with those of its latest merges, undone ones, too, and as what each was known before and is now."""
    theirs = family(session, customer_id)
    involved = or_(col(MergeRow.survivor_id).in_(theirs), col(MergeRow.absorbed_id).in_(theirs))
    latest = select(MergeRow).where(involved).order_by(col(MergeRow.position).desc()).limit(_MOST_MERGES)
    ids, known = {customer_id}, {profile_in(customer_row(session, customer_id))}
    for row in session.exec(latest):
        was = Merged.model_validate(row.merged)
        ids |= {row.survivor_id, row.absorbed_id}
        known |= {was.survivor, was.absorbed}
    return ids, known


def _naming(session: Session, lead_ids: set[str], customer_ids: set[str]) -> set[str]:
    """Those of these leads whose candidates include one of these customers."""
    rows = session.exec(select(LeadRow).where(col(LeadRow.id).in_(lead_ids)))
    candidates = ((row.id, Settlement.model_validate(row.settlement).answer.candidates) for row in rows)
    return {lead_id for lead_id, each in candidates if customer_ids & {candidate.id for candidate in each}}
