"""Merging and unmerging in the store: one transaction each, nothing lost, nothing left."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlmodel import Session, select

import store.changes
import store.merging
from domain.change import ChangeProfile, Claim, LogFollowUp, MergeInto, Release, Unmerge
from domain.follow_up import FollowUp
from domain.identity import Key
from domain.lead import Referrer
from domain.ownership import Place
from domain.profile import Profile
from domain.separation import Because
from store.database import Database
from store.referral import referrals_of
from store.reps import Reps
from store.tables import CustomerRow, LeadRow, MergeRow
from tests.databases import at_once
from tests.examples import AT, IDS, LI, OTHER_USCC, POLICY, USCC, WANG, ZHANG, employ, firm, lead, registration
from tests.invariants import read_model, violations
from tests.store.merges import Desk, refusal

DAY = timedelta(days=1)
INTO: dict[str, Any] = {"by": "li.na", "reason": "同一家公司"}


@pytest.fixture
def desk(database: Database) -> Desk:
    employ(database, ZHANG, LI, WANG)
    return Desk.at(database)


@pytest.fixture
def ours(desk: Desk) -> str:
    """A company in Guangdong that was known by two names and an old address, with a credit code."""
    named = {"company": {"name": "深圳市远航科技有限公司", "uscc": USCC}, "region": "CN-GD", "named_contact": ZHANG.id}
    customer_id = desk.register(**named, phones=["13800138000"])
    desk.register(company={"name": "远航科技（深圳）有限公司"}, phones=["13800138000"], address="深圳市南山区1号")
    return customer_id


@pytest.fixture
def theirs(desk: Desk) -> str:
    """The same in English, from a stand, with a clock."""
    show = {"name": "广交会", "date": "2026-10-15", "contact": LI.id}
    return desk.register(
        company={"name": "Harbour Lights Trading Ltd"},
        emails=["wang@harbour-lights.example"],
        region="CN-GD",
        customer_type="trade_show",
        show=show,
    )


def called(rep_id: str) -> LogFollowUp:
    return LogFollowUp(
        follow_up=FollowUp.model_validate(
            {"rep_id": rep_id, "kind": "call", "content": "客户同意下周来看样机并谈价格", "customer_answered": True}
        )
    )


class TestExactly:
    """Unmerged, both are as they were: profile, identifiers, index, ownership, deadlines."""

    @pytest.mark.parametrize("fields", [{}, {"owner": WANG.id}, {"fields": {"name": "keep_absorbed"}}], ids=str)
    def test_as_before(self, desk: Desk, ours: str, theirs: str, fields: dict[str, Any]) -> None:
        for survivor, absorbed in ((ours, theirs), (theirs, ours)):
            before = [desk.standing(customer_id) for customer_id in (ours, theirs)]
            desk.merge(survivor, absorbed, f"mrg_{survivor}", **fields)
            assert violations(read_model(desk.database)) == []
            desk.unmerge(f"mrg_{survivor}", f"unm_{survivor}")
            assert [desk.standing(customer_id) for customer_id in (ours, theirs)] == before
            assert violations(read_model(desk.database)) == []

    def test_a_chain_as_before(self, desk: Desk, ours: str, theirs: str) -> None:
        third = desk.register(company={"name": firm(3)}, phones=["13700137000"], region="CN-GD")
        before = [desk.standing(customer_id) for customer_id in (ours, theirs, third)]
        desk.merge(ours, theirs, "mrg_1")
        desk.merge(third, ours, "mrg_2")
        assert violations(read_model(desk.database)) == []
        assert refusal(lambda: desk.unmerge("mrg_1")) == ("later_merge", "mrg_2")
        desk.unmerge("mrg_2", "unm_2")
        assert violations(read_model(desk.database)) == []
        desk.unmerge("mrg_1", "unm_1")
        assert [desk.standing(customer_id) for customer_id in (ours, theirs, third)] == before
        assert violations(read_model(desk.database)) == []

    def test_version_goes_on(self, desk: Desk, ours: str, theirs: str) -> None:
        """A correction that was prepared before the merge or its undoing is out of date, by either's id."""
        stale = ChangeProfile(profile=Profile(address="深圳市南山区1号"), expected_version=2)
        versions = [desk.version(ours), desk.version(theirs)]
        desk.merge(ours, theirs)
        versions.append(desk.version(ours))
        assert refusal(lambda: desk.ask(ours, stale, "req_1")) == ("version_mismatch", None)
        desk.unmerge()
        assert min(desk.version(ours), desk.version(theirs)) > versions[2] > max(versions[:2])
        for customer_id in (ours, theirs):
            assert refusal(lambda customer_id=customer_id: desk.ask(customer_id, stale, "req_1"))[0] == (
                "version_mismatch"
            )


