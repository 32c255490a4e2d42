"""Deciding what an undone merge left open: it goes to the side that a person names, once, with all that it told."""

from datetime import timedelta
from typing import Any

import pytest

from domain.change import ChangeProfile, Claim, PlaceItem, Release
from domain.ownership import Place
from domain.profile import Profile
from domain.separation import Thing
from store.assignments import Assignments
from store.backtest import happenings, opening_of
from store.database import Database
from store.tables import AskedItemRow, CustomerRow, FollowUpRow, LeadRow
from tests.examples import AT, LI, WANG, ZHANG, employ, firm, lead, registration
from tests.invariants import read_model, violations
from tests.store.merges import Desk, refusal
from tests.store.test_merging import called

DAY = timedelta(days=1)


@pytest.fixture
def desk(database: Database) -> Desk:
    employ(database, ZHANG, LI, WANG)
    return Desk.at(database)


@pytest.fixture
def ours(desk: Desk) -> str:
    company = {"name": "深圳市远航科技有限公司"}
    return desk.register(company=company, region="CN-GD", phones=["13800138000"], named_contact=ZHANG.id)


@pytest.fixture
def theirs(desk: Desk) -> str:
    company = {"name": "Harbour Lights Trading Ltd"}
    show = {"name": "广交会", "date": "2026-10-15", "contact": LI.id}
    fields: dict[str, Any] = {"customer_type": "trade_show", "show": show, "region": "CN-GD"}
    return desk.register(company=company, emails=["wang@harbour-lights.example"], **fields)


def both(desk: Desk, **fields: Any) -> str:
    """A lead with the phone of the one and the mailbox of the other; returns its id."""
    told = registration(lead(phones=["13800138000", *fields.pop("phones", [])], **fields))
    return desk.intake.register(told).answer.lead_id


def open_items(desk: Desk, merge_id: str = "mrg_1") -> dict[tuple[str, str], int]:
    row = desk.merges.made(merge_id)
    assert row is not None
    asked = desk.merges.asked([merge_id])
    placed = enumerate(row.placed, 1)
    return {(it["thing"], it["id"]): number for number, it in placed if (merge_id, number) in asked}


def place(desk: Desk, survivor: str, item: int, to: str, id_: str = "itm_1", by: str = "wang.fang") -> None:
    """Both steps of a decision."""
    change = PlaceItem(merge_id="mrg_1", item=item, to=to, by=by, reason="客户来电确认")
    row, _ = desk.merges.item("mrg_1", item)
    desk.ask(survivor, change, id_, AT + DAY)
    desk.hand_over(row.absorbed_id, survivor, id_, change, AT + DAY)


def correct(desk: Desk, customer_id: str, **fields: Any) -> None:
    with desk.database.read() as session:
        row = session.get_one(CustomerRow, customer_id)
        profile, version = Profile.model_validate(row.profile), row.version
    change = ChangeProfile(profile=profile.model_copy(update=fields), expected_version=version)
    desk.ask(customer_id, change, f"req_{version}")


def profile(desk: Desk, customer_id: str) -> Profile:
    with desk.database.read() as session:
        return Profile.model_validate(session.get_one(CustomerRow, customer_id).profile)


class TestLead:
    def test_goes_with_what_only_it_told(self, desk: Desk, ours: str, theirs: str) -> None:
        """Its address, its new mobile and its event; not the phone that the other side had before."""
        desk.merge(ours, theirs)
        emails = ["wang@harbour-lights.example"]
        lead_id = both(desk, emails=emails, phones=["13700137000"], address="深圳市南山区1号")
        desk.unmerge()
        place(desk, ours, open_items(desk)[(Thing.LEAD, lead_id)], theirs)
        assert profile(desk, ours).phones == ("+8613800138000",)
        assert profile(desk, ours).address is None
        assert profile(desk, theirs).phones == ("+8613700137000",)
        assert profile(desk, theirs).address == "深圳市南山区1号"
        with desk.database.read() as session:
            assert session.get_one(LeadRow, lead_id).customer_id == theirs
        assert desk.register(phones=["13700137000"]) == theirs
        assert desk.register(phones=["13800138000"]) == ours
        assert violations(read_model(desk.database)) == []

    def test_stays_when_a_person_says_so(self, desk: Desk, ours: str, theirs: str) -> None:
        desk.merge(ours, theirs)
        lead_id = both(desk, emails=["wang@harbour-lights.example"])
        desk.unmerge()
        before = [desk.standing(customer_id)["keys"] for customer_id in (ours, theirs)]
        place(desk, ours, open_items(desk)[(Thing.LEAD, lead_id)], ours)
        assert [desk.standing(customer_id)["keys"] for customer_id in (ours, theirs)] == before
        assert violations(read_model(desk.database)) == []


