"""Which article an address means, in any spelling that the archive knows. Must not know HTTP or HTML, or write."""

from __future__ import annotations

import re
from sqlite3 import Connection
from urllib.parse import urlsplit

from archive.site.queries import row
from archive.urls import address_key, clean_url, host_of, slug_of

_ADDRESS = re.compile(r"^(?:https?:)?//\S+$|^[\w-]+(?:\.[\w-]+)+/\S*$", re.IGNORECASE)
_BY_ADDRESS = """
SELECT a.slug FROM articles a WHERE a.url = :url OR a.slug = :slug
UNION ALL SELECT a.slug FROM ledger l JOIN articles a ON a.id = l.article_id WHERE l.key = :key
UNION ALL SELECT a.slug FROM aliases x JOIN articles a ON a.id = x.article_id WHERE x.url IN (:url, :bare, :closed)
LIMIT 1
"""


def slug_for_address(connection: Connection, typed: str) -> str | None:
    """Return the slug of the article that an address of the publication leads to; None for any other text."""
    text = typed.strip()
    if not _ADDRESS.match(text):
        return None
    try:
        url = clean_url(text if "//" in text else f"https://{text}")
        return _found(connection, url) if host_of(url) in own_hosts(connection) else None
    except ValueError:
        return None


def slug_for_alias(connection: Connection, slug: str) -> str | None:
    """Return the slug of the article of which `slug` is the path of another address, or None."""
    first = row(connection, "SELECT url FROM articles LIMIT 1")
    if first is None:
        return None
    parts = urlsplit(first["url"])
    return _found(connection, f"{parts.scheme}://{parts.netloc}/{slug}")


def own_hosts(connection: Connection) -> set[str]:
    """Return the hosts of the publication's own articles, as far as a look at one and its aliases tells."""
    found = (
        row(connection, "SELECT url FROM articles LIMIT 1"),
        row(connection, "SELECT url FROM articles ORDER BY id DESC LIMIT 1"),
        row(connection, "SELECT url FROM aliases LIMIT 1"),
    )
    return {host_of(one["url"]) for one in found if one}


def _found(connection: Connection, url: str) -> str | None:
    bare = url.rstrip("/")
    known = {
        "url": url,
        "bare": bare,
        "closed": f"{bare}/",
        "slug": slug_of(url),
        "key": address_key(url, own_hosts(connection)),
    }
    found = row(connection, _BY_ADDRESS, known)
    return found["slug"] if found else None
