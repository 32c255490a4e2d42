"""What taking an address apart gives in either script."""

from typing import NamedTuple


class AddressParts(NamedTuple):
    """The fields of ``Address`` but the raw address, in its order."""

    normal: str
    division: str | None
    region: str | None
    road: str | None
    number: str | None
    rest: str
