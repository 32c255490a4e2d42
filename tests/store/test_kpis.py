"""Figures: every one of them comes out of the events, and each is the rows behind it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from domain.event import EventKind
from domain.kpi.fact import Dimension, Fact
from domain.kpi.figures import DEFINITIONS, by_dimension, figure, subjects
from domain.kpi.names import Kpi
from domain.kpi.report import CalendarMonth, changed, figures_of
from store.database import Database
from store.detection import Detection
from store.kpi_counting import Counting, recount
from store.kpi_snapshots import Snapshots, figures_in, window_of
from store.kpis import Kpis, Part, Window
from store.notifying import Notifying
from store.outbox import Outbox
from store.policies import Policies
from store.tables import (
    DeliveryRow,
    KpiAlertRow,
    KpiFactRow,
    KpiSnapshotRow,
    NotificationRow,
    RepRow,
    TeamRow,
    UserRow,
    WebhookRow,
)
from store.visibility import EVERYTHING, Viewer
from store.webhooks import Webhooks
from tests.databases import TEMPLATE, NewDatabase
from tests.examples import BROWN, IDS, LI, POLICY, SMITH, WANG, ZHANG
from tests.store.kpi_world import TEAMS, World, recounted

SEPTEMBER, NOVEMBER = datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
OCTOBER = CalendarMonth(2026, 10)
WINDOW = window_of(OCTOBER, POLICY.time_zone)
LATER = datetime(2026, 11, 20, tzinfo=UTC)
MISSED = "organisation.target_missed"


def played(database: Database, seed: int, steps: int = 160) -> World:
    """September to the middle of November, all of it passed on in small batches."""
    world = World(database, seed, SEPTEMBER)
    world.play(steps, NOVEMBER + timedelta(days=10))
    while world.outbox.pass_on(7):
        pass
    return world


@pytest.mark.parametrize("seed", [1, 2])
def test_every_figure_can_be_recomputed_from_the_events(database: Database, seed: int) -> None:
    played(database, seed)
    month = Kpis(database, EVERYTHING).month(WINDOW)
    again = recounted(database, WINDOW.begins, WINDOW.ends)
    assert set(again) == set(Kpi)
    for kpi, value in again.items():
        assert figure(kpi, month).value == pytest.approx(value), kpi
    assert figure(Kpi.COLLISIONS, month).value
    assert figure(Kpi.RECYCLED, month).value


def test_facts_told_anew_are_the_same(database: Database) -> None:
    played(database, 3)
    before = _facts(database)
    recount(database, Policies(database, POLICY))
    assert _facts(database) == before
    assert len(before) > 100


def test_once_however_often_events_are_shown(database: Database) -> None:
    world = played(database, 4, steps=60)
    before = _facts(database)
    with database.write() as session:
        session.connection().execute(text("INSERT INTO outbox (stream, event_id) SELECT 'customer', id FROM events"))
    while world.outbox.pass_on(50):
        pass
    assert {it.id for it in _facts(database)} == {it.id for it in before}


@pytest.mark.parametrize("kpi", Kpi)
def test_each_figure_is_the_rows_behind_it(october: Database, kpi: Kpi) -> None:
    kpis = Kpis(october, EVERYTHING)
    month, rows = kpis.month(WINDOW), _all_rows(kpis, kpi)
    shown = figure(kpi, month)
    definition = DEFINITIONS[kpi]
    if kpi in (Kpi.CUSTOMERS, Kpi.COLLISIONS, Kpi.COLLISIONS_SETTLED, Kpi.FALSE_ALARMS, Kpi.RECYCLED, Kpi.SHARES):
        assert shown.value == len(subjects(rows, *definition.rows))
    elif kpi is Kpi.COLLISION_RATE:
        assert shown.value == pytest.approx(len(subjects(rows, *definition.rows)) / shown.over)
    elif kpi is Kpi.COMPLETENESS:
        assert (shown.value or 0) * shown.over == pytest.approx(sum(it.value for it in rows))
    elif kpi is Kpi.SLA_KEPT:
        assert shown.over == len(subjects(rows, *definition.rows))
    elif kpi not in (Kpi.CUSTOMERS_PER_REP, Kpi.UNEVENNESS, Kpi.INFORMATION_SHARING):
        assert shown.over == len(rows)


@pytest.mark.parametrize("kpi", [Kpi.COLLISIONS, Kpi.SLA_KEPT, Kpi.CUSTOMERS, Kpi.COMPLETENESS])
def test_each_part_is_the_rows_behind_it(october: Database, kpi: Kpi) -> None:
    kpis, definition = Kpis(october, EVERYTHING), DEFINITIONS[kpi]
    month = kpis.month(WINDOW)
    for dimension in Dimension:
        for key, part in by_dimension(month, dimension).items():
            of_part = _all_rows(kpis, kpi, Part(dimension, key))
            if not definition.stock:
                assert len(of_part) == sum(it.measure in definition.rows for it in part.facts)
            elif dimension is not Dimension.REASON:
                assert len(of_part) == figure(Kpi.CUSTOMERS, part).value
                if kpi is Kpi.COMPLETENESS:
                    assert sum(it.value for it in of_part) == sum(it.customers for it in part.stock if it.complete)


def test_a_stock_in_parts_is_the_whole(october: Database) -> None:
    month = Kpis(october, EVERYTHING).month(WINDOW)
    whole = figure(Kpi.CUSTOMERS, month).value
    for dimension in set(Dimension) - {Dimension.REASON}:
        parts = by_dimension(month, dimension)
        assert sum(figure(Kpi.CUSTOMERS, part).value or 0 for part in parts.values()) == whole
    assert set(by_dimension(month, Dimension.TEAM)) == {"", *TEAMS}
    assert set(by_dimension(month, Dimension.SOURCE)) >= {"website", "官网"}


def test_a_manager_sees_the_own_team_and_a_rep_themselves(october: Database) -> None:
    whole = Kpis(october, EVERYTHING)
    manager, rep = Kpis(october, Viewer(WANG.id, tree=True)), Kpis(october, Viewer(LI.id))
    by_rep = by_dimension(whole.month(WINDOW), Dimension.REP)
    assert set(by_dimension(manager.month(WINDOW), Dimension.REP)) <= {WANG.id, SMITH.id, BROWN.id}
    mine = rep.month(WINDOW)
    assert {it.rep for it in mine.facts} == {LI.id}
    for kpi in (Kpi.CUSTOMERS, Kpi.COLLISIONS, Kpi.HOURS_TO_FIRST_TOUCH, Kpi.COMPLETENESS):
        assert figure(kpi, mine) == figure(kpi, by_rep[LI.id])
    assert {it.rep for it in _all_rows(manager, Kpi.COLLISIONS)} <= {WANG.id, SMITH.id, BROWN.id}


def test_a_closed_month_stays_and_what_comes_later_corrects_it(closing: Database) -> None:
    world = played(closing, 5)
    snapshots = Snapshots(closing, Policies(closing, POLICY))
    early = datetime(2026, 11, 2, tzinfo=UTC)
    assert [snapshots.close_next(early), snapshots.close_next(early)] == [OCTOBER.plus(-1).first, None]
    assert [snapshots.close_next(LATER), snapshots.close_next(LATER)] == [OCTOBER.first, None]
    kept = snapshots.closed(OCTOBER)
    assert kept is not None
    assert figures_in(kept) == figures_of(Kpis(closing, EVERYTHING).month(WINDOW))
    world.at = datetime(2026, 10, 20, tzinfo=UTC)
    case = {"case_id": "late", "cause": "late", "risk": False, "told": [], "reps": [ZHANG.id, WANG.id]}
    world.told(world.customers[0], EventKind.COLLISION_OPENED, **case, detector="merge")
    assert world.outbox.pass_on(10)
    as_closed = figures_of(Kpis(closing, EVERYTHING).month(window_of(OCTOBER, POLICY.time_zone, kept)))
    assert as_closed == figures_in(kept)
    now = figures_of(Kpis(closing, EVERYTHING).month(WINDOW))
    assert set(changed(figures_in(kept).overall, now.overall)) == {Kpi.COLLISIONS, Kpi.COLLISION_RATE}


@pytest.mark.parametrize("act", ["UPDATE kpi_snapshots SET policy = 'x'", "DELETE FROM kpi_snapshots"])
def test_the_database_refuses_to_change_a_closed_month(closing: Database, act: str) -> None:
    played(closing, 6, steps=40)
    Snapshots(closing, Policies(closing, POLICY)).close_next(LATER)
    with pytest.raises(DBAPIError, match="stays as it is"), closing.write() as session:
        session.connection().execute(text(act))
    with closing.read() as session:
        assert session.exec(select(KpiSnapshotRow.policy)).all() == [POLICY.fingerprint]


def test_a_missed_target_is_told_once(closing: Database) -> None:
    played(closing, 7)
    snapshots = Snapshots(closing, Policies(closing, POLICY))
    while snapshots.close_next(LATER):
        pass
    missed = {(it.month, it.kpi): it for it in snapshots.alerts()}
    alert = missed[OCTOBER.first, Kpi.COLLISION_RATE]
    assert (alert.target, alert.at) == (0.02, LATER)
    assert alert.value == pytest.approx(recounted(closing, WINDOW.begins, WINDOW.ends)[Kpi.COLLISION_RATE])
    assert (OCTOBER.first, Kpi.CUSTOMERS_PER_REP) not in missed


def test_a_missed_target_reaches_who_answers_for_it_and_systems_once(closing: Database) -> None:
    played(closing, 7)
    with closing.write() as session:
        session.get_one(TeamRow, "west").manager_id = WANG.id
        session.get_one(TeamRow, "south").manager_id = BROWN.id
        session.get_one(RepRow, BROWN.id).active = False
        for rep, role, active in ((LI, "administrator", True), (SMITH, "administrator", False), (ZHANG, "rep", True)):
            session.add(
                UserRow(id=f"user-{rep.id}", name="x", role=role, person=rep.id, active=active, valid_from=LATER)
            )
        session.add(WebhookRow(id="whk_1", url="https://crm.example.com", description="", kinds=[MISSED], secret="",
                               created_at=LATER, created_by="x"))  # fmt: skip
    policies = Policies(closing, POLICY)
    snapshots = Snapshots(closing, policies)
    while snapshots.close_next(LATER):
        pass
    outbox = Outbox(
        closing, [Notifying(IDS, policies), Webhooks(IDS), Counting(policies), Detection(closing, POLICY, IDS)]
    )
    for _ in range(2):
        while outbox.pass_on(7):
            pass
        with closing.write() as session:  # as if a relay had died before it forgot them
            session.connection().execute(text(
                "INSERT INTO outbox (stream, event_id) SELECT 'organisation', id FROM organisation_events"
            ))  # fmt: skip
    missed = sorted((str(CalendarMonth.of(it.month)), it.kpi) for it in snapshots.alerts())
    assert ("2026-10", Kpi.COLLISION_RATE) in missed
    with closing.read() as session:
        told = session.exec(select(NotificationRow)).all()
        sent = session.exec(select(DeliveryRow).where(DeliveryRow.channel == "webhook")).all()
    assert {it.kind for it in told} == {"target_missed"}
    assert sorted((it.rep_id, it.facts["month"], it.facts["kpi"]) for it in told) == sorted(
        (rep.id, *which) for rep in (WANG, LI) for which in missed
    )
    assert sorted((it.payload["data"]["month"], it.payload["data"]["kpi"]) for it in sent) == missed
    (data,) = (it.payload["data"] for it in sent if it.event_id == "target_missed:2026-10:collision_rate")
    assert set(data) == {"actor", "decision_id", "kpi", "month", "value", "target", "told"}
    assert {it.customer_id for it in sent} == {None}


def test_nothing_to_close_where_nothing_happened(database: Database) -> None:
    assert Snapshots(database, Policies(database, POLICY)).close_next(LATER) is None


def test_midnight_is_that_of_the_policys_time_zone(database: Database) -> None:
    world = World(database, 8, datetime(2026, 10, 31, 15, 59, tzinfo=UTC))
    with database.write() as session:
        session.get_one(TeamRow, "south").manager_id = ZHANG.id
    world.customers = ["cus_1"]
    for number, minutes in enumerate((0, 1)):
        world.at += timedelta(minutes=minutes)
        world.told("cus_1", EventKind.SURVEY_ANSWERED, survey_id=f"s{number}", score=5, occasion="follow_up")
    world.outbox.pass_on(10)
    windows = (WINDOW, window_of(OCTOBER.plus(1), POLICY.time_zone))
    assert [figure(Kpi.SATISFACTION, Kpis(database, EVERYTHING).month(it)).over for it in windows] == [1, 1]


@pytest.fixture
def closing(new_database: NewDatabase) -> Database:
    """A database of its own, because nobody can take closed months out of one again."""
    return Database(new_database(TEMPLATE))


@pytest.fixture
def october(database: Database) -> Database:
    """A database with some played months."""
    played(database, 9)
    with database.write() as session:
        session.get_one(TeamRow, "west").manager_id = WANG.id
        assert session.get_one(RepRow, WANG.id).active
    return database


def _facts(database: Database) -> list[Fact]:
    with database.read() as session:
        rows = session.exec(select(KpiFactRow).order_by(col(KpiFactRow.position))).all()
        assert not session.exec(select(KpiAlertRow)).all()
        return [Fact.model_validate(row.model_dump()) for row in rows]


def _all_rows(kpis: Kpis, kpi: Kpi, part: Part | None = None, window: Window = WINDOW) -> list[Fact]:
    found: list[Fact] = []
    after: int | None = None
    while True:
        page = kpis.rows(kpi, window, part, after, 40)
        found += [fact for _, fact in page[:40]]
        if len(page) <= 40:
            return found
        after = page[39][0]
