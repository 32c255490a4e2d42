"""The commands under ``oneowner match``: judge the matching on a labelled file, and set its lines from one."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from domain.matching.decision import MatchingRules, shipped_rules
from domain.policy_file import parse_policy
from logs import configure_logging
from matching_lab.calibrate import Judged, calibrate
from matching_lab.columns import ColumnUnknown
from matching_lab.evaluate import Report, evaluate, judged_pairs
from matching_lab.lookups import fill, measure
from matching_lab.new_policy import with_lines
from settings import Settings
from store.answers import persons_answers
from store.database import Database
from store.migrate import migrate

app = typer.Typer(no_args_is_help=True)

Records = Annotated[Path, typer.Argument(help="CSV with a heading row / 带表头的 CSV", exists=True, dir_okay=False)]
Entity = Annotated[str, typer.Option(help="Column that is equal for rows of one customer / 同一客户取值相同的列")]
Columns = Annotated[list[str], typer.Option("--map", help="FIELD=COLUMN where the guess is wrong / 字段=列名")]
AsJson = Annotated[bool, typer.Option("--json", help="For machines / 供程序读取")]


@app.callback()
def quiet() -> None:
    """Judge and calibrate the matching / 评测与校准查重"""
    configure_logging(Settings(log_level="warning"))  # its output goes into pipes


@app.command("evaluate")
def evaluate_command(
    records: Records,
    entity_column: Entity,
    map: Columns = [],  # noqa: A002, B006 (typer takes the option's name and its default from here)
    certain_above: Annotated[float | None, typer.Option(help="Other line than shipped / 判定线")] = None,
    new_below: Annotated[float | None, typer.Option(help="Other line than shipped / 新客户线")] = None,
    as_json: AsJson = False,
) -> None:
    """Run the shipped matching over a labelled file and say how good it is / 用带标注的文件评测查重效果"""
    shipped = shipped_rules()
    try:
        rules = MatchingRules(
            shipped.certain_above if certain_above is None else certain_above,
            shipped.new_below if new_below is None else new_below,
        )
        report = evaluate(records, entity_column, _mapping(map), rules)
    except (ColumnUnknown, ValueError) as error:
        _give_up(str(error), error)
    if as_json:
        typer.echo(json.dumps(asdict(report), ensure_ascii=False))
    else:
        _print(report)


@app.command("calibrate")
def calibrate_command(
    records: Annotated[Path | None, typer.Argument(help="Labelled CSV / 带标注的 CSV", exists=True)] = None,
    entity_column: Annotated[str, typer.Option(help="Column that is equal for rows of one customer / 同一客户列")] = "",
    map: Columns = [],  # noqa: A002, B006 (typer takes the option's name and its default from here)
    answers: Annotated[
        str | None, typer.Option(help="Database whose reviewers' answers count, too / 人工确认结果所在的数据库")
    ] = None,
    write: Annotated[
        Path | None, typer.Option(help="New policy file with these lines / 写入新策略文件", dir_okay=False)
    ] = None,
    version: Annotated[str, typer.Option(help="Version of the new policy / 新策略的版本号")] = "",
    as_json: AsJson = False,
) -> None:
    """Set the lines for certain and new from a labelled file, people's answers or both / 用标注数据和人工确认校准判定线

    Without a file the answers in the settings' database count.
    """
    settings = Settings()
    try:
        text = settings.policy_file.read_text(encoding="utf-8")
        policy = parse_policy(text)
        judged = judged_pairs(records, entity_column, _mapping(map), policy.matching) if records else []
        if answers or not records:
            judged += _answered(answers or settings.sqlalchemy_url, policy.matching.audit_share)
        lines = calibrate(judged)
        if write:
            name = version or f"{policy.version}-{datetime.now(UTC):%Y%m%d}"
            with write.open("x", encoding="utf-8") as file:
                file.write(with_lines(text, name, lines))
    except (OSError, ColumnUnknown, ValueError, SQLAlchemyError) as error:
        _give_up(str(error), error)
    if as_json:
        typer.echo(json.dumps(asdict(lines)))
        return
    typer.echo(f"certain_above: {lines.certain_above:.6f}  # precision >= {lines.certain_precision:.4f}")
    typer.echo(f"new_below: {lines.new_below:.6f}  # misses {lines.miss_rate:.4f}")
    typer.echo(f"# pairs judged / 已判定的记录对: {lines.pairs}")


@app.command("lookup-bench")
def lookup_bench_command(
    customers: Annotated[int, typer.Option(help="So many customers / 客户数", min=100)] = 10_000,
    lookups: Annotated[int, typer.Option(help="So many look-ups / 查询次数", min=100)] = 1_000,
    database_url: Annotated[
        str | None, typer.Option(help="An empty database; without it a throw-away SQLite file / 空数据库")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure single look-ups among made-up customers, who are written down again / 测量单次查重耗时"""
    with TemporaryDirectory() as folder:
        database = Database(database_url or f"sqlite:///{folder}/lookups.db")
        migrate(database)
        with Progress(console=Console(stderr=True)) as progress:
            entering = progress.add_task("entering customers / 录入客户", total=customers)
            for done in fill(database, customers):
                progress.update(entering, completed=done)
        measure(database, customers, lookups)  # what it takes once everything has been touched
        found = measure(database, customers, lookups)
        database.close()
    if as_json:
        typer.echo(json.dumps(asdict(found)))
        return
    for name, value in asdict(found).items():
        typer.echo(f"{name}: {value:.3f}" if isinstance(value, float) else f"{name}: {value}")


