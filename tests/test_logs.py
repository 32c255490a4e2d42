"""Logs: machine-readable, with the request's id, and without a word of what an exception says."""

import json
import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
import structlog
from asgi_correlation_id import correlation_id

from logs import configure_logging
from settings import Settings

SECRET = "13800138000"


@pytest.fixture
def stream() -> Iterator[StringIO]:
    """What is written, with everything put back afterwards."""
    before, handlers, level = structlog.get_config(), logging.root.handlers[:], logging.root.level
    stream = StringIO()
    configure_logging(Settings(log_format="json", log_level="info"), stream)
    yield stream
    structlog.configure(**before)
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


def lines(stream: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def _fail() -> None:
    try:
        int(SECRET + "x")
    except ValueError as error:
        raise LookupError(SECRET) from error


def test_a_line_has_event_level_time_and_facts(stream: StringIO) -> None:
    structlog.get_logger().info("customer_registered", route="/v1/leads")
    (line,) = lines(stream)
    assert (line["event"], line["level"], line["route"]) == ("customer_registered", "info", "/v1/leads")
    assert line["timestamp"].endswith("Z")


def test_a_line_has_the_id_of_its_request(stream: StringIO) -> None:
    token = correlation_id.set("0a1b")
    structlog.get_logger().info("ours")
    logging.getLogger("theirs").warning("theirs")
    correlation_id.reset(token)
    structlog.get_logger().info("outside")
    assert [line.get("request_id") for line in lines(stream)] == ["0a1b", "0a1b", None]


@pytest.mark.parametrize("library", [False, True])
@pytest.mark.parametrize("given", [False, True])
def test_an_exception_is_told_by_type_and_place_only(stream: StringIO, library: bool, given: bool) -> None:
    logger: Any = logging.getLogger("library") if library else structlog.get_logger()
    try:
        _fail()
    except LookupError as error:
        logger.critical("failed", exc_info=error if given else True)
    assert SECRET not in stream.getvalue()
    (line,) = lines(stream)
    assert [link["type"] for link in line["raised"]] == ["builtins.LookupError", "builtins.ValueError"]
    assert line["raised"][0]["at"][-1].endswith(" _fail")


def test_libraries_write_the_same_way(stream: StringIO) -> None:
    logging.getLogger("sqlalchemy").warning("pool of %s", 5)
    (line,) = lines(stream)
    assert (line["event"], line["level"]) == ("pool of 5", "warning")


def test_less_than_the_level_is_left_out(stream: StringIO) -> None:
    structlog.get_logger().debug("ours")
    assert lines(stream) == []


def test_libraries_are_heard_from_a_warning_on(stream: StringIO) -> None:
    """httpx, for one, writes every address that it asks at the level info."""
    logging.getLogger("httpx").info("GET /v1/reps/%s", SECRET)
    assert lines(stream) == []


def test_the_console_form_is_for_people(stream: StringIO) -> None:
    configure_logging(Settings(log_format="console"), stream)
    try:
        _fail()
    except LookupError:
        structlog.get_logger().exception("没有找到")
    assert "没有找到" in stream.getvalue()
    assert "LookupError" in stream.getvalue()
    assert SECRET not in stream.getvalue()


def test_what_is_no_terminal_is_sent_no_colours(stream: StringIO) -> None:
    configure_logging(Settings(log_format="console"), stream)
    structlog.get_logger().warning("磁盘将满")
    assert "\x1b" not in stream.getvalue()
