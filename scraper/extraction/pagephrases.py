"""What pages that are no articles say of themselves, in many languages: the table `tables/pagekinds.toml`.

Must not look at a page: it is given lines and says which kind they are of.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

_COVERED, _WHOLLY_COVERED = 0.5, 0.7
_SHORT_HEAD = 36
_PARTS = re.compile(r"\s+[|·•—–-]\s+|\s*[|»«]\s*|\s+::\s+")


@cache
def phrases(kind: str) -> re.Pattern[str]:
    """Return what pages of a kind say of themselves, as one pattern."""
    table = tomllib.loads(files("scraper.extraction").joinpath("tables/pagekinds.toml").read_text("utf-8"))
    return re.compile("|".join(f"(?:{phrase})" for phrase in table["phrases"][kind]), re.IGNORECASE)


def title_of(line: str, site_names: Iterable[str]) -> str:
    """Return a title without the parts that only name the site."""
    names = {name.casefold() for name in site_names}
    parts = [part for part in _PARTS.split(line.strip()) if part]
    kept = [part for part in parts if part.casefold() not in names]
    if len(kept) == len(parts) > 1:
        kept = kept[:-1]
    return " ".join(kept).strip(" .!…") or line.strip()


def is_about(kind: str, head: str) -> bool:
    """Tell whether a title speaks of little else than a phrase of the kind, or is short (in bytes) and holds one."""
    return (len(head.encode()) <= _SHORT_HEAD and phrases(kind).search(head) is not None) or _covered(
        kind, head
    ) >= _COVERED


def is_wholly_about(kind: str, head: str) -> bool:
    """Tell whether a title is nothing but a phrase of the kind."""
    return _covered(kind, head) >= _WHOLLY_COVERED


def _covered(kind: str, head: str) -> float:
    match = phrases(kind).search(head)
    return (match.end() - match.start()) / len(head) if match else 0.0
