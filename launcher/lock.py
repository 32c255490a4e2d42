"""Locks on folders, held by open files, so that the system frees them whatever way the holders die."""

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from launcher.errors import FolderInUse


class FolderLock:
    """An exclusive lock on a folder.

    Children that inherit ``fileno()`` hold it too: a server that outlived its launcher still keeps others off its data.
    """

    def __init__(self, folder: Path) -> None:
        """Args: folder: what is locked; made, for its owner only, when it is missing."""
        self._folder = folder
        self._descriptor = -1

    def fileno(self) -> int:
        """The descriptor that holds the lock."""
        return self._descriptor

    def __enter__(self) -> Self:
        """Take the lock.

        Raises:
            FolderInUse: when another process holds it.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(descriptor, 32, 0).decode() or "?"
            os.close(descriptor)
            raise FolderInUse(folder=str(self._folder), holder=holder) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        self._descriptor = descriptor
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Free the lock, unless a child still holds it."""
        os.close(self._descriptor)
        self._descriptor = -1
