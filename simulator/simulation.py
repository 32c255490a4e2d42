"""Simulating a year, twice: from a seed to the result."""

import sqlite3
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from sqlalchemy import event
from sqlmodel import Session, col, select

from domain.collision.detector import Detector
from domain.ids import IdMaker
from domain.policy import Policy
from simulator.agenda import Agenda
from simulator.case_room import CaseRoom
from simulator.companies import found
from simulator.people import employ, employed
from simulator.result import Chases, Month, Result, Size
from simulator.score import Seen, Settled, scores
from simulator.system import System
from simulator.truth import Ledger
from simulator.with_it import WithIt
from simulator.without import Without
from simulator.year import BEGINS, MONTH, Year
from store.database import Database
from store.migrate import migrate
from store.tables import CollisionCustomerRow, CollisionRepRow, CollisionRow, LeadRow, SightingRow

Progress = Callable[[float], None]
"""Told how much of the year is over, from 0 to 1."""


def simulate(size: Size, policy: Policy, progress: Progress = lambda done: None) -> Result:
    """Play a year without OneOwner, and with it on a database that is thrown away.

    Args:
        size: how large, and the seed of everything that is drawn.
        policy: OneOwner's rules.
        progress: told how far it is.
    """
    with TemporaryDirectory(prefix="oneowner-simulation-") as folder:
        database = Database(f"sqlite:///{Path(folder) / 'year.db'}")
        event.listen(database.engine, "connect", _without_waiting_for_the_disk)
        try:
            migrate(database)
            return played(size, policy, database, progress)
        finally:
            database.close()


def played(size: Size, policy: Policy, database: Database, progress: Progress = lambda done: None) -> Result:
    """The same on a database that is empty, and afterwards holds what OneOwner wrote in the year."""
    return _Simulation(size, policy, database).run(progress)


def _without_waiting_for_the_disk(connection: sqlite3.Connection, _: object) -> None:
    """What is thrown away need not survive a power failure."""
    connection.execute("PRAGMA synchronous=OFF")


class _Simulation:
    def __init__(self, size: Size, policy: Policy, database: Database) -> None:
        rng = Random(size.seed)
        companies = found(size.customers, rng)
        self._teams = employed(size.reps, (company.region for company in companies), rng)
        employ(database, self._teams, rng)
        year = Year(companies, self._teams, size.months, rng)
        self._approaches = year.approaches()
        self._size, self._policy, self._database, self._ends = size, policy, database, year.ends
        agenda = Agenda(year.ends)
        ids = IdMaker(f"simulation {size.seed:>32}".encode())
        self._agenda, self._system = agenda, System(database, policy, ids, agenda)
        self._play = WithIt(self._system, agenda, self._teams, size.seed)
        people = [person for team in self._teams for person in team.people]
        self._room = CaseRoom(database, self._system, agenda, self._play, people, size.seed)

    def run(self, progress: Progress) -> Result:
        without = Without(self._teams, self._ends, self._size.seed).play(self._approaches)
        self._play.plan(self._approaches)
        for at in self._agenda.run():
            if self._system.watch(at):
                self._room.look(at)
            progress((at - BEGINS) / (self._ends - BEGINS))
        return self._result(without, self._play.ledger)

    def _result(self, without: Ledger, with_: Ledger) -> Result:
        with self._database.read() as session:
            cases = session.exec(select(CollisionRow).order_by(col(CollisionRow.id))).all()
            seen = self._seen(session)
            settled = [self._settled(session, case) for case in cases if case.settled_at is not None]
            leads = len(session.exec(select(LeadRow.id)).all())
        opened = Counter((case.opened_at - BEGINS) // MONTH for case in cases if not case.risk)
        records = self._play.records
        live = [id_ for id_, standing in self._system.standing.items() if standing.merged_into is None]
        return Result(
            size=self._size,
            policy=self._policy.fingerprint,
            approaches=len(self._approaches),
            leads=leads,
            records=len(live),
            real=len(with_.known),
            doubled=sum(len(records.all(number)) > 1 for number in records.companies),
            mixed=sum(len(records.real([id_])) > 1 for id_ in live),
            cases=dict(sorted(Counter(case.outcome or case.status for case in cases).items())),
            risks=sum(case.risk for case in cases),
            refused=dict(sorted(self._system.refused.items())),
            detectors=tuple(scores(seen, with_.meetings, settled, self._policy.collisions)),
            months=tuple(_month(at, without, with_, opened[at]) for at in range(self._size.months)),
            chases=_chases(without, with_),
        )

    def _seen(self, session: Session) -> list[Seen]:
        rows = session.exec(select(SightingRow).order_by(col(SightingRow.at), col(SightingRow.id))).all()
        return [self._sighting(row) for row in rows]

    def _sighting(self, row: SightingRow) -> Seen:
        records, reps, evidence = self._play.records, frozenset(row.data["reps"]), row.data["evidence"]
        companies = records.real(row.data["customers"])
        leads = records.about([evidence["lead_id"]] if "lead_id" in evidence else evidence.get("lead_ids", ()))
        since = row.at - timedelta(days=self._policy.collisions.of(Detector(row.detector)).quiet_days)
        return Seen(
            detector=Detector(row.detector),
            at=row.at,
            companies=companies,
            reps=reps,
            in_good_faith=any(records.acted_in_good_faith(it, rep, since, row.at) for it in companies for rep in reps),
            mistaken=bool(leads - companies) or any(len(records.real([id_])) > 1 for id_ in row.data["customers"]),
        )

    def _settled(self, session: Session, case: CollisionRow) -> Settled:
        ids = session.exec(
            select(CollisionCustomerRow.customer_id).where(CollisionCustomerRow.case_id == case.id)
        ).all()
        reps = session.exec(select(CollisionRepRow.rep_id).where(CollisionRepRow.case_id == case.id)).all()
        return Settled(case.settled_at or case.opened_at, self._play.records.real(ids), frozenset(reps))


def _month(at: int, without: Ledger, with_: Ledger, cases: int) -> Month:
    begins, ends = BEGINS + at * MONTH, BEGINS + (at + 1) * MONTH
    customers, collided = zip(
        *(
            (
                sum(since < ends for since in ledger.known.values()),
                len({chase.company for chase in ledger.chases if begins <= chase.at < ends}),
            )
            for ledger in (without, with_)
        ),
        strict=True,
    )
    return Month(
        month=at + 1,
        customers_without=customers[0],
        customers_with=customers[1],
        collided_without=collided[0],
        collided_with=collided[1],
        cases=cases,
    )


def _chases(without: Ledger, with_: Ledger) -> tuple[Chases, ...]:
    before, after = (Counter(chase.why for chase in ledger.chases) for ledger in (without, with_))
    return tuple(Chases(why=why, without=before[why], with_=after[why]) for why in sorted({*before, *after}))
