"""The dev server that Temporal's SDK downloads: the way for machines with open internet."""

import asyncio
from pathlib import Path

import httpx
import temporalio.service
from temporalio.testing import WorkflowEnvironment

from launcher.errors import DownloadFailed
from launcher.program import ServerProgram, examine
from launcher.progress import working

SITE = "https://temporal.download/cli/default"
"""Asked first because the SDK sets no time limit: a network that swallows packets would hang it."""
SDK_VERSION = temporalio.service.__version__
KNOCK_TIMEOUT = 5.0
DOWNLOAD_TIMEOUT = 300.0


async def downloaded(folder: Path) -> ServerProgram:
    """The dev server that this SDK version asks for, fetched into ``folder`` unless it is there.

    Raises:
        DownloadFailed: within seconds when the network says no, else after five minutes.
        WrongVersion: when the site's default for this SDK holds a server that is too old.
    """
    # The file's name is the SDK's own: sdk-core, ephemeral_server.
    program = folder / f"temporal-sdk-python-{SDK_VERSION}"
    if not program.exists():
        try:
            await _fetch(folder)
        except (httpx.HTTPError, RuntimeError, TimeoutError) as error:
            raise DownloadFailed(reason=str(error) or type(error).__name__) from error
    return await examine(program)


async def _fetch(folder: Path) -> None:
    async with httpx.AsyncClient(timeout=KNOCK_TIMEOUT) as client:
        await client.get(SITE)
    await asyncio.to_thread(folder.mkdir, mode=0o700, parents=True, exist_ok=True)
    with working("downloading"):
        async with asyncio.timeout(DOWNLOAD_TIMEOUT):
            # The SDK has no way to download without starting, so it starts one in memory for a moment.
            async with await WorkflowEnvironment.start_local(
                download_dest_dir=str(folder), dev_server_log_level="never"
            ):
                pass
