"""The commands that keep an installation up: ``oneowner doctor``, ``backup`` and ``restore``."""

import asyncio
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer
from rich.console import Console
from sqlalchemy.exc import SQLAlchemyError
from temporalio.service import RPCError

from backup.errors import BackupRefused
from backup.restoring import restore as put_back
from backup.taking import take
from doctor.examine import examine
from doctor.finding import Finding, Level, error, fine
from doctor.temporal import embedded_address, reach
from launcher.errors import LauncherError
from launcher.texts import text
from mending import Mended, Mending
from messages import terminal_locale
from settings import Settings
from store.database import Database
from store.unfinished import Unfinished
from temporal_client import TemporalUnreachable, profile

MARKS = {Level.FINE: "✓", Level.WARNING: "!", Level.ERROR: "✗"}
COLOURS = {Level.FINE: "green", Level.WARNING: "yellow", Level.ERROR: "red"}

DataDir = Annotated[Path | None, typer.Option(help="Folder that survives restarts / 数据目录 [ONEOWNER_DATA_DIR]")]
Language = Annotated[Literal["zh", "en"] | None, typer.Option(help="Language / 语言 [LC_ALL, LC_MESSAGES, LANG]")]
AsJson = Annotated[bool, typer.Option("--json", help="For machines / 供程序读取")]
Repair = Annotated[bool, typer.Option(help="Mend what database and Temporal disagree about / 修复两库不一致")]
Hours = Annotated[float, typer.Option(help="How far back --repair looks, in hours / 修复回溯的小时数", min=0)]
Keys = Annotated[
    bool, typer.Option("--keys", help="With the keys, sealed / 含密钥（以 ONEOWNER_BACKUP_PASSPHRASE 封存）")
]
Out = Annotated[Path, typer.Argument(help="File or folder to write / 写入的文件或目录")]
Backup = Annotated[Path, typer.Argument(help="What backup wrote / 备份文件", exists=True, dir_okay=False)]


def doctor(
    data_dir: DataDir = None,
    as_json: AsJson = False,
    repair: Repair = False,
    hours: Hours = 24.0,
    lang: Language = None,
) -> None:
    """Find the usual troubles and say what to do; exit code 1: warnings, 2: errors / 检查常见问题并给出办法"""
    settings, locale = _settings(data_dir), terminal_locale(lang)
    found = asyncio.run(_examined(settings, timedelta(hours=hours) if repair else None))
    if as_json:
        typer.echo(json.dumps([finding.plain(locale) for finding in found], ensure_ascii=False, indent=2))
    else:
        _show(found, locale)
    raise typer.Exit(max(finding.level for finding in found))


def backup(out: Out, data_dir: DataDir = None, keys: Keys = False) -> None:
    """Copy both databases, running or not, into one file / 在线备份两个数据库到一个文件"""
    settings, began_at = _settings(data_dir), datetime.now(UTC)
    given = profile().address
    embedded = not given or given == embedded_address(settings)
    try:
        file = take(settings, out, embedded=embedded, keys=keys)
    except (BackupRefused, OSError) as failed:
        _give_up(failed)
    size = f"{file.stat().st_size / 2**20:.1f}"
    typer.echo(text("backup-taken", file=str(file), size=size, at=f"{began_at:%Y-%m-%d %H:%M:%S}Z"))
    if not keys:
        typer.echo(text("backup-no-keys", folder=str(settings.data_dir.absolute())))
    if not embedded:
        typer.echo(text("backup-of-cluster"))


def restore(file: Backup, data_dir: DataDir = None) -> None:
    """Put a backup back into an empty data folder / 把备份恢复到空的数据目录"""
    try:
        manifest = put_back(_settings(data_dir), file)
    except (BackupRefused, LauncherError, SQLAlchemyError, OSError) as failed:
        _give_up(failed)
    typer.echo(text("backup-restored", at=f"{manifest.began_at:%Y-%m-%d %H:%M:%S}Z"))


async def _examined(settings: Settings, repair: timedelta | None) -> list[Finding]:
    if repair is None:
        return await examine(settings)
    try:
        mended = await _repaired(settings, datetime.now(UTC) - repair)
    except (TemporalUnreachable, SQLAlchemyError, RPCError):
        return [*await examine(settings), error("not-repaired")]
    return [*await examine(settings), fine("mended", **mended.facts)]


async def _repaired(settings: Settings, since: datetime) -> Mended:
    """What Temporal knows first: the database goes on from there."""
    client, database = await reach(settings), Database(settings.sqlalchemy_url)
    mending = Mending(client, settings.task_queue, Unfinished(database))
    try:
        asked, gone_on = await mending.ask_again(since), await mending.go_on(since)
    finally:
        database.close()
    return gone_on.beside(asked)


def _show(found: list[Finding], locale: str) -> None:
    console = Console(highlight=False)
    for finding in found:
        style = COLOURS[finding.level]
        console.print(f"{MARKS[finding.level]} {finding.sentence(locale)}", style=style, markup=False, soft_wrap=True)
        if advice := finding.advice(locale):
            console.print(f"  → {advice}", markup=False, soft_wrap=True)


def _settings(data_dir: Path | None) -> Settings:
    if data_dir is not None:
        os.environ["ONEOWNER_DATA_DIR"] = str(data_dir)
    return Settings()


def _give_up(failed: Exception) -> NoReturn:
    Console(stderr=True).print(str(failed), style="red", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(1) from failed