class TestOnce:
    def test_again(self, desk: Desk, ours: str, theirs: str) -> None:
        desk.merge(ours, theirs)
        merged = read_model(desk.database).content
        desk.merge(ours, theirs)
        assert read_model(desk.database).content == merged
        desk.unmerge()
        undone = read_model(desk.database).content
        desk.unmerge()
        desk.merge(ours, theirs)
        assert read_model(desk.database).content == undone

    @pytest.mark.parametrize("broken", ["record_event", "record_decision", "set_ownership", "_changed"])
    def test_failures_leave_nothing(
        self, desk: Desk, ours: str, theirs: str, monkeypatch: pytest.MonkeyPatch, broken: str
    ) -> None:
        def fail(*_: object, **__: object) -> None:
            raise ConnectionError

        def asked() -> None:
            desk.ask(theirs, change, id_)

        change: MergeInto | Unmerge = MergeInto(survivor_id=ours, **INTO)
        for id_ in ("mrg_1", "unm_1"):
            before = read_model(desk.database).content
            with monkeypatch.context() as patch, pytest.raises(ConnectionError):
                patch.setattr(store.changes, broken, fail)
                asked()
            assert read_model(desk.database).content == before
            asked()
            assert violations(read_model(desk.database)) == []
            restored = desk.merges.undoable("mrg_1", id_)[1]
            change = Unmerge(merge_id="mrg_1", restored=restored, **INTO)

    def test_between_the_two_steps_all_is_sound(self, desk: Desk, ours: str, theirs: str) -> None:
        """Whatever comes between them: an owner of meanwhile stays, another merge or the undoing wins."""
        change = MergeInto(survivor_id=ours, **INTO, owner=WANG.id)
        desk.ask(theirs, change, "mrg_1")
        assert violations(read_model(desk.database)) == []
        desk.unmerge("mrg_1", "unm_1")
        before = read_model(desk.database).content
        desk.hand_over(ours, theirs, "mrg_1", change)
        assert read_model(desk.database).content == before
        assert desk.changes.current(ours).owner_id == ZHANG.id

    def test_a_merge_that_is_overtaken_by_the_next(self, desk: Desk, ours: str, theirs: str) -> None:
        third = desk.register(company={"name": firm(3)}, region="CN-GD")
        change = MergeInto(survivor_id=ours, **INTO, owner=WANG.id)
        desk.ask(theirs, change, "mrg_1")
        desk.merge(third, ours, "mrg_2")
        desk.hand_over(ours, theirs, "mrg_1", change)
        assert desk.changes.current(ours).place is Place.MERGED
        desk.unmerge("mrg_2", "unm_2")
        desk.unmerge("mrg_1", "unm_1")
        assert violations(read_model(desk.database)) == []


class TestRefused:
    def test_codes(self, desk: Desk, ours: str, theirs: str) -> None:
        for survivor, code in ((theirs, "same_customer"), ("cus_nobody", "unknown_customer")):
            assert refusal(lambda survivor=survivor: desk.merge(survivor, theirs))[0] == code
        before = read_model(desk.database).content
        desk.merge(ours, theirs)
        third = desk.register(company={"name": firm(3)}, region="CN-GD")
        assert refusal(lambda: desk.merge(theirs, third, "mrg_2")) == ("already_merged", ours)
        assert refusal(lambda: desk.merge(third, theirs, "mrg_2")) == ("already_merged", ours)
        assert refusal(lambda: desk.ask(theirs, Claim(rep_id=LI.id), "req_1")) == ("already_merged", ours)
        assert refusal(lambda: desk.unmerge("mrg_2")) == ("unknown_merge", "mrg_2")
        assert before["changes"] == []

    def test_two_credit_codes(self, desk: Desk, ours: str) -> None:
        coded = desk.register(company={"name": firm(3), "uscc": OTHER_USCC}, region="CN-GD")
        assert refusal(lambda: desk.merge(ours, coded)) == ("conflicting_identifier", "uscc")
        desk.merge(ours, coded, force=True)
        assert desk.register(company={"name": "随便什么公司", "uscc": OTHER_USCC}) == ours
        assert violations(read_model(desk.database)) == []


