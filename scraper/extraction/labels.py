"""The labels a publication prints on an article, and which of them is its type and which its section.

Must not know the names of any publication's sections.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from archive.models import Candidate, Evidence
from scraper.extraction.choice import clean_text
from scraper.extraction.document import Document, visible_text
from scraper.extraction.selecting import every
from scraper.extraction.structured import StructuredData
from scraper.profile import Layout, Profile

_SEPARATOR = re.compile(r"\s*[|•·]\s*|\s+/\s+")
_SECTION_METAS = ("article:section", "og:article:section", "parsely-section", "sailthru.section", "cxenseparse:section")
_NO_LABEL = frozenset({"", "home", "homepage", "uncategorized", "news", "null", "undefined"})
_MAX_LABEL = 60
NOWHERE = Evidence("none")


@dataclass(frozen=True, slots=True)
class Labels:
    """All labels as printed, and the two that have a meaning of their own."""

    all: tuple[str, ...] = ()
    type: str | None = None
    section: str | None = None
    evidence: Evidence = NOWHERE


def read_labels(document: Document, data: StructuredData, layout: Layout | None, profile: Profile) -> Labels:
    """Read the labels: those printed on the article, else its label attribute, else what structured data states."""
    candidates = [*_printed(document, layout), *_attribute(document, layout)] if layout else []
    candidates += _stated(data)
    for source in dict.fromkeys(candidate.source.split(" ")[0] for candidate in candidates):
        chosen = [candidate for candidate in candidates if candidate.source.split(" ")[0] == source]
        labels = _distinct(label for candidate in chosen for label in _SEPARATOR.split(candidate.value))
        if labels:
            evidence = Evidence(chosen[0].source, "labels", tuple(candidates))
            return Labels(labels, *_meaning(labels, profile), evidence)
    return Labels()


def _printed(document: Document, layout: Layout) -> list[Candidate]:
    return [Candidate(visible_text(element), "css labels") for element in every([document.tree], layout.labels)]


def _attribute(document: Document, layout: Layout) -> list[Candidate]:
    name = layout.label_attribute
    if name is None:
        return []
    values = (element.get(name) for element in document.tree.iter() if isinstance(element.tag, str))
    return [Candidate(_readable(clean_text(value)), f"attribute {name}") for value in values if value]


def _readable(value: str) -> str:
    """Write an address's piece as words: `washington-politics` is `Washington Politics`."""
    return value.replace("-", " ").title() if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", value) else value


def _stated(data: StructuredData) -> list[Candidate]:
    found = [*data.metas(*_SECTION_METAS), *data.linked("articleSection")]
    return [candidate for candidate in found if candidate.value.casefold() not in _NO_LABEL]


def _distinct(labels: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for label in labels:
        label = label.strip(" |•·:,")
        if label and len(label) <= _MAX_LABEL:
            found.setdefault(label.casefold(), label)
    return tuple(found.values())


def _meaning(labels: tuple[str, ...], profile: Profile) -> tuple[str | None, str | None]:
    """A label in the profile's list of types is the type, the first such; the last other label is the section."""
    types = {name.casefold() for name in profile.types}
    kinds = [label for label in labels if label.casefold() in types]
    others = [label for label in labels if label.casefold() not in types]
    return (kinds[0] if kinds else None), (others[-1] if others else None)
