"""A site with real articles and seven ways to go on without end. Must not know how a crawler tells them apart."""

from __future__ import annotations

import json
import re
import secrets
import socket
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from scraper.profile import Cards, Exclusion, Feed, Profile, Section, Sitemap
from tests.outing import PROFILE, article
from tests.rawsite import RawSite, answer

_SLUG = "the-quay-and-its-{}th-vote"
IN_SITEMAP, IN_FEED, IN_LIST = range(60), range(60, 90), range(90, 120)
ENDLESS: Profile = replace(
    PROFILE,
    sources=(
        Sitemap("/map-{n}.xml"),
        Feed("/feed.xml"),
        Feed("/fresh.xml"),
        Section("/news/"),
        Section("/sessions/"),
        Section("/calendar/"),
        Section("/topics/"),
    ),
    cards=Cards(
        links=("article.card a",),
        more_block="div.more",
        more_paths=("/more.json",),
        section_links=("nav a",),
    ),
    exclusions=(Exclusion(r"^/(news|sessions|calendar|topics)(/|$)", "section page"),),
)


def path_of(number: int) -> str:
    """Return a real article's path."""
    return "/" + _SLUG.format(number)


PATHS = frozenset(path_of(number) for numbers in (IN_SITEMAP, IN_FEED, IN_LIST) for number in numbers)


class EndlessSite(RawSite):
    """Serves the site; `asked` counts the requests of each way, `real` those for articles and their lists."""

    def __init__(self) -> None:
        super().__init__({"/robots.txt": answer(b"User-agent: *\nDisallow:\n")})
        self.asked: Counter[str] = Counter()
        self._lock = threading.Lock()

    def _answer(self, connection: socket.socket, head: list[str]) -> None:
        path = head[0].split(" ")[1]
        way, body, kind = self._page(path)
        with self._lock:
            self.asked[way] += 1
        status = "200 OK" if body else "404 Not Found"
        with suppress(OSError):
            connection.sendall(answer(body, status, kind))

    @property
    def trapped(self) -> int:
        """Count the requests that went into something without end."""
        return sum(count for way, count in self.asked.items() if way != "real")

    def _page(self, path: str) -> tuple[str, bytes, str]:
        parts = urlsplit(path)
        if parts.path == "/robots.txt":
            return "real", b"User-agent: *\nDisallow:\n", "text/plain"
        if parts.path in PATHS:
            number = int(re.findall(r"\d+", parts.path)[0])
            return "session" if parts.query else "real", article(number), "text/html"
        for pattern, write in _WAYS.items():
            if re.match(pattern, parts.path):
                return write(self.base_url, parts.path, parse_qs(parts.query))
        return "nowhere", b"", "text/html"


def _number(query: dict[str, list[str]], name: str, first: int) -> int:
    return int(query.get(name, [str(first)])[0])


def _map(base: str, path: str, query: dict[str, list[str]]) -> tuple[str, bytes, str]:
    """Numbered sitemaps: two with articles, then the second one for ever."""
    number = int(re.findall(r"\d+", path)[0])
    numbers = list(IN_SITEMAP)[:30] if number == 0 else list(IN_SITEMAP)[30:]
    rows = "".join(f"<url><loc>{base}{path_of(n)}</loc></url>" for n in numbers)
    body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'
    return "real" if number < 2 else "sitemap", body.encode(), "application/xml"


def _items(base: str, paths: list[str]) -> bytes:
    items = "".join(f"<item><title>x</title><link>{base}{path}</link></item>" for path in paths)
    return f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'.encode()


def _feed(base: str, path: str, query: dict[str, list[str]]) -> tuple[str, bytes, str]:
    """A feed with three pages of articles, then the last one for ever."""
    page = _number(query, "page", 1)
    numbers = list(IN_FEED)[10 * (min(page, 3) - 1) :][:10]
    return "real" if page <= 3 else "feed", _items(base, [path_of(n) for n in numbers]), "application/rss+xml"


