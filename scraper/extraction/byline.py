"""Chooses who wrote the article: the printed line, verbatim, and the persons it or the structured data names.

Must not know any one publication: words are in `tables/bylines.toml`, a publication's own names in its profile.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from archive.models import Byline, Candidate, Evidence
from scraper.extraction.choice import MAX_CANDIDATES, clean_text, distinct, printed, site_keys
from scraper.extraction.document import Document, Element
from scraper.extraction.heading import find_heading
from scraper.extraction.jsonld import types_of
from scraper.extraction.names import Names, covers, has_lead_in, name_key, read_names, words_of
from scraper.extraction.signature import labelled, line_naming, lines_beside, signed_paragraphs
from scraper.extraction.structured import StructuredData, is_article_type, rel_authors, texts_in
from scraper.profile import Profile

MAX_CLAIMS = 40
MAX_NAME = 120
MAX_REL_AUTHORS = 3

_METAS = (
    "author",
    "article:author",
    "og:article:author",
    "article:author_name",
    "byl",
    "dc.creator",
    "dcterms.creator",
    "citation_author",
    "sailthru.author",
    "cxenseparse:author",
    "articleauthor",
    "article.author",
    "parsely-author",
    "authors",
    "creator",
    "dc.contributor",
)
_PERSONS = "first source that names a person"
_BODIES = "nobody named: the body that signs"
_OTHER_SCOPES = frozenset(
    ("ImageObject", "VideoObject", "AudioObject", "MediaObject", "Comment", "UserComments", "Person", "Book", "Product")
)
_ORGANISATION = re.compile(r"Organi[sz]ation|Corporation|WebSite|Brand")
_ADDRESS = re.compile(r"^(?:https?:|www\.|@|/)|\.(?:com|org|net)/")
_SLUG = re.compile(r"^[a-z0-9]+(?:[-_][a-z0-9]+)+$")


@dataclass(frozen=True, slots=True)
class _Claim:
    """One statement of who wrote the article; `names` is its reading, `typed` how JSON-LD calls the author."""

    text: str
    source: str
    names: Names
    organisation: bool = False

    @property
    def candidate(self) -> Candidate:
        return Candidate(self.text, self.source)


def choose_byline(
    document: Document, data: StructuredData, selectors: tuple[str, ...] = (), profile: Profile | None = None
) -> tuple[Byline, Evidence]:
    """Choose the printed byline and the authors. `selectors` are CSS, the first that matches wins over all else.

    Otherwise the first source that names a person: JSON-LD, meta elements, microdata, a line beside the heading, a
    labelled line, a signed paragraph. When none does, the body (agency, desk, the site) that the page names as author,
    but never one of the profile's own names. The line is the printed one; failing that, the statement as it stands.
    """
    never = frozenset(map(name_key, (*profile.own_names, profile.title))) - {""} if profile else frozenset()
    own = never | site_keys(data.site_names)
    for selector in selectors:
        lines = list(dict.fromkeys(printed(document.tree, selector)))
        if lines:
            return _from_layout(lines, selector, own, never)
    heading = find_heading(document, data)
    claims = list(_claims(data, own))
    chosen = _first_with_persons(claims)
    rule = _PERSONS
    # In a known layout the byline has its place; an article that leaves it empty is not signed in its last line.
    if chosen is None and not selectors and not _signed_by_another(claims, own):
        claims += _printed_claims(document, heading, own)
        chosen = _first_with_persons(claims)
    if chosen is None:
        chosen, rule = _first_with_bodies(claims, own, never), _BODIES
    candidates = distinct(claim.candidate for claim in claims)[:MAX_CANDIDATES]
    if chosen is None:
        return Byline(), Evidence("", "", candidates)
    authors, texts, source = chosen
    line = line_naming(heading, authors)
    if line is None or (rule != _PERSONS and not covers(line, Names(bodies=authors))):
        line = ", ".join(dict.fromkeys(texts))
    return Byline(line, authors), Evidence(source, rule, candidates)


_Chosen = tuple[tuple[str, ...], tuple[str, ...], str]


def _from_layout(
    lines: list[str], selector: str, own: frozenset[str], never: frozenset[str]
) -> tuple[Byline, Evidence]:
    readings = [read_names(line, own, stated=True) for line in lines]
    persons = [person for reading in readings for person in reading.persons]
    bodies = [body for reading in readings for body in reading.bodies if name_key(body) not in never]
    source = f"css {selector}"
    candidates = tuple(Candidate(line, source) for line in lines[:MAX_CANDIDATES])
    return Byline(", ".join(lines), tuple(dict.fromkeys(persons or bodies))), Evidence(source, "layout", candidates)


def _first_with_persons(claims: list[_Claim]) -> _Chosen | None:
    """Take all persons of the first source that names any."""
    source = next((claim.source for claim in claims if claim.names.persons and not claim.organisation), None)
    if source is None:
        return None
    same = [claim for claim in claims if claim.source == source and not claim.organisation]
    persons = tuple(dict.fromkeys(person for claim in same for person in claim.names.persons))
    return _without_repetition(persons), tuple(claim.text for claim in same if claim.names.persons), source


def _first_with_bodies(claims: list[_Claim], own: frozenset[str], never: frozenset[str]) -> _Chosen | None:
    """Take the first body that signs; an `Organization` that is the site itself, often its publisher, comes last."""
    signed: list[tuple[bool, str, _Claim]] = []
    for claim in claims:
        bodies = claim.names.bodies or (claim.names.persons if claim.organisation else ())
        keys = ((name_key(body), body) for body in bodies)
        signed += [(claim.organisation and key in own, body, claim) for key, body in keys if key not in never]
    if not signed:
        return None
    last, _, first = min(signed, key=lambda entry: entry[0])
    same = [(body, claim) for entry, body, claim in signed if entry == last and claim.source == first.source]
    bodies = tuple(body for body, _ in same)
    return _without_repetition(bodies), tuple(dict.fromkeys(claim.text for _, claim in same)), first.source


def _signed_by_another(claims: list[_Claim], own: frozenset[str]) -> bool:
    """Tell whether an agency or a desk is stated as author: then a name printed nearby is likely another's."""
    bodies = (body for claim in claims for body in claim.names.bodies)
    return any(name_key(body) not in own for body in bodies)


