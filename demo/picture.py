"""Draws the README's pictures from a real run, chapters left out: ``python -m demo.picture zh docs/demo-zh.svg``."""

import asyncio
import html
import re
import sys
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console

from demo.run import run
from demo.teller import WIDTH, Teller
from messages import negotiate

CHAPTERS = ("demo-outcomes", "demo-recognised", "demo-doubts", "demo-month", "demo-end")
"""Those that are drawn."""
FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
"""Loaded from the network; a reader's own will do."""
LENGTH = re.compile(r'textLength="([\d.]+)"([^>]*)>([^<]+)<')
"""How long a piece of text is drawn; rich counts its characters where a Chinese one takes two columns."""


class Draughtsman(Teller):
    """Tells everything and records the chapters of the picture."""

    def __init__(self, language: str) -> None:
        self._console = Console(width=WIDTH)
        super().__init__(self._console, negotiate(language))

    def heading(self, name: str, /, **facts: str | int) -> None:
        """Begin a chapter, drawn or not."""
        self._console.record = name in CHAPTERS
        super().heading(name, **facts)

    def draw(self, title: str) -> str:
        """The picture as SVG."""
        return LENGTH.sub(_by_columns, FONTS.sub("", self._console.export_svg(title=title, unique_id="demo")))


def _by_columns(found: re.Match[str]) -> str:
    text = html.unescape(found[3])
    return f'textLength="{float(found[1]) * cell_len(text) / len(text):g}"{found[2]}>{found[3]}<'


if __name__ == "__main__":
    draughtsman = Draughtsman(sys.argv[1])
    if not asyncio.run(run(draughtsman)):
        sys.exit(1)
    Path(sys.argv[2]).write_text(draughtsman.draw("make demo"), encoding="utf-8")
