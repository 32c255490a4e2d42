"""The commands under ``oneowner policy``: check a policy file, and print its JSON Schema for editors."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from domain.policy import Policy
from domain.policy_checks import Directory, Finding, Severity
from domain.policy_file import check_policy
from launcher.texts import text
from messages import DEFAULT, LOCALES, has_message, message
from settings import Settings
from store.database import Database
from store.organisation import directory_of

app = typer.Typer(help="Check assignment policies / 检查分配策略", no_args_is_help=True)

SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"

File = Annotated[Path, typer.Argument(help="Policy file / 策略文件", exists=True, dir_okay=False)]
Reps = Annotated[bool, typer.Option("--reps", help="Also against the reps in the database / 同时核对人员")]
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
        place=_place(finding),
        fault=_fault(finding, locale),
    )


def _fault(finding: Finding, locale: str) -> str:
    """The sentence of the policy's own code, else of the rule that a field breaks, else that it is not valid."""
    name = finding.code.replace("_", "-")
    found = next((it for it in (f"policy-{name}", f"rule-{name}") if has_message(DEFAULT, it)), "rule-value-error")
    return message(locale, found, **finding.facts)


def _place(finding: Finding) -> str:
    return ".".join(map(str, finding.path)) or "-"


def _plain(finding: Finding, file: Path) -> dict[str, object]:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "file": str(file),
        "line": finding.line,
        "place": _place(finding),
        "message": {locale: _fault(finding, locale) for locale in LOCALES},
    }


def _directory() -> Directory:
    database = Database(Settings().sqlalchemy_url)
    try:
        with database.read() as session:
            return directory_of(session)
    finally:
        database.close()
