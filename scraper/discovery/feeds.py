"""Reads RSS and Atom feeds. Must not fetch anything."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import feedparser

from archive.clock import stamp


def read_feed(body: bytes) -> tuple[tuple[str, str | None], ...]:
    """List a feed's addresses with the time it says they changed. Raises ValueError when it is no feed."""
    feed = feedparser.parse(body, resolve_relative_uris=False, sanitize_html=False)
    if not feed.get("version") and not feed.entries:
        raise ValueError("not a feed")
    entries = [(entry.get("link"), _changed(entry)) for entry in feed.entries]
    return tuple((link.strip(), changed) for link, changed in entries if link)


def _changed(entry: feedparser.FeedParserDict) -> str | None:
    # feedparser's own get() answers for one of the two with the other, and warns.
    moment = dict.get(entry, "updated_parsed") or dict.get(entry, "published_parsed")
    return stamp(datetime.fromtimestamp(calendar.timegm(moment), UTC)) if moment else None


def feed_page(url: str, parameter: str, page: int) -> str:
    """Return the address of a feed's page number `page`, counted from 1; the first is the feed itself."""
    if page == 1:
        return url
    parts = urlsplit(url)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name != parameter]
    return urlunsplit(parts._replace(query=urlencode([*query, (parameter, str(page))])))
