"""What becomes of share grants when two customers become one, and two again."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.assignment import Rep
from domain.change import GiveBack, MergeInto, RevokeShare, TakeOver, Unmerge
from domain.merging_rules import MergedOwner, MergedShares
from domain.ownership import Ownership
from domain.share import Access, Share, together
from domain.transition import case_for, decide
from tests.domain.test_merge import into, stands, step, take_over, under, unmerge
from tests.examples import AT, LI, POLICY, SMITH, WANG, ZHANG

DAY = timedelta(days=1)
STAFF = (ZHANG, LI, WANG, SMITH)
READ, COLLABORATE = Access.READ, Access.COLLABORATE


def share(rep: Rep, access: Access = READ, days: int = 10) -> Share:
    return Share(rep_id=rep.id, access=access, until=AT + days * DAY, since=AT)


def with_shares(owner: Rep, *shares: Share, **fields: Any) -> Ownership:
    return stands(owner.id, **fields).model_copy(update={"shares": shares})


def taken(own: Ownership, other: Ownership, **rules: Any) -> Ownership:
    return step(own, take_over(other), under(**rules), reps=STAFF).ownership


def given_back(now: Ownership, was: Ownership, after: Ownership, staff: Any = STAFF, days: int = 1) -> Ownership:
    change = GiveBack(merge_id="mrg_1", was=was, taken=after, region="CN-GD")
    found = decide(now, change, POLICY, staff, AT + days * DAY)
    assert found is not None
    return found.ownership


def test_the_absorbed_one_is_shared_with_nobody_any_more() -> None:
    absorbed = with_shares(ZHANG, share(SMITH), customer_id="cus_b")
    assert step(absorbed, into()).ownership.shares == ()


def test_the_one_customer_has_the_collaborators_of_both_until_the_later_date_but_its_owner() -> None:
    own = with_shares(LI, share(SMITH, days=5), share(WANG))
    other = with_shares(ZHANG, share(SMITH, days=20), share(LI), share(WANG, COLLABORATE, 3), customer_id="cus_b")
    expected = {share(SMITH, days=20), share(WANG), share(WANG, COLLABORATE, 3)}
    assert set(taken(own, other).shares) == expected
    assert taken(own, other, shares=MergedShares.SURVIVOR).shares == own.shares


def test_a_collaborator_who_becomes_the_owner_by_a_merge_is_none_any_more() -> None:
    own = with_shares(LI, share(ZHANG), share(WANG))
    other = stands(ZHANG.id, customer_id="cus_b", since=AT - 9 * DAY)
    after = taken(own, other, owner=MergedOwner.LONGEST)
    assert (after.owner_id, after.shares) == (ZHANG.id, (share(WANG),))
    assert set(given_back(after, own, after).shares) == {share(WANG), share(ZHANG)}


shares = st.lists(
    st.builds(share, st.sampled_from((WANG, SMITH)), st.sampled_from(Access), st.integers(2, 9)), max_size=4
).map(lambda them: together((), them))


@given(shares, shares)
def test_undone_at_once_both_have_what_they_had(mine: tuple[Share, ...], theirs: tuple[Share, ...]) -> None:
    own, other = with_shares(LI, *mine), with_shares(ZHANG, *theirs, customer_id="cus_b")
    after = taken(own, other)
    assert set(given_back(after, own, after).shares) == set(mine)
    merged = step(other, into()).ownership
    assert set(step(merged, unmerge(other), at=AT + DAY, reps=STAFF).ownership.shares) == set(theirs)


def test_what_was_taken_back_meanwhile_stays_so() -> None:
    own, other = with_shares(LI, share(SMITH, days=5)), with_shares(ZHANG, share(SMITH, days=20), customer_id="cus_b")
    after = taken(own, other)
    revoked = step(after, RevokeShare(rep_id=SMITH.id, reason="项目结束"), reps=STAFF).ownership
    assert given_back(revoked, own, after).shares == ()


def test_what_was_granted_meanwhile_stays_with_the_survivor() -> None:
    own, other = with_shares(LI), with_shares(ZHANG, share(SMITH), customer_id="cus_b")
    after = taken(own, other)
    more = after.model_copy(update={"shares": (*after.shares, share(WANG, COLLABORATE))})
    assert given_back(more, own, after, staff=(LI,)).shares == (share(WANG, COLLABORATE),)


@pytest.mark.parametrize(("staff", "days"), [(STAFF, 10), ((ZHANG, LI, WANG), 1)])
def test_nothing_comes_back_that_is_over_or_of_somebody_who_left(staff: Any, days: int) -> None:
    was = with_shares(ZHANG, share(SMITH), customer_id="cus_b")
    merged = step(was, into()).ownership
    assert step(merged, unmerge(was), at=AT + days * DAY, reps=staff).ownership.shares == ()
    own = with_shares(LI, share(SMITH))
    after = taken(own, with_shares(ZHANG, share(SMITH, days=20), customer_id="cus_b"))
    assert given_back(after, own, after, staff, days).shares == ()


def test_assignment_is_not_asked_about_collaborators_but_knows_whether_they_are_there() -> None:
    was = with_shares(ZHANG, share(SMITH), customer_id="cus_b")
    merged = step(was, into()).ownership
    assert case_for(merged, Unmerge(merge_id="m", restored=was, by=LI.id, reason="误")).concerned == (SMITH.id,)
    assert case_for(was, GiveBack(merge_id="m", was=was, taken=was, region=None)).concerned == (SMITH.id,)
    assert case_for(was, TakeOver(merge_id="m", absorbed=was, region=None, owner=None)).concerned == ()
    assert case_for(was, MergeInto(survivor_id="cus_a", by=LI.id, reason="同一家")).concerned == ()
