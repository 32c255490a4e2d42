"""The results as Markdown, on the terminal and between the markers of ``docs/performance.md``."""

import os
import platform
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

import psutil
import temporalio

from bench.backtest import Lap
from bench.decisions import Rate
from bench.histories import Footprint
from bench.imports import Imported
from bench.load import Speed
from bench.notify_latency import Heard
from bench.preview import Looks
from bench.scale import Size
from bench.streams import Held
from bench.throughput import Level
from launcher.program import SERVER_VERSION
from settings import PROJECT_ROOT

DOCUMENT = PROJECT_ROOT / "docs" / "performance.md"
_LATENCY = ("p50 ms", "p95 ms", "p99 ms")


class NoMarkers(Exception):
    """The document has no place for a result."""


def run_facts() -> str:
    """Where and when the figures were taken."""
    memory = psutil.virtual_memory().total / 2**30
    revision = _git("describe", "--always", "--dirty", "--abbrev=10")
    facts = {
        "machine": f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GiB",
        "software": f"Python {platform.python_version()}, Temporal server {SERVER_VERSION}, "
        f"temporalio {temporalio.__version__}",
        "commit": revision,
        "date": date.today().isoformat(),  # noqa: DTZ011 - the day at the machine's place
        "command": " ".join(("python -m bench", *sys.argv[1:])),
    }
    return _table(("", ""), facts.items())


def throughput_table(levels: Iterable[Level]) -> str:
    """Figures (a) and (b)."""
    rows: list[Sequence[str]] = []
    for level in levels:
        clients = str(level.clients)
        ratios = f"{level.rate_ratio:.2f}", f"{level.p50_ratio:.2f}"
        rows += [
            (clients, "no-op workflow", *_speed(level.noop), "", ""),
            (clients, "lead, new customer", *_speed(level.new), *ratios),
            (clients, "lead, half known", *_speed(level.half_known), "", ""),
        ]
    return _table(("clients", "what", "a second", *_LATENCY, "done", "rate to no-op's", "p50 to no-op's"), rows)


def cpu_table(levels: Iterable[Level]) -> str:
    """Where the CPU of a lead goes."""
    rows = []
    for level in levels:
        parts = (level.cpu.temporal, level.cpu.service, level.cpu.load)
        rows.append((str(level.clients), *(f"{part:.1f}" for part in (*parts, sum(parts))), str(level.asked_again)))
    return _table(
        ("clients", "Temporal server, ms", "OneOwner, ms", "clients, ms", "together, ms", "leads sent again"), rows
    )


def histories_table(footprints: Iterable[Footprint]) -> str:
    """Figure (c)."""
    return _table(
        ("lead", "workflows", "events", "bytes"),
        ((it.kind, str(it.workflows), str(it.events), f"{it.bytes:,}") for it in footprints),
    )


def scale_table(sizes: Iterable[Size]) -> str:
    """Figure (d)."""
    return _table(
        ("customers", "leads a second", *_LATENCY, "done", "rate to first", "atomic step, p50 ms", "its CPU, ms"),
        (
            (
                f"{it.customers:,}",
                *_speed(it.speed),
                f"{it.rate_ratio:.2f}",
                f"{it.step_ms:.2f}",
                f"{it.step_cpu_ms:.2f}",
            )
            for it in sizes
        ),
    )


def decisions_table(rates: Iterable[Rate]) -> str:
    """Figure (e)."""
    return _table(
        ("policy", "rules", "reps", "decisions a second of CPU"),
        ((it.what, str(it.rules), f"{it.reps:,}", f"{it.rate:,.0f}") for it in rates),
    )


def imports_table(imports: Iterable[Imported]) -> str:
    """Figure (f)."""
    return _table(
        ("rows", "reading, µs of CPU a row", "grouping, µs", "rows a second of CPU", "by the clock",
         "writing, µs of CPU a row", "memory, MiB", "loaded a second, by the clock"),
        (
            (
                f"{it.rows:,}", f"{it.reading:.0f}", f"{it.grouping:.0f}", f"{it.to_clustered:,.0f}",
                f"{it.by_the_clock:,.0f}", f"{it.writing:.0f}", f"{it.memory:.0f}", f"{it.loading:.0f}",
            )
            for it in imports
        ),
    )  # fmt: skip


def backtest_table(laps: Iterable[Lap]) -> str:
    """Figure (g)."""
    return _table(
        ("draft", "new customers", "reps", "seconds", "of CPU"),
        ((it.draft, f"{it.leads:,}", f"{it.reps:,}", f"{it.seconds:.0f}", f"{it.cpu:.0f}") for it in laps),
    )


def preview_table(looks: Iterable[Looks]) -> str:
    """Figure (h)."""
    return _table(
        ("customers", "clients", "previews a second", *_LATENCY, "done"),
        ((f"{it.customers:,}", str(it.clients), *_speed(it.speed)) for it in looks),
    )


def latency_table(heard: Heard) -> str:
    """Figure (i)."""
    return _table(
        ("leads", "leads a second", "streams", "p50 ms", "p95 ms", "p99 ms"),
        [
            (
                f"{heard.leads:,}",
                f"{heard.rate:.1f}",
                str(heard.streams),
                *(f"{it:.0f}" for it in (heard.p50, heard.p95, heard.p99)),
            )
        ],
    )


def streams_table(held: Held) -> str:
    """Figure (j)."""
    return _table(
        ("streams", "KiB each", "of one core, in silence", "messages heard"),
        [(f"{held.streams:,}", f"{held.kib_each:.0f}", f"{100 * held.idle_cpu:.1f} %", f"{held.heard:,}")],
    )


def write(tables: Mapping[str, str], document: Path = DOCUMENT) -> None:
    """Put each table between its markers, ``<!-- bench:NAME -->`` and ``<!-- /bench:NAME -->``.

    Raises:
        NoMarkers: when the document lacks a pair; nothing is written then.
    """
    text = document.read_text(encoding="utf-8")
    for name, table in tables.items():
        text = _put(text, name, table)
    document.write_text(text, encoding="utf-8")


def _put(text: str, name: str, table: str) -> str:
    begin, end = f"<!-- bench:{name} -->", f"<!-- /bench:{name} -->"
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise NoMarkers(name)
    return f"{before}{begin}\n{table}\n{end}{after}"


def _speed(speed: Speed) -> tuple[str, ...]:
    return f"{speed.rate:.1f}", f"{speed.p50:.0f}", f"{speed.p95:.0f}", f"{speed.p99:.0f}", str(speed.done)


def _table(head: Sequence[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _git(*arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=PROJECT_ROOT, check=True, capture_output=True, text=True
    ).stdout.strip()
