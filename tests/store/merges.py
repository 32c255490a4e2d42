"""What tests of merging do: the two steps of a merge, of its undoing, and a look at what must be as before."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import select

from domain.change import Asked, Change, Changed, MergeInto, Refused, Request, Unmerge
from domain.merge_order import MergeOrder
from store.changes import Changes
from store.database import Database
from store.intake import Intake
from store.merges import Merges
from store.policies import Policies
from store.tables import CandidateKeyRow, CustomerRow, IdentityKeyRow, MatchableRow
from tests.examples import AT, IDS, POLICY, lead, registration


@dataclass(frozen=True)
class Desk:
    """The store as a merge's workflow uses it."""

    database: Database
    intake: Intake
    changes: Changes
    merges: Merges

    @classmethod
    def at(cls, database: Database) -> "Desk":
        return cls(
            database,
            Intake(database, POLICY, IDS),
            Changes(database, POLICY, IDS),
            Merges(database, Policies(database, POLICY)),
        )

    def register(self, **fields: Any) -> str:
        """Submit a lead that is clear; returns its customer."""
        customer_id = self.intake.register(registration(lead(**fields))).answer.customer_id
        assert customer_id is not None
        return customer_id

    def ask(self, customer_id: str, change: Change, id_: str, at: datetime = AT) -> Changed:
        """What the customer's workflow does when it is asked."""
        asked = Asked(id=id_, actor="li.na", change=change)
        return self.changes.carry_out(Request(customer_id=customer_id, at=at, asked=asked))

    def merge(self, survivor: str, absorbed: str, id_: str = "mrg_1", **fields: Any) -> Changed:
        """The whole of a merge."""
        change = MergeInto(survivor_id=survivor, by="li.na", reason="同一家公司", **fields)
        changed = self.ask(absorbed, change, id_)
        self.hand_over(survivor, absorbed, id_, change)
        return changed

    def unmerge(self, merge_id: str = "mrg_1", id_: str = "unm_1", at: datetime = AT, by: str = "li.na") -> Changed:
        """The whole of an undoing."""
        row, restored = self.merges.undoable(merge_id, id_)
        change = Unmerge(merge_id=merge_id, restored=restored, by=by, reason="弄错了")
        changed = self.ask(row.absorbed_id, change, id_, at)
        self.hand_over(row.survivor_id, row.absorbed_id, id_, change, at)
        return changed

    def hand_over(self, survivor: str, absorbed: str, id_: str, change: Change, at: datetime = AT) -> None:
        """The second step, which the survivor's workflow takes unless it was overtaken."""
        order = MergeOrder(
            absorbed_id=absorbed, survivor_id=survivor, asked=Asked(id=id_, actor="li.na", change=change)
        )
        handover = self.merges.handover(order)
        if handover is None:
            return
        try:
            self.changes.carry_out(Request(customer_id=survivor, at=at, asked=handover))
        except Refused as refused:
            if refused.code not in ("already_merged", "not_merged"):
                raise

    def version(self, customer_id: str) -> int:
        """The version of a customer's profile."""
        with self.database.read() as session:
            return session.get_one(CustomerRow, customer_id).version

    def standing(self, customer_id: str) -> dict[str, Any]:
        """Everything of a customer that a merge and its undoing must leave as it was."""
        with self.database.read() as session:
            row = session.get_one(CustomerRow, customer_id).model_dump(exclude={"seq", "version", "updated_at"})
            row["ownership"] = {**row["ownership"], "seq": None}
            keys = session.exec(select(IdentityKeyRow).where(IdentityKeyRow.holder == customer_id)).all()
            matchable = session.exec(select(MatchableRow).where(MatchableRow.holder == customer_id)).one()
            blocks = session.exec(select(CandidateKeyRow).where(CandidateKeyRow.matchable == matchable.id)).all()
            return {
                "row": row,
                "keys": sorted((key.kind, key.value, key.strong, key.waiting) for key in keys),
                "matchable": matchable.model_dump(),
                "blocks": sorted(block.key for block in blocks),
            }


def refusal(call: Callable[[], object]) -> tuple[str, str | None]:
    """The code and the subject of the refusal that a call must end with."""
    try:
        call()
    except Refused as refused:
        return refused.code, refused.facts.get("about")
    raise AssertionError("not refused")
