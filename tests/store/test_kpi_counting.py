"""Facts as events are passed on: customers that become one, undone imports, risks that become collisions."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from domain.event import EventKind
from domain.kpi.fact import Dimension, Measure
from domain.kpi.figures import by_dimension, figure
from domain.kpi.names import Kpi
from store.database import Database
from store.journal import record_event
from store.kpi_counting import Counting
from store.kpis import Kpis, Window
from store.outbox import Outbox
from store.policies import Policies
from store.tables import KpiFactRow, RepRow, TeamRow
from store.visibility import EVERYTHING
from tests.examples import AT, LI, POLICY, SMITH, ZHANG, employ, firm
from tests.importing import XIXI, YUANHANG
from tests.store.merges import Desk
from tests.store.test_import_steps import Stand

MONTH = Window(AT - timedelta(days=20), AT + timedelta(days=400))


def passed_on(database: Database) -> None:
    outbox = Outbox(database, [Counting(Policies(database, POLICY))])
    while outbox.pass_on(50):
        pass


def value(database: Database, kpi: Kpi) -> float | None:
    return figure(kpi, Kpis(database, EVERYTHING).month(MONTH)).value


def collides(database: Database, id_: str, kind: EventKind, *reps: str, **data: Any) -> None:
    case = {"case_id": "col_1", "cause": id_, "told": [], "detector": "merge", "reps": list(reps), **data}
    with database.write() as session:
        record_event(session, id=id_, customer_id="cus_1", kind=kind, at=AT, actor="system", data=case)
    passed_on(database)


def test_two_that_become_one_count_as_one_and_as_two_again_when_that_is_undone(database: Database) -> None:
    employ(database, LI, ZHANG, SMITH)
    desk = Desk.at(database)
    one = desk.register(company={"name": firm(1)}, region="CN-GD", phones=["13800138000"], industry="制造业")
    other = desk.register(company={"name": firm(2)}, region="CN-GD", person={"name": "王小明"})
    passed_on(database)
    assert (value(database, Kpi.CUSTOMERS), value(database, Kpi.COMPLETENESS)) == (2, 0)
    desk.merge(one, other)
    passed_on(database)
    assert (value(database, Kpi.CUSTOMERS), value(database, Kpi.COMPLETENESS)) == (1, 1)
    desk.unmerge()
    passed_on(database)
    assert (value(database, Kpi.CUSTOMERS), value(database, Kpi.COMPLETENESS)) == (2, 0)


def test_an_undone_import_leaves_no_facts_of_its_customers(database: Database, tmp_path: Path) -> None:
    stand = Stand(database, tmp_path)
    step = stand.loaded([YUANHANG, XIXI])
    passed_on(database)
    assert value(database, Kpi.CUSTOMERS) == 2
    assert set(by_dimension(Kpis(database, EVERYTHING).month(MONTH), Dimension.SOURCE)) == {_source(database)}
    stand.undone(step)
    passed_on(database)
    assert value(database, Kpi.CUSTOMERS) == 0


def test_an_import_that_is_undone_before_anybody_saw_it_harms_nobody(database: Database, tmp_path: Path) -> None:
    stand = Stand(database, tmp_path)
    stand.undone(stand.loaded([YUANHANG, XIXI]))
    passed_on(database)
    assert value(database, Kpi.CUSTOMERS) == 0


def test_a_risk_counts_from_when_reps_met_and_a_case_once(database: Database) -> None:
    collides(database, "e1", EventKind.COLLISION_OPENED, LI.id, risk=True)
    assert value(database, Kpi.COLLISIONS) == 0
    collides(database, "e2", EventKind.COLLISION_SEEN_AGAIN, LI.id, ZHANG.id, risk=False)
    collides(database, "e3", EventKind.COLLISION_SEEN_AGAIN, LI.id, SMITH.id, risk=False)
    assert value(database, Kpi.COLLISIONS) == 1
    assert set(by_dimension(Kpis(database, EVERYTHING).month(MONTH), Dimension.REP)) == {LI.id, ZHANG.id}


def test_a_case_about_two_customers_counts_once_in_one_batch(database: Database) -> None:
    case = {"case_id": "col_2", "risk": False, "reps": [LI.id, ZHANG.id], "detector": "group", "told": []}
    with database.write() as session:
        for customer in ("cus_1", "cus_2"):
            kind = EventKind.COLLISION_OPENED
            record_event(session, id=customer, customer_id=customer, kind=kind, at=AT, actor="system", data=case)
    passed_on(database)
    with database.read() as session:
        assert len(session.exec(select(KpiFactRow.id).where(KpiFactRow.measure == Measure.COLLISION)).all()) == 2


@pytest.mark.parametrize("settled", [1, 3])
def test_a_case_is_settled_once_whatever_appeals(database: Database, settled: int) -> None:
    for number in range(settled):
        collides(database, f"e{number}", EventKind.COLLISION_SETTLED, risk=False, outcome="share", owner_id=None)
    assert value(database, Kpi.COLLISIONS_SETTLED) == 1
    collides(database, "dismissed", EventKind.COLLISION_DISMISSED, risk=True, by=LI.id)
    assert value(database, Kpi.FALSE_ALARMS) == 1


def test_the_team_is_that_of_the_moment(database: Database) -> None:
    employ(database, LI)
    with database.write() as session:
        session.add_all([TeamRow(id="south", name="华南"), TeamRow(id="east", name="华东")])
        session.get_one(RepRow, LI.id).team_id = "south"
    desk = Desk.at(database)
    desk.register(company={"name": firm(1)}, region="CN-GD")
    passed_on(database)
    with database.write() as session:
        session.get_one(RepRow, LI.id).team_id = "east"
    desk.register(company={"name": firm(2)}, region="CN-GD")
    passed_on(database)
    parts = by_dimension(Kpis(database, EVERYTHING).month(MONTH), Dimension.TEAM)
    assert {key: figure(Kpi.CUSTOMERS, part).value for key, part in parts.items()} == {"south": 1, "east": 1}


def test_events_of_leads_tell_nothing_of_their_own(database: Database) -> None:
    employ(database, LI)
    Desk.at(database).register(company={"name": firm(1)}, region="CN-GD")
    passed_on(database)
    with database.read() as session:
        facts = session.exec(select(KpiFactRow)).all()
    assert [it.measure for it in facts] == [Measure.PROFILE, Measure.STANDING]
    assert {it.policy for it in facts} == {POLICY.fingerprint}
    assert all(it.recorded_at <= datetime.now(UTC) for it in facts)


def _source(database: Database) -> str:
    with database.read() as session:
        return str(session.exec(select(KpiFactRow.source).where(KpiFactRow.measure == Measure.STANDING)).first())
