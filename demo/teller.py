"""What the demo shows at the terminal, in one language."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from messages import message, terminal_locale

WIDTH = 100
"""Columns where nobody looks and nothing says how wide it is."""
LINE_EVERY = 5.0
"""Seconds between two lines about progress where no bar can move."""

WHOLE = 2
"""So many columns of a table, from the left, are not wrapped."""

Cell = str | int


class Teller:
    """Tells messages of the catalogues, and data as it is."""

    def __init__(self, console: Console, locale: str) -> None:
        self.locale = locale
        self._console = console

    def text(self, name: str, /, **facts: str | int) -> str:
        """A message of the catalogues."""
        return message(self.locale, name, **facts)

    def say(self, name: str, style: str = "", /, **facts: str | int) -> None:
        """Print a message."""
        self._console.print(Text(self.text(name, **facts), style))

    def paragraph(self, name: str, /, **facts: str | int) -> None:
        """Print a message apart from what stands above."""
        self._console.print()
        self.say(name, **facts)

    def heading(self, name: str, /, **facts: str | int) -> None:
        """Print a message as the beginning of a chapter."""
        self._console.print()
        self._console.print(Rule(Text(self.text(name, **facts), "bold"), align="left", style="cyan"))

    def table(self, rows: Iterable[Sequence[Cell]], *columns: str) -> None:
        """Print rows under headings that are messages; without headings the table has none. Numbers stand right."""
        shown = Table(box=SIMPLE_HEAD, show_header=bool(columns), pad_edge=False, show_edge=False)
        rows = list(rows)
        for place in range(len(rows[0]) if rows else 0):
            heading = self.text(columns[place]) if columns else ""
            numbers = isinstance(rows[0][place], int)
            shown.add_column(heading, justify="right" if numbers else "left", overflow="fold", no_wrap=place < WHOLE)
        for row in rows:
            shown.add_row(*(Text(str(cell)) for cell in row))
        self._console.print(shown)

    @contextmanager
    def progress(self, name: str, total: int) -> Iterator[Callable[[], None]]:
        """Show how far something has come: a bar at a terminal, a line now and then elsewhere.

        Yields:
            What to call when one of ``total`` steps is done.
        """
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        terminal = self._console.is_terminal
        with Progress(*columns, console=self._console, transient=True, disable=not terminal) as bar:
            task = bar.add_task(self.text(name), total=total)
            said, done = time.monotonic(), 0

            def step() -> None:
                nonlocal said, done
                done += 1
                bar.advance(task)
                if not terminal and (time.monotonic() - said >= LINE_EVERY or done == total):
                    said = time.monotonic()
                    self.say("demo-progress", what=self.text(name), done=done, total=total)

            yield step


def terminal_teller(language: str | None) -> Teller:
    """A teller on standard output, in a language (``zh``, ``en``) or else in the terminal's."""
    width = None if sys.stdout.isatty() else WIDTH
    return Teller(Console(width=width), terminal_locale(language))
