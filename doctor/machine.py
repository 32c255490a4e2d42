"""Checks of this machine: the port, the data folder, the disk, the keys, the policy file."""

import os
import shutil
import socket
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import httpx

from doctor.finding import Finding, error, fine, warning
from domain.policy_file import PolicyError, parse_policy
from findings import place, sentence
from messages import DEFAULT
from settings import Settings

LITTLE, TOO_LITTLE = 2 * 2**30, 200 * 2**20
"""Bytes of free disk: a day's growth of a busy installation, and what a start needs at least."""
SHORTEST_SECRET = 32
KEY_FILES = ("secret.key", "admin.token", "issuer.key", "login.token")
PATIENCE = 2.0


def port(settings: Settings) -> Iterator[Finding]:
    """Whether the API can listen where it should, or does already."""
    where = {"host": settings.host, "port": settings.port}
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((settings.host, settings.port))
        except OSError as refused:
            yield (
                fine("port-serving", **where)
                if _ours(settings)
                else error("port-taken", **where, reason=refused.strerror or refused)
            )
        else:
            yield fine("port-free", **where)


def _ours(settings: Settings) -> bool:
    host = "127.0.0.1" if settings.host == "0.0.0.0" else settings.host  # noqa: S104 - compared with, not listened on
    with suppress(httpx.HTTPError, ValueError):
        answer = httpx.get(f"http://{host}:{settings.port}/healthz", timeout=PATIENCE, trust_env=False)
        return bool(answer.is_success and answer.json() == {"status": "ok"})
    return False


def folder(settings: Settings) -> Iterator[Finding]:
    """Whether the data folder can be written, and has room."""
    path = settings.data_dir.absolute()
    there = next(it for it in (path, *path.parents) if it.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as refused:
        yield error("folder-not-writable", folder=path, reason=refused.strerror or refused)
        return
    yield fine("folder-writable", folder=path)
    free = shutil.disk_usage(there).free
    facts = {"folder": path, "free": f"{free / 2**20:.0f}"}
    if free < TOO_LITTLE:
        yield error("disk-full", **facts)
    else:
        yield warning("disk-low", **facts) if free < LITTLE else fine("disk-room", **facts)


def keys(settings: Settings) -> Iterator[Finding]:
    """Whether the keys are there, long enough, and nobody else's to read."""
    given, secret = settings.secret.get_secret_value(), settings.data_dir / "secret.key"
    if not given and not secret.exists():
        used = bool(settings.database_url) or (settings.data_dir / "oneowner.db").exists()
        yield error("key-missing", file=secret) if used else fine("key-to-be-made", file=secret)
    elif len(given or _read(secret)) < SHORTEST_SECRET:
        yield error("key-too-short", least=SHORTEST_SECRET)
    else:
        yield fine("key-there")
    for path in (settings.data_dir / name for name in KEY_FILES):
        if path.exists() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield error("key-open", file=path, mode=f"{stat.S_IMODE(path.stat().st_mode):03o}")


def _read(path: Path) -> str:
    return path.read_text().strip() if os.access(path, os.R_OK) else ""


def policy(settings: Settings) -> Iterator[Finding]:
    """Whether the policy file holds, and its calendars know this year and the next."""
    file, year = settings.policy_file, datetime.now(UTC).year
    try:
        parsed = parse_policy(file.read_text(encoding="utf-8"))
    except OSError as refused:
        yield error("policy-unreadable", file=file, reason=refused.strerror or refused)
        return
    except PolicyError as refused:
        first = refused.findings[0]
        facts = {"line": first.line or 0, "place": place(first), "what": sentence(first, DEFAULT)}
        yield error("policy-wrong", file=file, count=len(refused.findings), **facts)
        return
    yield fine("policy-holds", file=file)
    for name, calendar in parsed.calendars.items():
        for gap in calendar.warnings(year, year + 1):
            yield warning("calendar-gap", calendar=name, year=gap.year, gap=gap.gap)
