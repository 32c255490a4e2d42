"""A month as somebody may see it: as it was closed, with corrections beside it; earlier ones without."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from domain.event import EventKind
from domain.kpi.fact import Dimension
from domain.kpi.names import Kpi
from domain.kpi.report import CalendarMonth
from store.database import Database
from store.kpi_months import Months
from store.kpi_snapshots import Snapshots
from store.policies import Policies
from store.tables import TeamRow
from store.visibility import EVERYTHING, Viewer
from tests.databases import TEMPLATE, NewDatabase
from tests.examples import LI, POLICY, WANG, ZHANG
from tests.store.kpi_world import World

OCTOBER = CalendarMonth(2026, 10)
NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def world(new_database: NewDatabase) -> Iterator[World]:
    """September to November, both full months closed; then somebody tells of a collision in October."""
    made = Database(new_database(TEMPLATE))
    world = World(made, 21, datetime(2026, 9, 1, tzinfo=UTC))
    world.play(90, datetime(2026, 11, 10, tzinfo=UTC))
    passed_on(world)
    snapshots = Snapshots(made, Policies(made, POLICY))
    while snapshots.close_next(NOW):
        pass
    world.at = datetime(2026, 10, 20, tzinfo=UTC)
    case = {"case_id": "late", "cause": "late", "risk": False, "told": [], "reps": [ZHANG.id, LI.id]}
    world.told(world.customers[0], EventKind.COLLISION_OPENED, **case, detector="merge")
    passed_on(world)
    yield world
    made.close()


def passed_on(world: World) -> None:
    while world.outbox.pass_on(100):
        pass


def months(world: World, viewer: Viewer = EVERYTHING) -> Months:
    return Months(world.database, Policies(world.database, POLICY), viewer)


def test_a_correction_stands_beside_what_was_closed(world: World) -> None:
    told = months(world).told(OCTOBER, NOW)
    assert told.closed_at is not None
    assert set(told.corrections) == {Kpi.COLLISIONS, Kpi.COLLISION_RATE}
    before, now = told.figures.overall[Kpi.COLLISIONS].value, told.corrections[Kpi.COLLISIONS].value
    assert (now or 0) - (before or 0) == 1


def test_a_rep_sees_the_same_of_their_own(world: World) -> None:
    everything = months(world).told(OCTOBER, NOW)
    mine = months(world, Viewer(LI.id)).told(OCTOBER, NOW)
    assert mine.closed_at == everything.closed_at
    assert mine.figures.overall == everything.figures.parts[Dimension.REP][LI.id]
    assert set(mine.corrections) <= {Kpi.COLLISIONS, Kpi.COLLISION_RATE}
    assert Kpi.COLLISIONS in mine.corrections
    assert months(world, Viewer(WANG.id)).told(OCTOBER, NOW).corrections == {}


def test_earlier_months_of_a_report_are_told_as_closed(world: World) -> None:
    trend = months(world).trend(OCTOBER, NOW, 12)
    assert [it.month for it in (trend[0], *trend[-2:])] == ["2025-11", "2026-09", "2026-10"]
    assert trend[-1] == months(world).told(OCTOBER, NOW)
    assert trend[0].figures.overall[Kpi.CUSTOMERS].value == 0
    assert trend[-2].corrections == {}


def test_an_open_month_has_no_corrections(world: World) -> None:
    told = months(world).told(OCTOBER.plus(1), NOW)
    assert (told.closed_at, told.corrections, told.time_zone) == (None, {}, POLICY.time_zone)


def test_a_closed_month_keeps_its_midnight(world: World) -> None:
    elsewhere = POLICY.model_copy(update={"time_zone": "America/New_York"})
    moved = Months(world.database, Policies(world.database, elsewhere), EVERYTHING)
    assert moved.told(OCTOBER, NOW) == months(world).told(OCTOBER, NOW)
    assert moved.told(OCTOBER.plus(1), NOW).time_zone == "America/New_York"


def test_names_are_those_of_today(world: World) -> None:
    with world.database.write() as session:
        session.get_one(TeamRow, "south").name = "华南"
    assert months(world).names(Dimension.TEAM, ["south", "gone", ""]) == {"south": "华南"}
    assert months(world).names(Dimension.REP, [LI.id]) == {LI.id: "李娜"}
    assert months(world).names(Dimension.SOURCE, ["website"]) == {}
