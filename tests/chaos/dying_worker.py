"""A worker that dies where it hurts most: its work is in the database, and nobody has been told.

``python -m tests.chaos.dying_worker``, with the settings of any worker. Each activity named in ``FATAL`` kills the
process with ``kill -9`` the first time that it is done, over all lives of the process.
"""

import asyncio
import os
import signal
from pathlib import Path
from typing import Any
from unittest.mock import patch

from temporalio import activity
from temporalio.client import Client, Interceptor
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput
from temporalio.worker import Interceptor as WorkerInterceptor

import service
from domain.answer import Settlement
from settings import Settings
from temporal_client import connect

IN_DOUBT = "register_lead_in_doubt"
FATAL = (IN_DOUBT, "carry_out", "tell_customer", "watch_customer")
"""Each a step of a workflow whose repetition could do harm; with the last two, the whole way to them is repeated."""


def deaths(folder: Path) -> list[str]:
    """The activities that a worker with this data folder has died of."""
    return [name for name in FATAL if _mark(folder, name).exists()]


def _mark(folder: Path, name: str) -> Path:
    return folder / f"died-of-{name}"


class Deadly(ActivityInboundInterceptor):
    """Kills the process once an activity is done."""

    def __init__(self, following: ActivityInboundInterceptor, folder: Path) -> None:
        super().__init__(following)
        self._folder = folder

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 - the SDK's name
        """Do it, and die."""
        done = await super().execute_activity(input)
        name = IN_DOUBT if isinstance(done, Settlement) and not done.settled else activity.info().activity_type
        if name in FATAL and name not in deaths(self._folder):
            _mark(self._folder, name).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return done


class Dying(Interceptor, WorkerInterceptor):
    """Makes every worker of a client a dying one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        """Put ``Deadly`` before the activity."""
        return Deadly(next, self._folder)


async def connect_dying(settings: Settings) -> Client:
    """In the place of ``temporal_client.connect``."""
    config = (await connect(settings)).config()
    config["interceptors"] = [Dying(settings.data_dir)]
    return Client(**config)


if __name__ == "__main__":
    with patch("service.connect", connect_dying):
        asyncio.run(service.serve(Settings(), api=False, worker=True))
