"""The one question that a customer is asked, as a page without scripts, in both languages at once."""

from pathlib import Path
from xml.etree.ElementTree import Element

from messages import LOCALES, message
from reports.elements import element, page

SCORES = range(1, 6)
MOST_CHARACTERS = 2000
_STYLE = Path(__file__).with_suffix(".css").read_text(encoding="utf-8")


def question_page(token: str, action: str, locale: str) -> str:
    """The form. Opening it changes nothing, however often a mail scanner looks.

    Args:
        token: the link's, which the answer brings back.
        action: where the answer goes.
        locale: the language that comes first.
    """
    scores = [
        element("label", element("input", type="radio", name="score", value=score, required="required"), str(score))
        for score in SCORES
    ]
    comment = element("textarea", name="comment", id="comment", maxlength=MOST_CHARACTERS)
    form = element(
        "form",
        element("input", type="hidden", name="token", value=token),
        element("fieldset", *scores, aria_label=_both("survey-question", locale)),
        element(
            "p", *(element("span", _both(name, locale)) for name in ("survey-worst", "survey-best")), class_="ends"
        ),
        element("label", _both("survey-comment", locale), for_="comment", class_="comment"),
        comment,
        element("button", _both("survey-send", locale), type="submit"),
        method="post",
        action=action,
    )
    return _page(locale, *_heading("survey-question", locale), form)


def message_page(name: str, locale: str) -> str:
    """A page that says one thing: thank you, or why there is nothing to answer.

    Args:
        name: the message's.
        locale: the language that comes first.
    """
    return _page(locale, *_heading(name, locale))


def _heading(name: str, locale: str) -> tuple[Element, Element]:
    first, second = _texts(name, locale)
    return element("h1", first), element("p", second)


def _both(name: str, locale: str) -> str:
    return " / ".join(_texts(name, locale))


def _texts(name: str, locale: str) -> list[str]:
    """A message in both languages, the reader's first."""
    return [message(it, name) for it in sorted(LOCALES, key=lambda it: it != locale)]


def _page(locale: str, *parts: Element) -> str:
    return page("OneOwner", _STYLE, element("body", *parts), locale, element("meta", name="robots", content="noindex"))
