"""Workflows that have ended meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager

from temporalio.service import RPCError, RPCStatusCode


@contextmanager
def unless_gone() -> Iterator[None]:
    """Pass over a workflow that has ended meanwhile.

    Raises:
        temporalio.service.RPCError: when Temporal cannot be reached.
    """
    try:
        yield
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
