"""What the launcher tells the person at the terminal."""

from collections.abc import Mapping

from rich.cells import cell_len, set_cell_size
from rich.console import Console

from launcher.texts import text

console = Console(stderr=True, highlight=False)
"""Beside the program's own output, which may be read by another program."""


def say(message: str, **facts: str) -> None:
    """Print one message of the catalogue in both languages."""
    console.print(text(message, **facts), markup=False, soft_wrap=True)


def table(rows: Mapping[str, str]) -> None:
    """Print labels, messages of the catalogue, beside their values."""
    labels = {label: "  " + text(label) for label in rows}
    width = max(map(cell_len, labels.values())) + 2
    for label, value in rows.items():  # a long path stays in one piece, to be copied
        console.print(set_cell_size(labels[label], width) + value, markup=False, soft_wrap=True)
