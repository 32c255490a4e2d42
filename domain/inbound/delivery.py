"""What another system sends in one request, and what a connector is: it says whether that is genuine, and reads it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from pydantic_core import from_json

from domain.inbound.becoming import Rules
from domain.inbound.reported import Reported

MAX_REPORTS = 100
"""In one request."""


class Unreadable(ValueError):
    """A body that is not in the form which its connector reads.

    Attributes:
        field: which part of it, when that is known.
        code: the rule that it breaks.
        value: what stands there.
    """

    def __init__(self, field: str | None = None, code: str = "", value: str = "") -> None:
        super().__init__(code)
        self.field, self.code, self.value = field, code, value


@dataclass(frozen=True)
class Delivery:
    """One request."""

    url: str
    """As whoever sent it knows it."""
    headers: Mapping[str, str]
    """Their names in lower case."""
    body: bytes
    at: datetime
    """When it came."""


class Webhook(Rules, ABC):
    """A connector whose system calls us. A new one is a subclass, named in ``domain.inbound.connectors``."""

    @abstractmethod
    def genuine(self, delivery: Delivery, secret: str) -> bool:
        """Whether a request was signed with a secret."""

    @abstractmethod
    def read(self, delivery: Delivery) -> Sequence[Reported]:
        """What a genuine request reports; nothing, for what is of no interest here.

        Raises:
            Unreadable: when it is not in the connector's form.
            pydantic.ValidationError: when a field breaks a rule.
        """


def object_in(body: bytes) -> dict[str, Any]:
    """The JSON object in a body; nested at most some hundreds deep.

    Raises:
        Unreadable: when there is none.
    """
    try:
        found = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise Unreadable from error
    if not isinstance(found, dict):
        raise Unreadable
    return found


def time_in(text: str | None) -> datetime | None:
    """A time as RFC 5322 writes it, within the years that are kept; None where there is none."""
    try:
        at = parsedate_to_datetime(text or "")
        at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at if 1900 <= at.year <= 2999 else None
