"""A policy file with new lines: a new version with only these changed, comments and all else as they stood."""

import re

from domain.policy_file import parse_policy
from matching_lab.calibrate import Lines


class LinesNotFound(ValueError):
    """A policy file does not write the lines where they could be replaced."""


def with_lines(text: str, version: str, lines: Lines) -> str:
    """Returns the text of a policy file with other lines under another version.

    Args:
        text: the policy in force, whose ``matching`` section writes both lines on rows of their own.
        version: of the new policy.
        lines: what was calibrated; written with six digits, the certain line rounded up and the new one down.

    Raises:
        domain.policy_file.PolicyError: when the text is no policy.
        LinesNotFound: when it does not write the lines that way.
    """
    parse_policy(text)
    head, section, rest = _around_matching(text)
    head = _replaced(head, "version", f'"{version}"')
    section = _replaced(section, "  certain_above", f"{min(1.0, lines.certain_above + 5e-7):.6f}")
    section = _replaced(section, "  new_below", f"{max(0.0, lines.new_below - 5e-7):.6f}")
    changed = head + section + rest
    parse_policy(changed)
    return changed


def _around_matching(text: str) -> tuple[str, str, str]:
    found = re.search(r"^matching:.*\n(?:[ \t#].*\n|\n)*", text, re.MULTILINE)
    if found is None:
        raise LinesNotFound("matching: the file has no such section to write the lines into")
    return text[: found.start()], found[0], text[found.end() :]


def _replaced(text: str, name: str, value: str) -> str:
    """Writes another value behind a name at the beginning of a row, the comment behind it kept."""
    changed, count = re.subn(
        rf"^({name}:[ ]*)[^\s#]+", lambda found: found[1] + value, text, count=1, flags=re.MULTILINE
    )
    if not count:
        raise LinesNotFound(f"{name.strip()}: not on a row of its own")
    return changed
