"""Ending a process that has used Temporal's SDK.

Threads of the SDK (1.35.0) may call into Python while the interpreter shuts down. That aborts the process after its
work is done ("PyGILState_Release: thread state must be current when releasing", signal 6): 6 of 60 short programs on a
busy machine, and none of 60 that ended like this: without that shutdown, but with everything registered for the end.
"""

import atexit
import os
import sys
from collections.abc import Callable
from typing import NoReturn


def leave_after(work: Callable[[], object]) -> NoReturn:
    """Run a program's main function and end the process with the exit code that Python would have given."""
    try:
        work()
        code = 0
    except SystemExit as ending:
        code = _exit_code(ending)
    except BaseException:  # noqa: BLE001 - the entry point: what nobody caught is shown, as Python would
        sys.excepthook(*sys.exc_info())
        code = 1
    leave(code)


def leave(code: int) -> NoReturn:
    """End the process now, after what was registered for its end."""
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)


def _exit_code(ending: SystemExit) -> int:
    if ending.code is None or isinstance(ending.code, int):
        return ending.code or 0
    sys.stderr.write(f"{ending.code}\n")
    return 1
