"""The sample publication's articles as data, and what an archive should hold of each. Must not write HTML."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Literal

from archive.models import SourceKind
from scraper.publications.sample import PROFILE
from scraper.sample.prose import Anchor, Block, read_blocks

Era = Literal["rebelmouse", "wordpress"]
LeadForm = Literal["hero", "runner", "div", "og"]
CreditPlace = Literal["photo-caption", "photo-credit", "body-last", "body-last-em", "none"]


class ArticleError(ValueError):
    """An article's file is not in the format; the message names the file."""


@dataclass(frozen=True, slots=True)
class LeadImage:
    """An article's lead image: the printed line, and the right reading of it."""

    id: int
    name: str
    alt: str = ""
    line: str = ""
    caption: str | None = None
    photographers: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InlineImage:
    """An image in an article's body; `credit` as printed, the names as they should be read."""

    id: int
    name: str
    alt: str = ""
    caption: str = ""
    credit: str = ""
    photographers: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()


@dataclass(frozen=True)
class SampleArticle:
    """One article: its front matter, its body in Markdown, and the answer key: what the store should hold of it."""

    path: str
    post_id: int
    era: Era
    headline: str
    labels: tuple[str, ...]
    authors: tuple[str, ...]
    published: datetime
    listed_in: tuple[SourceKind, ...]
    lead_form: LeadForm
    credit_place: CreditPlace
    lead: LeadImage
    body: str
    dek: str | None = None
    modified: datetime | None = None
    tags: tuple[str, ...] = ()
    inline: tuple[InlineImage, ...] = ()
    around: bool = False
    jsonld_own_name: bool = False

    @property
    def url(self) -> str:
        """Give the canonical address."""
        return f"{PROFILE.url}{self.path}"

    @property
    def type(self) -> str | None:
        """Give the first label that the profile calls a type."""
        return next((label for label in self.labels if _is_type(label)), None)

    @property
    def section(self) -> str | None:
        """Give the last label that is no type."""
        return next((label for label in reversed(self.labels) if not _is_type(label)), None)

    @property
    def published_at(self) -> str:
        """Give the time of publication in UTC, `YYYY-MM-DDTHH:MM:SS+00:00`."""
        return _utc(self.published)

    @property
    def modified_at(self) -> str | None:
        """Give the time of the last change in UTC, None when the page does not say."""
        return _utc(self.modified) if self.modified else None

    @property
    def lead_alt(self) -> str:
        """Give the lead image's alternative text as the page prints it: the headline when the editor set none."""
        return self.lead.alt or self.headline

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Give the body's blocks."""
        return read_blocks(self.body)

    @cached_property
    def body_text(self) -> str:
        """Give the article's own words, one line per paragraph, sub-heading, list item and paragraph of a quotation."""
        return "\n".join(block.text for block in self.blocks if block.kind != "image")

    @cached_property
    def links(self) -> tuple[Anchor, ...]:
        """List the links in the body, in order, with the address as written."""
        return tuple(anchor for block in self.blocks for anchor in block.anchors)


@cache
def load_articles() -> tuple[SampleArticle, ...]:
    """Read the articles that the package carries, newest first. Raises ArticleError."""
    return read_articles(files("scraper.sample") / "articles")


def read_articles(folder: Traversable | Path) -> tuple[SampleArticle, ...]:
    """Read every `.md` file of a folder, newest first. Raises ArticleError."""
    found = [read_article(file.read_text("utf-8"), file.name) for file in folder.iterdir() if file.name.endswith(".md")]
    return newest_first(found)


def read_article(text: str, name: str = "article") -> SampleArticle:
    """Read one article from its file's text. Raises ArticleError naming `name`."""
    match = re.fullmatch(r"\+\+\+\n(.*?\n)\+\+\+\n(.*)", text, re.DOTALL)
    if not match:
        raise ArticleError(f"{name}: no front matter between two lines +++")
    try:
        facts = tomllib.loads(match[1])
        article = SampleArticle(body=match[2], **_article_fields(facts))
        _check(article)
    except (ValueError, TypeError) as problem:
        raise ArticleError(f"{name}: {problem}") from problem
    return article


def newest_first(articles: Iterable[SampleArticle]) -> tuple[SampleArticle, ...]:
    """Sort articles by time of publication, the newest first."""
    return tuple(sorted(articles, key=lambda article: (article.published, article.post_id), reverse=True))


def slug(words: str) -> str:
    """Write words as an address's part: ASCII letters in lower case, digits and hyphens."""
    ascii_words = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_words.lower()).strip("-")


def _article_fields(facts: Mapping[str, Any]) -> dict[str, Any]:
    fields = _tuples(facts)
    fields["lead"] = LeadImage(**_tuples(facts["lead"]))
    fields["inline"] = tuple(InlineImage(**_tuples(image)) for image in facts.get("inline", ()))
    return fields


def _tuples(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in facts.items()}


def _check(article: SampleArticle) -> None:
    shown = [int(block.source) for block in article.blocks if block.kind == "image"]
    if sorted(shown) != sorted(image.id for image in article.inline):
        raise ValueError(f"images in the body {shown} are not those of the front matter")
    if article.published.tzinfo is None:
        raise ValueError("published has no offset")
    if not article.listed_in:
        raise ValueError("listed_in is empty")
    if not re.fullmatch(r"/(\S+/)+", article.path):
        raise ValueError(f"path {article.path!r} does not begin and end with /")


def _is_type(label: str) -> bool:
    return label.casefold() in {name.casefold() for name in PROFILE.types}


def _utc(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="seconds")
