"""Under which name each of several archives is served. Must not open more of them than that takes."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from archive.errors import UsageError
from archive.root import DATABASE

TAKEN = frozenset({
    "article", "author", "authors", "charts", "coverage", "credit", "credits", "data", "edits", "export", "feeds",
    "licence", "outlet", "outlets", "agency", "photographer", "search", "section", "sections", "series", "tag", "tags",
})  # fmt: skip
"""What addresses inside an archive begin with: `/search` is the library's, too."""


def names(folders: Sequence[Path]) -> list[str]:
    """Return a name for each folder: its publication's, else, and where several have the same, the folder's own.

    A name is lower-case letters, digits and hyphens. Raises UsageError where folders' names do not tell them apart.
    """
    own = [_publication(folder) for folder in folders]
    several = {name for name, count in Counter(own).items() if count > 1} | TAKEN
    found = [_of_folder(folder) if name in several else name for folder, name in zip(folders, own, strict=True)]
    for name, count in Counter(found).items():
        if count > 1 or name in TAKEN:
            alike = " and ".join(str(one) for one, given in zip(folders, found, strict=True) if given == name)
            raise UsageError(f"{alike} would be served as /{name}/: name each archive once, in folders of other names")
    return found


def _publication(folder: Path) -> str:
    """Return what a database calls its publication, in short; the folder's name where it does not say so."""
    try:
        uri = f"{(folder / DATABASE).resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, timeout=1)) as connection:
            found = connection.execute("SELECT name FROM publication").fetchone()
    except sqlite3.Error:
        found = None
    return (found and _short(str(found[0]))) or _of_folder(folder)


def _of_folder(folder: Path) -> str:
    return _short(folder.resolve().name) or "archive"


def _short(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
