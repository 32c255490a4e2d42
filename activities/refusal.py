"""How a refusal of the domain travels through Temporal: as an application error that nobody retries."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from domain.change import Refused


@contextmanager
def refusals() -> Iterator[None]:
    """Turn ``Refused`` into an ``ApplicationError`` whose type is the refusal's code."""
    try:
        yield
    except Refused as refused:
        raise refusal(refused.code, refused.facts) from refused


def refusal(code: str, facts: Mapping[str, str | int]) -> ApplicationError:
    """The error as which a refusal travels.

    Args:
        code: the refusal's.
        facts: the rule's values.
    """
    return ApplicationError(code, dict(facts), type=code, non_retryable=True, category=ApplicationErrorCategory.BENIGN)
