"""The reps that assignment chooses from, and turns that are exact however many customers come at once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from itertools import count

import pytest

from domain.assignment import Assignment, Case, Reason, Referral, Rep
from domain.lead import CustomerType
from domain.policy import Method
from store.database import Database
from store.intake import Intake
from store.reps import Reps
from store.rotation import reps_for, take_turn
from store.tables import RepRow
from tests.databases import at_once
from tests.examples import AT, BROWN, IDS, LI, POLICY, SMITH, WANG, ZHANG, employ, firm, lead, registration
from tests.invariants import read_model, violations

NEW = CustomerType.NEW_REGISTRATION


def reps(database: Database, **case: object) -> list[Rep]:
    with database.write() as session:
        return reps_for(database, session, Case.model_validate({"customer_type": NEW} | case), POLICY, AT)


def turn(database: Database, rep_id: str, pool: str) -> None:
    given = Assignment(
        owner_id=rep_id, queue=None, reason=Reason.CHOSEN, method=Method.ROTATION, rotation_pool=pool, trials=()
    )
    with database.write() as session:
        take_turn(session, given)


def test_reps_are_those_who_cover_the_region_and_those_named(database: Database) -> None:
    china = Rep(id="all.china", name="全国", regions=("CN", "CN-GD"))
    employ(database, ZHANG, LI, SMITH, BROWN, china)
    assert [rep.id for rep in reps(database, region="CN-GD")] == [china.id, LI.id, ZHANG.id]
    assert [rep.id for rep in reps(database, region="CN-BJ")] == [china.id]
    assert [rep.id for rep in reps(database, region="US-NY")] == [BROWN.id]
    assert reps(database) == []
    named = reps(
        database,
        region="US-NY",
        named_contact=LI.id,
        show_contact="nobody",
        referrals=(Referral(customer_id="cus_1", owner_id=SMITH.id), Referral(customer_id="cus_2", owner_id=None)),
    )
    assert [(rep.id, rep.covers("US-NY")) for rep in named] == [(SMITH.id, False), (LI.id, False), (BROWN.id, True)]


def test_reps_come_with_their_standing(database: Database) -> None:
    employ(database, ZHANG.model_copy(update={"active": False}), LI.model_copy(update={"on_leave": True}))
    assert [(rep.id, rep.active, rep.on_leave) for rep in reps(database, region="CN-GD")] == [
        (LI.id, True, True),
        (ZHANG.id, False, False),
    ]


def test_every_pool_has_its_own_turns(database: Database) -> None:
    employ(database, SMITH, BROWN)
    for rep_id, pool in ((SMITH.id, "US-CA"), (BROWN.id, "US-CA"), (BROWN.id, "US-NY"), (SMITH.id, "US-CA")):
        turn(database, rep_id, pool)
    assert {rep.id: rep.last_turn for rep in reps(database, region="US-CA")} == {SMITH.id: 3, BROWN.id: 2}
    assert {rep.id: rep.last_turn for rep in reps(database, region="US-NY")} == {BROWN.id: 1}


def test_only_rotation_takes_turns(database: Database) -> None:
    employ(database, ZHANG)
    named = Assignment(owner_id=ZHANG.id, queue=None, reason=Reason.CHOSEN, method=Method.NAMED_CONTACT, trials=())
    with database.write() as session:
        take_turn(session, named)
        take_turn(session, None)
    assert [rep.last_turn for rep in reps(database, region="CN-GD")] == [None]


def test_who_is_leaving_waits_until_customers_are_given(database: Database) -> None:
    """Else a customer could be given to somebody of whom it was just asked who their customers are."""
    employ(database, ZHANG)
    with ThreadPoolExecutor(1) as thread:
        with database.write() as session:
            given_to = reps_for(database, session, Case(customer_type=NEW, region="CN-GD"), POLICY, AT)
            leaving = thread.submit(Reps(database).activate, ZHANG.id, False)
            assert not wait([leaving], timeout=0.3).done
        assert leaving.result().active is False
    assert [rep.active for rep in given_to] == [True]
    assert [rep.active for rep in reps(database, region="CN-GD")] == [False]


@pytest.mark.parametrize("staff", [3, 7])
def test_rotation_is_exact_under_concurrency(database: Database, staff: int) -> None:
    """16 threads register customers of one region, some of whom ask for somebody, which is nobody's turn."""
    employ(database, *(Rep(id=f"rep{n}", name=f"销售{n}", regions=("CN-GD",)) for n in range(staff)))
    intake = Intake(database, POLICY, IDS)

    def register(thread: int) -> list[str]:
        mine = [lead(company={"name": firm(thread * 3 + n)}, region="CN-GD") for n in range(3)]
        if thread % 4 == 0:
            intake.register(
                registration(lead(company={"name": firm(100 + thread)}, region="CN-GD", named_contact="rep0"))
            )
        owners = [intake.register(registration(of)).answer.owner for of in mine]
        return [owner.id for owner in owners if owner]

    threads = at_once([partial(register, thread) for thread in range(16)])
    counts = Counter(owner for owners in threads for owner in owners)
    assert (len(counts), counts.total()) == (staff, 48)
    assert max(counts.values()) - min(counts.values()) <= 1
    assert violations(read_model(database)) == []


def test_who_is_away_keeps_their_place(database: Database) -> None:
    """Away for three turns and back: first in line, and after that one by one as before."""
    employ(database, ZHANG, LI, WANG)
    intake, numbers = Intake(database, POLICY, IDS), count()

    def next_owner() -> str:
        name = firm(next(numbers))
        owner = intake.register(registration(lead(company={"name": name}, region="CN-GD"))).answer.owner
        return owner.id if owner else "nobody"

    def away(on_leave: bool) -> None:
        with database.write() as session:
            session.get_one(RepRow, LI.id).on_leave = on_leave

    assert [next_owner() for _ in range(3)] == [LI.id, WANG.id, ZHANG.id]
    away(True)
    assert [next_owner() for _ in range(3)] == [WANG.id, ZHANG.id, WANG.id]
    away(False)
    assert [next_owner() for _ in range(4)] == [LI.id, ZHANG.id, WANG.id, LI.id]
