"""Texts in spreadsheets: shown, and never computed."""

import re

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""The media type of workbooks."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_UNSHOWABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""Characters that XML, and so a workbook, cannot hold."""
_MOST_CHARACTERS = 32_767


def harmless(text: str) -> str:
    """A text that a spreadsheet shows and does not compute: what begins like a formula gets an apostrophe before it.

    Source: OWASP, CSV Injection.
    """
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def cell_text(text: str) -> str:
    """A harmless text that a cell of a workbook can hold."""
    return harmless(_UNSHOWABLE.sub("", text))[:_MOST_CHARACTERS]
