"""An article as one JSON object, under the names that the command line promises. Must not read pages."""

from __future__ import annotations

from typing import Any

from archive.models import Article, Evidence, Image

Record = dict[str, Any]


def record_of(article: Article) -> Record:
    """Write an article as plain lists and dictionaries; `None` means the page does not say."""
    return {
        "url": article.url,
        "headline": article.headline,
        "dek": article.dek,
        "kicker": article.kicker,
        "type": article.type,
        "section": article.section,
        "authors": list(article.byline.authors),
        "byline": article.byline.line,
        "published_at": article.published_at,
        "modified_at": article.modified_at,
        "language": article.language,
        "body_text": article.body_text,
        "images": [_image(image) for image in article.images],
        "links": [{"url": link.url, "text": link.text, "sentence": link.sentence} for link in article.links],
        "related": [{"url": story.url, "headline": story.headline} for story in article.related],
        "tags": list(article.tags),
        "layout": article.layout,
    }


def full_record(article: Article) -> Record:
    """Write an article with everything that would be stored, and the evidence for each field."""
    return {
        **record_of(article),
        "labels": list(article.labels),
        "published_offset": article.published_offset,
        "word_count": article.word_count,
        "body_html": article.body_html,
        "extractor": article.extractor,
        "evidence": {name: _evidence(found) for name, found in article.evidence.items()},
    }


def _image(image: Image) -> Record:
    return {
        "url": image.url,
        "role": image.role,
        "alt": image.alt,
        "caption": image.caption,
        "credit_line": image.credit_line,
        "photographers": list(image.names("photographer")),
        "agencies": list(image.names("agency")),
        "licence": next(iter(image.names("licence")), None),
    }


def _evidence(found: Evidence) -> Record:
    return {
        "source": found.source,
        "rule": found.rule,
        "candidates": [{"value": one.value, "source": one.source} for one in found.candidates],
    }
