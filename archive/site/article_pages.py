"""An article's addresses: its page, its revisions, and both as citations. Must not hold SQL or HTML."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from datasette.utils.asgi import Request, Response

from archive.exports.citations import FORMATS, Citable, bibtex, key, plain
from archive.site import addresses, headers, likeness, markup
from archive.site.article import ArticleView, article, find
from archive.site.citing import article_citable, highwire, json_ld, revision_citable
from archive.site.formats import article_path
from archive.site.holding import read
from archive.site.revisions import FIELDS, RevisionView, revision
from archive.site.showing import not_found, publication, redirected, shown

# Datasette loads plugins while its own modules are half loaded.
if TYPE_CHECKING:
    from datasette.app import Datasette

_ENDING = re.compile(rf"^(?P<slug>.+)\.(?P<format>{'|'.join(map(re.escape, FORMATS))})$")
_REVISION = re.compile(
    rf"^(?P<slug>.+)/revision/(?P<number>[1-9]\d{{0,5}})(?:\.(?P<format>{'|'.join(map(re.escape, FORMATS))}))?$"
)
_SHOWN_FETCHES = 12


async def answer(datasette: Datasette, request: Request) -> Response:
    """Answer for all addresses below /article/: an article of exactly this slug comes first."""
    asked = unquote(request.url_vars["slug"])
    found = await read(datasette, article, asked.strip("/"))
    if found is not None:
        return await _article(datasette, request, found, asked)
    one = _REVISION.match(asked)
    if one:
        return await _revision(datasette, request, one["slug"], int(one["number"]), one["format"])
    named = _ENDING.match(asked)
    cited = await read(datasette, article, named["slug"].strip("/")) if named else None
    if named and cited:
        return await _cited(datasette, request, cited, named["format"])
    return await _elsewhere(datasette, request, asked.strip("/"), named)


async def _elsewhere(datasette: Datasette, request: Request, slug: str, named: re.Match[str] | None) -> Response:
    """Lead from another of an article's addresses to it, or say that there is none."""
    known = await read(datasette, addresses.slug_for_alias, slug)
    if known is None and named:
        known = await read(datasette, addresses.slug_for_alias, named["slug"])
        if known is not None:
            return redirected(datasette, f"{article_path(known)}.{named['format']}")
    if known is not None:
        return redirected(datasette, article_path(known))
    words = "No article here has this address. It may be in the ledger, or under other words."
    return await not_found(datasette, request, "Not in this archive", words, guess=slug)


async def _article(datasette: Datasette, request: Request, found: ArticleView, asked: str) -> Response:
    slug = found.row["slug"]
    if slug != asked:
        return redirected(datasette, article_path(slug))
    if found.row["status"] == "withdrawn":
        return await _withdrawn(datasette, request, found.row)

    def local(other: str) -> str:
        return str(datasette.urls.path(article_path(other)))

    citable = article_citable(found, await publication(datasette), _public(datasette, request, article_path(slug)))
    context = {
        "found": found,
        "article": found.row,
        "alike": await read(datasette, likeness.alike, found.row["id"]),
        "fetches": found.fetches[: -_SHOWN_FETCHES - 1 : -1],
        "body": markup.clean_body(found.row["body_html"], found.row["url"], found.paths, local),
    }
    tags = _tags(datasette, citable, found.row["modified_at"], found.row["word_count"], article_path(slug))
    return await shown(datasette, request, "archive_article.html", context | tags)


async def _revision(datasette: Datasette, request: Request, slug: str, number: int, ending: str | None) -> Response:
    found = await read(datasette, revision, slug, number)
    if found is None:
        row = await read(datasette, find, slug)
        if row and row["status"] == "withdrawn":
            return await _withdrawn(datasette, request, row)
        words = "The article has no revision of this number, or there is no such article."
        return await not_found(datasette, request, "Not in this archive", words, guess=slug)
    path = f"{article_path(slug)}/revision/{number}"
    citable = revision_citable(found, await publication(datasette), _whole(datasette, request, path))
    if ending:
        return _file(citable, ending)
    context = {"found": found, "article": found.article, "fields": _fields(found), "number": number}
    return await shown(
        datasette, request, "archive_revision.html", context | _tags(datasette, citable, None, None, path)
    )


def _fields(found: RevisionView) -> list[tuple[str, list[str]]]:
    """List a revision's fields with their paragraphs, those it has."""
    words = found.words or {}
    return [(name, str(words[name]).split("\n")) for name in FIELDS if words.get(name)]


async def _cited(datasette: Datasette, request: Request, found: ArticleView, ending: str) -> Response:
    if found.row["status"] == "withdrawn":
        return await _withdrawn(datasette, request, found.row)
    archive_url = _public(datasette, request, article_path(found.row["slug"]))
    return _file(article_citable(found, await publication(datasette), archive_url), ending)


def _file(citable: Citable, ending: str) -> Response:
    chosen = FORMATS[ending]
    disposition = {"content-disposition": f'attachment; filename="{key(citable)}.{ending}"'}
    return Response(
        chosen.file(citable),
        headers=disposition | headers.OURS,
        content_type=f"{chosen.media_type}; charset=utf-8",
    )


def _tags(
    datasette: Datasette, citable: Citable, modified_at: str | None, words: int | None, path: str
) -> dict[str, Any]:
    return {
        "citation": plain(citable),
        "bibtex": bibtex(citable),
        "cite_path": datasette.urls.path(path),
        "formats": {ending: chosen.media_type for ending, chosen in FORMATS.items()},
        "highwire": highwire(citable),
        "json_ld": json_ld(citable, modified_at, words),
    }


async def _withdrawn(datasette: Datasette, request: Request, row: dict[str, Any]) -> Response:
    return await shown(datasette, request, "archive_withdrawn.html", {"article": row}, status=410)


def _whole(datasette: Datasette, request: Request, path: str) -> str:
    return str(datasette.absolute_url(request, datasette.urls.path(path)))


def _public(datasette: Datasette, request: Request, path: str) -> str | None:
    """Return a page's whole address, unless this server answers only on its own machine: nobody could follow it."""
    host = request.host.rpartition(":")[0] or request.host
    try:
        is_local = ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        is_local = host == "localhost"
    return None if is_local else _whole(datasette, request, path)
