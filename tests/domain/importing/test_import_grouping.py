"""Rows grouped into customers: those that are one, those that contradict, and those of which a person must say."""

from collections import Counter
from random import Random

import pytest

from domain.importing.completeness import REQUIRED, filled, present, richness
from domain.importing.grouping import MOST_SHARING, Group, Subject, group_rows
from domain.importing.pairs import PairFinder
from domain.importing.row import Why
from domain.lead import Company, Person
from domain.matching.keys import shared_keys
from domain.policy_file import parse_policy
from domain.profile import Profile
from settings import PROJECT_ROOT

POLICY = parse_policy((PROJECT_ROOT / "policies" / "default.yaml").read_text(encoding="utf-8"))
ONE, OTHER = "91110000802100433B", "91440300708461136T"


def who(name: str | None = None, uscc: str | None = None, person: str | None = None, **fields: object) -> Profile:
    """A profile."""
    company = Company(name=name, uscc=uscc) if name or uscc else None
    people = (Person(name=person),) if person else ()
    return Profile.model_validate({"company": company, "people": people, **fields})


def groups(*profiles: Profile) -> list[Group]:
    """The groups that these rows make."""
    return group_rows([Subject.of(profile) for profile in profiles], POLICY)


def rows_of(*profiles: Profile) -> list[set[int]]:
    """The rows of each group."""
    return [set(group.rows) for group in groups(*profiles)]


@pytest.mark.parametrize(
    "profiles",
    [
        (who("深圳市远航科技有限公司", phones=("+8613800138000",)), who("远航", phones=("+8613800138000",))),
        (who("深圳市远航科技有限公司", region="CN-GD"), who("深圳市遠航科技有限公司", region="CN-GD")),
        (who("Northford Materials LLC", region="US-CA"), who("NORTHFORD MATERIALS, L.L.C.", region="US-CA")),
        (who(uscc=ONE), who("某某有限公司", uscc=ONE)),
        (who(person="王小明", emails=("wang@qq.com",)), who(person="小明", emails=("WANG@qq.com",))),
    ],
)
def test_one_customer_makes_one_group(profiles: tuple[Profile, ...]) -> None:
    assert rows_of(*profiles) == [{0, 1}]


def test_others_make_groups_of_their_own() -> None:
    assert rows_of(who("深圳市远航科技有限公司"), who("杭州西溪软件有限公司"), who("Lakeside Robotics Ltd")) == [
        {0},
        {1},
        {2},
    ]


def test_what_stands_between_two_does_not_join_what_contradicts() -> None:
    """A = B by phone and B = C by e-mail make no customer of A and C with different credit codes."""
    first = who("甲方实业有限公司", ONE, phones=("+8613800138000",))
    between = who(person="王小明", phones=("+8613800138000",), emails=("wang@qq.com",))
    last = who("乙方实业有限公司", OTHER, emails=("wang@qq.com",))
    found = groups(first, between, last)
    assert all({0, 2} - set(group.rows) for group in found)
    assert [group.why for group in found].count(Why.CONFLICTING_ROW) == 1
    assert next(group for group in found if group.why).beside is not None


def test_a_certain_key_with_another_credit_code_is_asked() -> None:
    found = groups(
        who("甲方实业有限公司", ONE, phones=("+8613800138000",)),
        who("乙方实业有限公司", OTHER, phones=("+8613800138000",)),
    )
    assert [(group.rows, group.why, group.beside) for group in found] == [
        ((0,), None, None),
        ((1,), Why.POSSIBLE_ROW, 0),
    ]


def test_only_possible_waits_for_a_person_beside_the_first() -> None:
    found = groups(
        who("远航科技有限公司", phones=("+8675586013060",)), who("深航物流有限公司", phones=("+8675586013060",))
    )
    assert [(group.why, group.beside) for group in found] == [(None, None), (Why.POSSIBLE_ROW, 0)]


