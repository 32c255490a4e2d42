"""``python -m bench [NAME ...] [--quick] [--write]``: all of ``BENCHES``, or those that are named."""

import argparse
import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from bench import backtest, decisions, histories, imports, notify_latency, preview, report, scale, streams, throughput
from bench.effort import FULL, QUICK, Effort
from bench.say import say
from launcher.leave import leave_after
from tests.postgres import create_database, postgres_url

Tables = dict[str, str]


async def _throughput(folder: Path, effort: Effort) -> Tables:
    levels = await throughput.measure(folder, effort)
    return {"throughput": report.throughput_table(levels), "cpu": report.cpu_table(levels)}


async def _histories(folder: Path, _: Effort) -> Tables:
    return {"histories": report.histories_table(await histories.measure(folder))}


async def _scale(folder: Path, effort: Effort) -> Tables:
    return {"scale": report.scale_table(await scale.measure(folder, effort))}


async def _postgresql(folder: Path, effort: Effort) -> Tables:
    with postgres_url() as server:
        if server is None:
            say("POSTGRESQL IS NOT MEASURED: there is none on this machine")
            return {}
        levels = await throughput.measure(folder, effort, database_url=create_database(server))
    return {"postgresql": report.throughput_table(levels)}


async def _decisions(_: Path, effort: Effort) -> Tables:
    return {"decisions": report.decisions_table(decisions.measure(effort))}


async def _imports(folder: Path, effort: Effort) -> Tables:
    return {"imports": report.imports_table(imports.measure(folder, effort))}


async def _backtest(folder: Path, effort: Effort) -> Tables:
    leads = 500 if effort is QUICK else 100_000
    return {"backtest": report.backtest_table(await asyncio.to_thread(backtest.measure, folder, leads, 500))}


async def _preview(folder: Path, effort: Effort) -> Tables:
    return {"preview": report.preview_table(await preview.measure(folder, effort))}


async def _notifications(folder: Path, effort: Effort) -> Tables:
    heard, held = folder / "heard", folder / "held"
    for part in (heard, held):
        part.mkdir()
    latency = report.latency_table(await notify_latency.measure(heard, effort))
    return {"notify_latency": latency, "streams": report.streams_table(await streams.measure(held, effort))}


BENCHES: dict[str, Callable[[Path, Effort], Awaitable[Tables]]] = {
    "throughput": _throughput,
    "histories": _histories,
    "scale": _scale,
    "postgresql": _postgresql,
    "decisions": _decisions,
    "imports": _imports,
    "backtest": _backtest,
    "preview": _preview,
    "notifications": _notifications,
}


async def main() -> None:
    """Run what is asked for, print its tables, and write them into the document when that is asked for, too.

    Each table is there as soon as it is measured.
    """
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "names", nargs="*", choices=[[], *BENCHES], help="what to measure; everything when none is named"
    )
    parser.add_argument("--quick", action="store_true", help="only see that everything runs")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/performance.md")
    asked = parser.parse_args()
    _publish({"run": report.run_facts()}, write=asked.write)
    for name in asked.names or BENCHES:
        say(f"measuring {name}")
        with tempfile.TemporaryDirectory(prefix="oneowner-bench-") as folder:
            _publish(await BENCHES[name](Path(folder), QUICK if asked.quick else FULL), write=asked.write)


def _publish(tables: Tables, *, write: bool) -> None:
    for name, table in tables.items():
        print(f"\n## {name}\n\n{table}\n", flush=True)
    if write:
        report.write(tables)


if __name__ == "__main__":
    leave_after(lambda: asyncio.run(main()))
