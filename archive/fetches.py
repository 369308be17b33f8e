"""Every fetch of an article's addresses, however they were spelled. Must not read bytes, and must not write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlite_utils import Database

from archive.lookup import own_hosts
from archive.urls import address_key, host_of

_COLUMNS = "id, url, fetched_at, status, digest, warc_file, warc_offset, warc_length"
_LAST = "\U0010ffff"
_ADDRESSES = """
SELECT url FROM articles WHERE id = :id UNION SELECT url FROM aliases WHERE article_id = :id
UNION SELECT url FROM ledger WHERE article_id = :id UNION SELECT url FROM snapshots WHERE id IN
    (SELECT snapshot_id FROM revisions WHERE article_id = :id UNION SELECT snapshot_id FROM articles WHERE id = :id)
"""


@dataclass(frozen=True, slots=True)
class Fetched:
    """One fetch and where its bytes are; `revisit_of` the fetch that holds them, when the page had not changed."""

    id: int
    url: str
    fetched_at: str
    status: int
    digest: str
    warc_file: str
    warc_offset: int
    warc_length: int
    revisit_of: int | None = None


def fetches_of(db: Database, article_id: int) -> tuple[Fetched, ...]:
    """List all fetches of an article's addresses in the order of time, and those that hold the bytes of revisits."""
    urls = [url for (url,) in db.execute(_ADDRESSES, {"id": article_id})]
    hosts = own_hosts(db) | {host_of(url) for url in urls}
    keys = {address_key(url, hosts) for url in urls}
    found = {
        fetched
        for begins in _beginnings(urls, hosts)
        for fetched in _select(db, "url >= ? AND url < ?", begins, begins + _LAST)
        if address_key(fetched.url, hosts) in keys
    }
    missing = {each.revisit_of for each in found} - {each.id for each in found} - {None}
    found |= {fetched for id_ in missing for fetched in _select(db, "id = ?", id_)}
    return tuple(sorted(found, key=lambda each: (each.fetched_at, each.warc_file, each.warc_offset)))


def _beginnings(urls: list[str], hosts: set[str]) -> set[str]:
    """Return what all spellings of some addresses begin with, so that the index finds them."""
    paths = {urlsplit(url).path.rstrip("/") or "/?" for url in urls}
    sites = [f"{scheme}://{www}{host}" for scheme in ("http", "https") for www in ("", "www.") for host in hosts]
    return {site + path for site in sites for path in paths}


def _select(db: Database, where: str, *values: object) -> Iterator[Fetched]:
    # A release before 0.2.0 did not write down which fetch a revisit stands for.
    known = {column.name for column in db["snapshots"].columns}
    revisit = "revisit_of" if "revisit_of" in known else "NULL"
    rows = db.execute(f"SELECT {_COLUMNS}, {revisit} FROM snapshots WHERE {where}", values)
    return (Fetched(*row) for row in rows)


def full_fetch(fetches: tuple[Fetched, ...], moment: str | None = None) -> Fetched | None:
    """Return the fetch that holds the page as it was at a moment (None: now): the newest whole answer until then.

    An answer that the page had not changed (304, or the same payload again) leads to the one that holds the bytes.
    """
    known = [each for each in fetches if each.status == 200 or each.revisit_of]
    known = [each for each in known if moment is None or each.fetched_at <= moment]
    if not known:
        return None
    newest = known[-1]
    same = (each for each in fetches if each.id == newest.revisit_of)
    # The first answer with these bytes holds them; later ones may only refer to it.
    return next(same, None) or next(each for each in known if each.digest == newest.digest)
