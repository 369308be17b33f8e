"""What search engines and browsers ask of a site: robots.txt, sitemaps, OpenSearch. Must not hold HTML.

`plugins: press-archive: robots:` in Datasette's metadata chooses what robots may read: `allow` all, `block` all, or
`block-downloads`, which is what holds when nobody chose: pages are read, and tables and files are not.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
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
_XML = "application/xml; charset=utf-8"
_OPEN_SEARCH = "application/opensearchdescription+xml; charset=utf-8"
_SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"
_LISTS = ("/", "/authors", "/sections", "/outlets", "/credits", "/tags", "/edits", "/coverage", "/data")
_NAMED = (
    "SELECT n.slug, max(a.last_changed_at) AS at FROM {0}s n JOIN article_{0}s x ON x.{0}_id = n.id"
    " JOIN articles a ON a.id = x.article_id WHERE a.status <> 'withdrawn' GROUP BY n.slug ORDER BY n.slug"
)
_ARTICLES = (
    "SELECT slug, last_changed_at AS at FROM articles INDEXED BY articles_addresses WHERE status <> 'withdrawn'"
    " AND id > :after ORDER BY id LIMIT :most"
)
_BREAKS = "SELECT id FROM articles INDEXED BY articles_addresses WHERE status <> 'withdrawn' ORDER BY id"
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
    base = datasette.urls.path("/")
    choice = robots_choice(datasette)
    if choice == "block":
        return Response.text("User-agent: *\nDisallow: /\n")
    kept = [f"{base}-/", f"{base}search"]
    if choice == "block-downloads":
        database = datasette.urls.database(archive_name(datasette))
        kept += [f"{base}export/", f"{database}/", f"{database}$", f"{database}?", f"{database}.", f"{base}*.csv$"]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in kept)]
    lines += ["", f"Sitemap: {datasette.absolute_url(request, datasette.urls.path('/sitemap.xml'))}"]
    return Response.text("\n".join(lines) + "\n")


def robots_choice(datasette: Datasette) -> str:
    """Return what was chosen for robots. Raises UsageError for a word that means nothing."""
    chosen = (datasette.plugin_config(PLUGIN) or {}).get("robots", "block-downloads")
    if chosen not in ROBOTS:
        raise UsageError(f"robots: {chosen} in the metadata means nothing: take {', '.join(ROBOTS)}")
    return str(chosen)


async def sitemap(datasette: Datasette, request: Request) -> Response:
    """Answer with all addresses, or with a list of the files that hold them when they are too many for one."""
    pages = await read(datasette, _pages)
    breaks = await read(datasette, _breaks)
    updated = await read(datasette, queries.last_change)

    def absolute(path: str) -> str:
        return str(datasette.absolute_url(request, datasette.urls.path(path)))

    if len(breaks) == 1 and len(pages) + await read(datasette, _count) <= MOST:
        located = pages + await read(datasette, _articles, breaks[0])
        return conditional(request, b"".join(_urlset(located, absolute)), _XML, updated)
    files = [f"/sitemap-{number}.xml" for number in range(len(breaks) + 1)]
    return conditional(request, b"".join(_index(files, absolute)), _XML, updated)


async def sitemap_part(datasette: Datasette, request: Request) -> Response:
    """Answer with one of the files that the index names: 0 holds the lists and names, the others articles."""
    part = int(request.url_vars["part"])
    breaks = await read(datasette, _breaks)
    if part > len(breaks):
        raise NotFound("There is no such sitemap.")
    located = await read(datasette, _articles, breaks[part - 1]) if part else await read(datasette, _pages)

    def absolute(path: str) -> str:
        return str(datasette.absolute_url(request, datasette.urls.path(path)))

    body = b"".join(_urlset(located, absolute))
    return conditional(request, body, _XML, await read(datasette, queries.last_change))


def _pages(connection: Connection) -> list[Located]:
    found: list[Located] = [(path, None) for path in _LISTS]
    for noun in ("author", "section", "tag"):
        named = queries.rows(connection, _NAMED.format(noun))
        found += [(f"/{noun}/{quote(each['slug'])}", each["at"]) for each in named]
    return found[:MOST]


def _count(connection: Connection) -> int:
    return int(queries.rows(connection, f"SELECT count(*) AS n FROM ({_BREAKS})")[0]["n"])


def _breaks(connection: Connection) -> list[int]:
    """Return the id after which each file of articles begins."""
    numbered = f"SELECT id, row_number() OVER (ORDER BY id) AS place FROM ({_BREAKS})"
    ends = queries.rows(connection, f"SELECT id FROM ({numbered}) WHERE place % :most = 0 ORDER BY id", {"most": MOST})
    # Ids are not negative.
    return [-1, *(end["id"] for end in ends)]


def _articles(connection: Connection, after: int) -> list[Located]:
    found = queries.rows(connection, _ARTICLES, {"after": after, "most": MOST})
    return [(article_path(each["slug"]), each["at"]) for each in found]


def _urlset(located: Sequence[Located], absolute: Callable[[str], str]) -> Iterator[bytes]:
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{_SITEMAPS}">\n'.encode()
    for path, at in located:
        changed = f"<lastmod>{at}</lastmod>" if at else ""
        yield f"<url><loc>{escape(legal(absolute(path)))}</loc>{changed}</url>\n".encode()
    yield b"</urlset>\n"


def _index(files: Sequence[str], absolute: Callable[[str], str]) -> Iterator[bytes]:
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="{_SITEMAPS}">\n'.encode()
    for path in files:
        yield f"<sitemap><loc>{escape(absolute(path))}</loc></sitemap>\n".encode()
    yield b"</sitemapindex>\n"


async def opensearch(datasette: Datasette, request: Request) -> Response:
    """Describe the search, so that browsers offer it (OpenSearch 1.1, draft 6)."""
    name = legal(await publication(datasette))
    root = str(datasette.absolute_url(request, datasette.urls.path("/"))).rstrip("/")
    icon = datasette.absolute_url(request, datasette.urls.static_plugins(PLUGIN, "icon.svg"))
    kinds = (("text/html", "search"), ("application/atom+xml", "search.atom"), ("application/json", "search.json"))
    templates = "".join(
        f'<Url type="{kind}" template="{escape(root)}/{path}?q={{searchTerms}}&amp;page={{startPage?}}"/>\n'
        for kind, path in kinds
    )
    said = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">\n'
        f"<ShortName>{escape(name[:16].strip())}</ShortName>\n"
        f"<Description>{escape(f'Search the archive of {name}'[:1024])}</Description>\n"
        f"{templates}"
        f'<Image width="16" height="16" type="image/svg+xml">{escape(str(icon))}</Image>\n'
        "<InputEncoding>UTF-8</InputEncoding>\n<OutputEncoding>UTF-8</OutputEncoding>\n</OpenSearchDescription>\n"
    )
    return conditional(request, said.encode(), _OPEN_SEARCH, await read(datasette, queries.last_change))