def _without_repetition(persons: tuple[str, ...]) -> tuple[str, ...]:
    """Keep one spelling of names that differ in case or punctuation only."""
    return tuple({name_key(person): person for person in reversed(persons)}.values())[::-1]


def _claims(data: StructuredData, own: frozenset[str]) -> Iterator[_Claim]:
    for place, article in enumerate(data.articles[:4]):
        for key in ("author", "creator"):
            source = f"json-ld {key}" if place == 0 else f"json-ld {key} of object {place + 1}"
            yield from _linked(article.get(key), source, own)
    for candidate in (*data.metas(*_METAS), *_labelled_metas(data)):
        if not _ADDRESS.search(candidate.value) and not _SLUG.match(candidate.value) and len(candidate.value) <= 300:
            yield _Claim(candidate.value, candidate.source, read_names(candidate.value, own, stated=True))
    yield from _microdata(data, own)


def _linked(value: Any, source: str, own: frozenset[str]) -> Iterator[_Claim]:
    """Read JSON-LD's author: a text, an object, or a list of them."""
    for author in value[:MAX_CLAIMS] if isinstance(value, list) else [value]:
        organisation = isinstance(author, Mapping) and _is_organisation(author)
        for text in _author_texts(author):
            if len(text) <= MAX_NAME * 4 and not _ADDRESS.search(text):
                yield _Claim(text, source, read_names(text, own, stated=True), organisation)


def _author_texts(author: Any) -> list[str]:
    if not isinstance(author, Mapping):
        return texts_in(author)
    names = texts_in(author.get("name")) or texts_in(author.get("byline"))
    if names:
        return names
    parts = (*texts_in(author.get("givenName")), *texts_in(author.get("familyName")))
    return [clean_text(" ".join(parts))] if parts else []


def _is_organisation(author: Mapping[str, Any]) -> bool:
    kinds = types_of(author)
    return any(_ORGANISATION.search(kind) for kind in kinds) and "Person" not in kinds


def _labelled_metas(data: StructuredData) -> list[Candidate]:
    """Read `twitter:label1` `Written by` with its `twitter:data1`."""
    return [
        Candidate(value, f"meta twitter:data{number}")
        for number in (1, 2)
        for label in data.meta.get(f"twitter:label{number}", ())[:1]
        for value in data.meta.get(f"twitter:data{number}", ())[:1]
        if label.casefold() in words_of("author_labels") or has_lead_in(f"{label} X X")
    ]


def _microdata(data: StructuredData, own: frozenset[str]) -> Iterator[_Claim]:
    """Read the authors of the first article in microdata; images and comments have authors too."""
    items = [item for item in data.items if item.name in ("author", "creator") and len(item.value) <= MAX_NAME]
    articles = [item for item in items if is_article_type(item.scope)]
    for item in articles[:1] or [item for item in items if item.scope not in _OTHER_SCOPES][:1]:
        yield _Claim(item.value, f"microdata {item.name}", read_names(item.value, own, stated=True))


def _printed_claims(document: Document, heading: Element | None, own: frozenset[str]) -> Iterator[_Claim]:
    best: list[_Claim] = []
    for line in lines_beside(heading):
        names = read_names(line.text, own)
        if names.persons or (names.bodies and line.marked):
            best.append(_Claim(line.text, "byline beside the heading", names))
    best.sort(key=lambda claim: (-len(claim.names.persons), len(claim.text)))
    yield from best[:1]
    related = rel_authors(document)
    if len(related) <= MAX_REL_AUTHORS:
        for text in related:
            yield _Claim(text, "rel=author", Names(read_names(text, own).persons))
    for text in labelled(document, "author_labels"):
        yield _Claim(text, "labelled byline", read_names(text, own))
    for text in signed_paragraphs(document):
        names = read_names(text, own)
        if covers(text, names):
            yield _Claim(text, "signed paragraph", names)
