"""Text of other people as a terminal may show it, and the console for it. Must not know what it says."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape

_WIDE = 120


def plain(text: str, keep: str = "") -> str:
    """Leave out what a terminal would obey instead of show: control characters other than those to `keep`."""
    return "".join(letter for letter in text if letter.isprintable() or letter in keep)


def cell(text: str) -> str:
    """Write text of other people for a table's cell: plain, and with nothing that would be read as markup."""
    return escape(plain(text))


def wide_console() -> Console:
    """Return a console for tables: as wide as its terminal, and wide where a file or another program reads."""
    console = Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = max(console.width, _WIDE)
    return console
