"""Some months of a sales team, played by the steps that write events, and its figures counted a second time."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from random import Random
from statistics import fmean, median
from typing import Any

from sqlmodel import col, select

from domain.change import Asked, Change, ChangeProfile, Claim, ClockDue, LogFollowUp, Release, Request
from domain.event import EventKind
from domain.follow_up import FollowUp
from domain.kpi.names import Kpi
from domain.ownership import Ownership, Place
from domain.policy import FollowUpKind
from domain.profile import Profile
from store.changes import Changes
from store.database import Database
from store.intake import Intake
from store.journal import record_event
from store.kpi_counting import Counting
from store.outbox import Outbox
from store.policies import Policies
from store.reading import profile_in
from store.tables import CustomerRow, EventRow, RepRow, TeamRow
from tests.examples import BROWN, IDS, LI, POLICY, SMITH, WANG, ZHANG, employ, firm, lead, registration

REPS = (ZHANG, LI, WANG, SMITH, BROWN)
TEAMS = {"south": (ZHANG.id, LI.id), "west": (WANG.id, SMITH.id, BROWN.id)}


class World:
    """Plays one step after another; each at a later time than the one before."""

    def __init__(self, database: Database, seed: int, begins: datetime) -> None:
        employ(database, *REPS)
        with database.write() as session:
            for team, members in TEAMS.items():
                session.add(TeamRow(id=team, name=team))
                for member in members:
                    session.get_one(RepRow, member).team_id = team
        self.database, self.random, self.at = database, Random(seed), begins
        self._changes, self._intake = Changes(database, POLICY, IDS), Intake(database, POLICY, IDS)
        self.outbox = Outbox(database, [Counting(Policies(database, POLICY))])
        self.customers: list[str] = []
        self._number = 0

    def play(self, steps: int, until: datetime) -> None:
        """So many steps, spread evenly over the time until an instant."""
        pause = (until - self.at) / (steps + 1)
        for _ in range(steps):
            self.at += pause
            weights = [6, 1, 6, 2, 1, 2, 2, 2, 2]
            acts = [
                self._new, self._again, self._follow_up, self._correct, self._hand_over,
                self._expire, self._collide, self._answer, self._approve,
            ]  # fmt: skip
            self.random.choices(acts, weights)[0]()

    def told(self, customer_id: str, kind: EventKind, **data: Any) -> None:
        """An event of a part of the product that is not played."""
        self._number += 1
        with self.database.write() as session:
            record_event(
                session,
                id=f"told-{self._number}",
                customer_id=customer_id,
                kind=kind,
                at=self.at,
                actor="system",
                data=data,
            )

    def ask(self, customer_id: str, change: Change) -> None:
        """A step of a customer's workflow."""
        self._number += 1
        asked = Asked(id=f"asked-{self._number}", actor="system", change=change)
        self._changes.carry_out(Request(customer_id=customer_id, at=self.at, asked=asked))

    def standing(self, customer_id: str) -> Ownership:
        """How a customer stands."""
        return self._changes.current(customer_id)

    def _any(self) -> str | None:
        return self.random.choice(self.customers) if self.customers else None

    def _new(self) -> None:
        number = len(self.customers)
        if number < 200:
            region = self.random.choice(["CN-GD", "CN-GD", "US-CA"])
            fields: dict[str, Any] = {"region": region}
            if self.random.random() < 0.6:
                fields |= {"person": {"name": "王小明"}, "phones": [f"1380013{number:04}"], "industry": "制造业"}
                fields["region"] = "CN-GD"
            if self.random.random() < 0.5:
                show = {"name": "广交会", "date": "2026-10-15", "contact": self.random.choice([ZHANG.id, LI.id])}
                fields |= {"customer_type": "trade_show", "show": show}
            source = self.random.choice(["website", "官网"])
            new = registration(lead(source=source, company={"name": firm(number)}, **fields), self.at)
            answer = self._intake.register(new).answer
            if answer.customer_id and answer.outcome == "new_customer":
                self.customers.append(answer.customer_id)

    def _again(self) -> None:
        if self.customers:
            number = self.random.randrange(len(self.customers))
            again = lead(company={"name": firm(number)}, region="CN-GD", address="科技园1号", emails=["a@example.com"])
            self._intake.register(registration(again, self.at))

    def _follow_up(self) -> None:
        customer_id = self._any()
        owner = customer_id and self.standing(customer_id).owner_id
        if customer_id and owner:
            answered = self.random.random() < 0.6
            content = "客户回复：对报价感兴趣，下周见面"
            said = FollowUp(rep_id=owner, kind=FollowUpKind.CALL, content=content, customer_answered=answered)
            self.ask(customer_id, LogFollowUp(follow_up=said))

    def _correct(self) -> None:
        if customer_id := self._any():
            with self.database.read() as session:
                row = session.get_one(CustomerRow, customer_id)
                profile: Profile = profile_in(row)
                version = row.version
            address = f"科技园{self.random.randrange(99)}号"
            region = profile.region or "CN-GD"
            corrected = profile.model_copy(update={"address": address, "region": region, "industry": "制造业"})
            self.ask(customer_id, ChangeProfile(profile=corrected, expected_version=version))

    def _hand_over(self) -> None:
        """Released by its owner, or claimed by somebody."""
        if (customer_id := self._any()) is None:
            return
        standing = self.standing(customer_id)
        if standing.owner_id:
            self.ask(customer_id, Release(rep_id=standing.owner_id, reason="客户暂无需求"))
        elif standing.place is Place.POOL:
            rep = next(it.id for it in self.random.sample(REPS, len(REPS)) if it.id != standing.previous_owner_id)
            self.ask(customer_id, Claim(rep_id=rep))

    def _expire(self) -> None:
        for customer_id in self.customers:
            clock = self.standing(customer_id).clock
            if clock and clock.due and clock.due[0].at <= self.at:
                self.ask(customer_id, ClockDue(stage=clock.due[0].stage, due_at=clock.due[0].at))

    def _collide(self) -> None:
        if customer_id := self._any():
            case = f"col-{self.random.randrange(12)}"
            reps = [it.id for it in self.random.sample(REPS, 2)]
            risk = self.random.random() < 0.3
            cause = {"case_id": case, "cause": case, "risk": risk, "told": reps}
            opened = self.random.choice([EventKind.COLLISION_OPENED, EventKind.COLLISION_SEEN_AGAIN])
            self.told(customer_id, opened, **cause, detector="second_lead", sighting_id="s", reps=reps)
            if self.random.random() < 0.5:
                owner = self.standing(customer_id).owner_id
                self.told(customer_id, EventKind.COLLISION_SETTLED, **cause, outcome="keep", owner_id=owner)

    def _answer(self) -> None:
        if customer_id := self._any():
            survey = f"srv-{self.random.randrange(20)}"
            score = self.random.randint(1, 5)
            self.told(customer_id, EventKind.SURVEY_ANSWERED, survey_id=survey, score=score, occasion="follow_up")

    def _approve(self) -> None:
        if customer_id := self._any():
            approval = f"apr-{self.random.randrange(15)}"
            kind = self.random.choice([EventKind.APPROVAL_REQUESTED, EventKind.APPROVAL_GRANTED])
            self.told(customer_id, kind, approval_id=approval, told=[])


