"""Policy files: YAML read with the line of everything, checked as a whole, so that each fault is said where it is."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import yaml
from pydantic import ValidationError

from domain.policy import Policy
from domain.policy_checks import Directory, Finding, Path, Severity, findings_of

MAX_CHARACTERS = 200_000
MAX_PARTS = 50_000
"""Values in a file once its aliases are written out; a few lines of aliases can stand for billions."""


class PolicyError(ValueError):
    """The policy file breaks a rule; ``findings`` says what and where."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("; ".join(f"{_place(finding)}: {finding.code}" for finding in findings))
        self.findings = findings


def parse_policy(text: str) -> Policy:
    """Read a policy from YAML text.

    Raises:
        PolicyError: when it is no YAML, breaks the schema or makes no sense as a whole, naming every fault; whether it
            makes sense is looked at once the schema holds.
    """
    policy, findings = check_policy(text)
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if policy is None or errors:
        raise PolicyError(errors)
    return policy


def check_policy(text: str, directory: Directory | None = None) -> tuple[Policy | None, list[Finding]]:
    """The policy, when its parts are sound, and everything that is wrong with it, by line.

    Args:
        text: the file's content.
        directory: whom and where the policy is for; without it nothing is said about reps and regions.
    """
    if len(text) > MAX_CHARACTERS:
        return None, [Finding("string_too_long", (), {"max_length": MAX_CHARACTERS}, line=1)]
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        if root is not None and _parts(root, {}) > MAX_PARTS:
            return None, [Finding("too_many_parts", (), {"limit": MAX_PARTS}, line=1)]
        rules = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # ValueError: a date such as 2026-13-01
        return None, [_not_yaml(error)]
    found = list(_repeated_keys(root, (), set()))
    policy = None
    try:
        policy = Policy.model_validate(rules)
        found += findings_of(policy, directory)
    except ValidationError as error:
        found += [_broken(fault, rules) for fault in error.errors(include_url=False)]
    located = [replace(finding, line=_line(root, finding.path)) for finding in found]
    return policy, sorted(located, key=lambda finding: (finding.line or 0, finding.severity))


def _not_yaml(error: Exception) -> Finding:
    mark = getattr(error, "problem_mark", None)
    reason = str(getattr(error, "problem", None) or error).partition("\n")[0]
    return Finding("not_yaml", (), {"reason": reason}, line=mark.line + 1 if mark else 1)


def _parts(node: yaml.Node, known: dict[int, int]) -> int:
    """How many values a node stands for with every alias written out; more than ``MAX_PARTS`` when it holds itself."""
    if id(node) not in known:
        known[id(node)] = MAX_PARTS + 1
        inner: list[yaml.Node] = []
        if isinstance(node, yaml.MappingNode):
            inner = [part for pair in node.value for part in pair]
        elif isinstance(node, yaml.SequenceNode):
            inner = node.value
        known[id(node)] = min(1 + sum(_parts(part, known) for part in inner), MAX_PARTS + 1)
    return known[id(node)]


def _repeated_keys(node: yaml.Node | None, path: Path, seen: set[int]) -> Iterator[Finding]:
    """Keys that stand twice in one mapping: YAML would silently take the last."""
    if node is None or id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        keys: set[Hashable] = set()
        for key, value in node.value:
            if key.value in keys and isinstance(key, yaml.ScalarNode):
                yield Finding("repeated_key", (*path, key.value), {"key": str(key.value)})
            if isinstance(key, yaml.ScalarNode):
                keys.add(key.value)
                yield from _repeated_keys(value, (*path, key.value), seen)
    elif isinstance(node, yaml.SequenceNode):
        for at, value in enumerate(node.value):
            yield from _repeated_keys(value, (*path, at), seen)


def _broken(fault: Mapping[str, Any], rules: Any) -> Finding:
    """A fault of pydantic's, whose path has names of alternatives in it that the file has not."""
    path: list[str | int] = []
    for part in fault["loc"]:
        if (isinstance(rules, dict) and part in rules) or (
            isinstance(rules, list) and isinstance(part, int) and part < len(rules)
        ):
            rules = rules[part]
        elif fault["type"] != "missing" or part != fault["loc"][-1]:
            continue
        path.append(part)
    context = fault.get("ctx", {})
    if fault["type"] == "union_tag_invalid":
        return Finding("unknown_method", tuple(path), {"name": context["tag"]})
    facts = {name: fact if isinstance(fact, int) else str(fact).replace(" or ", ", ") for name, fact in context.items()}
    return Finding(fault["type"], tuple(path), facts)


def _line(root: yaml.Node | None, path: Path) -> int:
    """The line of the deepest part of a path that the file has."""
    line, node = 1, root
    for part in path:
        key, node = _step(node, part)
        if key is None:
            break
        line = key.start_mark.line + 1
    return line


def _step(node: yaml.Node | None, part: str | int) -> tuple[yaml.Node | None, yaml.Node | None]:
    """Where a part of a path is written, and what stands there; of a key that stands twice, the last."""
    if isinstance(node, yaml.MappingNode):
        found = [(key, value) for key, value in node.value if key.value == str(part)]
        return found[-1] if found else (None, None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part]
    return None, None


def _place(finding: Finding) -> str:
    return f"line {finding.line}: {'.'.join(map(str, finding.path)) or 'policy'}"
