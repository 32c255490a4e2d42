"""Merges as they were made: to look at, to carry on with, and to undo."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlmodel import col, or_, select

from domain.case import region_of
from domain.change import Asked, GiveBack, Refused, TakeOver
from domain.merge_order import MergeOrder
from domain.ownership import Ownership
from domain.policy import ProfileField, Survivorship
from domain.survivorship import Side
from store.customers import customer_row
from store.database import Database
from store.errors import NotFound, UnusableReference
from store.identity_index import held_by, holders_of
from store.keyset import page_of
from store.lineage import family, live_id
from store.merging import Half, Plan, plan_of
from store.policies import Policies
from store.reading import profile_in
from store.tables import CustomerRow, MergeRow
from store.unmerging import undoable


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
        """What the survivor of a merge, or of its undoing, is to decide; None when it has nothing to decide."""
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
        """Leads in doubt that hold a key in common with a customer."""
        with self._database.read() as session:
            _, waiting = holders_of(session, held_by(session, live_id(session, customer_id)), but=customer_id)
        return sorted(waiting)
