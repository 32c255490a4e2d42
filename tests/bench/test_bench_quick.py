"""A short version of everything that ``make bench`` measures: it runs, and its figures can be true."""

from collections import Counter
from itertools import count, islice
from pathlib import Path

import pytest

from bench import backtest, decisions, histories, imports, notify_latency, preview, report, scale, streams, throughput
from bench.effort import Effort
from bench.leads import CAPACITY, REPEAT_SOURCE, REPEATED_AFTER, half_known, lead
from bench.load import Speed, Turn, closed_loop, ratio, speed
from bench.stand import Wrong, running_service, temporal_server
from domain.identity import keys_of
from domain.lead import Lead
from domain.profile import profile_of
from domain.submitted import SubmittedLead

SHORT = Effort(rounds=1, seconds=0.5, clients=(2,), sizes=(20, 40), steps=3, rows=(200,))
MOST_EVENTS = 10
NUMBERS = {*range(400), *range(0, CAPACITY, 397), CAPACITY - 1}


def plausible(measured: Speed) -> bool:
    """Whether something was done, and the percentiles are in order."""
    return measured.done > 0 < measured.rate and 0 < measured.p50 <= measured.p95 <= measured.p99


async def test_throughput(tmp_path: Path) -> None:
    """Also counts every lead and every owner in the read model, or raises."""
    (level,) = await throughput.measure(tmp_path, SHORT)
    assert level.clients == 2
    assert plausible(level.noop)
    assert plausible(level.new)
    assert plausible(level.half_known)
    assert 0 < level.rate_ratio < 3
    assert min(level.cpu.temporal, level.cpu.service, level.cpu.load) > 0
    assert len(report.throughput_table([level]).splitlines()) == 2 + 3


async def test_a_lead_has_few_events(tmp_path: Path) -> None:
    footprints = {footprint.kind: footprint for footprint in await histories.measure(tmp_path)}
    for kind in ("new customer", "duplicate"):
        assert footprints[kind].workflows == 1
        assert 0 < footprints[kind].events <= MOST_EVENTS
    assert footprints["trade show, with the customer's workflow"].workflows == 2
    assert all(500 < footprint.bytes < 20_000 for footprint in footprints.values())


async def test_scale(tmp_path: Path) -> None:
    few, many = await scale.measure(tmp_path, SHORT)
    assert (few.customers, many.customers) == SHORT.sizes
    assert plausible(few.speed)
    assert plausible(many.speed)
    assert few.rate_ratio == 1
    assert min(few.step_ms, few.step_cpu_ms, many.step_ms, many.step_cpu_ms) > 0


async def test_notifications_are_heard_within_moments(tmp_path: Path) -> None:
    """Also sees that every owner is told once, or raises; the machine may be busy, so that the limit is a wide one."""
    heard = await notify_latency.measure(tmp_path, SHORT)
    assert heard.leads == 10
    assert 0 < heard.p50 <= heard.p95 <= heard.p99 < 5000
    assert len(report.latency_table(heard).splitlines()) == 2 + 1


async def test_streams_hold_little(tmp_path: Path) -> None:
    held = await streams.measure(tmp_path, SHORT)
    assert held.streams == streams.FEW
    assert held.heard > 0
    assert held.kib_each < 500
    assert len(report.streams_table(held).splitlines()) == 2 + 1


async def test_preview(tmp_path: Path) -> None:
    """Also sees that nothing was written, or raises."""
    one, many = await preview.measure(tmp_path, SHORT)
    assert (one.customers, one.clients, many.clients) == (SHORT.sizes[1], *preview.CLIENTS)
    assert plausible(one.speed)
    assert plausible(many.speed)
    assert len(report.preview_table([one, many]).splitlines()) == 2 + 2


def test_decisions() -> None:
    many, shipped = decisions.measure(Effort(rounds=1, seconds=0.01, clients=(), sizes=(), steps=0, rows=()))
    assert (many.rules, many.reps) == (200, 2000)
    assert min(many.rate, shipped.rate) > 500
    assert len(report.decisions_table([many, shipped]).splitlines()) == 2 + 2


