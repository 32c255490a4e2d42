"""``oneowner simulate``: a made-up year, with OneOwner and without it, told in the terminal and as a report."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from domain.policy import Policy
from domain.policy_file import PolicyError, parse_policy
from messages import message, terminal_locale
from policy_cli import told
from reports.simulation import html_of
from reports.simulation_table import (
    Say,
    about,
    detector_heads,
    detector_rows,
    month_heads,
    month_rows,
    notes,
    verdicts,
    why_heads,
    why_rows,
)
from settings import Settings
from simulator.result import Result, Size
from simulator.simulation import simulate as run

Seed = Annotated[int, typer.Option(help="The same seed gives the same year / 相同的种子，相同的一年", min=0)]
Reps = Annotated[int, typer.Option(help="How many reps / 销售人数", min=2, max=500)]
Customers = Annotated[int, typer.Option(help="How many real customers / 真实客户数", min=1, max=20_000)]
Months = Annotated[int, typer.Option(help="How many months / 月数", min=1, max=36)]
File = Annotated[
    Path | None, typer.Option("--policy", help="A policy file; that of the settings unless given / 策略文件")
]
Out = Annotated[Path | None, typer.Option("--out", help="A folder for simulation.json and .html / 报告目录")]
AsJson = Annotated[bool, typer.Option("--json", help="For machines / 供程序读取")]
Language = Annotated[Literal["zh", "en"] | None, typer.Option(help="Language / 语言 [LC_ALL, LC_MESSAGES, LANG]")]


def simulate(
    seed: Seed = 1,
    reps: Reps = 40,
    customers: Customers = 500,
    months: Months = 12,
    policy: File = None,
    out: Out = None,
    as_json: AsJson = False,
    lang: Language = None,
) -> None:
    """Play a made-up year with OneOwner and without it / 模拟销售组织的一年，对比使用与不使用"""
    locale = terminal_locale(lang)
    rules = _policy(policy or Settings().policy_file, locale)
    result = _played(Size(seed=seed, reps=reps, customers=customers, months=months), rules, locale)
    if out is not None:
        _write(out, result, locale)
    if as_json:
        typer.echo(result.model_dump_json(indent=1))
    else:
        _show(Console(), result, partial(message, locale))


def _policy(file: Path, locale: str) -> Policy:
    try:
        return parse_policy(file.read_text(encoding="utf-8"))
    except PolicyError as error:
        _give_up("\n".join([message(locale, "policy-refused", file=str(file)), *told(error.findings, file)]), error)
    except (OSError, UnicodeDecodeError) as error:
        _give_up(message(locale, "simulation-not-readable", file=str(file)), error)


def _played(size: Size, policy: Policy, locale: str) -> Result:
    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(message(locale, "simulation-working"), total=1.0)
        return run(size, policy, lambda done: progress.update(task, completed=done))


def _write(out: Path, result: Result, locale: str) -> None:
    """Both files; the one for machines is the same for the same seed, byte by byte."""
    files = {"simulation.json": result.model_dump_json(indent=1) + "\n", "simulation.html": html_of(result, locale)}
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (out / name).write_text(content, encoding="utf-8")
    except OSError as error:
        _give_up(message(locale, "simulation-not-written", file=str(out), reason=error.strerror or ""), error)
    Console(stderr=True).print(message(locale, "simulation-written", file=str(out)), markup=False, soft_wrap=True)


def _show(console: Console, result: Result, say: Say) -> None:
    console.print(about(result, say), highlight=False, markup=False)
    for heads, rows in (
        (month_heads(say), month_rows(result, say)),
        (why_heads(say), why_rows(result, say)),
        (detector_heads(say), detector_rows(result, say)),
    ):
        console.print(_table(heads, rows), "")
    for verdict in verdicts(result, say):
        console.print(verdict, highlight=False, markup=False)
    for note in notes(say):
        console.print(note, style="dim", highlight=False, markup=False)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for at, head in enumerate(heads):
        table.add_column(head, justify="left" if at in (0, 7) else "right", no_wrap=at == 0)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def _give_up(reason: str, error: Exception) -> NoReturn:
    Console(stderr=True).print(reason, style="red", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(1) from error
