"""Text as callers may send it: bounded, printable, storable on both databases."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

_LAYOUT = frozenset("\n\r\t")


def printable(value: str) -> str:
    """Refuse control characters: PostgreSQL cannot store NUL, and the others only serve to deceive a reader.

    Raises:
        PydanticCustomError: ``control_character`` when there is one other than a line break or a tab.
    """
    if not value.isprintable() and any(
        unicodedata.category(character) == "Cc" and character not in _LAYOUT for character in value
    ):
        raise PydanticCustomError("control_character", "must not contain control characters")
    return value


Reference = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=128, pattern=r"^[A-Za-z0-9][A-Za-z0-9._@:-]*$")
]
"""An id that a system chose: a rep's, a source's. 1 to 128 ASCII characters, safe in a URL."""

ShortText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(printable)
]
"""A name or a title: 1 to 200 characters."""

LongText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000), AfterValidator(printable)
]
"""A need, a note, an address: 1 to 4,000 characters."""
