"""The commands under ``oneowner audit``: verify the log, get and check proofs, export and sample what happened."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

import typer
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.exc import SQLAlchemyError

from domain.audit_finding import Fault, Finding
from domain.audit_proof import AuditProof, InclusionProof
from domain.audit_record import RecordKind
from domain.event import EventKind
from domain.tree_head import HeadKey, PublicKey
from explain_cli import Customer, Language
from explain_cli import told as assignment_lines
from keys import audit_key
from messages import message, terminal_locale
from service_client import Api, calling
from settings import Settings
from store.audit_heads import Published
from store.audit_publishing import HeadFolder
from store.audit_verifying import Verified, verify
from store.database import Database

app = typer.Typer(help="For auditors: proof and history / 审计：证明与历史", no_args_is_help=True)

SHOWN = 20
"""Findings that are written out."""
UNSOUND, UNKNOWN = 1, 2
"""Exit codes: something is wrong; it could not be found out."""
_OF_HEADS = (Fault.HEAD_EDITED, Fault.HEAD_DELETED, Fault.HEAD_DIFFERS, Fault.HEAD_OF_UNKNOWN_KEY)

Keys = Annotated[
    list[str] | None,
    typer.Option("--key", help="A public key, or a file with one; this installation's unless given / 公钥或其文件"),
]
Folder = Annotated[
    Path | None,
    typer.Option("--published", help="Where the heads were published [ONEOWNER_AUDIT_FOLDER] / 公布树头的目录"),
]
AsJson = Annotated[bool, typer.Option("--json", help="For machines / 供程序读取")]


@app.command("verify")
def verify_command(keys: Keys = None, published: Folder = None, as_json: AsJson = False, lang: Language = None) -> None:
    """Every record, leaf and head: 0 sound, 1 not, 2 cannot be told / 校验全部记录、叶子与树头"""
    settings, locale = Settings(), terminal_locale(lang)
    folder = HeadFolder(published or settings.heads_folder)
    lines = folder.lines()
    database = Database(settings.sqlalchemy_url)
    try:
        shown = verify(database, _keys(keys, locale), Published(lines, None if published else folder.place))
    except SQLAlchemyError as error:
        _give_up(message(locale, "audit-database-unreachable", reason=type(error).__name__))
    finally:
        database.close()
    if as_json:
        typer.echo(json.dumps(_plain(shown, locale), ensure_ascii=False))
    else:
        if not lines:
            typer.echo(message(locale, "audit-nothing-published", folder=str(published or settings.heads_folder)))
        typer.echo("\n".join(told(shown, locale)))
    if shown.findings:
        raise typer.Exit(UNSOUND)
    if not shown.heads:
        _give_up(message(locale, "audit-no-head"))


@app.command("key")
def key_command() -> None:
    """The public key that heads are signed with, to be kept elsewhere / 打印签名树头的公钥"""
    typer.echo(HeadKey(audit_key(Settings())).public.raw.hex())


@app.command("prove")
def prove_command(
    record: Annotated[str, typer.Argument(help="The record's id, as timelines show it / 记录编号")],
    kind: Annotated[RecordKind, typer.Option(help="What it is / 记录类别")] = RecordKind.EVENT,
    api: Api = None,
) -> None:
    """A proof, for a file, that a record is in the log as it is shown / 输出记录存在且未被更改的证明"""
    with calling(api) as service:
        proof = service.call("GET", "/v1/audit/proofs/inclusion", params={"kind": kind, "record": record})
    typer.echo(json.dumps(proof, ensure_ascii=False, indent=1))


@app.command("prove-growth")
def prove_growth_command(
    old: Annotated[int, typer.Argument(help="The earlier head's size / 较早树头的大小")], api: Api = None
) -> None:
    """A proof that nothing under an earlier head was changed since / 输出较早树头之前内容未被更改的证明"""
    with calling(api) as service:
        proof = service.call("GET", "/v1/audit/proofs/consistency", params={"from": old})
    typer.echo(json.dumps(proof, ensure_ascii=False, indent=1))


@app.command("check-proof")
def check_proof_command(
    file: Annotated[Path, typer.Argument(help="A proof / 证明文件", exists=True, dir_okay=False)],
    keys: Keys = None,
    lang: Language = None,
) -> None:
    """Check a proof with nothing but the public key: 0 proven, 1 not, 2 no proof / 仅凭公钥核对证明"""
    locale = terminal_locale(lang)
    try:
        proof: AuditProof = TypeAdapter(AuditProof).validate_json(file.read_bytes())
    except ValidationError as error:
        _give_up(message(locale, "audit-proof-unreadable", reason=str(error.errors()[0]["msg"])))
    signer = proof.head if isinstance(proof, InclusionProof) else proof.new
    trusted = _keys(keys, locale)
    key = next((it for it in trusted if it.id == signer.key_id), trusted[0])
    if (fault := proof.fault(key)) is not None:
        typer.echo(message(locale, f"audit-proof-{fault}", **({"key": key.id} if fault == "key" else {})))
        raise typer.Exit(UNSOUND)
    if isinstance(proof, InclusionProof):
        facts: dict[str, str | int] = {
            "record": proof.record,
            "position": str(proof.position),
            "size": proof.head.size,
        }
        kind = message(locale, f"audit-kind-{_kebab(proof.kind)}")
        at = proof.head.at.isoformat()
        typer.echo(message(locale, "audit-proof-sound-inclusion", kind=kind, at=at, **facts))
    else:
        sizes = {"old": proof.old.size, "new": proof.new.size}
        typer.echo(message(locale, "audit-proof-sound-consistency", **sizes))


@app.command("export")
def export_command(
    file: Annotated[Path, typer.Argument(help="The archive to write, ending in .zip / 要写入的 .zip 文件")],
    customer: Annotated[str | None, typer.Option(help="Of this customer / 客户编号")] = None,
    lead: Annotated[str | None, typer.Option(help="Of this lead / 线索编号")] = None,
    approval: Annotated[str | None, typer.Option(help="Of this request / 申请编号")] = None,
    form: Annotated[Literal["jsonl", "csv"], typer.Option("--format", help="Of the file in it / 格式")] = "csv",
    lang: Language = None,
    api: Api = None,
) -> None:
    """Everything that happened, as a file with its manifest / 导出完整时间线及清单"""
    of = {"customer_id": customer, "lead_id": lead, "approval_id": approval}
    params = {name: value for name, value in of.items() if value is not None}
    with calling(api, terminal_locale(lang)) as service:
        file.write_bytes(service.fetch("GET", "/v1/audit/export", params={**params, "format": form}).content)


@app.command("sample")
def sample_command(
    kind: Annotated[EventKind, typer.Option(help="What happened / 事件类型")],
    month: Annotated[str, typer.Option(help="Such as 2026-10 / 月份")],
    seed: Annotated[int, typer.Option(help="The same one draws the same / 随机种子")],
    count: Annotated[int, typer.Option(help="How many / 数量")] = 25,
    lang: Language = None,
    api: Api = None,
) -> None:
    """Events at random with their decisions and whole timelines, as JSON / 随机抽取事件及其完整链条"""
    params = {"kind": kind, "month": month, "count": count, "seed": seed}
    with calling(api, terminal_locale(lang)) as service:
        typer.echo(json.dumps(service.call("GET", "/v1/audit/samples", params=params), ensure_ascii=False, indent=1))


@app.command("why")
def why_command(
    customer: Customer,
    at: Annotated[
        datetime | None, typer.Option(help="On this day, here; now unless given / 日期", formats=["%Y-%m-%d"])
    ] = None,
    lang: Language = None,
    api: Api = None,
) -> None:
    """Why somebody had a customer on a day / 说明客户某日为何归其所有"""
    locale = terminal_locale(lang)
    end = (at + timedelta(days=1)).astimezone() if at else None
    with calling(api, locale) as service:
        made = list(service.every(f"/v1/customers/{customer}/assignments"))
    until = [it for it in made if end is None or datetime.fromisoformat(it["at"]) < end]
    if not until:
        typer.echo(message(locale, "explain-none"))
        raise typer.Exit(UNSOUND)
    typer.echo("\n".join(reasons(until[-1], locale)))


def reasons(assignment: Mapping[str, Any], locale: str) -> Iterator[str]:
    """An assignment in a sentence, and below it what was tried."""
    at = datetime.fromisoformat(assignment["at"]).astimezone().isoformat(sep=" ", timespec="seconds")
    place = "owner" if assignment["owner_id"] else "queue"
    facts = {"at": at, place: assignment["owner_id"] or assignment["queue"] or "-", "event": assignment["text"]}
    yield message(locale, f"audit-why-{place}", actor=assignment["actor"], policy=assignment["policy_version"], **facts)
    if assignment["explanation"] is not None:
        yield assignment["explanation"]["text"]
    yield ""
    yield from assignment_lines(assignment, locale)


def told(shown: Verified, locale: str) -> list[str]:
    """What the verification found, in lines."""
    counts = {"leaves": shown.leaves, "heads": shown.heads, "number": len(shown.findings)}
    notes = {"waiting": shown.waiting, "unsigned": shown.unsigned, "erased": shown.erased}
    if not shown.findings:
        return [
            message(locale, "audit-sound", published=shown.published, **counts),
            message(locale, "audit-notes", **notes),
        ]
    more = len(shown.findings) - SHOWN
    return [
        message(locale, "audit-unsound", **counts),
        *(f"  {_sentence(finding, locale)}" for finding in shown.findings[:SHOWN]),
        *([f"  {message(locale, 'audit-more', number=more)}"] if more > 0 else []),
    ]


def _sentence(finding: Finding, locale: str) -> str:
    change = message(locale, f"audit-change-{_kebab(finding.fault.change)}")
    parts = [f"[{change}]"]
    if finding.position is not None:
        ranged = finding.until is not None
        entry = "audit-head-of-size" if finding.fault in _OF_HEADS else f"audit-where{'-range' if ranged else ''}"
        until = {"until": str((finding.until or 1) - 1)} if ranged else {}
        parts.append(message(locale, entry, position=str(finding.position), **until))
    if finding.kind is not None:
        parts.append(f"{message(locale, f'audit-kind-{_kebab(finding.kind)}')} {finding.record}")
    return f"{' '.join(parts)}: {message(locale, f'audit-fault-{_kebab(finding.fault)}')}"


def _plain(shown: Verified, locale: str) -> dict[str, Any]:
    told = [
        {
            "change": it.fault.change, "fault": it.fault, "position": it.position, "until": it.until,
            "kind": it.kind, "record": it.record, "text": _sentence(it, locale),
        }
        for it in shown.findings
    ]  # fmt: skip
    return {**{name: value for name, value in vars(shown).items() if name != "findings"}, "findings": told}


def _keys(given: list[str] | None, locale: str) -> list[PublicKey]:
    """The keys that count."""
    if not given:
        return [HeadKey(audit_key(Settings())).public]
    return [_key(value, locale) for value in given]


def _key(value: str, locale: str) -> PublicKey:
    path = Path(value)
    try:
        return PublicKey.of_hex(path.read_text(encoding="utf-8") if path.is_file() else value)
    except (ValueError, OSError):
        _give_up(message(locale, "audit-key-unreadable", value=value))


def _kebab(name: str) -> str:
    return name.replace("_", "-")


def _give_up(reason: str) -> NoReturn:
    typer.echo(reason, err=True)
    raise typer.Exit(UNKNOWN)
