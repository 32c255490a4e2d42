"""What a check found, in words that a program can read; ``locales/*/doctor.ftl`` has the sentences."""

from dataclasses import asdict, dataclass, field
from enum import IntEnum
from typing import Any

from messages import message


class Level(IntEnum):
    """How bad it is; the worst one is the exit code of ``oneowner doctor``."""

    FINE = 0
    WARNING = 1
    """It works now, and will not for ever."""
    ERROR = 2
    """Something does not work."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: ``code`` names its two texts, what is found and what to do (``.do``)."""

    code: str
    level: Level = Level.FINE
    facts: dict[str, str] = field(default_factory=dict)

    def sentence(self, locale: str) -> str:
        """What was found, in one language."""
        return message(locale, f"doctor-{self.code}", **self.facts)

    def advice(self, locale: str) -> str | None:
        """What to do about it; None when all is well."""
        return message(locale, f"doctor-{self.code}.do", **self.facts) if self.level else None

    def plain(self, locale: str) -> dict[str, Any]:
        """For ``--json``: code, level and facts with their texts."""
        texts = {"found": self.sentence(locale), "do": self.advice(locale)}
        return {**asdict(self), "level": self.level.name.lower(), **texts}


def warning(code: str, **facts: object) -> Finding:
    """Something that will become a trouble."""
    return Finding(code, Level.WARNING, {name: str(value) for name, value in facts.items()})


def error(code: str, **facts: object) -> Finding:
    """Something that does not work."""
    return Finding(code, Level.ERROR, {name: str(value) for name, value in facts.items()})


def fine(code: str, **facts: object) -> Finding:
    """Something that is as it should be."""
    return Finding(code, Level.FINE, {name: str(value) for name, value in facts.items()})
