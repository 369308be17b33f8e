"""The nouns that both packages share: what a page says, what a fetch was, what was announced.

Must not import anything outside the standard library, and must not read or write anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

CreditKind = Literal["photographer", "agency", "licence"]
CreditBasis = Literal["stated", "inferred"]
ImageRole = Literal["lead", "inline"]
RelatedPlace = Literal["stacked", "around-the-web", "read-more"]
NoticeKind = Literal["correction", "clarification", "update", "editor's note"]
LedgerState = Literal["pending", "stored", "gone", "excluded", "failed"]
SourceKind = Literal["section", "sitemap", "feed", "import"]
Filing = Literal["new", "changed", "unchanged"]
RunKind = Literal["crawl", "import"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One value a page offers for a field, and where on the page it stands (`json-ld`, `og:title`, `css h1`)."""

    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a field's value came from, by which rule, and what else was on offer."""

    source: str
    rule: str = ""
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Byline:
    """The printed line, verbatim, and the persons parsed from it."""

    line: str | None = None
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Credit:
    """One reading of a credit line: a photographer, an agency or a licence."""

    kind: CreditKind
    name: str
    basis: CreditBasis = "stated"
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Image:
    """One image of the article: `identity` is what stays the same when its address is resized."""

    url: str
    identity: str
    role: ImageRole
    position: int
    alt: str | None = None
    caption: str | None = None
    credit_line: str | None = None
    credits: tuple[Credit, ...] = ()

    def names(self, kind: CreditKind) -> tuple[str, ...]:
        """List the names credited as `kind`, in printed order."""
        return tuple(credit.name for credit in self.credits if credit.kind == kind)


@dataclass(frozen=True, slots=True)
class Link:
    """One in-body link: `url` cleaned of tracking, `href` as written, and the sentence that holds the anchor."""

    url: str
    text: str
    sentence: str
    position: int
    href: str
    internal: bool
    host: str
    outlet: str | None = None


@dataclass(frozen=True, slots=True)
class Attribution:
    """One outlet that a sentence of the body names as its source without a link, and the rule that found it."""

    outlet: str
    host: str
    sentence: str
    position: int
    rule: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A correction, clarification, update or editor's note that stands in the body, as printed."""

    kind: NoticeKind
    text: str
    position: int


@dataclass(frozen=True, slots=True)
class RelatedStory:
    """What the publication sets beside the article, in page order."""

    url: str
    headline: str | None
    position: int
    place: RelatedPlace


@dataclass(frozen=True, slots=True)
class Article:
    """All that one page says of its article. Times are UTC ISO 8601 text; `None` means the page does not say."""

    url: str
    headline: str
    body_text: str
    body_html: str
    layout: str
    extractor: str
    dek: str | None = None
    kicker: str | None = None
    type: str | None = None
    section: str | None = None
    labels: tuple[str, ...] = ()
    byline: Byline = Byline()
    published_at: str | None = None
    published_offset: str | None = None
    modified_at: str | None = None
    language: str | None = None
    images: tuple[Image, ...] = ()
    links: tuple[Link, ...] = ()
    related: tuple[RelatedStory, ...] = ()
    tags: tuple[str, ...] = ()
    attributions: tuple[Attribution, ...] = ()
    notices: tuple[Notice, ...] = ()
    next_part: str | None = None
    evidence: Mapping[str, Evidence] = field(default_factory=dict)

    @property
    def word_count(self) -> int:
        """Count the body's words, split at white space."""
        return len(self.body_text.split())

    @property
    def lead_image(self) -> Image | None:
        """Return the lead image, or None."""
        return next((image for image in self.images if image.role == "lead"), None)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One fetch of one address, pointing at its WARC record. `warc_file` is relative to the archive's root.

    `revisit_of` is the id of the full record that this one stands for: the page had not changed.
    """

    url: str
    fetched_at: str
    status: int
    digest: str
    warc_file: str
    warc_offset: int
    warc_length: int
    etag: str | None = None
    last_modified: str | None = None
    revisit_of: int | None = None


@dataclass(frozen=True, slots=True)
class Announcement:
    """One source naming one address, with the source's own lastmod if it gives one."""

    url: str
    source: str
    kind: SourceKind
    lastmod: str | None = None


@dataclass(frozen=True, slots=True)
class Fetch:
    """One attempt: the answer's status and size, or the error that came instead."""

    url: str
    at: str
    status: int | None = None
    error: str | None = None
    bytes: int | None = None
    snapshot: Snapshot | None = None


@dataclass(frozen=True, slots=True)
class Announced:
    """All that one page of a source named, and when it was fetched."""

    at: str
    said: tuple[Announcement, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one announced address: its ledger state and reason; for a page read, its article and snapshot.

    `asked` False: no request was made. `before` is what the reader of `article` makes of the page that the article was
    last read from, where another reader had read that.
    """

    url: str
    state: LedgerState
    at: str
    reason: str | None = None
    article: Article | None = None
    snapshot: Snapshot | None = None
    before: Article | None = None
    asked: bool = True


@dataclass(frozen=True, slots=True)
class ImageKept:
    """An image's file was fetched: its identity and where its bytes are."""

    identity: str
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class RunEnd:
    """A run came to its end. Only what a `healthy` one did not find counts as missing.

    `doubtful`: pages were not as usual, so that what was set aside is not settled.
    """

    at: str
    started_at: str
    healthy: bool
    kind: RunKind = "crawl"
    doubtful: bool = False


Event = Announced | Outcome | ImageKept | RunEnd
"""What the store files, in the order in which it happened."""
