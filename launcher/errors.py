"""What can go wrong while OneOwner starts.

    LauncherError
    ├── FolderInUse           another run holds the data folder
    ├── RouteClosed           one way to a Temporal server is not open on this machine
    │   ├── WrongVersion      the program there is not a Temporal server that we can use
    │   ├── DownloadFailed
    │   └── BuildFailed
    ├── NoTemporalServer      none of the ways is open
    ├── ServerNotReady        the Temporal server runs but does not answer
    └── ChildFailed           a supervised process ends itself again and again

Each carries a stable ``code``, which is also its message in ``locales/*/launcher.ftl``.
"""

from typing import ClassVar

from launcher.texts import text


class LauncherError(Exception):
    """A start that cannot go on; its text says in both languages what to do."""

    code: ClassVar[str] = "launcher-error"

    def __init__(self, **facts: str) -> None:
        super().__init__(text(self.code, **facts))
        self.facts = facts


class FolderInUse(LauncherError):
    """Facts: ``folder``, ``holder`` (process id)."""

    code = "folder-in-use"


class RouteClosed(LauncherError):
    """Facts: ``route`` and ``reason``."""

    code = "route-closed"


class WrongVersion(RouteClosed):
    """Facts: ``path``, ``found`` and ``wanted``."""

    code = "wrong-version"


class DownloadFailed(RouteClosed):
    """Facts: ``reason``."""

    code = "download-failed"


class BuildFailed(RouteClosed):
    """Facts: ``reason`` and ``log`` (path)."""

    code = "build-failed"


class NoTemporalServer(LauncherError):
    """Facts: ``reasons``, one line for each way that was tried."""

    code = "no-temporal-server"


class ServerNotReady(LauncherError):
    """Facts: ``seconds`` waited, ``log`` (path) and ``reason``."""

    code = "server-not-ready"


class ChildFailed(LauncherError):
    """Facts: ``child``, ``exit`` (its last exit code) and ``times``."""

    code = "child-failed"
