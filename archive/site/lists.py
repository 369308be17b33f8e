"""Rows of list pages: read whole and kept, then searched, sorted and paged. Must not know HTTP or HTML, or write."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from sqlite3 import Connection
from typing import Any

from archive.exports.names import parse_name
from archive.site.listings import Column, Listing
from archive.site.queries import Row, rows
from archive.site.standing import standing
from archive.urls import name_slug

PAGE = 100
MAX_WORDS = 100
# A list without letters fits on few pages; one with more alphabets than this has no use for them.
_LETTERS_FROM = 100
_LETTERS_UP_TO = 60
_OTHER = "#"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a list: words to look for in names, a letter, a column to sort by, other values, a page."""

    words: str = ""
    letter: str = ""
    sort: str = ""
    descending: bool | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    page: int = 1

    @classmethod
    def read(cls, args: Mapping[str, str], listing: Listing) -> Asked:
        """Read what is asked from an address's query; what makes no sense there counts as not said."""
        known = {column.field for column in listing.columns}
        sort = args.get("sort", "")
        page = args.get("page", "")
        return cls(
            words=" ".join(args.get("q", "").split())[:MAX_WORDS] if listing.named else "",
            letter=args.get("letter", "")[:1].upper() if listing.named else "",
            sort=sort if sort in known else "",
            descending={"asc": False, "desc": True}.get(args.get("order", "")),
            values={name: args[name][:MAX_WORDS] for name in listing.filters if args.get(name)},
            page=max(int(page), 1) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
        )

    def query(self, **changed: str | int | None) -> dict[str, str]:
        """Return this as an address's query, with some of it changed; a change goes back to the first page."""
        order = None if self.descending is None else ("desc" if self.descending else "asc")
        said: dict[str, Any] = {"q": self.words, "letter": self.letter, "sort": self.sort, "order": order}
        said |= dict(self.values) | changed
        return {name: str(value) for name, value in said.items() if value}

    def sorting(self, listing: Listing) -> tuple[Column, bool]:
        """Return the column that the list is sorted by, and whether the greatest comes first."""
        wanted = self.sort or listing.order
        column = next(column for column in listing.columns if column.field == wanted)
        natural = column.kind in ("number", "day", "month")
        return column, natural if self.descending is None else self.descending


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list shows: one page of `rows`, how many were `found` of how many in all, which letters there are."""

    rows: list[Row]
    found: int
    total: int
    letters: list[str]
    values: dict[str, dict[str, int]]

    @property
    def pages(self) -> int:
        """Count the pages."""
        return -(-self.found // PAGE)


def listed(connection: Connection, listing: Listing, asked: Asked) -> Listed:
    """Read one page of a list."""
    everything = whole(connection, listing)
    found = matching(connection, listing, replace(asked, letter=""))
    letters = sorted({row["_letter"] for row in found}) if listing.named and len(everything) > _LETTERS_FROM else []
    if asked.letter:
        found = [row for row in found if row["_letter"] == asked.letter]
    page = found[(asked.page - 1) * PAGE : asked.page * PAGE]
    values = {name: _counts(everything, name) for name in listing.filters}
    return Listed(page, len(found), len(everything), letters if len(letters) <= _LETTERS_UP_TO else [], values)


def matching(connection: Connection, listing: Listing, asked: Asked) -> list[Row]:
    """Return all rows that are asked for, sorted; NULL comes last either way."""
    found: Iterable[Row] = whole(connection, listing)
    for name, value in asked.values.items():
        found = [row for row in found if row[name] == value]
    if asked.words:
        wanted = _folded(asked.words).split()
        found = [row for row in found if all(word in row["_folded"] for word in wanted)]
    if asked.letter:
        found = [row for row in found if row["_letter"] == asked.letter]
    column, descending = asked.sorting(listing)
    name = "_order" if column.field == listing.named else column.field
    ordered = sorted(found, key=lambda row: str(row.get("_order") or ""))
    known = [row for row in ordered if row[name] is not None]
    known.sort(key=lambda row: row[name], reverse=descending)
    return known + [row for row in ordered if row[name] is None]


def public_rows(listing: Listing, found: Iterable[Row]) -> list[Row]:
    """Return rows with what the view holds, and no more."""
    return [{name: value for name, value in row.items() if not name.startswith("_")} for row in found]


def whole(connection: Connection, listing: Listing) -> list[Row]:
    """Return all rows of a list; nobody may change them."""
    return standing(connection, listing.view, counter(listing))


def counter(listing: Listing) -> Callable[[Connection], list[Row]]:
    """Return what reads all rows of a list."""

    def read(connection: Connection) -> list[Row]:
        return [row | _made_of(row, listing) for row in rows(connection, f"SELECT * FROM {listing.view}")]

    return read


def _made_of(row: Row, listing: Listing) -> Row:
    """Return what sorting, letters and links need beside a row."""
    if not listing.named:
        return {}
    name = str(row[listing.named])
    order = _folded(_by_family(name) if listing.by_family else name)
    first = next((character for character in order if character.isalnum()), _OTHER).upper()
    slug = row.get("slug") or row.get("host") or f"{row.get('kind')}/{name_slug(name)}"
    return {
        "_folded": _folded(f"{name} {row[listing.note] if listing.note else ''}"),
        "_order": order,
        "_letter": first[:1] if first.isalpha() else _OTHER,
        "_slug": slug,
    }


def _by_family(name: str) -> str:
    parts = parse_name(name)
    return parts.literal or f"{parts.family} {parts.given} {parts.particle}"


def _folded(text: str) -> str:
    """Write a text without case and accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))


def _counts(found: Iterable[Row], name: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for row in found:
        counts[row[name]] = counts.get(row[name], 0) + 1
    return dict(sorted(counts.items()))
