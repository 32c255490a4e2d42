"""What lies within what: regions, divisions and postcodes are trees, and each writes its tree in its own way."""

from collections.abc import Iterator

_DIVISION = 6


def covers(kind: str, area: str, code: str) -> bool:
    """Whether a place lies in an area of the same kind.

    Args:
        kind: ``region`` (ISO 3166-2: CN-GD lies in CN), ``division`` (GB/T 2260: 440305 lies in 440300 and 440000) or
            ``postcode`` (518057 lies in 518).
        area: the area's code.
        code: the place's code.
    """
    if kind == "region":
        return code == area or code.startswith(f"{area}-")
    return code.startswith(_head(area) if kind == "division" else area)


def areas_around(kind: str, code: str) -> Iterator[tuple[str, float]]:
    """Every area that a place lies in, smallest first, with how fine it is: 0 a country, 1 a Chinese province, 2 a
    prefecture, 3 a county or district. Two digits of a postcode count as one step, as in China."""
    if kind == "region":
        if "-" in code:
            yield code, 1
        yield code.partition("-")[0], 0
    elif kind == "division":
        for level in (3, 2, 1):
            head = code[: 2 * level]
            if len(_head(code)) >= 2 * level:
                yield head.ljust(_DIVISION, "0"), level
    else:
        for length in range(len(code), 0, -1):
            yield code[:length], length / 2


def _head(division: str) -> str:
    """The digits of a division's code that all below it share."""
    if division.endswith("0000"):
        return division[:2]
    return division.removesuffix("00")
