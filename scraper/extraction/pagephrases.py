"""What pages that are no articles say of themselves, in many languages: the table `tables/pagekinds.toml`.

Must not look at a page: it is given lines and says which kind they are of.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

_COVERED = 0.5
_SHORT_HEAD = 32
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
    """Tell whether a title says little else than a phrase of the kind."""
    match = phrases(kind).search(head)
    if match is None:
        return False
    return len(head) <= _SHORT_HEAD or match.end() - match.start() >= _COVERED * len(head)
