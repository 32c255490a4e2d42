"""A policy file with new lines: only they and the version differ."""

import pytest

from domain.policy_file import parse_policy
from matching_lab.calibrate import Lines
from matching_lab.new_policy import with_lines
from tests.examples import POLICY_TEXT

LINES = Lines(certain_above=0.97654321, certain_precision=0.996, new_below=0.0123456, miss_rate=0.004, pairs=9000)


def test_only_the_version_and_the_lines_change_and_every_comment_stays() -> None:
    changed = with_lines(POLICY_TEXT, "2026.12", LINES)
    policy = parse_policy(changed)
    assert (policy.version, policy.matching.certain_above, policy.matching.new_below) == (
        "2026.12", 0.976544, 0.012345
    )  # fmt: skip
    rows = list(zip(POLICY_TEXT.splitlines(), changed.splitlines(), strict=True))
    differing = [(old, new) for old, new in rows if old != new]
    assert len(differing) == 3
    assert all(old.partition("#")[2] == new.partition("#")[2] for old, new in differing)
    assert policy.fingerprint != parse_policy(POLICY_TEXT).fingerprint


def test_a_line_that_nothing_passes_can_be_written() -> None:
    nothing = Lines(certain_above=1.0, certain_precision=0.0, new_below=0.0, miss_rate=0.0, pairs=3)
    rules = parse_policy(with_lines(POLICY_TEXT, "2026.12", nothing)).matching
    assert (rules.certain_above, rules.new_below) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            POLICY_TEXT.partition("matching:")[0] + "assignment:" + POLICY_TEXT.partition("assignment:")[2],
            "no such section",
        ),
        (POLICY_TEXT.replace("  new_below: ", "  'new_below': "), "new_below: not on a row"),
        ("- nothing", "policy"),
    ],
)
def test_a_file_that_cannot_be_changed_is_said_so(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        with_lines(text, "2026.12", LINES)
