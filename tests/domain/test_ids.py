"""Ids: the same for the same input for ever, never the same for two inputs, and silent about what they are made of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ids import IdMaker

SECRET = bytes(range(32))
IDS = IdMaker(SECRET)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("0123456789:"), max_size=12)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (IDS.make("dec", "甲", "乙"), "dec_bfwj5wqigw3kt2zs5i7yhoadtc"),
        (IDS.lead_id("官网", "线索-1001"), "lead_y63f6qzbd67vklxgmdaig36btk"),
        (IDS.lead_id("website", "web-1001"), "lead_xkf5hqq4qfydyss24tiju5huuk"),
        (IDS.customer_id("lead_x"), "cus_wb25sx7cm2rea4ybwbbsmput5b"),
    ],
)
def test_an_id_never_changes(made: str, expected: str) -> None:
    """Histories and callers keep ids for years: a change here means that no lead is recognised any more."""
    assert made == expected


@given(st.lists(TEXTS, max_size=4), st.lists(TEXTS, max_size=4))
def test_parts_are_kept_apart(some: list[str], others: list[str]) -> None:
    """Two lists of parts give one id only when they are equal, however their texts run together."""
    assert (IDS.make("x", *some) == IDS.make("x", *others)) == (some == others)


@pytest.mark.parametrize(
    ("some", "others"),
    [(("a", "bc"), ("ab", "c")), (("a", ""), ("", "a")), (("1:a",), ("1", "a")), (("a1:b",), ("a", "b")), (("",), ())],
)
def test_texts_that_run_together_differ(some: tuple[str, ...], others: tuple[str, ...]) -> None:
    assert IDS.make("x", *some) != IDS.make("x", *others)


def test_the_prefix_belongs_to_what_is_hashed() -> None:
    assert IDS.make("a", "b").removeprefix("a_") != IDS.make("c", "b").removeprefix("c_")


def test_another_secret_gives_other_ids() -> None:
    assert IdMaker(b"another secret of 32 bytes and on").lead_id("官网", "1") != IDS.lead_id("官网", "1")


@given(TEXTS, TEXTS)
def test_an_id_is_short_plain_and_safe_in_a_url(source: str, external_id: str) -> None:
    made = IDS.lead_id(source, external_id)
    assert len(made) == len("lead_") + 26
    assert made.isascii()
    assert made.replace("_", "").isalnum()
    assert made == made.lower()


def test_a_secret_has_at_least_32_bytes() -> None:
    IdMaker(b"s" * 32)
    with pytest.raises(ValueError, match="32 bytes"):
        IdMaker(b"s" * 31)


def test_a_key_serves_one_purpose_and_one_installation() -> None:
    key = IDS.key("approval-links")
    assert len(key) == 32
    assert key == IDS.key("approval-links")
    assert key not in (IDS.key("sessions"), IdMaker(b"another secret of 32 bytes and on").key("approval-links"), SECRET)
