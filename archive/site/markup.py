"""Makes stored text safe to show as HTML. Must not know the database or HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import urljoin, urlsplit

import nh3
from markupsafe import Markup, escape

from archive.site.results import MARK, UNMARK

TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "q", "cite", "a",
    "em", "strong", "i", "b", "u", "s", "small", "sub", "sup", "abbr", "code", "pre", "table", "caption", "thead",
    "tbody", "tfoot", "tr", "th", "td",
}  # fmt: skip
GONE = {"script", "style", "template", "noscript", "iframe", "object", "svg", "math", "textarea", "select", "title"}
_ATTRIBUTES = {"a": {"href"}, "th": {"colspan", "rowspan"}, "td": {"colspan", "rowspan"}}
_MARKED = re.compile(f"{MARK}([^{MARK}{UNMARK}]*){UNMARK}")


def clean_body(body_html: str, base: str, paths: Mapping[str, str], local: Callable[[str], str]) -> Markup:
    """Return an article's body with nothing left that could run, load or post.

    It was cleaned when it was read; it is not trusted for that. Relative links are resolved against `base`. Addresses
    in `paths` (by address, the slug) become links to our own pages, as `local` writes them.
    """

    def attribute(tag: str, name: str, value: str) -> str | None:
        if name != "href":
            return value
        url = web_address(urljoin(base, value))
        slug = paths.get(value) or paths.get(url or "")
        return local(slug) if slug else url

    cleaned = nh3.clean(
        body_html,
        tags=TAGS,
        clean_content_tags=GONE,
        attributes=_ATTRIBUTES,
        attribute_filter=attribute,
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer nofollow",
    )
    return Markup(cleaned)


def web_address(url: str | None) -> str | None:
    """Return an address that may be linked: http or https and a host; None for all else."""
    try:
        parts = urlsplit((url or "").strip())
    except ValueError:
        return None
    return parts.geturl() if parts.scheme in ("http", "https") and parts.netloc else None


def marked(text: str | None) -> Markup:
    """Escape a text, then turn the marks that a search left in it into `mark` elements."""
    safe = _MARKED.sub(r"<mark>\1</mark>", str(escape(text or "")))
    return Markup(safe.replace(MARK, "").replace(UNMARK, ""))


def unmarked(text: str) -> str:
    """Return a text without the marks that a search left in it."""
    return text.replace(MARK, "").replace(UNMARK, "")