def _mapping(pairs: list[str]) -> dict[str, str]:
    """Reads FIELD=COLUMN pairs.

    Raises:
        ColumnUnknown: when one is no such pair.
    """
    mapping: dict[str, str] = {}
    for pair in pairs:
        field, equals, column = pair.partition("=")
        if not equals:
            raise ColumnUnknown(f"--map takes FIELD=COLUMN, not {pair!r}")
        mapping[field.strip()] = column.strip()
    return mapping


def _answered(url: str, audit_share: float) -> list[Judged]:
    """Reads reviewers' answers; one of the audit sample stands for all clear leads that were not drawn."""
    database = Database(url)
    with database.read() as session:
        answers = list(persons_answers(session))
    database.close()
    weight = 1 / audit_share if audit_share else 1.0
    return [Judged(said.score, said.same, weight if said.audited else 1.0) for said in answers]


def _print(report: Report) -> None:
    table = Table("what / 指标", "precision / 精确率", "recall / 召回率", "F1", "line / 线")
    for name, found in (
        ("certain / 确定", report.certain),
        ("best line / 最佳线", report.best),
        ("certain, grouped / 确定（聚类后）", report.clusters_certain),
        ("best line, grouped / 最佳线（聚类后）", report.clusters_best),
    ):
        line = "" if found.line is None else f"{found.line:.4f}"
        table.add_row(name, f"{found.precision:.4f}", f"{found.recall:.4f}", f"{found.f1:.4f}", line)
    console = Console()
    console.print(table)
    for name, value in (
        ("records / 记录数", f"{report.records}"),
        ("matching pairs / 真实匹配对", f"{report.matches}"),
        ("columns / 列", ", ".join(f"{field}={column}" for field, column in report.columns.items())),
        ("country / 国家", report.country),
        ("candidate recall / 候选召回率", f"{report.candidate_recall:.4f}"),
        ("recall at 99 % precision / 精确率 99% 时的召回率", f"{report.recall_at_99:.4f}"),
        ("matches called new / 误判为新客户", f"{report.missed_as_new:.4f}"),
        ("asked, of the compared pairs / 需人工确认的比例", f"{report.asked:.4f}"),
        ("asked, for each record / 每条记录需确认的对数", f"{report.asked_records:.4f}"),
        ("records per second / 每秒记录数", f"{report.records_per_second:.0f}"),
    ):
        console.print(f"{name}: {value}", markup=False, highlight=False, soft_wrap=True)


def _give_up(reason: str, error: Exception) -> NoReturn:
    Console(stderr=True).print(reason, style="red", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(1) from error