def test_imports(tmp_path: Path) -> None:
    (measured,) = imports.measure(tmp_path, SHORT)
    assert measured.rows == 200
    assert min(measured.reading, measured.grouping, measured.writing, measured.loading) > 0
    assert 0 < measured.memory < 4096
    assert len(report.imports_table([measured]).splitlines()) == 2 + 1


def test_back_tests(tmp_path: Path) -> None:
    """2,000 leads, and the simulation of the policy in force is what happened, or it raises."""
    laps = backtest.measure(tmp_path, 2_000, 60)
    assert [lap.leads for lap in laps] == [2_000, 2_000]
    assert max(lap.cpu for lap in laps) < 20
    assert len(report.backtest_table(laps).splitlines()) == 2 + 2


async def test_leads_that_did_not_arrive_are_noticed(tmp_path: Path) -> None:
    async with temporal_server(tmp_path) as server, running_service(server.address, tmp_path / "service") as service:
        await service.submit(lead(0))
        service.check_written(leads=1, customers=1)
        with pytest.raises(Wrong):
            service.check_written(leads=2, customers=1)
        with pytest.raises(Wrong):
            service.check_written(leads=1, customers=2)
        with pytest.raises(Wrong):
            await service.submit(lead(0))  # answered, but as one that was sent before


def test_leads_are_sound_and_share_no_key() -> None:
    keys: Counter[object] = Counter()
    for number in NUMBERS:
        body = SubmittedLead.model_validate(lead(number)).model_dump()
        keys.update(keys_of(profile_of(Lead.model_validate(body))))
    assert keys.total() >= 5 * len(NUMBERS)
    assert set(keys.values()) == {1}


def test_every_second_lead_is_of_a_customer_that_came_before() -> None:
    leads = list(islice(half_known(count()), 5 * REPEATED_AFTER))
    position = {body["emails"][0]: at for at, body in enumerate(leads) if body["source"] != REPEAT_SOURCE}
    again = [(at, body) for at, body in enumerate(leads) if body["source"] == REPEAT_SOURCE]
    assert [at for at, _ in again] == list(range(REPEATED_AFTER + 1, 5 * REPEATED_AFTER, 2))
    assert len({body["external_id"] for _, body in again}) == len(again)
    assert all(at - position[body["emails"][0]] > REPEATED_AFTER for at, body in again)


async def test_each_client_does_one_thing_after_the_other() -> None:
    at_once, most, done = 0, 0, 0

    async def once() -> None:
        nonlocal at_once, most, done
        at_once += 1
        most = max(most, at_once)
        await closed_loop(0, 0, once)
        done += 1
        at_once -= 1

    turn = await closed_loop(3, 0.02, once)
    assert most <= 3
    assert len(turn.latencies) == done > 3
    assert turn.rate == pytest.approx(done / turn.seconds)


def test_turns_are_taken_together() -> None:
    turns = [Turn(1.0, (0.1,) * 50), Turn(2.0, (0.2,) * 50), Turn(1.0, (0.3,) * 10)]
    together = speed(turns)
    assert together.rate == 25
    assert together.p50 == pytest.approx(200)
    assert together.p99 == pytest.approx(300)
    assert together.done == 110
    assert ratio([10, 9, 30], [20, 10, 20]) == 0.9


def test_tables_go_between_their_markers(tmp_path: Path) -> None:
    document = tmp_path / "performance.md"
    document.write_text("a\n<!-- bench:x -->\nold\n<!-- /bench:x -->\nb\n", encoding="utf-8")
    report.write({"x": "| 一 |"}, document)
    report.write({"x": "| 二 |"}, document)
    assert document.read_text(encoding="utf-8") == "a\n<!-- bench:x -->\n| 二 |\n<!-- /bench:x -->\nb\n"
    with pytest.raises(report.NoMarkers):
        report.write({"x": "new", "y": "new"}, document)
    assert "new" not in document.read_text(encoding="utf-8")


def test_the_document_has_a_place_for_every_table(tmp_path: Path) -> None:
    copy = tmp_path / "performance.md"
    copy.write_text(report.DOCUMENT.read_text(encoding="utf-8"), encoding="utf-8")
    report.write(
        dict.fromkeys(
            ("run", "throughput", "cpu", "histories", "scale", "postgresql", "decisions", "backtest"), "figures"
        ),
        copy,
    )
    assert copy.read_text(encoding="utf-8").count("\nfigures\n") == 8
