"""``oneowner backtest``: a draft policy over the leads of a past period, told in the terminal and as a report."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text
from sqlalchemy.exc import SQLAlchemyError

from domain.backtest import Comparison, Outcome, Period
from domain.policy import Policy
from domain.policy_file import PolicyError, parse_policy
from messages import message, terminal_locale
from policy_cli import told
from reports.backtest import html_of
from reports.backtest_table import Row, csv_of, figures, rep_rows, widest
from settings import Settings
from store.backtest import backtest as run
from store.database import Database

_MOST_ROWS = 30

Draft = Annotated[Path, typer.Option("--policy", help="The draft / 策略草案", exists=True, dir_okay=False)]
From = Annotated[str, typer.Option("--from", help="First day, such as 2026-01-01 / 第一天")]
Until = Annotated[
    str | None, typer.Option("--until", help="The day after the last; tomorrow unless given / 截止日（不含）")
]
Out = Annotated[Path | None, typer.Option("--out", help="Write a report: .html or .csv / 写出报告", dir_okay=False)]
AsJson = Annotated[bool, typer.Option("--json", help="For machines / 供程序读取")]
Language = Annotated[Literal["zh", "en"] | None, typer.Option(help="Language / 语言 [LC_ALL, LC_MESSAGES, LANG]")]


def backtest(
    policy: Draft, begins: From, until: Until = None, out: Out = None, as_json: AsJson = False, lang: Language = None
) -> None:
    """Try a draft policy on last period's leads / 用策略草案回测过去的线索"""
    locale, settings = terminal_locale(lang), Settings()
    draft, current = _policy(policy, locale), _policy(settings.policy_file, locale)
    period = _period(begins, until, current, locale)
    result = _compared(settings, draft, current, period, locale)
    if out is not None:
        _write(out, csv_of(result, locale) if out.suffix.lower() == ".csv" else html_of(result, locale), locale)
    if as_json:
        typer.echo(result.model_dump_json(indent=1))
    else:
        _show(Console(), result, locale)


def _period(begins: str, until: str | None, current: Policy, locale: str) -> Period:
    tomorrow = current.day_of(datetime.now(UTC)) + timedelta(days=1)
    first = _day(begins, "--from", locale)
    try:
        return Period(begins=first, until=_day(until, "--until", locale) if until else tomorrow)
    except ValidationError as error:
        _give_up(message(locale, "backtest-period-invalid"), error)


def _day(given: str, option: str, locale: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        _give_up(message(locale, "backtest-date-invalid", option=option, value=given), error)


def _policy(file: Path, locale: str) -> Policy:
    try:
        return parse_policy(file.read_text(encoding="utf-8"))
    except PolicyError as error:
        _give_up("\n".join([message(locale, "policy-refused", file=str(file)), *told(error.findings, file)]), error)
    except (OSError, UnicodeDecodeError) as error:
        _give_up(message(locale, "backtest-not-readable", file=str(file)), error)


def _compared(settings: Settings, draft: Policy, current: Policy, period: Period, locale: str) -> Comparison:
    if not settings.database_url and not (settings.data_dir / "oneowner.db").exists():
        missing = FileNotFoundError(settings.data_dir / "oneowner.db")
        _give_up(message(locale, "backtest-not-ready", reason=str(missing)), missing)
    database = Database(settings.sqlalchemy_url)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    try:
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task(message(locale, "backtest-working"), total=None)
            return run(
                database, draft, current, period, lambda done, of: progress.update(task, completed=done, total=of)
            )
    except SQLAlchemyError as error:
        _give_up(message(locale, "backtest-not-ready", reason=type(error).__name__), error)
    finally:
        database.close()


def _write(out: Path, text: str, locale: str) -> None:
    try:
        out.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        _give_up(message(locale, "backtest-not-written", file=str(out), reason=error.strerror or ""), error)
    Console(stderr=True).print(message(locale, "backtest-written", file=str(out)), markup=False, soft_wrap=True)


def _show(console: Console, result: Comparison, locale: str) -> None:
    period = {"from": str(result.period.begins), "until": str(result.period.until)}
    console.print(message(locale, "backtest-period", **period), style="bold", highlight=False)
    if not result.actual.customers:
        console.print(message(locale, "backtest-empty"))
        return
    console.print(_summary(result, locale), _reps(result, locale))
    notes = [
        "backtest-collisions-note",
        "backtest-unfaithful" if result.unfaithful else "backtest-faithful",
        "backtest-limits",
    ]
    for note in notes:
        facts = {"number": result.unfaithful, "all": result.actual.customers}
        console.print(message(locale, note, **facts), style="dim", highlight=False, markup=False)


def _summary(result: Comparison, locale: str) -> Table:
    table = _table(["", *(message(locale, f"backtest-{name}") for name in ("was", "simulated", "draft"))])
    runs = (result.actual, result.simulated, result.drafted)
    lines: list[tuple[str, list[str]]] = [
        ("customers-owned", [f"{it.owned:,}" for it in runs]),
        ("value", [f"{it.value:,.0f} {result.currency}" for it in runs]),
        ("unassigned", [f"{_waiting(it):,}" for it in runs]),
        ("collisions", [f"{it.collisions:,}" for it in runs]),
        ("gini-customers", [f"{it.gini_customers:.3f}" for it in runs]),
        ("gini-value", [f"{it.gini_value:.3f}" for it in runs]),
        ("moved", ["", f"{result.unfaithful:,}", f"{result.moved:,}"]),
    ]
    for name, told_of in lines:
        table.add_row(message(locale, f"backtest-{name}"), *told_of)
    return table


def _waiting(outcome: Outcome) -> int:
    return sum(outcome.unassigned.values())


def _reps(result: Comparison, locale: str) -> Table:
    names = ("rep", "customers-was", "customers-draft", "customers-change", "value-was", "value-draft")
    table = _table([message(locale, f"backtest-{name}", currency=result.currency) for name in names])
    for row in widest(rep_rows(result), _MOST_ROWS):
        table.add_row(Text(row.name), *_cells(row))
    return table


def _cells(row: Row) -> list[Text]:
    style = "green" if row.customers > 0 else "red" if row.customers < 0 else ""
    return [Text(told, style=style if at == 2 else "") for at, told in enumerate(figures(row)[:5])]


def _table(columns: list[str]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for at, column in enumerate(columns):
        table.add_column(column, justify="left" if at == 0 else "right")
    return table


def _give_up(reason: str, error: Exception) -> NoReturn:
    Console(stderr=True).print(reason, style="red", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(1) from error
