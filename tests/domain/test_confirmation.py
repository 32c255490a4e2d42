"""A lead that waits: its stages in order, each once; who is asked; what a word and the default make of it."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.change import Refused
from domain.confirmation import (
    BY_DEFAULT,
    Stage,
    Waiting,
    asked_first,
    asked_next,
    begin_waiting,
    by_default,
    confirmed,
    doubted,
    withdrawn,
)
from domain.identity import STRONG, Candidate, Identification, Outcome
from domain.policy import ConfirmationDefault, ConfirmationRules, KeyKind
from domain.submission import Choice
from tests.examples import AT, LI, POLICY, ZHANG

HOUR = timedelta(hours=1)
MANAGERS = {
    "li.na": "chen.zong",
    "zhang.wei": "chen.zong",
    "chen.zong": "chen.zong",
    "j.smith": "t.brown",
    "free": None,
}


def candidate(
    name: str, confidence: float = 0.6, *, certain: bool = False, on: KeyKind = KeyKind.PHONE, conflict: bool = False
) -> Candidate:
    """A customer, or a waiting lead, that a lead may be."""
    conflicts = (KeyKind.USCC,) if conflict else ()
    return Candidate(id=name, matched_on=(on,), conflicts_on=conflicts, confidence=confidence, certain=certain)


def doubt(*candidates: Candidate) -> Identification:
    """A lead in doubt about these."""
    return Identification(
        outcome=Outcome.NEEDS_CONFIRMATION, reason="possible_match", confidence=0.6, candidates=candidates
    )


class TestWaiting:
    """Deadlines."""

    def test_every_stage_has_an_absolute_deadline(self) -> None:
        waiting = begin_waiting(POLICY.confirmation, AT, ["li.na"])
        assert [(due.stage, due.at - AT) for due in waiting.due] == [
            (Stage.REMIND, 24 * HOUR),
            (Stage.ESCALATE, 48 * HOUR),
            (Stage.DECIDE, 120 * HOUR),
        ]
        assert (waiting.asked, waiting.default) == (("li.na",), ConfirmationDefault.KEEP_WAITING)

    def test_a_stage_that_is_done_is_not_due_any_more(self) -> None:
        waiting = begin_waiting(POLICY.confirmation, AT, ["li.na"])
        reminded = waiting.after(Stage.REMIND)
        assert ([due.stage for due in reminded.due], reminded.asked) == ([Stage.ESCALATE, Stage.DECIDE], ("li.na",))
        ahead = waiting.after(Stage.ESCALATE, ["chen.zong"])
        assert ([due.stage for due in ahead.due], ahead.asked) == ([Stage.DECIDE], ("chen.zong",))
        assert ahead.after(Stage.ESCALATE).after(Stage.DECIDE).due == ()

    @given(st.lists(st.integers(1, 10_000), min_size=3, max_size=3, unique=True), st.permutations(list(Stage)))
    def test_stages_come_in_order_and_none_comes_back(self, hours: list[int], done: list[Stage]) -> None:
        names = ("remind_after_hours", "escalate_after_hours", "decide_after_hours")
        waiting = begin_waiting(ConfirmationRules(**dict(zip(names, sorted(hours), strict=True))), AT, [])
        assert all(one.at < other.at for one, other in pairwise(waiting.due))
        for stage in done:
            before, waiting = waiting, waiting.after(stage)
            assert stage not in {due.stage for due in waiting.due}
            assert set(waiting.due) <= set(before.due)

    def test_it_is_kept_as_text(self) -> None:
        waiting = begin_waiting(POLICY.confirmation, AT, ["li.na"])
        assert Waiting.model_validate_json(waiting.model_dump_json()) == waiting


class TestAsked:
    """Whom a lead waits for."""

    @pytest.mark.parametrize(
        ("submitter", "owners", "asked"),
        [
            ("li.na", ["zhang.wei"], ("li.na",)),
            (None, ["zhang.wei", "j.smith", "zhang.wei"], ("zhang.wei", "j.smith")),
            ("gone", ["zhang.wei"], ("zhang.wei",)),
            ("gone", ["also.gone"], ()),
            (None, [], ()),
        ],
    )
    def test_first(self, submitter: str | None, owners: list[str], asked: tuple[str, ...]) -> None:
        assert asked_first(submitter, owners, MANAGERS) == asked

    @pytest.mark.parametrize(
        ("asked", "owners", "above"),
        [
            (["li.na"], ["j.smith"], ("chen.zong",)),
            (["li.na", "j.smith"], [], ("chen.zong", "t.brown")),
            (["free"], ["j.smith"], ("t.brown",)),
            (["gone"], ["j.smith", "li.na"], ("t.brown", "chen.zong")),
            (["chen.zong"], ["li.na"], ()),
            (["chen.zong"], ["li.na", "j.smith"], ("t.brown",)),
            ([], ["free"], ()),
            ([], [], ()),
        ],
    )
    def test_next(self, asked: list[str], owners: list[str], above: tuple[str, ...]) -> None:
        """A manager who is asked already is nobody else."""
        assert asked_next(asked, owners, MANAGERS) == above


class TestConfirmed:
    """A person's word."""

    def test_the_same_as_a_customer(self) -> None:
        found = confirmed(doubt(candidate("a"), candidate("b")), (), Choice(customer_id="b", by=LI.id))
        assert (found.outcome, found.reason, found.confidence) == (Outcome.DUPLICATE, "confirmed", 1.0)
        assert [one.id for one in found.candidates] == ["b"]

    def test_a_new_one(self) -> None:
        found = confirmed(doubt(candidate("a", certain=True)), (), Choice(customer_id=None, by=ZHANG.id))
        assert (found.outcome, found.candidates) == (Outcome.NEW_CUSTOMER, ())

    @pytest.mark.parametrize("name", ["c", "lead"])
    def test_nobody_else_and_no_waiting_lead(self, name: str) -> None:
        with pytest.raises(Refused, match="not_a_candidate"):
            confirmed(doubt(candidate("a"), candidate("lead")), {"lead"}, Choice(customer_id=name, by=LI.id))

    def test_who_is_nobody_stays_nobody(self) -> None:
        nobody = Identification(outcome=Outcome.REJECTED, reason="placeholder", confidence=1.0)
        assert confirmed(nobody, (), Choice(customer_id=None, by=LI.id)) is nobody


