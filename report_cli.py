"""``oneowner report``: a month's figures as a page and a workbook, fetched from the service."""

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from sqlalchemy.exc import SQLAlchemyError

from domain.policy_file import PolicyError, parse_policy
from messages import message, terminal_locale
from service_client import Api, calling
from settings import Settings
from store.database import Database
from store.kpi_counting import recount as count_again
from store.policies import Policies

Month = Annotated[str | None, typer.Option(help="Such as 2026-10; this month unless given / 月份，默认本月")]
Out = Annotated[Path, typer.Option(help="Folder to write into / 写入的目录", file_okay=False)]
Language = Annotated[
    Literal["zh-CN", "zh", "en"] | None, typer.Option(help="Language / 语言 [LC_ALL, LC_MESSAGES, LANG]")
]


def report(month: Month = None, out: Out = Path(), lang: Language = None, api: Api = None) -> None:
    """Write a month's figures as HTML and XLSX / 写出月度指标报告（HTML 与 XLSX）"""
    locale, asked = terminal_locale(lang), {"month": month} if month else {}
    with calling(api, locale) as service:
        shown = service.call("GET", "/v1/kpis", params=asked)["month"]
        for form in ("html", "xlsx"):
            wanted = {"month": shown, "format": form}
            _write(out / f"kpis-{shown}.{form}", service.fetch("GET", "/v1/kpis/report", params=wanted).content, locale)


def recount() -> None:
    """Tell all facts of the figures anew from the events / 从事件重新生成指标的全部事实"""
    settings, locale = Settings(), terminal_locale(None)
    database = Database(settings.sqlalchemy_url)
    try:
        policy = parse_policy(settings.policy_file.read_text(encoding="utf-8"))
        events = count_again(database, Policies(database, policy))
    except (OSError, PolicyError, SQLAlchemyError) as error:
        typer.echo(message(locale, "kpi-recount-failed", reason=type(error).__name__), err=True)
        raise typer.Exit(1) from error
    finally:
        database.close()
    typer.echo(message(locale, "kpi-recounted", number=events))


def _write(file: Path, content: bytes, locale: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    except OSError as error:
        reason = message(locale, "kpi-report-not-written", file=str(file), reason=error.strerror or "")
        typer.echo(reason, err=True)
        raise typer.Exit(1) from error
    Console().print(message(locale, "kpi-report-written", file=str(file)), markup=False, soft_wrap=True)
