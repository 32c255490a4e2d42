"""Run a command that the kernel kills when its parent dies: ``guard.py PARENT_PID COMMAND...``.

A process of its own, because the code between fork and exec of a process with threads must not be Python. On Linux the
command gets SIGKILL even after ``kill -9`` of the parent. Other systems have no such signal: there a command can
outlive a killed launcher, and the folder lock that it inherited makes the next start say so instead of sharing its
data.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


def guarded(command: Sequence[str]) -> list[str]:
    """The command as it must be started to die with this process; its program is an absolute path."""
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *command]


def main() -> None:
    """Bind this process to its parent, then become the command."""
    parent, command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
        if os.getppid() != parent:  # it died before the kernel knew
            sys.exit(1)
    os.execv(command[0], command)  # noqa: S606 - becoming the command, without a shell, is what this file is for


if __name__ == "__main__":
    main()