NEW, BEST, KEEP = ConfirmationDefault.NEW, ConfirmationDefault.BEST_CANDIDATE, ConfirmationDefault.KEEP_WAITING


class TestByDefault:
    """What the policy makes of silence."""

    @pytest.mark.parametrize(
        ("default", "candidates", "outcome", "joined"),
        [
            (KEEP, [candidate("a")], Outcome.NEEDS_CONFIRMATION, "a"),
            (BEST, [candidate("a"), candidate("b", 0.5)], Outcome.DUPLICATE, "a"),
            (BEST, [candidate("lead"), candidate("b")], Outcome.DUPLICATE, "b"),
            (BEST, [candidate("a", conflict=True), candidate("b", 0.4)], Outcome.DUPLICATE, "b"),
            (BEST, [candidate("a", conflict=True)], Outcome.NEW_CUSTOMER, None),
            (BEST, [candidate("lead")], Outcome.NEW_CUSTOMER, None),
            (NEW, [candidate("a"), candidate("b", 0.5)], Outcome.NEW_CUSTOMER, None),
            (NEW, [candidate("a", certain=True, on=KeyKind.MOBILE), candidate("b", certain=True)],
             Outcome.DUPLICATE, "a"),
            (NEW, [candidate("a"), candidate("b", 0.5, on=KeyKind.EMAIL)], Outcome.DUPLICATE, "b"),
            (NEW, [candidate("a", conflict=True, on=KeyKind.MOBILE)], Outcome.NEW_CUSTOMER, None),
        ],
    )  # fmt: skip
    def test_the_default(
        self, default: ConfirmationDefault, candidates: list[Candidate], outcome: Outcome, joined: str | None
    ) -> None:
        found = by_default(doubt(*candidates), {"lead"}, default)
        assert (found.outcome, found.candidates[0].id if found.candidates else None) == (outcome, joined)
        assert (found.reason == BY_DEFAULT) == (default is not KEEP)

    def test_what_is_clear_by_now_counts(self) -> None:
        clear = Identification(outcome=Outcome.DUPLICATE, reason="certain_match", confidence=0.99)
        assert all(by_default(clear, (), default) is clear for default in ConfirmationDefault)

    @given(
        st.lists(
            st.builds(
                candidate,
                st.sampled_from("abcd"),
                st.floats(0, 1),
                certain=st.booleans(),
                on=st.sampled_from(KeyKind),
                conflict=st.booleans(),
            ),
            unique_by=lambda one: one.id,
        ),
        st.sets(st.sampled_from("abcd")),
        st.sampled_from([NEW, BEST]),
    )
    def test_one_customer_no_default_makes_a_second_holder(
        self, candidates: list[Candidate], waiting: set[str], default: ConfirmationDefault
    ) -> None:
        """New only when no customer without a conflict holds a strong identifier; never one that differs."""
        found = by_default(doubt(*candidates), waiting, default)
        joinable = [one for one in candidates if one.id not in waiting and not one.conflicts_on]
        if found.outcome is Outcome.NEW_CUSTOMER:
            assert all(STRONG.isdisjoint(one.matched_on) and not one.certain for one in joinable)
        else:
            assert found.candidates[0] in joinable


class TestDoubted:
    """A lead about which its file says that a person must say."""

    @pytest.mark.parametrize("outcome", [Outcome.NEW_CUSTOMER, Outcome.DUPLICATE])
    def test_waits_however_clear_it_looks(self, outcome: Outcome) -> None:
        clear = Identification(
            outcome=outcome, reason="certain_match", confidence=0.9, candidates=(candidate("cus_1"),)
        )
        found = doubted(clear)
        assert (found.outcome, found.reason) == (Outcome.NEEDS_CONFIRMATION, "doubted_in_file")
        assert (found.candidates, found.confidence) == (clear.candidates, clear.confidence)
        assert confirmed(found, (), Choice(customer_id="cus_1", by="li.na")).outcome is Outcome.DUPLICATE

    def test_what_is_in_doubt_or_nobodys_stays_as_it_is(self) -> None:
        nobody = Identification(outcome=Outcome.REJECTED, reason="placeholder", confidence=1.0)
        for found in (nobody, doubt(candidate("cus_1"))):
            assert doubted(found) is found

    def test_withdrawn_it_is_nobodys(self) -> None:
        assert (withdrawn().outcome, withdrawn().reason, withdrawn().candidates) == (Outcome.REJECTED, "withdrawn", ())
