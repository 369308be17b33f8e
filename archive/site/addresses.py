"""Which article an address means, in any spelling that the archive knows. Must not know HTTP or HTML, or write."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import product
from sqlite3 import Connection
from urllib.parse import quote, unquote, urlsplit

from archive.site.queries import row, rows
from archive.urls import address_key, clean_url, host_of, slug_of

_ADDRESS = re.compile(r"^(?:https?:)?//\S+$|^[\w-]+(?:\.[\w-]+)+(?::\d+)?/\S*$", re.IGNORECASE)
_BY_ADDRESS = """
SELECT a.slug FROM articles a WHERE a.url = :url
UNION ALL SELECT a.slug FROM articles a WHERE a.slug IN (SELECT value FROM json_each(:slugs))
UNION ALL SELECT a.slug FROM aliases x JOIN articles a ON a.id = x.article_id
    WHERE x.url IN (SELECT value FROM json_each(:urls))
"""
# What is published has no ledger.
_BY_KEY = "SELECT a.slug FROM ledger l JOIN articles a ON a.id = l.article_id WHERE l.key = :key"
_LONGEST = 2_000


def slug_for_address(connection: Connection, typed: str) -> str | None:
    """Return the slug of the article that an address of the publication leads to; None for any other text."""
    text = typed.strip()
    if len(text) > _LONGEST or not _ADDRESS.match(text):
        return None
    try:
        url = clean_url(text if "//" in text else f"https://{text}")
        hosts = own_hosts(connection)
        return _found(connection, url, hosts) if host_of(url) in hosts else None
    except ValueError:
        return None


def slug_for_alias(connection: Connection, slug: str) -> str | None:
    """Return the slug of the article of which `slug` is the path of another address, or None."""
    first = row(connection, "SELECT url FROM articles LIMIT 1")
    if first is None:
        return None
    parts = urlsplit(first["url"])
    return _found(connection, f"{parts.scheme}://{parts.netloc}/{slug}", own_hosts(connection))


def own_hosts(connection: Connection) -> set[str]:
    """Return the publication's hosts: what it is known by, and those of its first and last article and alias."""
    hosts = set()
    for known in rows(connection, "SELECT * FROM publication"):
        hosts |= {host_of(known["url"]), *json.loads(known.get("hosts") or "[]")}
    for sql in ("articles ORDER BY id", "articles ORDER BY id DESC", "aliases ORDER BY url"):
        hosts |= {host_of(one["url"]) for one in rows(connection, f"SELECT url FROM {sql} LIMIT 1")}
    return hosts - {""}


def _found(connection: Connection, url: str, hosts: set[str]) -> str | None:
    slug = slug_of(url)
    known = {
        "url": url,
        "slugs": json.dumps(sorted({slug, unquote(slug), quote(unquote(slug), safe="/?=&")})),
        "urls": json.dumps(sorted(_spellings(url, hosts))),
        "key": address_key(url, hosts),
    }
    has_ledger = row(connection, "SELECT 1 FROM sqlite_schema WHERE name = 'ledger'")
    found = row(connection, f"{_BY_ADDRESS} LIMIT 1", known)
    if found is None and has_ledger:
        found = row(connection, f"{_BY_KEY} LIMIT 1", known)
    return found["slug"] if found else None


def _spellings(url: str, hosts: set[str]) -> Iterator[str]:
    """Write an address with either scheme, with and without `www.` and last slash, at each of the site's hosts."""
    parts = urlsplit(url)
    bare = parts.path.rstrip("/")
    for scheme, sub, host, end in product(("https", "http"), ("", "www."), sorted(hosts), ("", "/")):
        yield parts._replace(scheme=scheme, netloc=f"{sub}{host}", path=bare + end).geturl()
