"""How workflows pass a refusal on to whoever asked them."""

from collections.abc import Awaitable
from typing import TypeVar

from temporalio.exceptions import ActivityError, ApplicationError, ChildWorkflowError

T = TypeVar("T")


async def refusable(asking: Awaitable[T]) -> T:
    """What an activity or a child workflow comes to; a refusal as the ``ApplicationError`` that it began as.

    Raises:
        temporalio.exceptions.ApplicationError: whose type is the refusal's code.
    """
    try:
        return await asking
    except (ActivityError, ChildWorkflowError) as error:
        raise error.cause if isinstance(error.cause, ApplicationError) else error from error
