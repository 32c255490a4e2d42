"""``oneowner backtest``: a draft policy over the leads of a past period, told in the terminal and as a report."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text
from sqlalchemy.exc import SQLAlchemyError

from domain.backtest import Comparison, Period
from domain.policy import Policy
from domain.policy_file import PolicyError, parse_policy
from messages import message, terminal_locale
from policy_cli import told
from reports.backtest import html_of
from reports.backtest_sheet import workbook_of
from reports.backtest_table import Row, csv_of, faithfulness, for_people, notes, rep_rows, summary, widest
from settings import Settings
from store.backtest import backtest as run
from store.database import Database
from store.policies import Policies

_MOST_ROWS = 30

Draft = Annotated[str, typer.Option("--policy", help="A file, or a stored version's id / 策略文件，或已存版本的编号")]
From = Annotated[str, typer.Option("--from", help="First day, such as 2026-01-01 / 第一天")]
Until = Annotated[
    str | None, typer.Option("--until", help="The day after the last; tomorrow unless given / 截止日（不含）")
]
Out = Annotated[Path | None, typer.Option("--out", help="A report: .html, .xlsx or .csv / 写出报告", dir_okay=False)]
AsJson = Annotated[bool, typer.Option("--json", help="For machines / 供程序读取")]
Language = Annotated[Literal["zh", "en"] | None, typer.Option(help="Language / 语言 [LC_ALL, LC_MESSAGES, LANG]")]


def backtest(
    policy: Draft, begins: From, until: Until = None, out: Out = None, as_json: AsJson = False, lang: Language = None
) -> None:
    """Try a draft policy on last period's leads / 用策略草案回测过去的线索"""
    locale, settings = terminal_locale(lang), Settings()
    with _database(settings, locale) as database:
        policies = Policies(database, _of_file(settings.policy_file, locale))
        with database.read() as session:
            current = policies.in_force(session, datetime.now(UTC))
            stored = policies.stored(session, policy)
        draft = stored or _draft(policy, locale)
        result = _compared(database, draft, current, _period(begins, until, current, locale), locale)
    if out is not None:
        _write(out, result, locale)
    if as_json:
        typer.echo(result.model_dump_json(indent=1))
    else:
        _show(Console(), result, locale)


@contextmanager
def _database(settings: Settings, locale: str) -> Iterator[Database]:
    """The database of the settings, which must be there; what it cannot do ends the command."""
    if not settings.database_url and not (settings.data_dir / "oneowner.db").exists():
        missing = FileNotFoundError(settings.data_dir / "oneowner.db")
        _give_up(message(locale, "backtest-not-ready", reason=str(missing)), missing)
    database = Database(settings.sqlalchemy_url)
    try:
        yield database
    except SQLAlchemyError as error:
        _give_up(message(locale, "backtest-not-ready", reason=type(error).__name__), error)
    finally:
        database.close()


def _draft(named: str, locale: str) -> Policy:
    file = Path(named)
    if not file.is_file():
        _give_up(message(locale, "backtest-no-policy", value=named), FileNotFoundError(named))
    return _of_file(file, locale)


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


def _of_file(file: Path, locale: str) -> Policy:
    try:
        return parse_policy(file.read_text(encoding="utf-8"))
    except PolicyError as error:
        _give_up("\n".join([message(locale, "policy-refused", file=str(file)), *told(error.findings, file)]), error)
    except (OSError, UnicodeDecodeError) as error:
        _give_up(message(locale, "backtest-not-readable", file=str(file)), error)


def _compared(database: Database, draft: Policy, current: Policy, period: Period, locale: str) -> Comparison:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(message(locale, "backtest-working"), total=None)
        return run(database, draft, current, period, lambda done, of: progress.update(task, completed=done, total=of))


def _write(out: Path, result: Comparison, locale: str) -> None:
    """A report of the kind that the file's name ends in."""
    forms: Mapping[str, Callable[[], bytes]] = {
        ".csv": lambda: csv_of(result, locale).encode(),
        ".xlsx": lambda: workbook_of(result, locale),
    }
    content = forms.get(out.suffix.lower(), lambda: html_of(result, locale).encode())()
    try:
        out.write_bytes(content)
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
    for note in (faithfulness(result, partial(message, locale)), *notes(result, partial(message, locale))):
        console.print(note, style="dim", highlight=False, markup=False)


def _summary(result: Comparison, locale: str) -> Table:
    table = _table(["", *(message(locale, f"backtest-{name}") for name in ("was", "simulated", "draft"))])
    for name, values in summary(result):
        table.add_row(message(locale, f"backtest-{name}"), *(_told(value) for value in values))
    return table


def _told(value: float | Decimal | None) -> str:
    return "" if value is None else f"{value:.3f}" if isinstance(value, float) else f"{value:,.0f}"


def _reps(result: Comparison, locale: str) -> Table:
    names = ("rep", "customers-was", "customers-draft", "customers-change", "value-was", "value-draft")
    table = _table([message(locale, f"backtest-{name}", currency=result.currency) for name in names])
    for row in widest(rep_rows(result), _MOST_ROWS):
        table.add_row(Text(row.name), *_cells(row))
    return table


def _cells(row: Row) -> list[Text]:
    style = "green" if row.customers > 0 else "red" if row.customers < 0 else ""
    return [Text(told, style=style if at == 2 else "") for at, told in enumerate(for_people(row)[:5])]


def _table(columns: list[str]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for at, column in enumerate(columns):
        table.add_column(column, justify="left" if at == 0 else "right")
    return table


def _give_up(reason: str, error: Exception) -> NoReturn:
    Console(stderr=True).print(reason, style="red", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(1) from error
