"""A page in, its article out: the order in which the readers of the single fields work.

Must not fetch, must not know the time, must not write anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from archive.models import Article, Byline, Candidate, Evidence, Image, RelatedStory
from archive.urls import host_of
from scraper.extraction.addresses import choose_canonical
from scraper.extraction.attributions import read_attributions
from scraper.extraction.blocks import Block, text_of
from scraper.extraction.body import clean_html, cut_boxes, read_body
from scraper.extraction.byline import choose_byline
from scraper.extraction.choice import Choice, DateChoice
from scraper.extraction.content import find_content
from scraper.extraction.dates import choose_modified, choose_published
from scraper.extraction.dek import choose_dek, printed_dek
from scraper.extraction.document import Document, read_document
from scraper.extraction.errors import NotAnArticle
from scraper.extraction.figures import read_figures, with_lead_credits
from scraper.extraction.headline import choose_headline
from scraper.extraction.images import find_images
from scraper.extraction.labels import Labels, read_labels
from scraper.extraction.language import choose_language
from scraper.extraction.limits import check_markup, check_tree
from scraper.extraction.links import read_links
from scraper.extraction.media import description_blocks, media_kind
from scraper.extraction.notices import read_notices
from scraper.extraction.pagekind import TEASER, TOO_SHORT, other_than_article, too_little
from scraper.extraction.parts import next_part
from scraper.extraction.related import read_related
from scraper.extraction.selecting import indexing
from scraper.extraction.story import Story, find_story, isolate, match_layout
from scraper.extraction.structured import StructuredData, read_structured
from scraper.extraction.tags import read_tags
from scraper.extraction.trimming import trim
from scraper.extraction.version import reader_of
from scraper.profile import GENERIC, Layout, Profile


@dataclass(frozen=True, slots=True)
class _Fields:
    """What was read from the page, in whichever way the page asks for."""

    layout: str
    headline: Choice
    dek: Choice
    byline: Byline
    byline_evidence: Evidence
    published: DateChoice
    modified: DateChoice
    labels: Labels
    blocks: Sequence[Block]
    body_evidence: Evidence
    images: tuple[Image, ...] = ()
    related: tuple[RelatedStory, ...] = ()
    tags: tuple[str, ...] = ()
    held_back: str | None = None


def extract_article(
    html: bytes | str, url: str, profile: Profile = GENERIC, *, content_type: str | None = None
) -> Article:
    """Read the article of one page. `url` is its address, empty for what the page says; `content_type` the header.

    Raises NotAnArticle with the reason when the page is something else, or has no headline or no body; TooMuch when
    it is larger or deeper than we read.
    """
    check_markup(html)
    with indexing():
        return _extract(read_document(html, url, content_type), url, profile)


def _extract(document: Document, url: str, profile: Profile) -> Article:
    check_tree(document.tree, len(document.html))
    data = read_structured(document)
    if not url and data.canonical:
        url = data.canonical
        document = replace(document, url=url)
    layout = match_layout(document, profile.layouts)
    canonical = choose_canonical(document, data, profile)
    addresses = (url, canonical.value or url, *data.meta.get("og:url", ()))
    story = find_story(document, layout, addresses) if layout else None
    if layout is not None and story is not None:
        fields = _read_layout(document, data, layout, story, profile)
    else:
        fields = _read_generic(document, data, profile)
    article = _article(document, data, canonical, fields, profile)
    if fields.held_back is not None:
        raise NotAnArticle(fields.held_back, article)
    return article


def _read_layout(document: Document, data: StructuredData, layout: Layout, story: Story, profile: Profile) -> _Fields:
    """Read a page in a layout we know: keep what stands beside the article, cut it, then read each field."""
    related = read_related(document, layout, story)
    page = isolate(document, layout, story)
    own = _own_data(data, page)
    headline = choose_headline(page, own, layout.headline, profile)
    dek = printed_dek(page, layout, story, headline.value)
    byline, byline_evidence = choose_byline(page, own, layout.byline, profile)
    labels = read_labels(page, own, layout, profile)
    cut_boxes(layout, story)
    images = read_figures(page, own, layout, story, profile)
    trimmed = trim(
        read_body(page, layout, story),
        headline=headline.value,
        dek=dek.value,
        authors=byline.authors,
        labels=labels.all,
        never=profile.never,
    )
    return _Fields(
        layout=layout.name,
        headline=headline,
        dek=dek,
        byline=byline,
        byline_evidence=byline_evidence,
        published=choose_published(page, own, layout.published, profile),
        modified=choose_modified(page, own, layout.modified, profile),
        labels=labels,
        blocks=trimmed.blocks,
        body_evidence=Evidence("css body", layout.name),
        images=with_lead_credits(images, trimmed.credits),
        related=related,
        tags=read_tags((page, document), data, layout),
    )


def _own_data(data: StructuredData, page: Document) -> StructuredData:
    """Leave out the `time` elements and microdata that stand in other articles' blocks."""
    root = page.tree
    own = set(root.iter())
    return replace(
        data,
        times=tuple(time for time in data.times if time.element in own),
        items=tuple(item for item in data.items if item.element in own),
    )


