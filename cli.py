"""The program ``oneowner``: a thin list of commands, each a few lines that call what does the work."""

import os
from collections.abc import Coroutine
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn, TypeVar

import typer
import uvloop
from rich.console import Console

import access_cli
import archive_cli
import audit_cli
import backtest_cli
import explain_cli
import import_cli
import match_cli
import policy_cli
import replay_cli
import report_cli
import simulate_cli
import upkeep_cli
from calendar_cli import show_year
from domain.policy_file import PolicyError, parse_policy
from launcher import supervisor
from launcher.embedded import EmbeddedOptions, EmbeddedTemporal
from launcher.errors import LauncherError
from launcher.leave import leave_after
from launcher.texts import text
from messages import message, terminal_locale
from settings import Settings
from temporal_client import TemporalUnreachable, connect, polled_from_here

T = TypeVar("T")

app = typer.Typer(
    help="One customer, one owner / 一客一主，不撞单",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

app.add_typer(match_cli.app, name="match")
app.add_typer(policy_cli.app, name="policy")
app.add_typer(import_cli.app, name="import")
app.add_typer(access_cli.app, name="user")
app.add_typer(archive_cli.app, name="archive")
audit_cli.app.command("replay")(replay_cli.replay)
app.add_typer(audit_cli.app, name="audit")
app.command()(access_cli.login)
app.command()(access_cli.logout)
app.command()(backtest_cli.backtest)
app.command()(report_cli.report)
app.command()(report_cli.recount)
app.command()(simulate_cli.simulate)
app.command()(upkeep_cli.doctor)
app.command()(upkeep_cli.backup)
app.command()(upkeep_cli.restore)

DataDir = Annotated[Path | None, typer.Option(help="Folder that survives restarts / 数据目录 [ONEOWNER_DATA_DIR]")]
Language = Annotated[Literal["zh", "en"] | None, typer.Option(help="Language / 语言 [LC_ALL, LC_MESSAGES, LANG]")]
Port = Annotated[int | None, typer.Option(help="Where the API listens, 0 for any / 接口端口 [ONEOWNER_PORT]")]


@app.command()
def run(data_dir: DataDir = None, port: Port = None) -> None:
    """Start everything on this machine, until Ctrl-C / 在本机启动全部服务，按 Ctrl-C 停止"""
    _finish(supervisor.run(_settings(data_dir=data_dir, port=port)))


@app.command()
def demo(
    lang: Language = None,
) -> None:
    """A throw-away OneOwner takes the sample's leads in and tells what came of them / 用样例线索演示，不留痕迹"""
    from demo.run import run as show  # the API's imports are not needed by the other commands
    from demo.teller import terminal_teller

    if not _finish(show(terminal_teller(lang))):
        raise typer.Exit(1)


@app.command()
def calendar(
    name: Annotated[str, typer.Argument(help="One of the policy's calendars / 规则文件中的日历")],
    year: Annotated[int | None, typer.Option(help="This year unless given / 默认为今年", min=1900, max=2999)] = None,
    lang: Language = None,
) -> None:
    """Print a year of a working calendar, month by month / 按月打印一年的工作日历"""
    locale = terminal_locale(lang)
    try:
        policy = parse_policy(Settings().policy_file.read_text(encoding="utf-8"))
    except PolicyError as error:
        _give_up(str(error), error)
    shown = policy.calendar(name)
    if shown is None:
        known = ", ".join(policy.calendars)
        _give_up(message(locale, "calendar-unknown", calendar=name, known=known), LookupError(name))
    show_year(Console(), shown, year or datetime.now(shown.zone).year, locale)


app.command("explain")(explain_cli.explain)


@app.command()
def temporal(
    data_dir: DataDir = None,
    port: Annotated[int, typer.Option(help="Where it listens, 0 for any / 监听端口")] = 0,
    time_skipping: Annotated[bool, typer.Option(help="For tests and demos / 仅供测试和演示")] = False,
) -> None:
    """Only the embedded Temporal server; prints its address / 只启动内嵌的 Temporal 服务器并打印地址"""
    folder = _settings(data_dir=data_dir).data_dir / "temporal"

    async def work() -> None:
        async with EmbeddedTemporal(folder, EmbeddedOptions(port=port, time_skipping=time_skipping)) as server:
            typer.echo(server.address)
            await server.ended()

    _finish(supervisor.until_stopped(work()))


@app.command()
def serve(data_dir: DataDir = None, port: Port = None) -> None:
    """API and worker in one process, beside a Temporal server that runs / 在同一进程中运行接口和工作进程"""
    _serve(_settings(data_dir=data_dir, port=port), api=True, worker=True)


@app.command()
def api(data_dir: DataDir = None, port: Port = None) -> None:
    """Only the API / 只运行接口"""
    _serve(_settings(data_dir=data_dir, port=port), api=True, worker=False)


@app.command()
def worker(data_dir: DataDir = None) -> None:
    """Only the worker / 只运行工作进程"""
    _serve(_settings(data_dir=data_dir), api=False, worker=True)


@app.command()
def healthy() -> None:
    """Exit with 0 when a worker on this machine polls, for a container's health check / 供容器健康检查"""
    settings = Settings()

    async def polled() -> bool:
        return await polled_from_here(await connect(settings), settings.task_queue)

    raise typer.Exit(0 if _finish(polled()) else 1)


@app.command()
def version() -> None:
    """Print the version / 打印版本"""
    typer.echo(metadata.version("oneowner"))


def _settings(**flags: Path | int | None) -> Settings:
    """Flags become the variables that they stand for, so that child processes see them too."""
    for name, value in flags.items():
        if value is not None:
            os.environ[f"ONEOWNER_{name.upper()}"] = str(value)
    return Settings()


def _serve(settings: Settings, *, api: bool, worker: bool) -> None:
    from service import serve as serve_until_stopped  # the service's imports are not needed to start its supervisor

    _finish(serve_until_stopped(settings, api=api, worker=worker))


def _finish(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's work; what a person can put right is said in a sentence and not in a traceback."""
    try:
        return uvloop.run(work)
    except LauncherError as error:
        _give_up(str(error), error)
    except PolicyError as error:
        file = Settings().policy_file
        _give_up("\n".join([text("policy-refused", file=str(file)), *policy_cli.told(error.findings, file)]), error)
    except TemporalUnreachable as error:
        facts = {"address": error.address, "seconds": f"{error.seconds:g}", "reason": error.reason}
        _give_up(text(error.code, **facts), error)


def _give_up(reason: str, error: Exception) -> NoReturn:
    Console(stderr=True).print(reason, style="red", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(1) from error


def main() -> None:
    """The entry point of ``oneowner``."""
    leave_after(app)


if __name__ == "__main__":
    main()