class TestFound:
    """Invariant one_customer: whatever either was known by leads to the one."""

    def test_by_everything(self, desk: Desk, ours: str, theirs: str) -> None:
        desk.merge(ours, theirs)
        for known in (
            {"company": {"name": "Harbour Lights Trading Ltd"}, "region": "CN-GD"},
            {"company": {"name": "Harbor Lights Trading Limited"}, "emails": ["wang@harbour-lights.example"]},
            {"company": {"name": "远航科技（深圳）有限公司"}, "region": "CN-GD"},
            {"phones": ["138-0013-8000"]},
        ):
            assert desk.register(**known) == ours, known

    def test_by_being_alike(self, desk: Desk, ours: str, theirs: str) -> None:
        """Without an exact key: a slip in the absorbed one's name names the survivor as the candidate."""
        slip: dict[str, Any] = {"company": {"name": "Harbuor Lights Tradnig Ltd"}, "region": "CN-GD"}
        before = desk.intake.register(registration(lead(**slip))).answer
        desk.merge(ours, theirs)
        after = desk.intake.register(registration(lead(**slip))).answer
        assert theirs in {before.customer_id, *(candidate.id for candidate in before.candidates)}
        named = {after.customer_id, *(candidate.id for candidate in after.candidates)}
        assert ours in named
        assert theirs not in named

    def test_a_referral_by_the_old_id(self, desk: Desk, ours: str, theirs: str) -> None:
        desk.merge(ours, theirs)
        with desk.database.read() as session:
            [referral] = referrals_of(session, Referrer(customer_id=theirs))
        assert (referral.customer_id, referral.owner_id) == (ours, ZHANG.id)

    def test_a_corrected_identifier_is_free_for_others(self, desk: Desk, ours: str, theirs: str) -> None:
        """And what somebody else has by then comes back to nobody when the merge is undone."""
        desk.merge(ours, theirs)
        with desk.database.read() as session:
            row = session.get_one(CustomerRow, ours)
            profile, version = Profile.model_validate(row.profile), row.version
        corrected = ChangeProfile(profile=profile.model_copy(update={"emails": ()}), expected_version=version)
        desk.ask(ours, corrected, "req_1")
        stranger = desk.register(company={"name": firm(3)}, emails=["wang@harbour-lights.example"])
        assert stranger not in (ours, theirs)
        data = desk.unmerge().data
        placed = data["placed"]
        assert isinstance(placed, list)
        assert [it["because"] for it in placed if isinstance(it, dict) and it["id"] == "email"] == [Because.TAKEN]
        assert desk.standing(theirs)["row"]["profile"]["emails"] == []
        assert violations(read_model(desk.database)) == []


class TestSince:
    def test_a_person_who_was_to_own_it_left(self, desk: Desk, ours: str, theirs: str) -> None:
        desk.merge(ours, theirs)
        Reps(desk.database).activate(LI.id, False)
        desk.unmerge()
        owner = desk.changes.current(theirs).owner_id
        assert owner in (ZHANG.id, WANG.id)
        assert violations(read_model(desk.database)) == []

    def test_a_change_of_hands_stays_and_is_named(self, desk: Desk, ours: str, theirs: str) -> None:
        desk.merge(ours, theirs)
        desk.ask(ours, Release(rep_id=ZHANG.id, reason="休假"), "req_1")
        placed = desk.unmerge().data["placed"]
        assert isinstance(placed, list)
        assert [it["thing"] for it in placed if isinstance(it, dict)] == ["ownership"]
        assert desk.changes.current(ours).place is Place.POOL
        assert violations(read_model(desk.database)) == []

    def test_follow_ups_and_leads_move_with_their_events(self, desk: Desk, ours: str, theirs: str) -> None:
        desk.merge(ours, theirs)
        desk.ask(ours, called(LI.id), "req_li")
        desk.ask(ours, called(ZHANG.id), "req_zhang")
        desk.register(emails=["wang@harbour-lights.example"], phones=["13700137000"])
        desk.unmerge(at=AT + DAY)
        model = read_model(desk.database)
        assert {row.id: row.customer_id for row in model.follow_ups} == {"req_li": theirs, "req_zhang": ours}
        assert {event.id: event.customer_id for event in model.events if event.id.startswith("req_")} == {
            "req_li": theirs,
            "req_zhang": ours,
        }
        assert sorted(row.customer_id or "" for row in model.leads) == sorted([ours, ours, theirs, theirs])
        assert desk.register(phones=["13700137000"]) == theirs
        assert violations(read_model(desk.database)) == []

    def test_the_lead_before_is_not_looked_at(self, desk: Desk, ours: str, theirs: str) -> None:
        desk.merge(ours, theirs)
        desk.unmerge()
        desk.merge(ours, theirs, "mrg_2")
        assert desk.unmerge("mrg_2", "unm_2").data["placed"] == []