def _read_generic(document: Document, data: StructuredData, profile: Profile) -> _Fields:
    """Read a page that nobody has described to us."""
    reason = other_than_article(document, data)
    if reason is not None:
        raise NotAnArticle(reason)
    headline = choose_headline(document, data, (), profile)
    if headline.value is None:
        # A page may give its headline as the name of its site, too.
        headline = choose_headline(document, replace(data, site_names=()), (), profile)
    byline, byline_evidence = choose_byline(document, data, (), profile)
    published = choose_published(document, data, (), profile)
    modified = choose_modified(document, data, (), profile)
    dek = choose_dek(document, data, headline.value)
    claimed = next((found.value for found in data.linked("articleBody")), None)
    content = find_content(document, headline=headline.value, dek=dek.value, claimed=claimed, never=profile.never)
    reason = too_little(document, data, content.blocks)
    labels = read_labels(document, data, None, profile)
    kind = media_kind(document, data) if reason in TOO_SHORT else None
    if kind is not None:
        described = description_blocks(data, content.blocks)
        content = replace(content, blocks=described, evidence=Evidence("description", kind))
        labels, reason = replace(labels, type=labels.type or kind), None if described else "no body"
    if reason is not None and (reason != TEASER or not content.blocks):
        raise NotAnArticle(reason)
    return _Fields(
        layout="generic",
        headline=headline,
        dek=dek,
        byline=byline,
        byline_evidence=byline_evidence,
        published=published,
        modified=modified,
        labels=labels,
        blocks=content.blocks,
        body_evidence=content.evidence,
        images=find_images(document, content.scopes, data, profile, headline=headline.value),
        tags=read_tags((document,), data, None),
        held_back=reason,
    )


def _article(document: Document, data: StructuredData, canonical: Choice, fields: _Fields, profile: Profile) -> Article:
    if not fields.headline.value:
        raise NotAnArticle("no headline")
    if not fields.blocks:
        raise NotAnArticle("no body")
    url = canonical.value or document.url
    own_hosts = {host for host in map(host_of, (document.url, url, *(f"//{name}" for name in profile.hosts))) if host}
    body_text = text_of(fields.blocks)
    language = choose_language(document, body_text, profile)
    return Article(
        url=url,
        headline=fields.headline.value,
        body_text=body_text,
        body_html=clean_html(fields.blocks),
        layout=fields.layout,
        extractor=reader_of(profile),
        dek=fields.dek.value,
        type=fields.labels.type,
        section=fields.labels.section,
        labels=fields.labels.all,
        byline=fields.byline,
        published_at=fields.published.value,
        published_offset=fields.published.offset,
        modified_at=fields.modified.value,
        language=language.value,
        images=fields.images,
        links=read_links(fields.blocks, own_hosts),
        attributions=read_attributions(fields.blocks, own_hosts, (profile.title, *profile.own_names)),
        notices=read_notices(fields.blocks),
        related=fields.related,
        tags=fields.tags,
        next_part=next_part(document),
        evidence=_evidence(canonical, fields, language),
    )


def _evidence(canonical: Choice, fields: _Fields, language: Choice) -> dict[str, Evidence]:
    """Gather where each field came from, for those that the page states or offers something for."""
    lead = next((image for image in fields.images if image.role == "lead"), None)
    found = {
        "url": canonical.evidence,
        "headline": fields.headline.evidence,
        "dek": fields.dek.evidence,
        "labels": fields.labels.evidence,
        "byline": fields.byline_evidence,
        "published_at": fields.published.evidence,
        "modified_at": fields.modified.evidence,
        "body_text": fields.body_evidence,
        "language": language.evidence,
    }
    if lead is not None and lead.credit_line:
        found["credit_line"] = Evidence("lead image", "", (Candidate(lead.credit_line, "lead image"),))
    return {name: evidence for name, evidence in found.items() if evidence.source or evidence.candidates}
