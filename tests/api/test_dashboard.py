"""The dashboard for operators asks for nothing that is not there."""

import json
import re
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families

from domain.event import EventKind
from relaying import DELAY, EVENTS
from settings import PROJECT_ROOT

DASHBOARD: dict[str, Any] = json.loads((PROJECT_ROOT / "ops" / "grafana" / "oneowner.json").read_text(encoding="utf-8"))
QUERIES = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]


@pytest.fixture
async def shown(anonymous: httpx.AsyncClient) -> dict[str, set[str]]:
    """Every sample's name on /metrics, with the labels that it has somewhere."""
    EVENTS.labels("customer", EventKind.RELEASED).inc(0)
    DELAY.observe(0.1)
    await anonymous.get("/healthz")
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families((await anonymous.get("/metrics")).text):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


async def test_every_query_names_metrics_and_labels_that_exist(app: FastAPI, shown: dict[str, set[str]]) -> None:
    assert QUERIES
    for query in QUERIES:
        names = set(re.findall(r"\b(?:oneowner|process)_\w+", query))
        assert names, query
        for name in names - {"oneowner_customers"}:  # which has samples where there are customers
            assert name in shown, query
        labels = set(re.findall(r"(\w+)=~?\"", query))
        for listed in re.findall(r"by \(([^)]*)\)", query):
            labels |= {it.strip() for it in listed.split(",")}
        for name in names - {"oneowner_customers"}:
            assert labels <= shown[name] | {"le"}, query


def test_every_metric_of_ours_is_on_the_dashboard() -> None:
    told = set(re.findall(r"oneowner_[a-z_]+", " ".join(QUERIES)))
    sources = [PROJECT_ROOT / "api" / "backlog.py", PROJECT_ROOT / "api" / "observe.py", PROJECT_ROOT / "relaying.py"]
    made = {name for source in sources for name in re.findall(r'"(oneowner_[a-z_]+)"', source.read_text("utf-8"))}
    assert {name for name in made if not any(it.startswith(name) for it in told)} == set()


def test_panels_do_not_cover_each_other() -> None:
    taken = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not cells & taken, panel["title"]
        taken |= cells
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
