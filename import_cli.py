"""The command ``oneowner import``: send a file to the service, look at the dry run, confirm, and take back."""

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

import httpx
import typer
from rich.console import Console
from rich.progress import Progress
from typer.core import TyperGroup

from demo.teller import Teller, terminal_teller
from domain.importing.columns import Field
from keys import caller_token
from reports.spreadsheet import XLSX
from settings import Settings

_POLL = 0.5
_PATIENCE = httpx.Timeout(60.0)
_WAITING = frozenset({"ready", "failed", "done", "undone", "discarded"})
_FILE = "file"


class _FileFirst(TyperGroup):
    """``oneowner import FILE`` is short for ``oneowner import file FILE``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the name of the command before a file's name."""
        known = (*self.commands, "--help")
        return super().parse_args(ctx, args if not args or args[0] in known else [_FILE, *args])


app = typer.Typer(
    cls=_FileFirst, help="Import a file of customers / 导入客户文件: import FILE, import undo ID", no_args_is_help=True
)

Language = Annotated[Literal["zh", "en"] | None, typer.Option(help="Language / 语言 [LC_ALL, LC_MESSAGES, LANG]")]
Url = Annotated[str | None, typer.Option(help="Where the service is / 服务地址 [ONEOWNER_HOST, ONEOWNER_PORT]")]
DataDir = Annotated[Path | None, typer.Option(help="Where the token is / 令牌所在的数据目录 [ONEOWNER_DATA_DIR]")]


class _Refused(Exception):
    """What the service, or this command, says no with, in the reader's language."""


class _Service:
    """The service through its API, and the person through the terminal."""

    def __init__(self, url: str | None, data_dir: Path | None, language: str | None) -> None:
        settings = Settings(data_dir=data_dir) if data_dir else Settings()
        self.teller: Teller = terminal_teller(language)
        self._url = url or f"http://{settings.host}:{settings.port}"
        headers = {"Authorization": f"Bearer {caller_token(settings)}", "Accept-Language": self.teller.locale}
        self._http = httpx.Client(base_url=self._url, headers=headers, timeout=_PATIENCE)

    def ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        """Ask once; what the service refuses is said in its own words.

        Raises:
            _Refused: also when nobody answers.
        """
        try:
            response = self._http.request(method, f"/v1/imports{path}", **request)
        except httpx.TransportError as error:
            raise _Refused(self.teller.text("import-cli-unreachable", url=self._url)) from error
        if response.is_error:
            raise _Refused(self._in_words(response))
        return response

    def settled(self, import_id: str) -> dict[str, Any]:
        """The import as soon as it waits for somebody or has ended; until then a bar shows how far it has come."""
        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("", total=None)
            while True:
                view: dict[str, Any] = self.ask("GET", f"/{import_id}").json()
                if view["stage"] in _WAITING:
                    return view
                progress = view["progress"] or {"phase": "reading", "done": 0, "total": None}
                name = self.teller.text(f"import-phase-{progress['phase']}")
                bar.update(task, description=name, completed=progress["done"], total=progress["total"])
                time.sleep(_POLL)

    def _in_words(self, response: httpx.Response) -> str:
        problem = response.json() if "json" in response.headers.get("content-type", "") else {}
        facts = {"title": str(problem.get("title", response.status_code)), "detail": str(problem.get("detail", ""))}
        faults = (f"  {it['field']} {it['value'] or ''}: {it['rule']}" for it in problem.get("errors", ()))
        return "\n".join((self.teller.text("import-cli-refused", **facts), *faults))


@app.command(_FILE)
def file_command(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX / CSV 或 XLSX 文件", exists=True, dir_okay=False)],
    map: Annotated[list[str], typer.Option("--map", help="COLUMN=FIELD where the guess is wrong / 列名=字段")] = [],  # noqa: A002, B006 (typer takes the option's name and its default from here)
    ask: Annotated[
        bool, typer.Option("--ask", help="Have persons asked about rows in doubt / 存疑行交人工确认")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Load without asking / 不再询问，直接导入")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only look / 只试运行")] = False,
    report: Annotated[Path | None, typer.Option(help="Write the report, .html or .xlsx / 保存报告")] = None,
    url: Url = None,
    data_dir: DataDir = None,
    lang: Language = None,
) -> None:
    """Look at a file in a dry run, and load it when you say so / 先试运行，确认后导入"""
    try:
        service = _Service(url, data_dir, lang)
        view = _analysed(service, file, map)
        _show(service.teller, view)
        if view["stage"] == "ready" and not dry_run:
            view = _loaded(service, view, asked=not yes, doubtful="ask" if ask else "leave_out")
        elif view["stage"] == "ready":
            service.teller.say("import-cli-dry-run", id=view["id"])
        if report is not None:
            _write(service, view["id"], report)
    except _Refused as refused:
        _give_up(str(refused), refused)
    if view["stage"] == "failed":
        raise typer.Exit(1)


