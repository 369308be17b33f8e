"""Writes what was found of a site as a profile's module: data, formatted, to be corrected by hand. Must not fetch.

Whatever a site says of itself stands in the module as a literal, never as code.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from scraper.discovery import front
from scraper.survey import GUESSED_CARDS, Survey

_NAMES = {front.REBELMOUSE: "REBELMOUSE", front.WORDPRESS: "WORDPRESS"}
_FEED_PAGE = {front.REBELMOUSE: "page", front.WORDPRESS: "paged"}
_LEAST_DELAY = 2.0
_LONG = 110
_MAX_TITLE = 60
_EXCLUSIONS = (
    (r"^/$", "home page"),
    (r"^/(author|authors|people)/", "author page"),
    (r"^/(tag|tags|topic|topics)/", "tag page"),
    (r"^/(feeds?|api|search)(/|$)", "machine page"),
    (r"\.(xml|rss|json|js|css|jpe?g|png|gif|webp|pdf|mp[34])$", "file, not a page"),
)


def write_stub(name: str, survey: Survey) -> str:
    """Return the module's text: valid, ruff-clean Python that holds PROFILE and no function."""
    cms = _NAMES.get(survey.system.name) if survey.system else None
    lines = [*_head(survey, cms), "", "PROFILE = Profile("]
    for key, value in _fields(name, survey, cms):
        lines.append(f"    {key}={value},")
    return "\n".join([*lines, ")", ""])


def _head(survey: Survey, cms: str | None) -> Iterator[str]:
    title = " ".join(re.sub(r"[^\w &'’.,-]", " ", survey.title)[:_MAX_TITLE].split())
    yield f'"""{title or "A publication"}, as data. Must hold no function.'
    yield ""
    yield "A stub of what the site shows, written by `press-archive new-publication`: correct it by hand."
    yield '"""'
    yield ""
    yield "from __future__ import annotations"
    yield ""
    if cms:
        yield f"from scraper.cms import {cms}, {cms}_CARDS, {cms}_EXCLUSIONS"
    used = [("Cards", cms is None), ("Exclusion", cms is None or bool(survey.sections or survey.beside))]
    used += [("Feed", bool(survey.feeds)), ("Profile", True)]
    used += [("Section", True), ("Sitemap", bool(survey.sitemaps))]
    yield f"from scraper.profile import {', '.join(word for word, is_used in used if is_used)}"


def _fields(name: str, survey: Survey, cms: str | None) -> Iterator[tuple[str, str]]:
    title = survey.title[:_MAX_TITLE].strip()
    yield "name", _text(name)
    yield "title", _text(title)
    yield "url", _text(survey.url)
    yield "hosts", _tuple(map(_text, survey.hosts))
    if survey.language:
        yield "language", _text(survey.language)
    yield "sources", _tuple(_sources(survey))
    yield "cards", f"{cms}_CARDS" if cms else f"Cards(links={_tuple(map(_text, GUESSED_CARDS.links))})"
    exclusions = list(_exclusions(survey, cms))
    yield "exclusions", _tuple(exclusions) if len(exclusions) > 1 else f"{cms}_EXCLUSIONS"
    if cms:
        yield "layouts", f"({cms},)"
    yield "own_names", _tuple([_text(title)])
    if survey.delay > _LEAST_DELAY:
        yield "delay", repr(survey.delay)


def _sources(survey: Survey) -> Iterator[str]:
    yield 'Section("/")'
    for path in survey.sections:
        yield f"Section({_text(path)})"
    for found in survey.sitemaps:
        yield f"Sitemap({_text(found.path)})"
    page = _FEED_PAGE.get(survey.system.name) if survey.system else None
    for found in survey.feeds:
        # "page" is what a Feed asks with when nothing else is said.
        asked = "" if page == "page" else f", page={_text(page) if page else None}"
        yield f"Feed({_text(found.path)}{asked})"


def _exclusions(survey: Survey, cms: str | None) -> Iterator[str]:
    if cms:
        yield f"*{cms}_EXCLUSIONS"
    else:
        yield from (_exclusion(pattern, reason) for pattern, reason in _EXCLUSIONS)
    for path in survey.sections:
        yield _exclusion(f"^{_escaped(path)}/?$", "section page")
    for path in survey.beside:
        yield _exclusion(f"^{_escaped(path)}(/|$)", "about page")


def _escaped(path: str) -> str:
    return re.escape(path.rstrip("/")).replace(r"\-", "-")


def _exclusion(pattern: str, reason: str) -> str:
    return f"Exclusion({_raw(pattern)}, {_text(reason)})"


def _raw(pattern: str) -> str:
    """Write a pattern as a raw string where that is the same text, else as a plain one."""
    return f'r"{pattern}"' if pattern.isascii() and '"' not in pattern and pattern.isprintable() else _text(pattern)


def _text(text: str) -> str:
    """Write a text as the formatter would: in the quotes that need fewer escapes, double ones on a tie."""
    if text.count('"') > text.count("'"):
        return repr(text)
    return json.dumps(text, ensure_ascii=not text.isprintable())


def _tuple(items: Iterable[str]) -> str:
    """Write a tuple as the formatter would: on one line when it has one item or is short, else an item a line."""
    written = list(items)
    if len(written) == 1:
        return f"({written[0]},)"
    if all(item.startswith(("'", '"')) for item in written) and sum(map(len, written)) + 2 * len(written) < _LONG - 20:
        return f"({', '.join(written)})"
    return "\n".join(["(", *(f"        {item}," for item in written), "    )"])
