"""Share grants as a set: at most one for each rep and access, none that gives nothing beside another."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.share import Access, Share, together, with_share, without_rep
from tests.examples import AT, LI, WANG, ZHANG

DAY = timedelta(days=1)
READ, COLLABORATE = Access.READ, Access.COLLABORATE


def grant(rep_id: str = LI.id, access: Access = READ, days: int = 10) -> Share:
    return Share(rep_id=rep_id, access=access, until=AT + days * DAY, since=AT)


grants = st.builds(grant, st.sampled_from((ZHANG.id, LI.id, WANG.id)), st.sampled_from(Access), st.integers(1, 5))
held = st.lists(grants, max_size=8).map(lambda them: together((), them))


def test_working_on_a_customer_covers_seeing_it_as_long() -> None:
    assert grant(access=COLLABORATE).covers(grant())
    assert not grant(access=COLLABORATE, days=9).covers(grant())
    assert not grant(days=20).covers(grant(access=COLLABORATE))
    assert not grant(WANG.id).covers(grant())


def test_a_grant_takes_the_place_of_those_that_give_nothing_beside_it() -> None:
    both = (grant(), grant(WANG.id))
    assert with_share(both, grant(days=12)) == (grant(WANG.id), grant(days=12))
    assert with_share(both, grant(access=COLLABORATE)) == (grant(WANG.id), grant(access=COLLABORATE))
    assert with_share(both, grant(access=COLLABORATE, days=5)) == (*both, grant(access=COLLABORATE, days=5))


@given(held, held)
def test_together_everybody_has_what_either_gave_and_nothing_that_nobody_gave(
    one: tuple[Share, ...], other: tuple[Share, ...]
) -> None:
    joined = together(one, other)
    assert set(joined) <= {*one, *other}
    assert all(any(share.covers(given_) for share in joined) for given_ in (*one, *other))
    assert len({share.what for share in joined}) == len(joined)
    assert set(joined) == set(together(other, one))


@given(held)
def test_without_a_rep_nothing_is_left_of_theirs_and_all_of_the_others(shares: tuple[Share, ...]) -> None:
    left = without_rep(shares, LI.id)
    assert set(shares) - set(left) == {share for share in shares if share.rep_id == LI.id}
