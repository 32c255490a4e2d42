"""What is kept of one run: its history as the replayer and Temporal's UI take it, and a manifest that tells what it is.

The whole is one gzipped JSON document whose SHA-256 is part of its name, so that a changed byte is found without
anything else to compare with.
"""

import base64
import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from importlib.metadata import version
from typing import Any, NamedTuple

from google.protobuf.json_format import ParseError
from pydantic import BaseModel, ConfigDict
from temporalio.api.common.v1 import WorkflowExecution as Ids
from temporalio.api.workflow.v1 import WorkflowExecutionInfo
from temporalio.client import WorkflowExecution, WorkflowHistory
from temporalio.converter import DataConverter

KEY_ID = "encryption-key-id"
"""Under this name a payload codec tells in a payload's metadata which key it used."""


class Damaged(Exception):
    """What is kept is not what was put there; ``place`` is the object's name."""

    def __init__(self, place: str) -> None:
        super().__init__(f"{place} is not what was archived")
        self.place = place


class Manifest(BaseModel):
    """What a kept history is of."""

    model_config = ConfigDict(frozen=True)
    workflow_id: str
    run_id: str
    workflow_type: str
    task_queue: str
    status: str
    """As Temporal names it, such as ``COMPLETED`` or ``CONTINUED_AS_NEW``; ``RUNNING`` in a snapshot."""
    started_at: datetime
    closed_at: datetime | None
    """None in a snapshot of a run that was still open."""
    events: int
    sha256: str
    """Of the history as canonical JSON."""
    code_version: str
    """The release that archived it."""
    builds: tuple[str, ...]
    """Build ids of the workers that ran it, in order of appearance."""
    codec_key_ids: tuple[str, ...]
    """Keys that its payloads are encrypted with; empty when they are not."""


class Kept(NamedTuple):
    """A manifest with its history as JSON."""

    manifest: Manifest
    history: dict[str, Any]

    def replayable(self) -> WorkflowHistory:
        """The history as the replayer takes it."""
        return WorkflowHistory.from_json(self.manifest.workflow_id, self.history)


class Sealed(NamedTuple):
    """The bytes that are kept, and their SHA-256 in hexadecimal digits."""

    content: bytes
    sha256: str


def kept(run: WorkflowExecution, history: WorkflowHistory) -> Kept:
    """A run as the server lists or describes it, with its history."""
    content: dict[str, Any] = json.loads(history.to_json())
    manifest = Manifest(
        workflow_id=run.id,
        run_id=run.run_id,
        workflow_type=run.workflow_type,
        task_queue=run.task_queue,
        status=run.status.name if run.status else "RUNNING",
        started_at=run.start_time,
        closed_at=run.close_time,
        events=len(history.events),
        sha256=hashlib.sha256(_canonical(content)).hexdigest(),
        code_version=version("oneowner"),
        builds=tuple(dict.fromkeys(_builds(history))),
        codec_key_ids=tuple(dict.fromkeys(_key_ids(content))),
    )
    return Kept(manifest, content)


def bare(workflow_id: str, content: dict[str, Any]) -> Kept:
    """A history alone, as Temporal's tools write it, without what a server tells about the run.

    Args:
        workflow_id: what to call the workflow; a history does not tell its id.
        content: the history's JSON.

    Raises:
        ValueError: when it is no history.
    """
    try:
        history = WorkflowHistory.from_json(workflow_id, content)
    except ParseError as error:
        raise ValueError(str(error)) from error
    if not history.events:
        raise ValueError("a history without events")
    started = history.events[0].workflow_execution_started_event_attributes
    info = WorkflowExecutionInfo(
        execution=Ids(workflow_id=workflow_id, run_id=started.original_execution_run_id),
        type=started.workflow_type,
        task_queue=started.task_queue.name,
        start_time=history.events[0].event_time,
    )
    return kept(WorkflowExecution._from_raw_info(info, "", DataConverter.default), history)


def seal(it: Kept) -> Sealed:
    """The bytes to keep; the same run gives the same bytes."""
    document = {"manifest": it.manifest.model_dump(mode="json"), "history": it.history}
    content = gzip.compress(_canonical(document), mtime=0)
    return Sealed(content, hashlib.sha256(content).hexdigest())


def unseal(content: bytes, sha256: str, place: str) -> Kept:
    """What was sealed.

    Args:
        content: the bytes as they are now.
        sha256: of the bytes as they were.
        place: the object's name, for the error.

    Raises:
        Damaged: when a single byte differs.
    """
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Damaged(place)
    document = json.loads(gzip.decompress(content))
    found = Kept(Manifest.model_validate(document["manifest"]), document["history"])
    if hashlib.sha256(_canonical(found.history)).hexdigest() != found.manifest.sha256:
        raise Damaged(place)
    return found


def _canonical(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _builds(history: WorkflowHistory) -> Iterator[str]:
    for event in history.events:
        done = event.workflow_task_completed_event_attributes
        build = done.deployment_version.build_id or done.worker_version.build_id
        if build:
            yield build


def _key_ids(found: object) -> Iterator[str]:
    """The key ids in payloads' metadata, anywhere in a history's JSON; there they are base64."""
    if isinstance(found, dict):
        metadata = found.get("metadata")
        if isinstance(metadata, dict) and isinstance(metadata.get(KEY_ID), str):
            yield base64.b64decode(metadata[KEY_ID]).decode()
        for value in found.values():
            yield from _key_ids(value)
    elif isinstance(found, list):
        for value in found:
            yield from _key_ids(value)
