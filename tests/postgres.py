"""A real PostgreSQL for tests: a throw-away cluster on a free loopback port, gone at the end whatever happens."""

import atexit
import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
import psycopg
from psycopg import sql
from sqlalchemy import make_url

from launcher.config import LOOPBACK, free_ports
from launcher.guard import guarded

GIVEN = "ONEOWNER_TEST_POSTGRES_URL"
"""A server to use instead of an own one; its user must be allowed to create databases."""
START_TIMEOUT = 30.0


class PostgresCluster:
    """One server with its data in a temporary folder; ``url`` stays the same over kills and restarts."""

    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        self._folder = Path(tempfile.mkdtemp(prefix="oneowner-postgres-"))
        self._port = free_ports(1)[0]
        self._server: subprocess.Popen[bytes] | None = None
        self.url = f"postgresql+psycopg://postgres@{LOOPBACK}:{self._port}/postgres"

    def __enter__(self) -> Self:
        """Make the cluster and start it."""
        atexit.register(self.close)
        if os.geteuid() == 0:  # the server refuses to be root
            shutil.chown(self._folder, "postgres", "postgres")
        # The C locale is the least helpful one for Chinese: what works there works everywhere.
        arguments = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync"]
        subprocess.run(
            self._as_user("initdb", "-D", str(self._data), *arguments), check=True, stdout=subprocess.DEVNULL
        )
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Kill it and remove everything."""
        self.close()

    def start(self) -> None:
        """Start the server on the cluster, the first time or after ``kill``, and wait until it answers.

        Raises:
            TimeoutError: when it does not within thirty seconds; its log is in the text.
        """
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            if self._server is None or self._server.poll() is not None:  # killed, its memory is not free at once
                self._server = self._spawn()
            with contextlib.suppress(psycopg.OperationalError), psycopg.connect(_plain(self.url), connect_timeout=2):
                return
            time.sleep(0.05)
        raise TimeoutError((self._folder / "log").read_text())

    def kill(self) -> None:
        """``kill -9`` of the server and all its backends, at once."""
        self._signal(signal.SIGKILL)
        if self._server:
            self._server.wait()

    def freeze(self) -> None:
        """Make it hang: connections stay open and nobody answers."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on after ``freeze``."""
        self._signal(signal.SIGCONT)

    def close(self) -> None:
        """Kill it and remove its folder; again does nothing."""
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)
        atexit.unregister(self.close)

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _spawn(self) -> subprocess.Popen[bytes]:
        # Without fsync a killed server loses nothing that it acknowledged; only a power loss would.
        options = ["-c", f"listen_addresses={LOOPBACK}", "-c", "fsync=off", "-c", "max_connections=200"]
        command = self._as_user(
            "postgres", "-D", str(self._data), "-p", str(self._port), "-k", str(self._folder), *options
        )
        with (self._folder / "log").open("ab") as log:
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)

    def _as_user(self, program: str, *arguments: str) -> list[str]:
        """The command as one that dies with us and is not root; changing the user after would forget the former."""
        command = [str(self._binaries / program), *arguments]
        if os.geteuid() != 0:
            return guarded(command)
        switch = shutil.which("setpriv") or "setpriv"
        return [
            switch, "--reuid=postgres", "--regid=postgres", "--init-groups", "--pdeathsig=KILL", "--", *command,
        ]  # fmt: skip

    def _signal(self, number: signal.Signals) -> None:
        """To the server and, because each has a process group of its own, every backend."""
        if self._server and self._server.poll() is None:
            server = psutil.Process(self._server.pid)
            for process in (server, *server.children(recursive=True)):
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.send_signal(number)


def find_binaries() -> Path | None:
    """The folder with ``initdb`` and ``postgres``: Debian's, of the newest version, or what PATH leads to."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    found = debian[-1] if debian else shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@contextlib.contextmanager
def postgres_url() -> Iterator[str | None]:
    """A server's SQLAlchemy URL while the block runs: the given one or an own cluster's.

    Yields:
        None, with a warning, on a machine without PostgreSQL.
    """
    given, binaries = os.environ.get(GIVEN), find_binaries()
    if given:
        yield make_url(given).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    elif binaries:
        with PostgresCluster(binaries) as cluster:
            yield cluster.url
    else:
        warnings.warn(f"NO POSTGRESQL HERE: ITS TESTS ARE SKIPPED. Install it or set {GIVEN}.", stacklevel=3)
        yield None


def create_database(url: str) -> str:
    """The URL of a new empty database on the server of ``url``."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(_plain(url), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _plain(url: str) -> str:
    """The URL as the driver itself reads it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
