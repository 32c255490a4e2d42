"""``python -m launcher``: have a Temporal server ready before something with a time limit needs it."""

import asyncio
import sys

from launcher.errors import LauncherError
from launcher.leave import leave_after
from launcher.obtain import obtain


def main() -> None:
    """Say which server is used, or why there is none."""
    try:
        asyncio.run(obtain())
    except LauncherError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    leave_after(main)