class TestFollowUp:
    def test_moves_with_its_event(self, desk: Desk, ours: str, theirs: str) -> None:
        desk.merge(ours, theirs)
        desk.ask(ours, called(WANG.id), "req_wang")
        desk.unmerge()
        place(desk, ours, open_items(desk)[(Thing.FOLLOW_UP, "req_wang")], theirs)
        with desk.database.read() as session:
            assert session.get_one(FollowUpRow, "req_wang").customer_id == theirs
        events = {event.id: event for event in read_model(desk.database).events}
        assert events["req_wang"].customer_id == theirs
        assert (events["itm_1"].customer_id, events["itm_1:take_item"].customer_id) == (ours, theirs)
        assert violations(read_model(desk.database)) == []


class TestField:
    def test_a_value_that_neither_had(self, desk: Desk, ours: str, theirs: str) -> None:
        desk.merge(ours, theirs)
        correct(desk, ours, industry="软件", emails=("wang@harbour-lights.example", "li@new.example"))
        desk.unmerge()
        items = open_items(desk)
        place(desk, ours, items[(Thing.FIELD, "industry")], theirs, "itm_1")
        place(desk, ours, items[(Thing.FIELD, "emails")], theirs, "itm_2")
        assert (profile(desk, ours).industry, profile(desk, theirs).industry) == (None, "软件")
        assert profile(desk, theirs).emails == ("wang@harbour-lights.example", "li@new.example")
        assert desk.register(emails=["li@new.example"]) == theirs
        assert desk.changes.current(theirs).facts.industry == "软件"
        assert violations(read_model(desk.database)) == []

    def test_a_region_that_both_had_comes_back(self, desk: Desk, ours: str, theirs: str) -> None:
        """Both lie where their profiles say: what was corrected moves on, what was before returns."""
        desk.merge(ours, theirs)
        correct(desk, ours, region="CN-SH")
        desk.unmerge()
        place(desk, ours, open_items(desk)[(Thing.FIELD, "region")], theirs)
        assert (profile(desk, ours).region, profile(desk, theirs).region) == ("CN-GD", "CN-SH")
        assert violations(read_model(desk.database)) == []


class TestTaken:
    @pytest.fixture
    def stranger(self, desk: Desk, ours: str, theirs: str) -> str:
        """Somebody who has the mailbox of one of the two, which was taken out of it meanwhile."""
        desk.merge(ours, theirs)
        correct(desk, ours, emails=())
        stranger = desk.register(company={"name": firm(3)}, emails=["wang@harbour-lights.example"])
        desk.unmerge()
        return stranger

    def test_stays_with_its_holder(self, desk: Desk, ours: str, theirs: str, stranger: str) -> None:
        item = open_items(desk)[(Thing.FIELD, "email")]
        assert refusal(lambda: place(desk, ours, item, theirs)) == ("identifier_in_use", None)
        assert refusal(lambda: place(desk, ours, item, "cus_nobody"))[0] == "not_a_side"
        place(desk, ours, item, stranger)
        assert profile(desk, stranger).emails == ("wang@harbour-lights.example",)
        assert violations(read_model(desk.database)) == []

    def test_comes_back_once_it_is_free(self, desk: Desk, ours: str, theirs: str, stranger: str) -> None:
        correct(desk, stranger, emails=())
        place(desk, ours, open_items(desk)[(Thing.FIELD, "email")], theirs)
        assert profile(desk, theirs).emails == ("wang@harbour-lights.example",)
        assert desk.register(emails=["wang@harbour-lights.example"]) == theirs
        assert violations(read_model(desk.database)) == []


