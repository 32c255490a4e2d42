"""What the product says to people, in their language: the message catalogues, a folder of ``locales/`` per language.

Used by the API, the command line and notifications. English is the default.
"""

import os
import re
from functools import cache

from fluent.runtime import FluentBundle, FluentResource
from fluent.runtime.resolver import Pattern

from settings import PROJECT_ROOT

LOCALES = ("en", "zh-CN")
DEFAULT = LOCALES[0]

_LANGUAGES = {locale.partition("-")[0]: locale for locale in LOCALES}
_RANGE = re.compile(
    r"\s*([a-z]{1,8}|\*)(?:-[a-z0-9-]*)?\s*(?:;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?", re.IGNORECASE
)


class MissingMessage(LookupError):
    """A catalogue lacks a message, or the caller a fact that it needs."""


def message(locale: str, name: str, /, **facts: str | int) -> str:
    """One message in one language.

    Args:
        locale: one of ``LOCALES``.
        name: the message's id in the catalogues, or ``id.attribute``.
        facts: what its placeholders stand for. Integers are written the language's way; an id belongs in a string.

    Raises:
        MissingMessage: when there is no such message, or a placeholder without a fact.
    """
    pattern = _pattern(locale, name)
    if pattern is None:
        raise MissingMessage(f"{locale}: no message {name}")
    text, faults = _bundle(locale).format_pattern(pattern, facts)
    if faults:
        raise MissingMessage(f"{locale}: {name}: {faults[0]}")
    return str(text)


def has_message(locale: str, name: str) -> bool:
    """Whether the locale's catalogue has a message (``id`` or ``id.attribute``)."""
    return _pattern(locale, name) is not None


def negotiate(accept_language: str | None) -> str:
    """The locale that serves an Accept-Language header best (RFC 9110, 12.5.4), English when none does.

    Every kind of Chinese is served by the one Chinese catalogue. Ranges that are no ranges are passed over.
    """
    weights: dict[str, float] = {}
    for part in (accept_language or "").split(",")[:20]:
        found = _RANGE.fullmatch(part)
        if found:
            language, weight = found[1].lower(), float(found[2] or 1)
            weights[language] = max(weight, weights.get(language, 0.0))
    order = [*weights, *_LANGUAGES]
    best = max(_LANGUAGES, key=lambda language: (weights.get(language, weights.get("*", 0.0)), -order.index(language)))
    return _LANGUAGES[best] if weights.get(best, weights.get("*", 0.0)) > 0 else DEFAULT


def terminal_locale(language: str | None) -> str:
    """The locale of a language (``zh``, ``en``), or else of POSIX's variables by their rank (``zh_CN.UTF-8``)."""
    given = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return negotiate(language or next(filter(None, given), "").partition(".")[0].replace("_", "-"))


def _pattern(locale: str, name: str) -> Pattern | None:
    entry, _, attribute = name.partition(".")
    if not _bundle(locale).has_message(entry):
        return None
    found = _bundle(locale).get_message(entry)
    return found.attributes.get(attribute) if attribute else found.value


@cache
def _bundle(locale: str) -> FluentBundle:
    bundle = FluentBundle([locale], use_isolating=False)
    for path in sorted((PROJECT_ROOT / "locales" / locale).glob("*.ftl")):
        bundle.add_resource(FluentResource(path.read_text(encoding="utf-8")))
    return bundle
