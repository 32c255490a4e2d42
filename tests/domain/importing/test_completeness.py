"""How complete customers are, and what a dry run comes to in numbers."""

import pytest

from domain.importing.completeness import REQUIRED, filled, present, richness
from domain.importing.counts import counted
from domain.importing.row import Verdict
from domain.lead import Company, Person
from domain.profile import Profile

WHOLE = Profile(
    company=Company(name="深圳市远航科技有限公司", website="yuanhang-tech.com"),
    people=(Person(name="王小明"),),
    region="CN-GD",
    phones=("+8613800138000",),
    address="科技园1号",
    industry="制造业",
)


def test_a_whole_profile_has_every_required_field() -> None:
    assert present(WHOLE) == set(REQUIRED)


@pytest.mark.parametrize(
    ("without", "missing"),
    [
        ({"region": None}, {"region"}),
        ({"phones": ()}, {"contact"}),
        ({"phones": (), "emails": ("a@x.cn",)}, set()),
        ({"people": ()}, {"person"}),
        ({"company": None}, set()),
        ({"company": None, "people": ()}, {"name", "person"}),
        ({"address": None, "industry": None}, {"address", "industry"}),
    ],
)
def test_what_is_missing_is_told(without: dict[str, object], missing: set[str]) -> None:
    assert set(REQUIRED) - present(WHOLE.model_copy(update=without)) == missing


def test_every_detail_makes_a_record_richer() -> None:
    steps = [
        Profile(),
        Profile(phones=("+8613800138000",)),
        Profile(phones=("+8613800138000", "+8613900139000")),
        Profile(phones=("+8613800138000", "+8613900139000"), region="CN-GD"),
        WHOLE,
    ]
    assert [richness(step) for step in steps] == sorted({richness(step) for step in steps})


def test_shares_are_counted_over_all() -> None:
    counts = filled(map(present, [WHOLE, WHOLE.model_copy(update={"region": None}), Profile()]))
    assert (counts["all"], counts["complete"], counts["region"], counts["industry"]) == (3, 1, 1, 2)
    assert filled([])["all"] == 0 and filled([])["region"] == 0


def test_a_dry_run_in_numbers() -> None:
    completed = [("region", "website"), ("region",), ()]
    came = map(present, [WHOLE, Profile()])
    counts = counted(completed, came, [Verdict.NEW, Verdict.SAME_ROW, Verdict.BAD], [present(WHOLE)])
    assert counts.rows == 3
    assert counts.verdicts == {
        Verdict.NEW: 1,
        Verdict.SAME_ROW: 1,
        Verdict.KNOWN: 0,
        Verdict.DOUBT: 0,
        Verdict.BAD: 1,
    }
    assert counts.completed == {"region": 2, "website": 1}
    assert (counts.before["complete"], counts.before["all"]) == (1, 2)
    assert (counts.after["complete"], counts.after["all"]) == (1, 1)


def test_an_empty_dry_run_counts_nothing() -> None:
    counts = counted([], [], [], [])
    assert counts.rows == 0 and set(counts.verdicts.values()) == {0}