def recounted(database: Database, begins: datetime, ends: datetime) -> dict[Kpi, float | None]:
    """The figures of a period as the guide defines them, straight from the events, one plain loop for each."""
    with database.read() as session:
        every = list(session.exec(select(EventRow).where(EventRow.at < ends).order_by(col(EventRow.position))))
    month = [it for it in every if it.at >= begins]
    lives = _last(every, "owner_id", {EventKind.COLLISION_SETTLED})
    known = _last(every, "known", set())
    owned = [owner for owner in lives.values() if owner]
    before = _last([it for it in every if it.at < begins], "owner_id", {EventKind.COLLISION_SETTLED})
    reps = {owner for owner in before.values() if owner} | {
        it.data["owner_id"] for it in month if it.data.get("owner_id") and it.kind != EventKind.COLLISION_SETTLED
    }
    required = set(POLICY.targets.required_fields)
    real = [it for it in every if it.kind in (_OPENED, _AGAIN) and not it.data["risk"]]
    first_seen = _first(real, "case_id")
    collisions = [it for it in first_seen.values() if it.at >= begins]
    settled = _first([it for it in every if it.kind == _SETTLED and not it.data["risk"]], "case_id").values()
    answers = _first([it for it in every if it.kind == _ANSWERED], "survey_id").values()
    updates = [
        it
        for it in month
        if it.kind == EventKind.PROFILE_CHANGED or (it.kind == EventKind.LEAD_RECEIVED and "known" in it.data)
    ]
    follow_ups = [it for it in month if it.kind == EventKind.FOLLOW_UP_LOGGED]
    kept = {it.customer_id for it in follow_ups if it.data["effective"]}
    missed = {it.customer_id for it in month if it.kind in ("reassigned", "recycled", "owner_kept")}
    loads = sorted([sum(owner == rep for owner in owned) for rep in reps])
    return {
        Kpi.CUSTOMERS: len(lives),
        Kpi.COLLISIONS: len(collisions),
        Kpi.COLLISION_RATE: len(collisions) / len(lives),
        Kpi.COLLISIONS_SETTLED: sum(it.at >= begins for it in settled),
        Kpi.SATISFACTION: _mean([it.data["score"] for it in answers if it.at >= begins]),
        Kpi.CUSTOMERS_PER_REP: len(owned) / len(reps),
        Kpi.COMPLETENESS: sum(required <= set(known[it]) for it in lives) / len(lives),
        Kpi.INFORMATION_SHARING: len(updates) / len(follow_ups),
        Kpi.SLA_KEPT: len(kept - missed) / len(kept | missed),
        Kpi.RECYCLED: sum(it.kind in ("recycled", "released") for it in month),
        Kpi.HOURS_TO_FIRST_TOUCH: _since_registered(every, begins, effective=False),
        Kpi.HOURS_TO_EFFECTIVE_FOLLOW_UP: _since_registered(every, begins, effective=True),
        Kpi.APPROVAL_HOURS: _approvals(every, begins),
        Kpi.FALSE_ALARMS: 0,
        Kpi.SHARES: 0,
        Kpi.UNEVENNESS: _unevenness(loads),
    }


