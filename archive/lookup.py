"""Finds the article that a person names: by id, slug, or any of its addresses. Must not read anything else of it."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator

from sqlite_utils import Database

from archive.errors import UsageError
from archive.urls import address_key, host_of


def find_article(db: Database, name: str) -> int:
    """Return the id of the article called `name`. Raises UsageError that names the nearest slugs."""
    for sql, value in _ways(db, name.strip()):
        row = db.execute(sql, [value]).fetchone()
        if row and row[0] is not None:
            return int(row[0])
    slugs = [slug for (slug,) in db.execute("SELECT slug FROM articles")]
    near = difflib.get_close_matches(name.strip("/"), slugs, n=3, cutoff=0.4)
    hint = f"; did you mean {' or '.join(near)}?" if near else ": give its address, slug or id"
    raise UsageError(f"there is no article {name!r} here{hint}")


def _ways(db: Database, name: str) -> Iterator[tuple[str, str]]:
    yield "SELECT id FROM articles WHERE url = ?", name
    yield "SELECT id FROM articles WHERE slug = ?", name.strip("/")
    if name.isdecimal():
        yield "SELECT id FROM articles WHERE id = ?", name
    yield "SELECT article_id FROM aliases WHERE url = ?", name
    hosts = own_hosts(db)
    key = address_key(name if "://" in name else f"//{min(hosts, default='')}/{name.lstrip('/')}", hosts)
    yield "SELECT article_id FROM ledger WHERE key = ?", key
    for url, article_id in db.execute("SELECT url, id FROM articles UNION ALL SELECT url, article_id FROM aliases"):
        if address_key(url, hosts) == key:
            yield "SELECT ?", str(article_id)


def own_hosts(db: Database) -> set[str]:
    """Return the host names that are the publication's."""
    columns = {column.name for column in db["publication"].columns}
    row = next(iter(db["publication"].rows), None)
    if row is None:
        return set()
    return {host_of(str(row["url"])), *(json.loads(row["hosts"] or "[]") if "hosts" in columns else [])}
