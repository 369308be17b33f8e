"""What a page's citations are made of, and the same as tags for reference managers. Must not know HTTP or templates."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

from markupsafe import Markup

from archive.exports.citations import Citable
from archive.site.article import ArticleView
from archive.site.revisions import RevisionView

# What could end a script element, or be read as markup before it, is written as JSON's escapes.
_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def article_citable(found: ArticleView, publication: str, archive_url: str | None) -> Citable:
    """Return what is cited of an article in its present text."""
    return Citable(
        headline=found.row["headline"],
        authors=[author["name"] for author in found.authors],
        publication=publication,
        published_at=found.row["published_at"],
        published_offset=found.row["published_offset"],
        url=found.row["url"],
        fetched_at=found.snapshot["fetched_at"],
        digest=found.snapshot["digest"],
        dek=found.row["dek"],
        section=found.row["section"],
        language=found.row["language"],
        tags=[tag["name"] for tag in found.tags],
        archive_url=archive_url,
    )


def revision_citable(found: RevisionView, publication: str, archive_url: str) -> Citable:
    """Return what is cited of one revision: its words, its fetch, its address here."""
    words = found.words or {}
    return Citable(
        headline=found.headline,
        authors=found.authors,
        publication=publication,
        published_at=found.article["published_at"],
        published_offset=found.article["published_offset"],
        url=found.article["url"],
        fetched_at=found.row["fetched_at"],
        digest=found.row["digest"],
        dek=words.get("dek"),
        section=words.get("section"),
        language=found.article["language"],
        revision=found.row["number"],
        archive_url=archive_url,
    )


def highwire(article: Citable) -> list[tuple[str, str]]:
    """List the Highwire Press tags that Zotero and Google Scholar read, as names and contents."""
    day = article.day
    tags = [
        ("citation_title", article.headline),
        *(("citation_author", author) for author in article.authors),
        ("citation_publication_date", f"{day:%Y/%m/%d}" if day else None),
        ("citation_journal_title", article.publication),
        ("citation_public_url", article.url),
        ("citation_abstract", article.dek),
        ("citation_language", article.language),
        *(("citation_keywords", tag) for tag in article.tags),
    ]
    return [(name, " ".join(content.split())) for name, content in tags if content]


def json_ld(article: Citable, modified_at: str | None, word_count: int | None) -> Markup:
    """Write the article as a schema.org NewsArticle, safe inside a script element."""
    said: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.headline,
        "description": article.dek,
        "author": [
            {"@type": "Organization" if name.literal and " " in name.literal else "Person", "name": printed}
            for name, printed in zip(article.names, filter(str.strip, article.authors), strict=True)
        ],
        "datePublished": _there(article.published_at, article.published_offset) if article.published_at else None,
        "dateModified": modified_at,
        "publisher": {"@type": "Organization", "name": article.publication},
        "isPartOf": {"@type": "Periodical", "name": article.publication},
        "mainEntityOfPage": article.url,
        "url": article.url,
        "archivedAt": article.archive_url,
        "inLanguage": article.language,
        "articleSection": article.section,
        "keywords": list(article.tags),
        "wordCount": word_count,
        "identifier": article.digest,
        "version": article.revision,
    }
    text = json.dumps({name: value for name, value in said.items() if value}, ensure_ascii=False)
    return Markup(text.translate(_ESCAPES))


def _there(moment: str, offset: str | None) -> str:
    """Write a time as the page claimed it, with its offset."""
    if not offset or len(offset) < 6:
        return moment
    sign = -1 if offset.startswith("-") else 1
    zone = timezone(sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[4:6])))
    return datetime.fromisoformat(moment).astimezone(zone).isoformat()
