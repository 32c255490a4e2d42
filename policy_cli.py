"""The commands under ``oneowner policy``: check a policy file, print its JSON Schema, keep the running service's."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from domain.policy import Policy
from domain.policy_checks import Directory, Finding, Severity
from domain.policy_file import check_policy
from findings import place, sentence
from launcher.texts import text
from messages import LOCALES, message
from service_client import Api, calling
from settings import Settings
from store.database import Database
from store.organisation import directory_of

app = typer.Typer(help="Check assignment policies / 检查分配策略", no_args_is_help=True)

SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"

File = Annotated[Path, typer.Argument(help="Policy file / 策略文件", exists=True, dir_okay=False)]
Reps = Annotated[bool, typer.Option("--reps", help="Also against the reps in the database / 同时核对人员")]
Version = Annotated[str, typer.Argument(help="A version's id, as `list` shows it / 版本编号")]
At = Annotated[str | None, typer.Option(help="When, such as 2026-12-01T09:00:00+08:00 / 生效时间")]
Comment = Annotated[str | None, typer.Option(help="What it is for / 说明")]
AsJson = Annotated[bool, typer.Option("--json", help="For machines / 供程序读取")]


@app.command("check")
def check_command(file: File, reps: Reps = False, as_json: AsJson = False) -> None:
    """Everything that is wrong with a policy file, by line; exit code 1 when there are errors / 检查策略文件"""
    findings = check_policy(file.read_text(encoding="utf-8"), _directory() if reps else None)[1]
    if as_json:
        typer.echo(json.dumps([_plain(finding, file) for finding in findings], ensure_ascii=False))
    else:
        for line in told(findings, file):
            typer.echo(line)
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise typer.Exit(1)
    if not as_json:
        typer.echo(text("policy-sound", file=str(file)))


@app.command("schema")
def schema_command() -> None:
    """The JSON Schema of policy files, for editors / 策略文件的 JSON Schema，供编辑器使用"""
    typer.echo(schema_text(), nl=False)


@app.command("list")
def list_command(api: Api = None) -> None:
    """Every version that the running service has, newest first / 列出运行中服务的全部版本"""
    with calling(api) as service:
        for version in service.every("/v1/policies"):
            typer.echo(_shown(version))


@app.command("add")
def add_command(file: File, comment: Comment = None, at: At = None, api: Api = None) -> None:
    """Store a file as a version; with --at it comes into force then / 存为新版本；给出 --at 则届时生效"""
    body = {"content": file.read_text(encoding="utf-8"), "comment": comment, "activates_at": at}
    with calling(api) as service:
        typer.echo(_shown(service.call("POST", "/v1/policies", json=body)))


@app.command("activate")
def activate_command(version: Version, at: At = None, api: Api = None) -> None:
    """Bring a version into force now, or at an instant / 使某版本立即或届时生效"""
    with calling(api) as service:
        typer.echo(_shown(service.call("POST", f"/v1/policies/{_in_url(version)}/activate", json={"at": at})))


@app.command("withdraw")
def withdraw_command(version: Version, api: Api = None) -> None:
    """Take back that a version shall come into force later / 取消某版本的待生效安排"""
    with calling(api) as service:
        typer.echo(_shown(service.call("POST", f"/v1/policies/{_in_url(version)}/withdraw")))


@app.command("diff")
def diff_command(version: Version, other: Version, api: Api = None) -> None:
    """What the second version says otherwise than the first / 比较两个版本"""
    with calling(api) as service:
        path = f"/v1/policies/{_in_url(version)}/difference"
        found = service.call("GET", path, params={"to": other})
    for it in found["differences"]:
        before, after = (json.dumps(it[side], ensure_ascii=False) for side in ("before", "after"))
        typer.echo(f"{it['path']}: {before} → {after}")
    typer.echo(f"\n{found['text']}", nl=False)


def schema_text() -> str:
    """The JSON Schema that is published as ``policies/policy.schema.json``."""
    schema = {"$schema": SCHEMA_DIALECT, **Policy.model_json_schema()}
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


def told(findings: Sequence[Finding], file: Path) -> list[str]:
    """The findings as sentences, each in all languages."""
    return [
        f"{text(f'policy-severity-{finding.severity}')}: " + " / ".join(_sentence(finding, file, it) for it in LOCALES)
        for finding in findings
    ]


def _sentence(finding: Finding, file: Path, locale: str) -> str:
    return message(
        locale,
        "policy-line",
        file=str(file),
        line=str(finding.line),
        place=place(finding),
        fault=sentence(finding, locale),
    )


def _plain(finding: Finding, file: Path) -> dict[str, object]:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "file": str(file),
        "line": finding.line,
        "place": place(finding),
        "message": {locale: sentence(finding, locale) for locale in LOCALES},
    }


def _shown(version: Mapping[str, Any]) -> str:
    """A version on a line: whether it is in force, its id, from when on, and what it is for."""
    since = ", ".join(it["at"] for it in version["activations"] if it["withdrawn_at"] is None)
    mark = "*" if version["in_force"] else " "
    return f"{mark} {version['id']}  {since or '-'}  {version['comment'] or ''}".rstrip()


def _in_url(version: str) -> str:
    return quote(version, safe="")


def _directory() -> Directory:
    database = Database(Settings().sqlalchemy_url)
    try:
        with database.read() as session:
            return directory_of(session)
    finally:
        database.close()
