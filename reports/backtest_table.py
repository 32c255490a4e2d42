"""A back-test's figures as rows, and as CSV that a spreadsheet opens."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from io import StringIO
from typing import NamedTuple

from domain.backtest import Comparison, Share
from messages import message

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula (OWASP, CSV Injection)."""
_NOTHING = Share()


class Row(NamedTuple):
    """A rep or a region: what they got, and what the draft gives them."""

    id: str
    name: str
    was: Share
    would_be: Share

    @property
    def customers(self) -> int:
        """Customers gained; below 0 lost."""
        return self.would_be.customers - self.was.customers

    @property
    def value(self) -> Decimal:
        """Value gained; below 0 lost."""
        return self.would_be.value - self.was.value


def rep_rows(result: Comparison) -> list[Row]:
    """All reps, who gains most customers first."""
    rows = _rows(result.names, result.actual.reps, result.drafted.reps)
    return sorted(rows, key=lambda row: (-row.customers, -row.value, row.id))


def region_rows(result: Comparison) -> list[Row]:
    """All regions, those with the most customers first."""
    regions = {region: region for region in sorted({*result.actual.regions, *result.drafted.regions})}
    rows = _rows(regions, result.actual.regions, result.drafted.regions)
    return sorted(rows, key=lambda row: (-row.was.customers, row.id))


def csv_of(result: Comparison, locale: str) -> str:
    """One line for each rep, then for each region; texts that would be formulas begin with an apostrophe.

    It begins with a byte order mark, without which spreadsheets misread Chinese.
    """
    file = StringIO()
    write = csv.writer(file)
    write.writerow(heads(result, locale, "kind", "id", "name"))
    for kind, rows in (("rep", rep_rows(result)), ("region", region_rows(result))):
        told = message(locale, f"backtest-{kind}")
        write.writerows(
            (told, _harmless(row.id), _harmless(row.name), *(it.removeprefix("+") for it in figures(row)))
            for row in rows
        )
    return f"\ufeff{file.getvalue()}"


def heads(result: Comparison, locale: str, *first: str) -> list[str]:
    """The columns' names: the first ones by their message, then those of ``figures``."""
    columns = ("customers-was", "customers-draft", "customers-change", "value-was", "value-draft", "value-change")
    return [
        *(message(locale, f"backtest-{name}") for name in first),
        *(message(locale, f"backtest-{name}", currency=result.currency) for name in columns),
    ]


def figures(row: Row) -> tuple[str, ...]:
    """Customers and value: what was, what would be, the change."""
    values = (row.was.value, row.would_be.value, row.value)
    return (
        str(row.was.customers), str(row.would_be.customers), f"{row.customers:+d}" if row.customers else "0",
        *(f"{value:.2f}" for value in values),
    )  # fmt: skip


def _rows(names: Mapping[str, str], was: Mapping[str, Share], would_be: Mapping[str, Share]) -> list[Row]:
    return [Row(key, name, was.get(key, _NOTHING), would_be.get(key, _NOTHING)) for key, name in names.items()]


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def widest(rows: Iterable[Row], most: int) -> Sequence[Row]:
    """Those rows that change most, in their order."""
    listed = list(rows)
    chosen = sorted(listed, key=lambda row: (-abs(row.customers), -row.was.customers, row.id))[:most]
    return [row for row in listed if row in chosen]
