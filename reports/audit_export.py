"""Timelines as files that people pass on, each with a manifest by which it can be checked."""

import csv
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO, StringIO
from typing import Any, Literal
from zipfile import ZIP_DEFLATED, ZipFile

from pydantic import BaseModel, Field
from pydantic_core import to_jsonable_python

from domain.audit_record import RecordKind
from messages import message
from reports.spreadsheet import harmless


class Entry(BaseModel):
    """One thing that happened, or was tried and refused."""

    source: RecordKind = Field(description="What kind of record tells of it; with `id` it names a proof.")
    id: str
    about: str | None = Field(description="The customer, lead or approval.")
    kind: str
    text: str
    at: datetime = Field(description="When it happened, by the workflow.")
    recorded_at: datetime = Field(description="When it was written down, by the clock.")
    actor: str
    policy_version: str | None = Field(description="The version of the policy that decided it.")
    decision: str | None = Field(description="Why: the decision trace.")
    before: dict[str, Any] | None = Field(description="The customer's owner and queue before it.")
    after: dict[str, Any] | None = Field(description="The same after it.")
    refusal: str | None = Field(description="Why an attempt was refused; null for what was done.")
    refusal_text: str | None
    attempt: str | None = Field(description="Of a refused access: method and route.")
    data: dict[str, Any]


def archive_of(entries: Sequence[Entry], form: Literal["jsonl", "csv"], facts: Mapping[str, Any], locale: str) -> bytes:
    """A ZIP archive of the file and ``manifest.json``.

    Args:
        entries: in their order.
        form: JSON Lines, or CSV.
        facts: what else the manifest says: filters, language, who, the newest signed head.
        locale: of the CSV's heading.
    """
    content = (csv_of(entries, locale) if form == "csv" else jsonl_of(entries)).encode()
    name = f"timeline.{form}"
    manifest = {
        "file": name,
        "count": len(entries),
        "sha256": sha256(content).hexdigest(),
        "exported_at": datetime.now(UTC),
        **facts,
    }
    archive = BytesIO()
    with ZipFile(archive, "w", ZIP_DEFLATED) as file:
        file.writestr(name, content)
        file.writestr("manifest.json", json.dumps(to_jsonable_python(manifest), ensure_ascii=False, indent=1) + "\n")
    return archive.getvalue()


def jsonl_of(entries: Sequence[Entry]) -> str:
    """A line of JSON for each."""
    return "".join(f"{entry.model_dump_json()}\n" for entry in entries)


def csv_of(entries: Sequence[Entry], locale: str) -> str:
    """A line for each below a heading; texts that would be formulas begin with an apostrophe.

    It begins with a byte order mark, without which spreadsheets misread Chinese.
    """
    file = StringIO()
    write = csv.writer(file)
    write.writerow(message(locale, f"audit-column-{name.replace('_', '-')}") for name in Entry.model_fields)
    for entry in entries:
        write.writerow(_cell(value) for value in entry.model_dump(mode="json").values())
    return f"\ufeff{file.getvalue()}"


def _cell(value: Any) -> str:
    if isinstance(value, str) or value is None:
        return harmless(value or "")
    return json.dumps(value, ensure_ascii=False)