def _fresh(base: str, path: str, query: dict[str, list[str]]) -> tuple[str, bytes, str]:
    """A feed that makes up ten new addresses for every page after the first; they hold no articles."""
    page = _number(query, "page", 1)
    made = [f"/made/{secrets.token_hex(4)}-up-of-words" for _ in range(10)]
    if page == 1:
        made = [path_of(n) for n in list(IN_FEED)[:10]]
    return "real" if page == 1 else "fresh feed", _items(base, made), "application/rss+xml"


def _made(base: str, path: str, query: dict[str, list[str]]) -> tuple[str, bytes, str]:
    return "made-up page", b"<html><body><p>Nothing to see here.</p></body></html>", "text/html"


def _listing(links: list[str], sections: list[str], extra: str = "") -> bytes:
    cards = "".join(f'<article class="card"><a href="{link}">A story</a></article>' for link in links)
    nav = "".join(f'<a href="{section}">more</a>' for section in sections)
    return f"<html><body><nav>{nav}</nav>{cards}{extra}</body></html>".encode()


def _news(base: str, path: str, query: dict[str, list[str]]) -> tuple[str, bytes, str]:
    more = '<div class="more" data-attr-resource_id="news"></div>'
    return "real", _listing([path_of(IN_LIST[0])], [], more), "text/html"


def _more(base: str, path: str, query: dict[str, list[str]]) -> tuple[str, bytes, str]:
    """A list that loads three pages of articles, then the third for ever."""
    page = _number(query, "pn", 0)
    numbers = list(IN_LIST)[10 * min(page, 2) :][:10]
    posts = [{"post_url": base + path_of(number)} for number in numbers]
    return "real" if page < 3 else "more", json.dumps({"posts_by_source": {"a": posts}}).encode(), "application/json"


def _sessions(base: str, path: str, query: dict[str, list[str]]) -> tuple[str, bytes, str]:
    """Lists of the same articles, each link with a token of its own, and a next list with another token."""
    links = [f"{path_of(n)}?visit={secrets.token_hex(12)}" for n in list(IN_SITEMAP)[:20]]
    following = f"/sessions/?visit={secrets.token_hex(12)}"
    return "session" if query else "real", _listing(links, [following]), "text/html"


def _calendar(base: str, path: str, query: dict[str, list[str]]) -> tuple[str, bytes, str]:
    """Months for ever, each with its days, the next month, and the newest articles beside them."""
    year, month = (list(map(int, re.findall(r"\d+", path))) or [2024, 1])[:2]
    following = f"/calendar/{year + month // 12}/{month % 12 + 1:02}/"
    days = [f"/events/{year}/{month:02}/{day:02}" for day in range(1, 29)]
    newest = [path_of(n) for n in list(IN_SITEMAP)[:3]]
    return "calendar" if path != "/calendar/" else "real", _listing([*days, *newest], [following]), "text/html"


def _topics(base: str, path: str, query: dict[str, list[str]]) -> tuple[str, bytes, str]:
    """Pages that each name a longer path, once the same word again and once a new one."""
    new = f"{secrets.token_urlsafe(3).strip('-_').lower() or 'x'}-port"
    links = [path_of(n) for n in list(IN_SITEMAP)[:3]]
    return "path" if path != "/topics/" else "real", _listing(links, [f"{path}more/", f"{path}{new}/"]), "text/html"


_WAYS: dict[str, Callable[[str, str, dict[str, list[str]]], tuple[str, bytes, str]]] = {
    r"/map-\d+\.xml": _map,
    r"/feed\.xml": _feed,
    r"/fresh\.xml": _fresh,
    r"/(made|events)/": _made,
    r"/news/$": _news,
    r"/more\.json": _more,
    r"/sessions/": _sessions,
    r"/calendar/": _calendar,
    r"/topics/": _topics,
}
