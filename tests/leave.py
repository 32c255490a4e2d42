"""A pytest plugin: the exit code is that of the tests and not of the SDK's crash while Python shuts down."""

import pytest

from launcher.leave import leave

status: list[int] = []


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(exitstatus: int) -> None:
    """Remember what the tests came to."""
    status.append(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Everything is reported, but for a wrong command line: end."""
    if status and status[-1] != pytest.ExitCode.USAGE_ERROR:
        leave(int(status[-1]))