def test_the_row_that_says_the_most_stands_for_the_group() -> None:
    """Survivorship: where rows differ the most complete one counts, gaps are filled from the others."""
    poor = who("远航", phones=("+8613800138000",), industry="贸易")
    rich = who(
        "深圳市远航科技有限公司",
        person="王小明",
        phones=("+8613800138000",),
        region="CN-GD",
        address="科技园1号",
        industry="制造业",
    )
    more = who(person="陈静", phones=("+8613800138000",), emails=("chen@yuanhang-tech.com",))
    (group,) = groups(poor, rich, more)
    assert group.rows[0] == 1
    assert (group.profile.name, group.profile.industry) == ("深圳市远航科技有限公司", "制造业")
    assert [person.name for person in group.profile.people] == ["王小明", "陈静"]
    assert group.profile.emails == ("chen@yuanhang-tech.com",)


def test_an_address_of_many_names_is_nobodys() -> None:
    names = ("远航科技有限公司", "西溪软件有限公司", "宏远集团有限公司", "东方酒店有限公司")
    found = groups(*(who(name, emails=("contact@hotmail.com",)) for name in names))
    assert [group.why for group in found] == [Why.SHARED_BY_MANY] * 4


def test_many_contacts_of_one_company_are_one_customer() -> None:
    found = groups(
        *(who("远航科技有限公司", region="CN-GD", person=f"王{at}", emails=("sales@yh-tech.com",)) for at in range(9))
    )
    assert [len(group.rows) for group in found] == [9]


def test_a_number_in_very_many_rows_costs_bounded_time() -> None:
    names = [who("远航科技有限公司", phones=("+8613800138000",)) for _ in range(MOST_SHARING + 1)]
    assert {group.why for group in groups(*names)} <= {Why.SHARED_BY_MANY, None, Why.POSSIBLE_ROW}


def test_every_row_is_in_one_group() -> None:
    rng = Random(3)
    profiles = [
        who(rng.choice(("远航科技有限公司", "西溪软件有限公司", None)), phones=(f"+861380013800{rng.randrange(10)}",))
        for _ in range(60)
    ]
    seen = Counter(row for group in groups(*profiles) for row in group.rows)
    assert seen == Counter(range(60))
    assert groups(*profiles) == groups(*profiles)


def test_no_rows_make_no_groups() -> None:
    assert groups() == []


def test_alike_rows_are_paired_and_others_not() -> None:
    finder = PairFinder()
    for row, name in enumerate(("深圳市远航科技有限公司", "深圳远航科技", "杭州西溪软件有限公司")):
        finder.add(row, shared_keys(Subject.of(who(name)).record))
    assert finder.pairs() == [(0, 1)]


def test_a_key_that_very_many_share_pairs_nobody() -> None:
    finder = PairFinder()
    for row in range(100):
        finder.add(row, shared_keys(Subject.of(who(person="王伟")).record))
    assert finder.pairs() == []


def test_pairs_do_not_hang_on_the_order_in_which_keys_come() -> None:
    """Keys are hashed differently in every process, and the same file must give the same pairs in each."""
    rows = [
        shared_keys(Subject.of(who(f"深圳市{name}科技有限公司")).record) for name in ("远航", "远杭", "远航达", "青禾")
    ]
    found = []
    for turned in (False, True):
        finder = PairFinder()
        for row, keys in enumerate(rows):
            finder.add(row, dict(sorted(keys.items(), reverse=turned)))
        found.append(finder.pairs())
    assert found[0] == found[1] != []


def test_completeness_counts_what_a_rep_needs() -> None:
    whole = who(
        "远航", person="王小明", phones=("+8613800138000",), region="CN-GD", address="科技园", industry="制造业"
    )
    assert present(whole) == set(REQUIRED)
    assert present(who(person="王小明")) == {"name", "person"}
    counts = filled(map(present, [whole, who("远航")]))
    assert (counts["complete"], counts["all"], counts["name"], counts["industry"]) == (1, 2, 2, 1)
    assert richness(whole) > richness(who("远航", phones=("+8613800138000", "+8613900139000")))
