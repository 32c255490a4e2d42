"""What one version of a policy says otherwise than another."""

from collections.abc import Iterator, Mapping
from difflib import unified_diff
from typing import Any

from pydantic import BaseModel, ConfigDict, JsonValue

from domain.policy import Policy

ORDER = "assignment"
"""The path under which a changed order of the assignment rules is told."""


class Difference(BaseModel):
    """One value that differs; null where a version has none there."""

    model_config = ConfigDict(frozen=True)
    path: str
    """Names joined by dots; an assignment rule goes by its own name: ``assignment.referral.queue``."""
    before: JsonValue
    after: JsonValue


def differences(before: Policy, after: Policy) -> list[Difference]:
    """Every value that differs, in the order of the file. What is left out of a file counts as its default."""
    return list(_differing("", _plain(before), _plain(after)))


def unified(before: str, after: str, names: tuple[str, str]) -> str:
    """The lines of two files that differ, as ``diff -u`` tells them; empty when none does."""
    lines = unified_diff(before.splitlines(), after.splitlines(), *names, lineterm="")
    return "".join(f"{line}\n" for line in lines)


def _plain(policy: Policy) -> dict[str, Any]:
    """The policy as plain data, its assignment rules by name."""
    plain = policy.model_dump(mode="json")
    plain["assignment"] = {rule["rule"]: rule for rule in plain["assignment"]}
    return plain


def _differing(path: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for name in dict.fromkeys((*before, *after)):
        one, other, here = before.get(name), after.get(name), f"{path}.{name}" if path else name
        if isinstance(one, dict) and isinstance(other, dict):
            if here == ORDER and _order(one, other) != _order(other, one):
                yield Difference(path=here, before=list(one), after=list(other))
            yield from _differing(here, one, other)
        elif one != other:
            yield Difference(path=here, before=one, after=other)


def _order(rules: Mapping[str, Any], others: Mapping[str, Any]) -> list[str]:
    """The rules that both have: which comes first counts."""
    return [name for name in rules if name in others]
