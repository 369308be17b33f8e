"""The links in an article's body: where they lead, the words they stand on, the sentence around them, whom they cite.

Must not look outside the body's blocks.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from importlib.resources import files
from urllib.parse import parse_qsl, unquote, urlsplit

import tldextract

from archive.models import Link
from archive.urls import clean_url, host_of
from scraper.extraction.blocks import Block
from scraper.extraction.sentences import sentence_at

# Addresses that only pass the reader on: how host and path begin, and the parameters that may hold the target.
_WRAPPERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("google.com/url", ("q", "url")),
    ("facebook.com/l.php", ("u",)),
    ("l.facebook.com/", ("u",)),
    ("lm.facebook.com/", ("u",)),
    ("l.instagram.com/", ("u",)),
    ("youtube.com/redirect", ("q",)),
    ("vk.com/away.php", ("to",)),
    ("slack-redir.net/link", ("url",)),
    ("out.reddit.com/", ("url",)),
    ("linkedin.com/redir/redirect", ("url",)),
    ("steamcommunity.com/linkfilter", ("url", "u")),
    ("go.skimresources.com/", ("url",)),
    ("go.redirectingat.com/", ("url",)),
    ("click.linksynergy.com/", ("murl",)),
)
_WRAPPER_SUFFIX: tuple[str, tuple[str, ...]] = (".safelinks.protection.outlook.com", ("url",))
_MAX_WRAPPERS = 3


def read_links(blocks: Iterable[Block], own_hosts: Collection[str]) -> tuple[Link, ...]:
    """List the links of a body's blocks; positions count from 1. `own_hosts` as `archive.urls.host_of` gives them."""
    return tuple(
        _link(block, place, position, own_hosts) for position, (block, place) in enumerate(_places(blocks), start=1)
    )


def _places(blocks: Iterable[Block]) -> Iterator[tuple[Block, int]]:
    return ((block, place) for block in blocks for place, anchor in enumerate(block.anchors))


def _link(block: Block, place: int, position: int, own_hosts: Collection[str]) -> Link:
    anchor = block.anchors[place]
    url = clean_link(anchor.url)
    host = host_of(url)
    internal = host in own_hosts
    return Link(
        url=url,
        text=block.anchor_text(anchor),
        sentence=sentence_at(block.text, anchor.start, anchor.end),
        position=position,
        href=anchor.href,
        internal=internal,
        host=host,
        outlet=None if internal else outlet_of(host),
    )


def clean_link(url: str) -> str:
    """Return where a link leads: redirect wrappers opened when the target is in the address, tracking gone.

    The fragment stays: it names the page of a document or the place in a text that the article cites.
    """
    for _ in range(_MAX_WRAPPERS):
        target = _wrapped(url)
        if target is None:
            break
        url = target
    fragment = urlsplit(url).fragment
    return clean_url(url) + (f"#{fragment}" if fragment else "")


def _wrapped(url: str) -> str | None:
    """Return the address inside a redirect's address, None when it is no redirect we know."""
    try:
        parts = urlsplit(url)
        place = (parts.hostname or "").removeprefix("www.") + (parts.path or "/")
        suffix, keys = _WRAPPER_SUFFIX
        if not (parts.hostname or "").endswith(suffix):
            keys = next((keys for start, keys in _WRAPPERS if place.startswith(start)), ())
        values = dict(parse_qsl(parts.query)) if keys else {}
        target = next((values[key] for key in keys if key in values), "")
        target = unquote(target) if target.lower().startswith(("http%3a", "https%3a")) else target
        found = urlsplit(target)
    except ValueError:
        return None
    return target if found.scheme in ("http", "https") and "." in found.netloc else None


def outlet_of(host: str) -> str | None:
    """Name the outlet behind a host: by the names table, the longest entry first, else its registrable domain.

    Public suffix rules come with tldextract and are read without network.
    """
    bare = host.partition(":")[0]
    labels = bare.split(".")
    names = outlet_names()
    for start in range(len(labels) - 1):
        name = names.get(".".join(labels[start:]))
        if name is not None:
            return name
    return _suffixes()(bare).top_domain_under_public_suffix or bare or None


@cache
def outlet_names() -> dict[str, str]:
    """Return the names table, `tables/outlets.toml`: domain to the outlet's printed name."""
    table = tomllib.loads(files("scraper.extraction").joinpath("tables/outlets.toml").read_text("utf-8"))
    return {domain: name for name, domains in table["outlets"].items() for domain in domains}


@cache
def _suffixes() -> tldextract.TLDExtract:
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, fallback_to_snapshot=True)