_OPENED, _AGAIN = EventKind.COLLISION_OPENED, EventKind.COLLISION_SEEN_AGAIN
_SETTLED, _ANSWERED = EventKind.COLLISION_SETTLED, EventKind.SURVEY_ANSWERED


def _last(events: Iterable[EventRow], name: str, but: set[EventKind]) -> dict[str, Any]:
    return {it.customer_id: it.data[name] for it in events if name in it.data and it.kind not in but}


def _first(events: Iterable[EventRow], name: str) -> dict[str, EventRow]:
    found: dict[str, EventRow] = {}
    for it in events:
        found.setdefault(it.data[name], it)
    return found


def _since_registered(events: Sequence[EventRow], begins: datetime, *, effective: bool) -> float | None:
    registered = {it.customer_id: it.at for it in events if it.kind == EventKind.CUSTOMER_REGISTERED}
    first: dict[str, datetime] = {}
    for it in events:
        if it.kind == EventKind.FOLLOW_UP_LOGGED and (it.data["effective"] or not effective):
            first.setdefault(it.customer_id, it.at)
    hours = [(at - registered[it]) / timedelta(hours=1) for it, at in first.items() if at >= begins]
    return median(hours) if hours else None


def _approvals(events: Sequence[EventRow], begins: datetime) -> float | None:
    hours, requested, done = [], {}, set()
    for it in events:
        approval = it.data.get("approval_id")
        if it.kind == EventKind.APPROVAL_REQUESTED:
            requested.setdefault(approval, it.at)
        elif approval in requested and approval not in done:
            done.add(approval)
            if it.at >= begins:
                hours.append((it.at - requested[approval]) / timedelta(hours=1))
    return median(hours) if hours else None


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None


def _unevenness(loads: Sequence[int]) -> float:
    """The Gini coefficient as the mean difference of all pairs, not as the product computes it."""
    differences = sum(abs(one - other) for one in loads for other in loads)
    return differences / (2 * len(loads) * sum(loads)) if sum(loads) else 0.0
