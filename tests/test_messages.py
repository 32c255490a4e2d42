"""The catalogues: the same in every language, and chosen as the caller prefers."""

from pathlib import Path

import pytest
from fluent.syntax import FluentParser, ast
from fluent.syntax.visitor import Visitor

from messages import DEFAULT, LOCALES, MissingMessage, has_message, message, negotiate
from settings import PROJECT_ROOT

OTHERS = [locale for locale in LOCALES if locale != DEFAULT]


class _Variables(Visitor):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: ast.VariableReference) -> None:  # noqa: N802 - the library's naming
        self.names.add(node.id.name)


def _variables(node: ast.BaseNode) -> frozenset[str]:
    visitor = _Variables()
    visitor.visit(node)
    return frozenset(visitor.names)


def catalogue(path: Path) -> dict[str, frozenset[str]]:
    """Every message and attribute of a file with its variables."""
    found: dict[str, frozenset[str]] = {}
    for entry in FluentParser().parse(path.read_text(encoding="utf-8")).body:
        assert not isinstance(entry, ast.Junk), f"{path}: {entry.content}"
        if not isinstance(entry, ast.Message):
            continue
        assert entry.id.name not in found, f"{path}: {entry.id.name} twice"
        assert entry.value is not None
        found[entry.id.name] = _variables(entry.value)
        found |= {f"{entry.id.name}.{part.id.name}": _variables(part.value) for part in entry.attributes}
    return found


@pytest.mark.parametrize("file", sorted(path.name for path in (PROJECT_ROOT / "locales" / DEFAULT).glob("*.ftl")))
@pytest.mark.parametrize("locale", OTHERS)
def test_every_language_says_the_same_with_the_same_facts(locale: str, file: str) -> None:
    folder = PROJECT_ROOT / "locales"
    assert catalogue(folder / locale / file) == catalogue(folder / DEFAULT / file)


@pytest.mark.parametrize("locale", LOCALES)
def test_no_two_files_share_an_id(locale: str) -> None:
    names = [name for path in (PROJECT_ROOT / "locales" / locale).glob("*.ftl") for name in catalogue(path)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("locale", OTHERS)
def test_every_language_has_the_same_files(locale: str) -> None:
    folder = PROJECT_ROOT / "locales"
    assert {path.name for path in (folder / locale).iterdir()} == {path.name for path in (folder / DEFAULT).iterdir()}


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        (None, "en"),
        ("", "en"),
        ("zh", "zh-CN"),
        ("ZH-cn", "zh-CN"),
        ("zh-Hans-CN", "zh-CN"),
        ("zh-TW,en;q=0.5", "zh-CN"),
        ("en-GB", "en"),
        ("en;q=0.5, zh;q=0.9", "zh-CN"),
        ("zh;q=0.5,en;q=0.9", "en"),
        ("fr, zh;q=0.1", "zh-CN"),
        ("fr", "en"),
        ("*", "en"),
        ("zh;q=0, *;q=0.5", "en"),
        ("en;q=0, *;q=0.5", "zh-CN"),
        ("en;q=0", "en"),
        ("zh;q=0", "en"),
        ("zh,en", "zh-CN"),
        ("en,zh", "en"),
        ("zh ; q = 0.8 , en;q=0.7", "zh-CN"),
        ("en;q=2, zh;q=0.3", "zh-CN"),
        ("zh;q=1.0001", "en"),
        (";;;,,,=,中文", "en"),
        ("en;q=0.1, zh-CN;q=0.1, zh-TW;q=0.9", "zh-CN"),
        ("fr," * 10_000 + "zh", "en"),
    ],
)
def test_the_preferred_language_is_weighed(header: str | None, locale: str) -> None:
    assert negotiate(header) == locale


def test_a_message_takes_its_facts() -> None:
    assert message("en", "problem-body-too-large.detail", limit=1_048_576).endswith("at most 1,048,576 bytes.")
    assert message("zh-CN", "rule-too-long", max_length=20) == "最多 20 项"


@pytest.mark.parametrize("name", ["no-such-message", "problem-internal.no-such-attribute", "rule-too-long"])
def test_a_missing_message_or_fact_is_an_error(name: str) -> None:
    with pytest.raises(MissingMessage):
        message("en", name)


def test_has_message_knows_attributes() -> None:
    assert has_message("en", "problem-internal.detail")
    assert not has_message("en", "problem-internal.nothing")
