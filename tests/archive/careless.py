"""``python -m tests.archive.careless CLASS``: the replaying process, with a workflow that somebody changed."""

import sys

from replaying import main
from tests.workflows import changed

if __name__ == "__main__":
    main([getattr(changed, sys.argv[1])])
