"""How an activity that uses the database is defined."""

from collections.abc import Callable
from typing import Any, TypeVar

from temporalio import activity

Function = TypeVar("Function", bound=Callable[..., Any])


def in_thread(function: Function) -> Function:
    """An activity in a thread that is never cut short: what is cancelled comes to its end unheard.

    The SDK would raise its cancellation between any two lines, for example after a lock was taken and before anybody
    could give it back.
    """
    return activity.defn(no_thread_cancel_exception=True)(function)
