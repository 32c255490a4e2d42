"""``oneowner explain``: how a customer came to everybody who ever had it, rule by rule."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

import typer

from messages import message, terminal_locale
from service_client import Api, calling

Customer = Annotated[str, typer.Argument(help="The customer's id / 客户编号")]
Language = Annotated[Literal["zh", "en"] | None, typer.Option(help="Language / 语言 [LC_ALL, LC_MESSAGES, LANG]")]


def explain(customer: Customer, lang: Language = None, api: Api = None) -> None:
    """Why a customer was given to whom, each rule and method that was tried / 说明客户每次分配的原因"""
    locale = terminal_locale(lang)
    found = False
    with calling(api, locale) as service:
        for assignment in service.every(f"/v1/customers/{customer}/assignments"):
            found = True
            typer.echo("\n".join(told(assignment, locale)) + "\n")
    if not found:
        typer.echo(message(locale, "explain-none"))


def told(assignment: Mapping[str, Any], locale: str) -> Iterator[str]:
    """One assignment, as the API shows it, in lines."""
    at = datetime.fromisoformat(assignment["at"]).astimezone().isoformat(sep=" ", timespec="seconds")
    yield message(locale, "explain-heading", at=at, event=assignment["text"], policy=assignment["policy_version"])
    place = "owner" if assignment["owner_id"] else "queue"
    where = assignment["owner_id"] or assignment["queue"] or "-"
    yield "  " + message(locale, f"explain-place-{place}", **{place: where})
    if assignment["approval_id"]:
        yield "  " + message(locale, "explain-approval", approval=assignment["approval_id"])
    if assignment["given_reason"]:
        yield "  " + message(locale, "explain-given-reason", reason=assignment["given_reason"])
    explanation = assignment["explanation"]
    if explanation is None:
        return
    for passed in explanation["rules_passed"]:
        yield "  ✗ " + message(locale, "explain-passed", rule=passed["rule"], text=passed["text"])
    yield "  ✓ " + message(locale, "explain-rule", rule=explanation["rule"])
    for trial in explanation["trials"]:
        yield from _trial(trial, locale)


def _trial(trial: Mapping[str, Any], locale: str) -> Iterator[str]:
    mark = "✓" if trial["reason"] == "chosen" else "✗"
    yield f"    {mark} {trial['text']}" + (f" ({trial['rep_id']})" if trial["rep_id"] else "")
    if trial["among"]:
        yield "        " + message(locale, "explain-among", among=trial["among"])
    if trial["considered"]:
        yield "        " + message(locale, "explain-considered", reps=", ".join(trial["considered"]))
    for passed in trial["passed_over"]:
        yield "        ✗ " + message(locale, "explain-passed-over", rep=passed["rep_id"], text=passed["text"])
    for rep_id, scores in trial["scores"].items():
        shown = ", ".join(
            f"{message(locale, 'dimension-' + name.replace('_', '-'))} {score:g}" for name, score in scores.items()
        )
        yield "        " + message(locale, "explain-score", rep=rep_id, scores=shown)
