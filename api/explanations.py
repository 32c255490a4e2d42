"""Assignments explained: each rule and method that was tried, and why it did or did not apply, in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, Field

from domain.assignment import Reason
from domain.rules.methods import Dimension, Method
from messages import has_message, message


class PassedRuleView(BaseModel):
    """A rule that did not apply, and a test in its condition that did not hold."""

    rule: str
    test: str = Field(examples=["region within CN-GD"])
    text: str


class PassedRepView(BaseModel):
    """A rep who was looked at and could not get the customer."""

    rep_id: str
    reason: Reason
    text: str


class TrialView(BaseModel):
    """A method that was tried."""

    method: Method
    reason: Reason = Field(description="`chosen` when it gave the owner, else why it gave none.")
    text: str
    rep_id: str | None
    among: str | None = Field(description="A region, or `pool:`, `territory:` or `vertical:` with its name.")
    considered: tuple[str, ...]
    passed_over: tuple[PassedRepView, ...]
    scores: dict[str, dict[Dimension, float]]


class ExplanationView(BaseModel):
    """Why somebody got a customer, or why nobody did."""

    text: str = Field(description="The whole in a sentence.")
    rule: str = Field(description="The rule that applied.")
    rules_passed: tuple[PassedRuleView, ...]
    trials: tuple[TrialView, ...] = Field(description="Its methods in the order in which they were tried.")
    owner_id: str | None
    queue: str | None
    reason: Reason


def explanation_view(assignment: Mapping[str, Any], locale: str) -> ExplanationView:
    """An assignment, as it was stored in a decision trace, in words.

    Args:
        assignment: ``domain.assignment.Assignment`` as JSON, perhaps of an earlier release.
        locale: the language.
    """
    return ExplanationView(
        text=_summary(assignment, locale),
        rule=assignment.get("rule", ""),
        rules_passed=tuple(_passed_rules(assignment.get("rules_passed", ()), locale)),
        trials=tuple(_trial_view(trial, locale) for trial in assignment["trials"]),
        owner_id=assignment["owner_id"],
        queue=assignment["queue"],
        reason=assignment["reason"],
    )


def unmet_text(test: str, locale: str) -> str:
    """A test that does not hold, in words: several when any of them would have been enough."""
    return "; ".join(_unmet_text(one, locale) for one in test.split(" | "))


def _unmet_text(test: str, locale: str) -> str:
    if test == "not":
        return message(locale, "unmet-not")
    field, _, rest = test.partition(" ")
    name, _, wanted = rest.partition(" ")
    entry = f"unmet-{name}".replace("_", "-") + (f"-{wanted.lower()}" if name == "present" else "")
    told = f"case-{field}".replace("_", "-")
    if not has_message(locale, entry) or not has_message(locale, told):
        return test
    return message(locale, entry, field=message(locale, told), wanted=wanted)


def _summary(assignment: Mapping[str, Any], locale: str) -> str:
    rule, reason = assignment.get("rule", ""), _reason(assignment["reason"], locale)
    if assignment["owner_id"] is None:
        return message(locale, "explained-queue", queue=assignment["queue"], rule=rule, reason=reason)
    method = message(locale, f"assign-method-{_kebab(assignment['method'])}")
    return message(locale, "explained-owner", owner=assignment["owner_id"], rule=rule, method=method)


def _passed_rules(passed: Any, locale: str) -> Iterator[PassedRuleView]:
    for rule, test in passed:
        yield PassedRuleView(rule=rule, test=test, text=unmet_text(test, locale))


def _trial_view(trial: Mapping[str, Any], locale: str) -> TrialView:
    method = message(locale, f"assign-method-{_kebab(trial['method'])}")
    return TrialView(
        method=trial["method"],
        reason=trial["reason"],
        text=message(locale, "explained-trial", method=method, reason=_reason(trial["reason"], locale)),
        rep_id=trial.get("rep_id"),
        among=trial.get("pool"),
        considered=trial.get("considered", ()),
        passed_over=tuple(
            PassedRepView(rep_id=rep_id, reason=reason, text=_reason(reason, locale))
            for rep_id, reason in trial.get("passed_over", {}).items()
        ),
        scores=trial.get("scores", {}),
    )


def _reason(reason: str, locale: str) -> str:
    return message(locale, f"assign-reason-{_kebab(reason)}")


def _kebab(name: str) -> str:
    return name.replace("_", "-")
