"""Finds the article that a person names: by id, slug, or any of its addresses. Must not read anything else of it."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from heapq import nlargest

from sqlite_utils import Database

from archive.errors import UsageError
from archive.urls import address_key, host_of

_PIECE = 3
_LIKELY = 100


def find_article(db: Database, name: str) -> int:
    """Return the id of the article called `name`. Raises UsageError that names the nearest slugs."""
    for sql, value in _ways(db, name.strip()):
        row = db.execute(sql, [value]).fetchone()
        if row and row[0] is not None:
            return int(row[0])
    near = _nearest(db, name)
    hint = f"; did you mean {' or '.join(near)}?" if near else ": give its address, slug or id"
    raise UsageError(f"there is no article {name!r} here{hint}")


def _nearest(db: Database, name: str) -> list[str]:
    """Return the slugs most like a name. Comparing all letters of 100,000 takes 8 s: first count what is shared."""
    wanted = (name.partition("://")[2].partition("/")[2] if "://" in name else name).strip("/").lower()
    pieces = {wanted[at : at + _PIECE] for at in range(max(1, len(wanted) - _PIECE + 1))}
    slugs = (slug for (slug,) in db.execute("SELECT slug FROM articles WHERE status != 'withdrawn'"))
    likely = nlargest(_LIKELY, slugs, key=lambda slug: sum(piece in slug for piece in pieces))
    return difflib.get_close_matches(wanted, likely, n=3, cutoff=0.5)


def _ways(db: Database, name: str) -> Iterator[tuple[str, str]]:
    yield "SELECT id FROM articles WHERE url = ?", name
    yield "SELECT id FROM articles WHERE slug = ?", name.strip("/")
    if name.isdecimal():
        yield "SELECT id FROM articles WHERE id = ?", name
    yield "SELECT article_id FROM aliases WHERE url = ?", name
    hosts = own_hosts(db)
    try:
        keys = {address_key(spelling, hosts) for spelling in _spellings(name, hosts)}
    except ValueError:
        return
    for key in keys:
        yield "SELECT article_id FROM ledger WHERE key = ?", key
    for url, article_id in db.execute("SELECT url, id FROM articles UNION ALL SELECT url, article_id FROM aliases"):
        if address_key(url, hosts) in keys:
            yield "SELECT ?", str(article_id)


def _spellings(name: str, hosts: set[str]) -> Iterator[str]:
    """Read a name as an address: a whole one, one without its scheme, or only a path."""
    if "://" in name:
        yield name
    elif host_of(f"//{name}") in hosts:
        yield f"//{name}"
    else:
        yield f"//{min(hosts, default='')}/{name.lstrip('/')}"


def own_hosts(db: Database) -> set[str]:
    """Return the host names that are the publication's."""
    columns = {column.name for column in db["publication"].columns}
    row = next(iter(db["publication"].rows), None)
    if row is None:
        return set()
    return {host_of(str(row["url"])), *(json.loads(row["hosts"] or "[]") if "hosts" in columns else [])}
