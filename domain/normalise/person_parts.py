"""What taking a person's name apart gives in either script."""

from typing import NamedTuple


class PersonParts(NamedTuple):
    """The parts of a name; ``syllables`` are its pinyin, family name first, empty when the name is not Chinese."""

    normal: str
    family: str | None
    given: str | None
    syllables: tuple[str, ...]
    honorific: str | None
