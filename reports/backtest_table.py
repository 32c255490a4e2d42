"""A back-test's figures as rows, for every form in which they are shown, and as CSV."""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from io import StringIO
from typing import NamedTuple

from domain.backtest import Comparison, Share
from domain.backtest.tally import NOWHERE
from messages import message
from reports.spreadsheet import harmless

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


def region_rows(result: Comparison, locale: str) -> list[Row]:
    """All regions, those with the most customers first, each with its name or else its code."""
    regions = {
        region: message(locale, "backtest-nowhere") if region == NOWHERE else result.regions.get(region, region)
        for region in sorted({*result.actual.regions, *result.drafted.regions})
    }
    rows = _rows(regions, result.actual.regions, result.drafted.regions)
    return sorted(rows, key=lambda row: (-row.was.customers, row.id))


def reason_rows(result: Comparison, locale: str) -> list[tuple[str, int, int, int]]:
    """Why customers wait, in words, with how many in each of the three runs."""
    was, simulated, drafted = (it.unassigned for it in (result.actual, result.simulated, result.drafted))
    return [
        (
            message(locale, f"reason-{reason.replace('_', '-')}"),
            was.get(reason, 0),
            simulated.get(reason, 0),
            drafted.get(reason, 0),
        )
        for reason in sorted({*was, *simulated, *drafted})
    ]


def trade_rows(result: Comparison, locale: str) -> list[tuple[str, str, int]]:
    """Who had customers, who would have them, and how many, most first."""

    def told(rep_id: str | None) -> str:
        return message(locale, "backtest-nobody") if rep_id is None else result.names.get(rep_id, rep_id)

    return [(told(it.was), told(it.would_be), it.customers) for it in result.trades]


def summary(result: Comparison) -> list[tuple[str, tuple[int | float | Decimal | None, ...]]]:
    """The figures of the whole, by the ends of their messages' names, in each of the three runs."""
    runs = (result.actual, result.simulated, result.drafted)
    return [
        ("customers-all", tuple(it.customers for it in runs)),
        ("customers-owned", tuple(it.owned for it in runs)),
        ("value", tuple(it.value for it in runs)),
        ("unassigned", tuple(sum(it.unassigned.values()) for it in runs)),
        ("collisions", tuple(it.collisions for it in runs)),
        ("gini-customers", tuple(it.gini_customers for it in runs)),
        ("gini-value", tuple(it.gini_value for it in runs)),
        ("moved", (None, result.unfaithful, result.moved)),
    ]


def faithfulness(result: Comparison, say: Callable[..., str]) -> str:
    """How far the simulation itself may be believed."""
    if result.unfaithful:
        return say("backtest-unfaithful", number=result.unfaithful, all=result.actual.customers)
    return say("backtest-faithful")


def notes(result: Comparison, say: Callable[..., str]) -> list[str]:
    """What the figures mean, and what they do not."""
    decided = [say("backtest-versions", versions=", ".join(result.versions))]
    others = set(result.versions) - {result.current}
    return [say("backtest-collisions-note"), *(decided if others else []), say("backtest-limits")]


def csv_of(result: Comparison, locale: str) -> str:
    """One line for each rep, then for each region; texts that would be formulas begin with an apostrophe.

    It begins with a byte order mark, without which spreadsheets misread Chinese.
    """
    file = StringIO()
    write = csv.writer(file)
    write.writerow(heads(result, locale, "kind", "id", "name"))
    for kind, rows in (("rep", rep_rows(result)), ("region", region_rows(result, locale))):
        told = message(locale, f"backtest-{kind}")
        write.writerows((told, harmless(row.id), harmless(row.name), *(str(it) for it in figures(row))) for row in rows)
    return f"\ufeff{file.getvalue()}"


def heads(result: Comparison, locale: str, *first: str) -> list[str]:
    """The columns' names: the first ones by their message, then those of ``figures``."""
    columns = ("customers-was", "customers-draft", "customers-change", "value-was", "value-draft", "value-change")
    return [
        *(message(locale, f"backtest-{name}") for name in first),
        *(message(locale, f"backtest-{name}", currency=result.currency) for name in columns),
    ]


def figures(row: Row) -> tuple[int | Decimal, ...]:
    """Customers and value: what was, what would be, the change."""
    customers = (row.was.customers, row.would_be.customers, row.customers)
    return *customers, row.was.value, row.would_be.value, row.value


def for_people(row: Row) -> tuple[str, ...]:
    """The figures with separators and signs, values without their decimals."""
    return tuple(f"{value:{'+' if at in (2, 5) and value else ''},.0f}" for at, value in enumerate(figures(row)))


def _rows(names: Mapping[str, str], was: Mapping[str, Share], would_be: Mapping[str, Share]) -> list[Row]:
    return [Row(key, name, was.get(key, _NOTHING), would_be.get(key, _NOTHING)) for key, name in names.items()]


def widest(rows: Iterable[Row], most: int) -> Sequence[Row]:
    """Those rows that change most, in their order."""
    listed = list(rows)
    chosen = sorted(listed, key=lambda row: (-abs(row.customers), -row.was.customers, row.id))[:most]
    return [row for row in listed if row in chosen]
