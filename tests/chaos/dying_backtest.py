"""A worker that is killed in the middle of its first back-test, after it has said how far it is.

``python -m tests.chaos.dying_backtest``, with the settings of any worker.
"""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import service
from domain.backtest import Comparison, compare
from domain.backtest.happened import Happening
from settings import Settings

AFTER = 10
"""Happenings."""
LINGERS = 3.0
"""Seconds in which what was said reaches the server."""


def died(folder: Path) -> Path:
    """The mark that a worker with this data folder leaves when it dies."""
    return folder / "died-of-backtest"


def _fatal(happened: Iterable[Happening], folder: Path) -> Iterator[Happening]:
    for number, happening in enumerate(happened):
        if number == AFTER and not died(folder).exists():
            time.sleep(LINGERS)
            died(folder).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        yield happening


def _compare(folder: Path) -> Callable[..., Comparison]:
    def compared(happened: tuple[Any, Iterable[Happening]], *more: Any) -> Comparison:
        return compare((happened[0], _fatal(happened[1], folder)), *more)

    return compared


if __name__ == "__main__":
    settings = Settings()
    with (
        patch("store.backtest.compare", _compare(settings.data_dir)),
        patch("domain.backtest.comparison.SAID_EVERY", 1),
        patch("activities.backtest.BEAT", 0.5),
    ):
        asyncio.run(service.serve(settings, api=False, worker=True))