class TestAtOnce:
    """One clear outcome each, on both databases, with nobody waiting for ever."""

    def test_crossing(self, desk: Desk, ours: str, theirs: str) -> None:
        def outcome(survivor: str, absorbed: str, number: int) -> str:
            try:
                desk.merge(survivor, absorbed, f"mrg_{number}")
            except store.changes.Refused as refused:
                return refused.code
            return "merged"

        calls = [partial(outcome, *pair, n) for n, pair in enumerate([(ours, theirs), (theirs, ours)] * 4)]
        assert sorted(at_once(calls)) == ["already_merged"] * 7 + ["merged"]
        assert violations(read_model(desk.database)) == []

    def test_leads_of_both_while_they_are_merged_and_unmerged(self, desk: Desk, ours: str, theirs: str) -> None:
        leads = [
            partial(desk.register, emails=["wang@harbour-lights.example"], phones=[f"1370013700{n}"]) for n in range(4)
        ]
        leads += [partial(desk.register, phones=["13800138000"], emails=[f"a{n}@x.example"]) for n in range(4)]
        at_once([*leads, lambda: str(desk.merge(ours, theirs))])
        assert violations(read_model(desk.database)) == []
        later = [partial(desk.register, phones=[f"1370013700{n}", f"1360013600{n}"]) for n in range(4)]
        at_once([*later, lambda: str(desk.unmerge())])
        assert violations(read_model(desk.database)) == []
        with desk.database.read() as session:
            rows = session.exec(select(LeadRow)).all()
        assert {row.customer_id for row in rows} == {ours, theirs}

    def test_changes_of_both_while_they_are_merged(self, desk: Desk, ours: str, theirs: str) -> None:
        def tried(customer_id: str, change: Any, id_: str) -> str:
            try:
                return str(desk.ask(customer_id, change, id_).event)
            except store.changes.Refused as refused:
                return refused.code

        profile = Profile(phones=("+8613800138000", "+8613600136000"))
        tries: list[tuple[str, Any]] = [
            (ours, Release(rep_id=ZHANG.id, reason="休假")),
            (theirs, Release(rep_id=LI.id, reason="休假")),
            (theirs, called(LI.id)),
            (ours, ChangeProfile(profile=profile, expected_version=2)),
        ]
        calls = [partial(tried, *each, f"req_{n}") for n, each in enumerate(tries)]
        answers = at_once([*calls, lambda: str(desk.merge(ours, theirs).event)])
        assert answers[-1] == "customer_merged"
        assert set(answers[:-1]) <= {
            "released",
            "follow_up_logged",
            "profile_changed",
            "already_merged",
            "version_mismatch",
        }
        assert violations(read_model(desk.database)) == []

    def test_waits_for_whoever_changes_the_survivor(self, desk: Desk, ours: str, theirs: str) -> None:
        """A change of the survivor under way, which shares no identifier with the merge, is not overwritten by it."""
        with ThreadPoolExecutor(1) as beside:
            with desk.database.write() as session:
                row = session.get_one(CustomerRow, ours, with_for_update=True)
                merging = beside.submit(desk.merge, ours, theirs)
                assert wait([merging], timeout=0.5).not_done
                row.profile = {**row.profile, "industry": "软件"}
            merging.result()
        assert desk.standing(ours)["row"]["profile"]["industry"] == "软件"

    def test_what_came_in_while_it_waited_is_locked_too(
        self, desk: Desk, ours: str, theirs: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A lead that brings an identifier between the look at those that both hold and the lock on them."""
        locked: list[set[str]] = []
        lock_keys = store.merging.lock_keys

        def slow(database: Database, session: Session, keys: Iterable[Key]) -> None:
            if not locked and not database.is_sqlite:  # there nobody else writes meanwhile
                desk.register(phones=["13800138000", "13600136000"])
            locked.append({key.value for key in keys})
            lock_keys(database, session, keys)

        monkeypatch.setattr(store.merging, "lock_keys", slow)
        desk.merge(ours, theirs)
        assert ("+8613600136000" in locked[1]) is not desk.database.is_sqlite
        assert violations(read_model(desk.database)) == []


def test_the_choices_are_kept_without_values(desk: Desk, ours: str, theirs: str) -> None:
    """Invariant explained: the trace tells how each field was decided and holds nothing personal."""
    desk.merge(ours, theirs)
    model = read_model(desk.database)
    [trace] = [decision.trace for decision in model.decisions if decision.kind == "customer_merged"]
    assert {choice["field"]: choice["why"] for choice in trace["choices"]} == {
        "name": "kept",
        "uscc": "only_value",
        "region": "same",
        "address": "only_value",
        "phones": "only_value",
        "emails": "only_value",
    }
    assert "harbour" not in str(trace).lower()
    [merge] = model.merges
    assert isinstance(merge, MergeRow)
    assert (merge.by, merge.reason) == (INTO["by"], INTO["reason"])
    assert IDS is not None
    assert POLICY.fingerprint == next(it.policy_version for it in model.decisions if it.kind == "customer_merged")
