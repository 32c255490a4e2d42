"""Groups: the likeliest pairs first, and nobody beside their opposite."""

from domain.matching.clusters import clusters


def _never(_a: str, _b: str) -> bool:
    return False


def test_pairs_above_the_line_make_groups() -> None:
    pairs = [("a", "b", 0.9), ("b", "c", 0.8), ("d", "e", 0.7), ("c", "d", 0.1)]
    assert set(clusters(pairs, 0.5, _never)) == {frozenset("abc"), frozenset("de")}


def test_a_chain_does_not_join_two_that_contradict_each_other() -> None:
    def conflict(a: str, b: str) -> bool:
        return {a, b} == {"a", "c"}

    pairs = [("b", "c", 0.8), ("a", "b", 0.9)]
    assert clusters(pairs, 0.5, conflict) == [frozenset("ab")]


def test_the_likelier_pair_decides_whose_group_it_is() -> None:
    def conflict(a: str, b: str) -> bool:
        return {a, b} == {"a", "c"}

    pairs = [("a", "b", 0.7), ("b", "c", 0.95)]
    assert clusters(pairs, 0.5, conflict) == [frozenset("bc")]


def test_nothing_above_the_line_is_no_group() -> None:
    assert clusters([("a", "b", 0.4)], 0.5, _never) == []
