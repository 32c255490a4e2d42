"""``oneowner run`` with another program in the place of the service: ``run_stand_in.py PROGRAM... -- FLAGS...``."""

import sys
from functools import partial
from unittest.mock import patch

import cli
from launcher import supervisor
from launcher.supervisor import RunOptions

if __name__ == "__main__":
    split = sys.argv.index("--")
    options = RunOptions(serve=sys.argv[1:split])
    sys.argv = ["oneowner", "run", *sys.argv[split + 1 :]]
    with patch.object(supervisor, "run", partial(supervisor.run, options=options)):
        cli.main()
