"""What the bench tells the person at the terminal while it runs, beside the results."""

import sys


def say(text: str) -> None:
    """Print one line of progress."""
    print(f"… {text}", file=sys.stderr, flush=True)
