"""Chooses an article's canonical address. Must not fetch it, and must not leave the publication's hosts."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from archive.models import Candidate
from archive.urls import absolute_url, clean_url, host_of
from scraper.extraction.choice import Choice
from scraper.extraction.document import Document
from scraper.extraction.structured import StructuredData
from scraper.profile import Profile


def choose_canonical(document: Document, data: StructuredData, profile: Profile) -> Choice:
    """Choose the address that identifies the article: the canonical link, else og:url, else the page's own address.

    A statement counts when it leads to the publication's hosts or the page's own, and not to a home page (RFC 6596).
    """
    hosts = {host_of(document.url), *(host_of(f"//{name}") for name in profile.hosts)}
    candidates = tuple(_stated(document, data))
    for candidate in candidates:
        if host_of(candidate.value) in hosts and _leads_somewhere(candidate.value, document.url):
            return Choice(candidate.value, candidate.source, "canonical", candidates)
    try:
        own = clean_url(document.url)
    except ValueError:
        own = document.url
    return Choice(own, "address", "no canonical link", candidates)


def _stated(document: Document, data: StructuredData) -> Iterator[Candidate]:
    stated = [("link canonical", data.canonical)] + [("og:url", url) for url in data.meta.get("og:url", ())]
    for source, url in stated:
        try:
            full = clean_url(absolute_url(url or "", document.url))
        except ValueError:
            continue
        if url and urlsplit(full).scheme in ("http", "https"):
            yield Candidate(full, source)


def _leads_somewhere(url: str, page: str) -> bool:
    """Tell a canonical link from one to the home page, which broken templates put on every article."""
    return urlsplit(url).path.strip("/") != "" or urlsplit(page).path.strip("/") == ""