@app.command("undo")
def undo_command(
    import_id: Annotated[str, typer.Argument(help="The import / 导入编号")],
    url: Url = None,
    data_dir: DataDir = None,
    lang: Language = None,
) -> None:
    """Take back what an import loaded, but for customers somebody has worked with / 撤销导入，已跟进的客户保留"""
    try:
        service = _Service(url, data_dir, lang)
        service.ask("POST", f"/{import_id}/undo")
        service.settled(import_id)
        left = service.ask("GET", f"/{import_id}/rows", params={"state": "left", "limit": 200}).json()["items"]
    except _Refused as refused:
        _give_up(str(refused), refused)
    service.teller.say("import-cli-undone", id=import_id)
    if left:
        service.teller.say("import-report-do-left", count=len(left))
        columns = ("import-report-line", "import-report-customer")
        service.teller.table([(line["line"], line["customer_id"]) for line in left], *columns)


def _analysed(service: _Service, file: Path, pairs: Iterable[str]) -> dict[str, Any]:
    """The import of a file after its dry run, read by the columns that were named."""
    columns = [_column(service.teller, pair) for pair in pairs]
    service.teller.say("import-cli-sending", filename=file.name)
    kind = XLSX if file.suffix.lower() == ".xlsx" else "text/csv"
    with file.open("rb") as content:
        length = {"Content-Type": kind, "Content-Length": str(file.stat().st_size)}
        sent = service.ask("POST", "", params={"filename": file.name}, content=content, headers=length)
    view = service.settled(sent.json()["id"])
    if sent.status_code == httpx.codes.OK:
        stage = service.teller.text(f"import-stage-{view['stage']}")
        service.teller.say("import-cli-known", id=view["id"], stage=stage)
    wanted = {**view["columns"], **dict(columns)}
    if columns and wanted != view["columns"] and view["stage"] in ("ready", "failed"):
        service.ask("PUT", f"/{view['id']}/columns", json={"columns": wanted})
        view = service.settled(view["id"])
    return view


def _column(teller: Teller, pair: str) -> tuple[str, str]:
    column, equals, field = pair.rpartition("=")
    if not equals or field.strip() not in set(Field):
        raise _Refused(teller.text("import-cli-map", pair=pair, fields=", ".join(Field)))
    return column.strip(), field.strip()


def _show(teller: Teller, view: dict[str, Any]) -> None:
    """Print how the columns are read and what the dry run came to."""
    if view["headings"]:
        taken = {heading: view["columns"].get(heading) for heading in view["headings"]}
        teller.say("import-cli-columns", "bold")
        teller.table([(heading, field or teller.text("import-cli-not-taken")) for heading, field in taken.items()])
    if view["failure"]:
        teller.say("import-stage-failed", "red")
        teller.table([(view["filename"], view["failure"]["text"])])
    if view["counts"]:
        verdicts = view["counts"]["verdicts"].items()
        names = [(teller.text(f"import-verdict-{it.replace('_', '-')}"), number) for it, number in verdicts]
        teller.table([(teller.text("import-report-rows"), view["counts"]["rows"]), *names])


def _loaded(service: _Service, view: dict[str, Any], *, asked: bool, doubtful: str) -> dict[str, Any]:
    """The import after a person's yes; without it, as it was."""
    verdicts = view["counts"]["verdicts"]
    count = verdicts["new"] + verdicts["known"]
    if not count and (doubtful != "ask" or not verdicts["doubt"]):
        service.teller.say("import-cli-nothing")
        return view
    if asked and not typer.confirm(service.teller.text("import-cli-confirm", count=count)):
        service.teller.say("import-cli-dry-run", id=view["id"])
        return view
    service.ask("POST", f"/{view['id']}/confirm", json={"doubtful": doubtful})
    view = service.settled(view["id"])
    service.teller.say("import-cli-done", id=view["id"])
    if waiting := (view["asked"] or {}).get("needs_confirmation"):
        service.teller.say("import-report-do-asked", count=waiting)
    return view


def _write(service: _Service, import_id: str, report: Path) -> None:
    kind = "xlsx" if report.suffix.lower() == ".xlsx" else "html"
    report.write_bytes(service.ask("GET", f"/{import_id}/report", params={"format": kind}).content)
    service.teller.say("import-cli-report", path=str(report))


def _give_up(reason: str, error: Exception) -> NoReturn:
    Console(stderr=True).print(reason, style="red", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(1) from error
