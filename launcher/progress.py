"""Showing that something long is going on, to a person or to a log file."""

import contextlib
import time
from collections.abc import Iterator

from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from launcher.say import console, say
from launcher.texts import text

LOG_EVERY = 30.0
"""Seconds between two lines where nobody sees a moving bar."""


class Work:
    """One running task with a known or unknown amount of steps."""

    def __init__(self, message: str, progress: Progress, steps: int | None) -> None:
        self._progress = progress
        self._task = progress.add_task(text(message), total=steps)
        self._started = self._said = time.monotonic()
        self._done = 0

    def step(self) -> None:
        """One step is done."""
        self._done += 1
        self._progress.advance(self._task)
        now = time.monotonic()
        if not console.is_terminal and now - self._said >= LOG_EVERY:
            self._said = now
            say("still-working", steps=str(self._done), seconds=f"{now - self._started:.0f}")


@contextlib.contextmanager
def working(message: str, steps: int | None = None) -> Iterator[Work]:
    """Show a message of the catalogue with a spinner, a bar and the time while the block runs.

    Args:
        message: The catalogue's id.
        steps: How many times ``step`` will be called, about; None when unknown.
    """
    if not console.is_terminal:
        say(message)
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield Work(message, progress, steps)
