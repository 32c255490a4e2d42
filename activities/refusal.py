"""How a refusal of the domain travels through Temporal: as an application error that nobody retries."""

from collections.abc import Iterator
from contextlib import contextmanager

from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from domain.change import Refused


@contextmanager
def refusals() -> Iterator[None]:
    """Turn ``Refused`` into an ``ApplicationError`` whose type is the refusal's code."""
    try:
        yield
    except Refused as refused:
        raise ApplicationError(
            refused.code,
            refused.facts,
            type=refused.code,
            non_retryable=True,
            category=ApplicationErrorCategory.BENIGN,
        ) from refused
