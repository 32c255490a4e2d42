"""The commands under ``oneowner archive``: is it complete and sound, look at a run, hold it, take out what is old."""

import asyncio
import getpass
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from obstore.exceptions import BaseError
from sqlalchemy.exc import SQLAlchemyError

from archive.keeping import check, found, prune
from archive.manifest import Damaged, Kept
from archive.runs import Runs
from archive.shelves import Archive
from archive.sweeping import Standing, Sweeping
from explain_cli import Language
from launcher.texts import text
from messages import message, terminal_locale
from settings import Settings
from store.archived_runs import ArchivedRuns
from store.database import Database
from store.errors import NotFound
from store.legal_holds import LegalHolds
from store.tables import ArchiveSweepRow
from temporal_client import TemporalUnreachable, connect

app = typer.Typer(help="Histories kept for years / 历史归档", no_args_is_help=True)

UNSOUND, UNKNOWN = 1, 2
"""Exit codes: something is wrong; it could not be found out."""
SHOWN = 20
"""Faults that are written out."""
SHORTEST = timedelta(days=3)
"""A retention below this leaves little time to mend an archive."""

Workflow = Annotated[str, typer.Argument(help="The workflow's id, such as a customer's / 工作流编号，如客户编号")]
Run = Annotated[str | None, typer.Option(help="One run only / 只看一次运行")]
Hours = Annotated[float, typer.Option("--older-than", help="Hours since they closed / 关闭后的小时数", min=0)]
Reason = Annotated[str, typer.Option(help="Why, such as a file number / 原因，如案号")]
Day = Annotated[datetime, typer.Option("--closed-before", formats=["%Y-%m-%d"], help="A day, UTC / 日期")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask / 不再询问")]


@app.command("status")
def status_command(older_than: Hours = 2, lang: Language = None) -> None:
    """Is a closed run missing that Temporal will remove? 0 no, 1 yes, 2 cannot be told / 归档是否完整"""
    locale = terminal_locale(lang)
    with _archive(locale) as (settings, archive, database):
        known = ArchivedRuns(database)
        standing = asyncio.run(_standing(settings, archive, known, timedelta(hours=older_than)))
        sweep = known.last_sweep()
    typer.echo("\n".join(told(standing, sweep, locale)))
    if standing.missing:
        raise typer.Exit(UNSOUND)


@app.command("show")
def show_command(workflow: Workflow, run: Run = None, lang: Language = None) -> None:
    """The archived runs of a workflow, oldest first / 列出工作流的归档运行"""
    for it in _found(workflow, run, terminal_locale(lang)):
        typer.echo(it.manifest.model_dump_json(indent=1))


@app.command("restore")
def restore_command(
    workflow: Workflow,
    into: Annotated[Path, typer.Option(help="A folder / 目录", file_okay=False)] = Path(),
    run: Run = None,
    lang: Language = None,
) -> None:
    """Write histories as JSON that Temporal's UI and replayers read / 把历史写成 JSON 文件"""
    locale = terminal_locale(lang)
    into.mkdir(parents=True, exist_ok=True)
    for it in _found(workflow, run, locale):
        file = into / f"{it.manifest.run_id}.json"
        file.write_text(json.dumps(it.history, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        typer.echo(str(file))


@app.command("verify")
def verify_command(lang: Language = None) -> None:
    """Read every object and compare its hash: 0 sound, 1 not / 校验全部归档"""
    locale = terminal_locale(lang)
    with _archive(locale) as (_, archive, database):
        checked = check(archive, ArchivedRuns(database), lambda _: None)
    for fault, names in (("damaged", checked.damaged), ("lost", checked.lost)):
        for name in names[:SHOWN]:
            typer.echo(message(locale, f"archive-{fault}", name=name))
    facts = {"sound": checked.sound, "damaged": len(checked.damaged), "lost": len(checked.lost)}
    typer.echo(message(locale, "archive-checked", **facts, unknown=checked.unknown))
    if checked.damaged or checked.lost:
        raise typer.Exit(UNSOUND)


@app.command("hold")
def hold_command(subject: Workflow, reason: Reason, lang: Language = None) -> None:
    """Keep the histories of a customer or a workflow whatever their age / 对客户或工作流的历史设置保全"""
    with _archive(terminal_locale(lang)) as (_, _, database):
        typer.echo(LegalHolds(database).hold(subject, reason, getpass.getuser(), datetime.now(UTC)).id)


@app.command("release")
def release_command(hold: Annotated[str, typer.Argument(help="Its id / 编号")], lang: Language = None) -> None:
    """End a legal hold / 解除保全"""
    locale = terminal_locale(lang)
    with _archive(locale) as (_, _, database):
        try:
            LegalHolds(database).release(hold, getpass.getuser(), datetime.now(UTC))
        except NotFound:
            _give_up(message(locale, "archive-no-hold", hold=hold), UNSOUND)


@app.command("holds")
def holds_command(lang: Language = None) -> None:
    """Every legal hold, the latest first / 列出全部保全"""
    locale = terminal_locale(lang)
    with _archive(locale) as (_, _, database):
        for row in LegalHolds(database).all():
            state = "released" if row.released_at else "in-force"
            shown = message(locale, f"archive-hold-{state}")
            typer.echo(f"{row.id}  {row.subject}  {shown}  {row.held_by}  {row.held_at.isoformat()}  {row.reason}")


@app.command("prune")
def prune_command(closed_before: Day, yes: Yes = False, lang: Language = None) -> None:
    """Remove for good what closed before a day and is not held / 删除某日之前关闭且未保全的历史"""
    locale = terminal_locale(lang)
    before = closed_before.replace(tzinfo=UTC)
    if not yes:
        typer.confirm(message(locale, "archive-prune-sure", day=f"{before:%Y-%m-%d}"), abort=True)
    with _archive(locale) as (_, archive, database):
        removed, spared = prune(archive, ArchivedRuns(database), LegalHolds(database), before)
    typer.echo(message(locale, "archive-pruned", removed=removed, held=spared))


def told(standing: Standing, sweep: ArchiveSweepRow | None, locale: str) -> Iterator[str]:
    """How the archive stands, in lines."""
    days = f"{standing.retention.total_seconds() / 86_400:g}"
    yield message(locale, "archive-status", archived=standing.archived, listed=standing.looked_at, days=days)
    if sweep is None:
        yield message(locale, "archive-never-swept")
    else:
        yield message(locale, "archive-last-sweep", at=sweep.began_at.isoformat(timespec="seconds"))
        if sweep.gone:
            yield message(locale, "archive-gone", runs=sweep.gone)
    if standing.retention < SHORTEST:
        yield message(locale, "archive-retention-short", days=days)
    if standing.first_removal is None:
        yield message(locale, "archive-complete")
        return
    at = standing.first_removal.isoformat(timespec="seconds")
    yield message(locale, "archive-missing", runs=len(standing.missing), at=at)
    for run in standing.missing[:SHOWN]:
        yield f"  {run.workflow_type}  {run.id}  {run.run_id}"


async def _standing(settings: Settings, archive: Archive, known: ArchivedRuns, age: timedelta) -> Standing:
    runs = Runs(await connect(settings), settings.task_queue)
    return await Sweeping(runs, archive, known).standing(datetime.now(UTC) - age)


def _found(workflow: str, run: str | None, locale: str) -> list[Kept]:
    with _archive(locale) as (_, archive, _):
        runs = found(archive, workflow, run)
    if not runs:
        _give_up(message(locale, "archive-none", workflow=workflow), UNSOUND)
    return runs


@contextmanager
def _archive(locale: str) -> Iterator[tuple[Settings, Archive, Database]]:
    """The archive and the database of the settings; what they cannot do ends the command, after saying why."""
    settings = Settings()
    database = Database(settings.sqlalchemy_url)
    try:
        yield settings, Archive(settings.archive_location), database
    except Damaged as error:
        _give_up(message(locale, "archive-damaged", name=error.place), UNSOUND)
    except (BaseError, OSError, SQLAlchemyError) as error:
        _give_up(message(locale, "archive-unreachable", reason=type(error).__name__), UNKNOWN)
    except TemporalUnreachable as error:
        facts = {"address": error.address, "seconds": f"{error.seconds:g}", "reason": error.reason}
        _give_up(text(error.code, **facts), UNKNOWN)
    finally:
        database.close()


def _give_up(reason: str, code: int) -> NoReturn:
    typer.echo(reason, err=True)
    raise typer.Exit(code)
