"""What search engines and browsers ask of a site: robots.txt, sitemaps, OpenSearch. Must not hold HTML.

`plugins: press-archive: robots:` in Datasette's metadata chooses what robots may read: `allow` all, `block` all, or
`block-downloads`, which is what holds when nobody chose: pages are read, and tables and files are not.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from sqlite3 import Connection
from typing import TYPE_CHECKING
from urllib.parse import quote
from xml.sax.saxutils import escape

from datasette.utils.asgi import NotFound, Request, Response

from archive.errors import UsageError
from archive.exports.feeds import legal
from archive.site import queries
from archive.site.feed_pages import conditional
from archive.site.formats import article_path
from archive.site.holding import archive_name, read
from archive.site.showing import PLUGIN, publication

# Datasette loads plugins while its own modules are half loaded.
if TYPE_CHECKING:
    from datasette.app import Datasette

Page = Callable[["Datasette", Request], Awaitable[Response]]
ROBOTS = ("allow", "block-downloads", "block")
MOST = 50_000
"""Addresses in one file (sitemaps.org, protocol)."""
PART = 10_000
"""Articles in each of several files: one is made in the time that a page takes."""
_XML = "application/xml; charset=utf-8"
OPEN_SEARCH = "application/opensearchdescription+xml; charset=utf-8"
_SEARCHES = (("text/html", "search"), ("application/atom+xml", "search.atom"), ("application/json", "search.json"))
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"
_LISTS = ("/", "/authors", "/sections", "/outlets", "/credits", "/tags", "/edits", "/coverage", "/data")
_NAMED = "SELECT DISTINCT slug FROM {0}s ORDER BY slug"
_ARTICLES = (
    "SELECT slug, last_changed_at AS at FROM articles INDEXED BY articles_addresses WHERE status <> 'withdrawn'"
    " AND id > :after ORDER BY id LIMIT :most"
)
_IDS = "SELECT id FROM articles INDEXED BY articles_addresses WHERE status <> 'withdrawn' AND id > :after ORDER BY id"
Located = tuple[str, str | None]


def routes() -> list[tuple[str, Page]]:
    """List the patterns of these addresses with what answers them."""
    return [
        (r"^/robots\.txt$", robots),
        (r"^/sitemap\.xml$", sitemap),
        (r"^/sitemap-(?P<part>\d{1,6})\.xml$", sitemap_part),
        (r"^/opensearch\.xml$", opensearch),
    ]


async def robots(datasette: Datasette, request: Request) -> Response:
    """Say what robots may read (RFC 9309)."""
    sitemap = str(datasette.absolute_url(request, datasette.urls.path("/sitemap.xml")))
    return Response.text(robots_text(kept_from_robots(datasette), [sitemap] if is_for_robots(datasette) else []))


def robots_text(kept: Sequence[str], sitemaps: Sequence[str]) -> str:
    """Write a robots.txt: what robots may not read, and where all that they may read is listed."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in kept)]
    lines += ["", *(f"Sitemap: {sitemap}" for sitemap in sitemaps)] if sitemaps else []
    return "\n".join(lines) + "\n"


def is_for_robots(datasette: Datasette) -> bool:
    """Say whether robots may read anything."""
    return robots_choice(datasette) != "block"


def kept_from_robots(datasette: Datasette) -> list[str]:
    """List the paths that robots may not read, as robots.txt writes them. Raises UsageError."""
    base, choice = str(datasette.urls.path("/")), robots_choice(datasette)
    if choice == "block":
        return [base]
    kept = [f"{base}-/", f"{base}search"]
    if choice == "block-downloads":
        database = datasette.urls.database(archive_name(datasette))
        kept += [f"{base}export/", f"{database}/", f"{database}$", f"{database}?", f"{database}.", f"{base}*.csv$"]
    return kept


def robots_choice(datasette: Datasette) -> str:
    """Return what was chosen for robots. Raises UsageError for a word that means nothing."""
    chosen = (datasette.plugin_config(PLUGIN) or {}).get("robots", "block-downloads")
    if chosen not in ROBOTS:
        raise UsageError(f"robots: {chosen} in the metadata means nothing: take {', '.join(ROBOTS)}")
    return str(chosen)


