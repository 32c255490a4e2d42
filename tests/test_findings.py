"""Whatever is wrong with a policy file is told in both languages, by a sentence of its own."""

import ast
import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic_core.core_schema import ErrorType

from domain.policy_checks import Finding
from domain.policy_file import check_policy
from findings import catalogue_entry, sentence
from messages import LOCALES, has_message
from settings import PROJECT_ROOT
from tests.domain.test_policy_file import BROKEN
from tests.examples import POLICY_TEXT, edited

SOURCES = ("policy*.py", "customer_rules.py", "rules/*.py", "calendar/*.py", "matching/decision.py", "identity.py")
HAN = re.compile(r"[\u4e00-\u9fff]")


def raised() -> Iterator[tuple[str, str]]:
    """Every code that our own checks of a policy give, and where."""
    for pattern in SOURCES:
        for file in sorted((PROJECT_ROOT / "domain").glob(pattern)):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("PydanticCustomError", "Finding"):
                    code = node.args[0]
                    if isinstance(code, ast.Constant):
                        yield str(code.value), file.name


@pytest.mark.parametrize("locale", LOCALES)
def test_every_code_of_ours_has_a_sentence(locale: str) -> None:
    codes = set(raised())
    assert len(codes) > 30
    for code, file in codes:
        entry = catalogue_entry(Finding(code, ()))
        assert entry != "rule-value-error", (code, file)
        assert has_message(locale, entry), (code, file)


def test_no_check_of_a_policy_speaks_one_language_only() -> None:
    """A plain ``ValueError`` in a validator would carry an English sentence."""
    names = {file for _, file in raised()} - {"calendar.py"}
    for pattern in SOURCES:
        for file in (PROJECT_ROOT / "domain").glob(pattern):
            if file.name in names:
                assert "raise ValueError" not in file.read_text(encoding="utf-8"), file.name


@pytest.mark.parametrize(("changes", "place", "code"), BROKEN, ids=lambda it: it if isinstance(it, str) else "")
def test_every_fault_is_told_in_both_languages(changes: dict[str, Any], place: str, code: str) -> None:
    findings = check_policy(edited(changes))[1]
    assert code in [finding.code for finding in findings]
    for finding in findings:
        chinese, english = (sentence(finding, locale) for locale in ("zh-CN", "en"))
        told = {str(fact) for fact in finding.facts.values()}
        assert HAN.search(chinese), (finding, chinese)
        assert not HAN.search(_without(english, told)), (finding, english)
        assert not re.search(r"[{}]", chinese + english) or "{" in str(told), "a placeholder was left empty"
        assert finding.line is not None


def test_text_that_is_no_policy_at_all_is_told_in_both_languages() -> None:
    for text in ("", "a: [", "- 1", "a: &a [*a]", "\x00", "x" * 500_001, f"{POLICY_TEXT}\nversion: again\n"):
        findings = check_policy(text)[1]
        assert findings
        assert all(HAN.search(sentence(finding, "zh-CN")) for finding in findings), text[:20]


def test_what_pydantic_may_find_has_a_sentence_or_the_general_one() -> None:
    for code in get_args(ErrorType):
        assert has_message("zh-CN", catalogue_entry(Finding(code, ()))), code


def _without(text: str, facts: set[str]) -> str:
    for fact in facts:
        text = text.replace(fact, "")
    return text
