"""What notices say, in a person's language: the same in the API, in e-mails and in chats."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pydantic import JsonValue

from domain.kpi.names import Kpi
from messages import message
from reports.kpis_table import kpi_name, told


class Text(NamedTuple):
    """One message in words."""

    subject: str
    body: str


def notice_text(
    locale: str,
    kind: str,
    facts: Mapping[str, JsonValue],
    *,
    lead_id: str | None = None,
    customer: str | None = None,
    reps: Mapping[str, str] | None = None,
) -> Text:
    """A notice in words.

    Args:
        locale: one of ``messages.LOCALES``.
        kind: a ``NoticeKind``.
        facts: the notice's.
        lead_id: the lead that it is about.
        customer: the customer's name; None where the reader may not know it.
        reps: names of reps by their ids; those who are missing are called by their ids.

    Raises:
        messages.MissingMessage: when a catalogue lacks the kind, which a test rules out.
    """
    somebody = message(locale, "notice-somebody")

    def rep(fact: str) -> str:
        value = facts.get(fact)
        return (reps or {}).get(value, value) if isinstance(value, str) else somebody

    def plain(fact: str) -> str:
        return str(facts.get(fact) or "")

    request = plain("request").replace("_", "-")
    words = {
        "customer": customer or message(locale, "notice-some-customer"),
        "lead": lead_id or "",
        "owner": rep("owner_id"),
        "previous": rep("previous_owner_id"),
        "rep": rep("rep_id"),
        "queue": plain("queue"),
        "import": plain("import_id"),
        "move": plain("move_id"),
        "request": message(locale, f"approval-kind-{request}") if request else "",
        "month": plain("month"),
        **_figure(facts, locale),
    }
    name = f"notice-{kind.replace('_', '-')}"
    return Text(message(locale, name, **words), message(locale, f"{name}.body", **words))


def _figure(facts: Mapping[str, JsonValue], locale: str) -> dict[str, str]:
    """A figure that misses its target, in words."""
    if not isinstance(named := facts.get("kpi"), str):
        return {"kpi": "", "value": "", "target": ""}
    kpi = Kpi(named)
    value, target = (it if isinstance(it := facts.get(name), int | float) else None for name in ("value", "target"))
    return {"kpi": kpi_name(kpi, locale), "value": told(kpi, value, locale), "target": told(kpi, target, locale)}


def digest_text(locale: str, texts: Sequence[Text]) -> Text:
    """Several messages as one."""
    lines = [f"- {text.subject}\n  {text.body}" for text in texts]
    return Text(message(locale, "notice-digest", count=len(texts)), "\n".join(lines))
