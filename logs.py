"""Logs for people (console) or machines (JSON), on standard error, each line with the id of the request it belongs to.

No personal data: routes by their template, and exceptions by their type and where they arose, because an exception's
text may quote a customer's row.
"""

import logging
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TextIO

import structlog
from asgi_correlation_id import correlation_id
from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

from settings import Settings

log: FilteringBoundLogger = structlog.get_logger()
"""The product's logger: ``log.info("event_name", fact=...)``."""

_FRAMES = 8


def configure_logging(settings: Settings, stream: TextIO = sys.stderr) -> None:
    """Set up our own logs and those of the libraries, once per process, before the first line is logged.

    Args:
        settings: ``log_format`` and ``log_level``, the least that is written.
        stream: where to.
    """
    least = logging.getLevelNamesMapping()[settings.log_level.upper()]
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        _add_request_id,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_texts,
    ]
    if settings.log_format == "json":
        renderer: Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    else:
        renderer = structlog.dev.ConsoleRenderer(colors=stream.isatty())
    structlog.configure(
        processors=[*before, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.WriteLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
        )
    )
    # Libraries name addresses and values in what they say below a warning.
    logging.basicConfig(level=max(least, logging.WARNING), handlers=[handler], force=True)


def _add_request_id(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    if request_id := correlation_id.get():
        event["request_id"] = request_id
    return event


def _without_texts(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Put the types and places of an exception and its causes where structlog would put its whole text."""
    error = event.pop("exc_info", None)
    if isinstance(error, tuple):
        error = error[1]
    elif error is True:
        error = sys.exception()
    if isinstance(error, BaseException):
        event["raised"] = [
            {"type": f"{type(link).__module__}.{type(link).__qualname__}", "at": _places(link.__traceback__)}
            for link in _chain(error)
        ]
    return event


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        yield error
        seen.add(id(error))
        error = error.__cause__ or error.__context__


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-_FRAMES:]
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
