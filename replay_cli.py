"""``oneowner audit replay``: recorded histories through today's code, and what was decided at every step."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from obstore.exceptions import BaseError
from rich.console import Console
from rich.progress import Progress
from sqlalchemy.exc import OperationalError

from api.replay_steps import StepView, steps_told
from archive.keeping import all_places, found
from archive.manifest import Damaged, Kept, bare, unseal
from archive.replays import ReplayerDied, ReplayProcess, replay_places
from archive.runs import Runs
from archive.shelves import Archive, place_of
from archive.steps import steps_of
from domain.replay import Fault, Replayed, ReplayResult
from explain_cli import Language
from messages import message, terminal_locale
from settings import Settings
from store.archived_runs import ArchivedRuns
from store.database import Database
from store.recorded import recorded_by
from temporal_client import TemporalUnreachable, connect

UNSOUND, UNKNOWN = 1, 2
"""Exit codes: something is not the same; it could not be found out."""

What = Annotated[str | None, typer.Argument(help="A workflow's id, or a file with a history / 工作流编号，或历史文件")]
All = Annotated[bool, typer.Option("--all", help="The whole archive / 全部归档")]
AsJson = Annotated[bool, typer.Option("--json", help="For machines / 供程序读取")]


def replay(what: What = None, every: All = False, as_json: AsJson = False, lang: Language = None) -> None:
    """Run recorded histories through today's code: 0 the same, 1 not, 2 cannot be told / 用当前代码重放历史"""
    locale, settings = terminal_locale(lang), Settings()
    if every == (what is not None):
        raise typer.BadParameter(message(locale, "replay-what"))
    file = Path(what) if what and Path(what).is_file() else None
    work = _all(settings, locale, as_json) if every else _one(settings, what or "", file, locale, as_json)
    try:
        result = asyncio.run(work)
    except Damaged as error:
        _give_up(message(locale, "archive-damaged", name=error.place), UNSOUND)
    except (BaseError, OSError, OperationalError, ReplayerDied, TemporalUnreachable, ValueError) as error:
        _give_up(message(locale, "replay-not-possible", reason=f"{type(error).__name__}: {error}"), UNKNOWN)
    if not result.same + result.faults:
        _give_up(message(locale, "archive-none", workflow=what or "-"), UNKNOWN)
    if not as_json:
        typer.echo(message(locale, "replay-result", same=result.same, faults=result.faults))
    if result.faults:
        raise typer.Exit(UNSOUND)


async def _all(settings: Settings, locale: str, as_json: bool) -> ReplayResult:
    """Every archived run, and those that the database knows of and the archive has not."""
    archive, database = Archive(settings.archive_location), Database(settings.sqlalchemy_url)
    known, result = ArchivedRuns(database), ReplayResult()
    try:
        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task(message(locale, "replay-working"), total=known.count())
            async with ReplayProcess() as process:
                async for replayed in replay_places(archive, all_places(archive, known), process):
                    result = result.counted(replayed)
                    progress.advance(task)
                    if as_json:
                        typer.echo(replayed.model_dump_json())
                    elif replayed.fault:
                        typer.echo("\n".join(told(replayed, locale)))
    finally:
        database.close()
    return result


async def _one(settings: Settings, what: str, file: Path | None, locale: str, as_json: bool) -> ReplayResult:
    result, database = ReplayResult(), Database(settings.sqlalchemy_url)
    try:
        async with ReplayProcess() as process:
            async for it in _kept(settings, what, file):
                replayed = await process.replay(it)
                result = result.counted(replayed)
                steps = list(_steps(database, it, locale))
                if as_json:
                    shown = {**replayed.model_dump(mode="json"), "steps": [it.model_dump(mode="json") for it in steps]}
                    typer.echo(json.dumps(shown, ensure_ascii=False))
                else:
                    typer.echo("\n".join([*told(replayed, locale), *_lines(steps, replayed, locale)]))
    finally:
        database.close()
    return result


async def _kept(settings: Settings, what: str, file: Path | None) -> AsyncIterator[Kept]:
    """The history in a file, a workflow's archived runs, or else those that Temporal has."""
    if file is not None:
        yield _of_file(file)
        return
    archived = found(Archive(settings.archive_location), what)
    for it in archived:
        yield it
    if not archived:
        runs = Runs(await connect(settings), settings.task_queue)
        for run in await runs.of_workflow(what):
            fetched = await runs.fetched(run)
            if fetched is not None:
                yield fetched


def _of_file(file: Path) -> Kept:
    """An archived object by its name, or a history as Temporal's tools write it.

    Raises:
        Damaged: when an archived object is not what was archived.
        ValueError: when the file holds no history.
    """
    if file.name.endswith(".json.gz"):
        return unseal(file.read_bytes(), place_of(f"runs/-/{file.name}").sha256, str(file))
    return bare(file.stem, json.loads(file.read_text(encoding="utf-8")))


def _steps(database: Database, it: Kept, locale: str) -> Iterator[StepView]:
    try:
        recorded = recorded_by(database, it.manifest.workflow_id)
    except OperationalError:  # a history alone, for example on an auditor's machine
        recorded = []
    yield from steps_told(list(steps_of(it.replayable())), recorded, locale)


def told(replayed: Replayed, locale: str) -> Iterator[str]:
    """What came of a run, in lines."""
    about = {"type": replayed.workflow_type or "-", "workflow": replayed.workflow_id, "run": replayed.run_id}
    if replayed.fault is None:
        yield message(locale, "replay-same", **about)
        return
    yield message(locale, f"replay-{replayed.fault.replace('_', '-')}", **about)
    if replayed.fault is Fault.DIFFERS and replayed.event_id is not None:
        yield "  " + message(
            locale, "replay-first", event=str(replayed.event_id), kind=(replayed.event_type or "").lower()
        )
    if replayed.reason:
        yield f"  {replayed.reason}"


def _lines(steps: list[StepView], replayed: Replayed, locale: str) -> Iterator[str]:
    for step in steps:
        mark = "✗" if step.event_id == replayed.event_id else " "
        yield f"{mark} {step.event_id:>5}  {step.at.isoformat(sep=' ', timespec='seconds')}  {step.text}"
        for it in step.recorded:
            policy = f" {it.policy_version}" if it.policy_version else ""
            yield f"{'':>10}· {it.text}  [{it.id}]" + (f" → {it.decision_id}{policy}" if it.decision_id else "")
            if it.explanation:
                yield f"{'':>12}{it.explanation}"


def _give_up(reason: str, code: int) -> NoReturn:
    typer.echo(reason, err=True)
    raise typer.Exit(code)
