"""Merges, their undoing and everything else in any order, beside a small model that says what must come of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from domain.change import Claim, LogFollowUp, MergeInto, Refused, Release, Unmerge
from domain.follow_up import FollowUp
from store.database import Database
from tests.examples import AT, LI, WANG, ZHANG, employ, firm
from tests.invariants import read_model, violations
from tests.store.merges import Desk

REPS = (ZHANG.id, LI.id, WANG.id)
CUSTOMERS, STEPS = 5, 40


@dataclass
class Model:
    """Who was merged into whom, in order, and whose each phone number is by birth or by the lead that brought it."""

    merges: list[tuple[str, str, str]] = field(default_factory=list)
    """Those that stand: merge id, survivor, absorbed."""
    home: dict[str, str] = field(default_factory=dict)

    def live(self, customer: str) -> str:
        into = {absorbed: survivor for _, survivor, absorbed in self.merges}
        while customer in into:
            customer = into[customer]
        return customer

    def may_merge(self, survivor: str, absorbed: str) -> bool:
        return survivor != absorbed and self.live(survivor) == survivor and self.live(absorbed) == absorbed

    def may_undo(self, merge_id: str) -> bool:
        at = next(n for n, merge in enumerate(self.merges) if merge[0] == merge_id)
        survivor = self.merges[at][1]
        return not any(survivor in merge[1:] for merge in self.merges[at + 1 :])


class Walk:
    """One random walk through the store."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk, self.random, self.model = desk, Random(seed), Model()
        self.pending: list[Callable[[], None]] = []
        self.number, self.at = 0, AT
        self.customers = [self._born(n) for n in range(CUSTOMERS)]

    def _born(self, number: int) -> str:
        phone = f"1380013800{number}"
        fields: dict[str, Any] = {"company": {"name": firm(number * 17)}, "region": "CN-GD", "phones": [phone]}
        if number % 2:
            show = {"name": "广交会", "date": "2026-10-15", "contact": REPS[number % 3]}
            fields |= {"customer_type": "trade_show", "show": show}
        customer_id = self.desk.register(**fields)
        self.model.home[phone] = customer_id
        return customer_id

    def step(self) -> None:
        self.number += 1
        self.at += timedelta(hours=self.random.randrange(48))
        acts = (self.merge, self.merge, self.unmerge, self.unmerge, self.lead, self.lead, self.change, self.finish)
        self.random.choice(acts)()

    def merge(self) -> None:
        survivor, absorbed = self.random.choice(self.customers), self.random.choice(self.customers)
        change = MergeInto(survivor_id=survivor, by="li.na", reason="同一家", owner=self.random.choice((None, *REPS)))
        merge_id, possible = f"mrg_{self.number}", self.model.may_merge(survivor, absorbed)
        assert self._tried(lambda: self.desk.ask(absorbed, change, merge_id, self.at)) == possible
        if possible:
            self.model.merges.append((merge_id, survivor, absorbed))
            self._later(lambda at=self.at: self.desk.hand_over(survivor, absorbed, merge_id, change, at))

    def unmerge(self) -> None:
        if self.model.merges:
            self.undo(self.random.choice(self.model.merges)[0])

    def undo(self, merge_id: str) -> None:
        _, survivor, absorbed = next(merge for merge in self.model.merges if merge[0] == merge_id)
        possible, unmerge_id = self.model.may_undo(merge_id), f"unm_{self.number}"
        if not possible:
            assert not self._tried(lambda: self.desk.merges.undoable(merge_id, unmerge_id))
            return
        restored = self.desk.merges.undoable(merge_id, unmerge_id)[1]
        change = Unmerge(merge_id=merge_id, restored=restored, by="li.na", reason="弄错了")
        self.desk.ask(absorbed, change, unmerge_id, self.at)
        self.model.merges = [merge for merge in self.model.merges if merge[0] != merge_id]
        self._later(lambda at=self.at: self.desk.hand_over(survivor, absorbed, unmerge_id, change, at))

    def lead(self) -> None:
        """A known phone number, often with a new one, which from then on is whose the known one is."""
        known = self.random.choice(list(self.model.home))
        brought = [f"139{self.number:08}"] if self.random.random() < 0.5 else []
        assert self.desk.register(phones=[known, *brought]) == self.model.live(self.model.home[known])
        self.model.home |= dict.fromkeys(brought, self.model.home[known])

    def change(self) -> None:
        rep, content = self.random.choice(REPS), "客户同意下周来看样机并谈价格"
        follow_up = FollowUp.model_validate(
            {"rep_id": rep, "kind": "call", "content": content, "customer_answered": True, "occurred_at": self.at}
        )
        change = self.random.choice(
            (Claim(rep_id=rep), Release(rep_id=rep, reason="休假"), LogFollowUp(follow_up=follow_up))
        )
        customer = self.random.choice(self.customers)
        done = self._tried(lambda: self.desk.ask(customer, change, f"req_{self.number}", self.at))
        assert self.model.live(customer) == customer or not done

    def finish(self) -> None:
        """The second steps that a crash held up."""
        while self.pending:
            self.pending.pop(0)()

    def _later(self, second: Callable[[], None]) -> None:
        self.pending.append(second)
        if self.random.random() < 0.7:
            self.finish()

    @staticmethod
    def _tried(call: Callable[[], object]) -> bool:
        try:
            call()
        except Refused:
            return False
        return True


@pytest.mark.parametrize("seed", range(8))
def test_any_order(database: Database, seed: int) -> None:
    employ(database, ZHANG, LI, WANG)
    walk = Walk(Desk.at(database), seed)
    for _ in range(STEPS):
        walk.step()
        assert violations(read_model(database)) == []
    walk.finish()
    while walk.model.merges:
        walk.number += 1
        walk.undo(walk.model.merges[-1][0])
        walk.finish()
        assert violations(read_model(database)) == []
    for phone, customer in walk.model.home.items():
        assert walk.desk.register(phones=[phone]) == customer
