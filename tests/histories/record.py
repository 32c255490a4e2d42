"""``python -m tests.histories.record [path ...]``: record the histories of these paths, or of all, anew.

They go into the folder of today's release.
"""

import asyncio
import json
import os
import socket
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from temporalio.client import WorkflowHistory

from launcher.config import DYNAMIC
from settings import PROJECT_ROOT
from store.database import Database
from store.migrate import migrate
from tests.histories import collisions
from tests.histories.paths import PATHS, POLICIES, Path_
from tests.service import running_service, temporal_server

FOLDER = Path(__file__).parent
CONTINUE_AFTER = {"limit.historyCount.suggestContinueAsNew": 60}
"""Events; the 4,096 of a server as it ships would make the history that shows it a few megabytes long."""


def release() -> str:
    """The version that is being developed."""
    project: dict[str, Any] = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    version: str = project["project"]["version"]
    return version


async def record(folder: Path, paths: Sequence[Path_]) -> None:
    """Walk these paths, each on a service of its own, and write the histories that they left."""
    with TemporaryDirectory(prefix="record") as scratch, patch.dict(DYNAMIC, CONTINUE_AFTER):
        async with temporal_server(Path(scratch) / "temporal") as address:
            for path in paths:
                for name, history in (await _walked(path, address, Path(scratch) / path.__name__)).items():
                    (folder / f"{name}.json").write_text(_anonymous(history.to_json()), encoding="utf-8")
                    print(f"{name}: {len(history.events)} events")


async def _walked(path: Path_, address: str, folder: Path) -> dict[str, WorkflowHistory]:
    """The histories of all runs of the path's workflow, by name, oldest first."""
    folder.mkdir()
    database = Database(f"sqlite:///{folder / 'oneowner.db'}")
    migrate(database)
    try:
        async with running_service(
            address, database, folder, policy=POLICIES.get(path), relayed=path in collisions.PATHS
        ) as service:
            workflow_id = await path(service)
            runs = [run async for run in service.temporal.list_workflows(f"WorkflowId = '{workflow_id}'")]
            runs.sort(key=lambda run: run.start_time)
            handles = [service.temporal.get_workflow_handle(workflow_id, run_id=run.run_id) for run in runs]
            return {f"{path.__name__}-{n}": await handle.fetch_history() for n, handle in enumerate(handles, 1)}
    finally:
        database.close()


def _anonymous(history: str) -> str:
    """The JSON, to be read by people, without the names of this machine, its processes and its folders."""
    content = json.loads(
        history, object_hook=lambda found: {**found, "stackTrace": ""} if "stackTrace" in found else found
    )
    return json.dumps(content, indent=1).replace(f"{os.getpid()}@{socket.gethostname()}", "recorder") + "\n"


def main() -> None:
    """Replace histories of today's release; those of others are never touched."""
    folder = FOLDER / release()
    folder.mkdir(exist_ok=True)
    paths = [path for path in PATHS if not sys.argv[1:] or path.__name__ in sys.argv[1:]]
    for path in paths:
        for old in folder.glob(f"{path.__name__}-[0-9]*.json"):
            old.unlink()
    asyncio.run(record(folder, paths))


if __name__ == "__main__":
    main()
