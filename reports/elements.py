"""HTML and SVG as elements, so that nothing from a database can become markup."""

from xml.etree.ElementTree import Element, tostring


def element(tag: str, /, *children: Element | str, **attributes: object) -> Element:
    """An element; underscores in attributes' names stand for hyphens, and one at the end for nothing.

    Args:
        tag: its name.
        children: elements and texts, in order.
        attributes: numbers are written with two digits after the point at most.
    """
    made = Element(tag, {key.rstrip("_").replace("_", "-"): _written(value) for key, value in attributes.items()})
    last: Element | None = None
    for child in children:
        if isinstance(child, Element):
            made.append(child)
            last = child
        elif last is None:
            made.text = (made.text or "") + child
        else:
            last.tail = (last.tail or "") + child
    return made


def document(root: Element) -> str:
    """A whole HTML document."""
    return "<!DOCTYPE html>\n" + tostring(root, encoding="unicode", method="html") + "\n"


def page(title: str, style: str, body: Element, locale: str, *head: Element) -> str:
    """A document for screens of any width.

    Args:
        title: of its window.
        style: its style sheet.
        body: what it shows.
        locale: the language that it is in.
        head: further elements of its head.
    """
    top = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        *head,
        element("title", title),
        element("style", style),
    )
    return document(element("html", top, body, lang=locale))


def _written(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