async def sitemap(datasette: Datasette, request: Request) -> Response:
    """Answer with all addresses, or with a list of the files that hold them when they are too many for one."""
    breaks = await read(datasette, _breaks)
    pages = await read(datasette, _pages)
    updated = await read(datasette, queries.last_change)
    if len(pages) + PART * len(breaks) <= MOST:
        located = pages + await read(datasette, _articles, breaks[0], MOST)
        return conditional(request, _urlset(located, _root(datasette, request)), _XML, updated)
    return conditional(request, _index(len(breaks) + 1, _root(datasette, request)), _XML, updated)


async def sitemap_part(datasette: Datasette, request: Request) -> Response:
    """Answer with one of the files that the index names: 0 holds the lists and names, the others articles."""
    part = int(request.url_vars["part"])
    breaks = await read(datasette, _breaks)
    if part > len(breaks):
        raise NotFound("There is no such sitemap.")
    located = await (read(datasette, _articles, breaks[part - 1], PART) if part else read(datasette, _pages))
    updated = await read(datasette, queries.last_change)
    return conditional(request, _urlset(located, _root(datasette, request)), _XML, updated)


def _root(datasette: Datasette, request: Request) -> str:
    return str(datasette.absolute_url(request, datasette.urls.path("/"))).rstrip("/")


def _pages(connection: Connection) -> list[Located]:
    found: list[Located] = [(path, None) for path in _LISTS]
    for noun in ("author", "section", "tag"):
        named = queries.rows(connection, _NAMED.format(noun))
        found += [(f"/{noun}/{quote(each['slug'])}", None) for each in named]
    return found[:MOST]


def _breaks(connection: Connection) -> list[int]:
    """Return the ids after which each file of articles begins; ids are not negative."""
    found = [-1]
    while following := queries.row(connection, f"{_IDS} LIMIT 1 OFFSET {PART - 1}", {"after": found[-1]}):
        found.append(following["id"])
    return found


def _articles(connection: Connection, after: int, most: int) -> list[Located]:
    found = queries.rows(connection, _ARTICLES, {"after": after, "most": most})
    return [(article_path(each["slug"]), each["at"]) for each in found]


def _urlset(located: Sequence[Located], root: str) -> bytes:
    lines = "".join(
        f"<url><loc>{escape(legal(root + path))}</loc>{f'<lastmod>{at}</lastmod>' if at else ''}</url>\n"
        for path, at in located
    )
    return f'{_HEAD}<urlset xmlns="{_SITEMAPS}">\n{lines}</urlset>\n'.encode()


def _index(files: int, root: str) -> bytes:
    lines = "".join(f"<sitemap><loc>{escape(root)}/sitemap-{number}.xml</loc></sitemap>\n" for number in range(files))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="{_SITEMAPS}">\n{lines}</sitemapindex>\n'.encode()
    )


async def opensearch(datasette: Datasette, request: Request) -> Response:
    """Describe the search, so that browsers offer it (OpenSearch 1.1, draft 6)."""
    name = legal(await publication(datasette))
    icon = datasette.absolute_url(request, datasette.urls.static_plugins(PLUGIN, "icon.svg"))
    said = search_description(name, f"Search the archive of {name}", _root(datasette, request), str(icon))
    return conditional(request, said, OPEN_SEARCH, await read(datasette, queries.last_change))


def search_description(name: str, words: str, root: str, icon: str) -> bytes:
    """Write an OpenSearch description of the search under an address."""
    templates = "".join(
        f'<Url type="{kind}" template="{escape(root)}/{path}?q={{searchTerms}}&amp;page={{startPage?}}"/>\n'
        for kind, path in _SEARCHES
    )
    return (
        f"{_HEAD}"
        '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">\n'
        f"<ShortName>{escape(name[:16].strip())}</ShortName>\n"
        f"<Description>{escape(words[:1024])}</Description>\n"
        f"{templates}"
        f'<Image width="16" height="16" type="image/svg+xml">{escape(icon)}</Image>\n'
        "<InputEncoding>UTF-8</InputEncoding>\n<OutputEncoding>UTF-8</OutputEncoding>\n</OpenSearchDescription>\n"
    ).encode()
