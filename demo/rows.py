"""The sample's rows: each the lead that a backend system sends, beside what it promises to be."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pydantic import JsonValue

from samples.generate import LEADS

PLAIN = (
    "source", "external_id", "customer_type", "region", "address", "industry", "need", "named_contact", "submitted_by",
    "occurred_at",
)  # fmt: skip
LISTS = ("phones", "emails")
"""Columns with several values, divided by semicolons."""
NESTED = {
    "company": {"name": "company_name", "uscc": "uscc", "website": "company_website"},
    "person": {"name": "person_name", "title": "person_title"},
    "amount": {"value": "amount_value", "currency": "amount_currency"},
    "referrer": {"company": "referrer_customer_company", "contact": "referrer_contact"},
    "show": {"name": "show_name", "date": "show_date", "contact": "show_contact"},
}
"""The lead's objects: each field's column."""


class Expect(StrEnum):
    """What a row promises to be."""

    NEW = "new"
    DUPLICATE = "duplicate"
    RETRY = "retry"
    DOUBT = "doubt"
    REFUSED = "refused"


@dataclass(frozen=True)
class SampleRow:
    """A lead with its truth, which no system would send."""

    line: int
    """Its line in the file; the heading is line 1."""
    lead: Mapping[str, JsonValue]
    expect: Expect
    entity: str
    """The number of the true customer; empty when refused."""
    kind: str
    """What the row shows, in English."""


def read_rows(path: Path = LEADS) -> list[SampleRow]:
    """Every row of a file in the sample's columns, in order."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            SampleRow(line, lead_json(row), Expect(row["expect"]), row["entity"], row["kind"])
            for line, row in enumerate(csv.DictReader(file), start=2)
        ]


def lead_json(row: Mapping[str, str]) -> dict[str, JsonValue]:
    """The body of ``POST /v1/leads`` for a row laid flat. Empty cells are left out; nothing is checked or mended."""
    lead: dict[str, JsonValue] = {column: row[column] for column in PLAIN if row[column]}
    lead |= {column: list(row[column].split(";")) for column in LISTS if row[column]}
    for name, columns in NESTED.items():
        given: dict[str, JsonValue] = {field: row[column] for field, column in columns.items() if row[column]}
        if given:
            lead[name] = given
    return lead