class TestDecided:
    @pytest.fixture
    def item(self, desk: Desk, ours: str, theirs: str) -> int:
        desk.merge(ours, theirs)
        correct(desk, ours, industry="软件")
        desk.unmerge()
        return open_items(desk)[(Thing.FIELD, "industry")]

    def test_once(self, desk: Desk, ours: str, theirs: str, item: int) -> None:
        place(desk, ours, item, theirs)
        done = read_model(desk.database).content
        place(desk, ours, item, theirs)
        assert read_model(desk.database).content == done
        assert refusal(lambda: place(desk, ours, item, ours, "itm_2")) == ("item_decided", theirs)
        assert read_model(desk.database).content == done

    def test_nobody_asks_who_owns(self, desk: Desk, ours: str, theirs: str, item: int) -> None:
        """Neither the assignments shown nor a back-test, for which whoever owned them goes on to."""
        before = [len(Assignments(desk.database).page(it, None, 50)) for it in (ours, theirs)]
        period = AT - DAY, AT + 9 * DAY
        with desk.database.read() as session:
            happened, owners = list(happenings(session, *period)), opening_of(session, period[1]).owners
        place(desk, ours, item, theirs)
        assert [len(Assignments(desk.database).page(it, None, 50)) for it in (ours, theirs)] == before
        with desk.database.read() as session:
            assert list(happenings(session, *period)) == happened
            assert opening_of(session, period[1]).owners == owners == {ours: ZHANG.id, theirs: LI.id}

    def test_kept_and_explained(self, desk: Desk, ours: str, theirs: str, item: int) -> None:
        place(desk, ours, item, theirs)
        with desk.database.read() as session:
            row = session.get_one(AskedItemRow, ("mrg_1", item))
        assert (row.to, row.decided_by, row.decided_at, row.values) == (theirs, WANG.id, AT + DAY, {})
        [trace] = [it.trace for it in read_model(desk.database).decisions if it.kind == "item_decided"]
        assert (trace["thing"], trace["id"], trace["because"], trace["by"], trace["to"]) == (
            "field",
            "industry",
            "fits_both_or_none",
            WANG.id,
            theirs,
        )
        assert "软件" not in str([it.trace for it in read_model(desk.database).decisions])

    def test_refused(self, desk: Desk, ours: str, theirs: str, item: int) -> None:
        before = read_model(desk.database).content
        assert refusal(lambda: place(desk, ours, item, theirs, by="nobody"))[0] == "unknown_rep"
        assert refusal(lambda: place(desk, ours, 99, theirs)) == ("unknown_item", "99")
        assert read_model(desk.database).content == before
        third = desk.register(company={"name": firm(3)}, region="CN-GD")
        assert refusal(lambda: place(desk, ours, item, third)) == ("not_a_side", third)
        desk.merge(third, theirs, "mrg_2")
        assert refusal(lambda: place(desk, ours, item, theirs)) == ("already_merged", third)


def test_a_change_of_hands_stays(desk: Desk, ours: str, theirs: str) -> None:
    desk.merge(ours, theirs)
    desk.ask(ours, Release(rep_id=ZHANG.id, reason="休假"), "req_1")
    desk.unmerge()
    item = open_items(desk)[(Thing.OWNERSHIP, ours)]
    assert refusal(lambda: place(desk, ours, item, theirs)) == ("ownership_stays", ours)
    place(desk, ours, item, ours)
    assert desk.changes.current(ours).place is Place.POOL
    assert violations(read_model(desk.database)) == []


def test_whom_a_change_of_hands_was_meant_for_gets_the_owner_by_release_and_claim(
    desk: Desk, ours: str, theirs: str
) -> None:
    """What a person does instead: Wang claimed the merged customer because of the one that was absorbed.

    Every step is its customer's own, by the rules of today, and after each both have one owner or one pool.
    """
    desk.merge(ours, theirs)
    desk.ask(ours, Release(rep_id=ZHANG.id, reason="休假"), "req_1")
    desk.ask(ours, Claim(rep_id=WANG.id), "req_2")
    desk.unmerge()
    item = open_items(desk)[(Thing.OWNERSHIP, ours)]
    assert refusal(lambda: place(desk, ours, item, theirs)) == ("ownership_stays", ours)
    place(desk, ours, item, ours)
    assert (desk.changes.current(ours).owner_id, desk.changes.current(theirs).owner_id) == (WANG.id, LI.id)
    steps = [
        (theirs, Release(rep_id=LI.id, reason="客户由王芳跟进")),
        (theirs, Claim(rep_id=WANG.id)),
        (ours, Release(rep_id=WANG.id, reason="误领")),
        (ours, Claim(rep_id=ZHANG.id)),
    ]
    for number, (customer_id, change) in enumerate(steps):
        desk.ask(customer_id, change, f"req_back_{number}", AT + 2 * DAY)
        assert violations(read_model(desk.database)) == []
    assert (desk.changes.current(ours).owner_id, desk.changes.current(theirs).owner_id) == (ZHANG.id, WANG.id)


def test_type_of_a_merged_customer_is_written_and_undone(desk: Desk, ours: str) -> None:
    key = desk.register(company={"name": firm(3)}, region="CN-GD", customer_type="key_account")
    desk.merge(ours, key)
    assert desk.standing(ours)["row"]["customer_type"] == "key_account"
    desk.unmerge()
    assert desk.standing(ours)["row"]["customer_type"] == "new_registration"
