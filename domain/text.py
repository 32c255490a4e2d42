"""Text as callers may send it: bounded, printable, storable on both databases."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

_LAYOUT = frozenset("\n\r\t")

_UNSEEN = dict.fromkeys(
    (0xAD, 0x61C, 0x180E, 0xFEFF, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x206A))
)
"""Characters that nobody sees: soft hyphen, zero-width space, byte order mark, and those that set the direction of
writing (Unicode 16, chapter 23), which phone books and web pages leave around what is copied out of them. The joiners
U+200C and U+200D stay: Persian and emoji are written with them."""


_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs that are drawn as nothing: Hangul fillers, and the Braille pattern without a dot."""


def printable(value: str) -> str:
    """The text without characters that nobody sees, by which two texts that look the same would differ.

    Control characters are refused: PostgreSQL cannot store NUL, and the others only serve to deceive a reader.

    Raises:
        PydanticCustomError: ``control_character`` when there is one other than a line break or a tab.
    """
    if value.isprintable():
        return value
    if any(unicodedata.category(character) == "Cc" and character not in _LAYOUT for character in value):
        raise PydanticCustomError("control_character", "must not contain control characters")
    return value.translate(_UNSEEN)


def visible(value: str) -> str:
    """Printable text of which something is to be seen: a letter, a digit, a sign that is not blank.

    Raises:
        PydanticCustomError: ``string_too_short`` or, from ``printable``, ``control_character``.
    """
    text = printable(value).strip()
    if text[:1].isalnum() and text[0] not in _BLANK:
        return text  # as nearly every text
    if not any(unicodedata.category(character)[0] in "LNPS" and character not in _BLANK for character in text):
        raise PydanticCustomError("string_too_short", "must not be empty", {"min_length": 1})
    return text


Reference = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=128, pattern=r"^[A-Za-z0-9][A-Za-z0-9._@:-]*$")
]
"""An id that a system chose: a rep's, a source's. 1 to 128 ASCII characters, safe in a URL."""

ShortText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(visible)
]
"""A name or a title: 1 to 200 characters."""

LongText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000), AfterValidator(visible)
]
"""A need, a note: 1 to 4,000 characters."""
