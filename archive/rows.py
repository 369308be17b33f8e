"""Turns articles into table rows. Must not touch the database."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from archive.models import Article, Fetch, Image, Snapshot
from archive.urls import name_slug, slug_of, stable_id

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows by table, for one multi-row statement each."""

    tables: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, table: str, *rows: Row) -> None:
        """Append rows to a table's list."""
        self.tables.setdefault(table, []).extend(rows)


def snapshot_id(snapshot: Snapshot) -> int:
    """Return a snapshot's id, made of where its record stands."""
    return stable_id(f"{snapshot.warc_file}:{snapshot.warc_offset}")


def snapshot_row(snapshot: Snapshot) -> Row:
    """Write a snapshot as its row."""
    return {
        "id": snapshot_id(snapshot),
        "url": snapshot.url,
        "fetched_at": snapshot.fetched_at,
        "status": snapshot.status,
        "digest": snapshot.digest,
        "warc_file": snapshot.warc_file,
        "warc_offset": snapshot.warc_offset,
        "warc_length": snapshot.warc_length,
        "etag": snapshot.etag,
        "last_modified": snapshot.last_modified,
        "revisit_of": snapshot.revisit_of,
    }


def fetch_row(fetch: Fetch, crawl_id: int | None) -> Row:
    """Write a fetch as its row."""
    return {
        "crawl_id": crawl_id,
        "url": fetch.url,
        "at": fetch.at,
        "status": fetch.status,
        "error": fetch.error,
        "bytes": fetch.bytes,
        "snapshot_id": snapshot_id(fetch.snapshot) if fetch.snapshot else None,
    }


def article_row(article: Article, article_id: int) -> Row:
    """Write what the page says as the article's row; when it was seen is the store's to add."""
    lead = article.lead_image
    return {
        "id": article_id,
        "headline": article.headline,
        "dek": article.dek,
        "kicker": article.kicker,
        "type": article.type,
        "section": article.section,
        "byline": article.byline.line,
        "authors": json.dumps(article.byline.authors, ensure_ascii=False),
        "published_at": article.published_at,
        "published_offset": article.published_offset,
        "modified_at": article.modified_at,
        "language": article.language,
        "word_count": article.word_count,
        "lead_image_id": stable_id(lead.identity) if lead else None,
        "layout": article.layout,
        "extractor": article.extractor,
        "evidence": json.dumps({name: found.source for name, found in article.evidence.items()}, sort_keys=True),
        "body_text": article.body_text,
        "body_html": article.body_html,
    }


def address_of(article: Article) -> Row:
    """Write an article's first canonical address as its columns; later addresses are aliases."""
    return {"url": article.url, "slug": slug_of(article.url)}


def add_parts(rows: Rows, article: Article, article_id: int) -> None:
    """Add the rows of everything an article consists of beside its own row."""
    _add_names(rows, article_id, "author", article.byline.authors)
    _add_names(rows, article_id, "section", article.labels)
    _add_names(rows, article_id, "tag", article.tags)
    for image in article.images:
        _add_image(rows, image, article_id)
    rows.add("outlets", *_outlet_rows(article))
    rows.add("links", *_link_rows(article, article_id))
    rows.add("attributions", *_attribution_rows(article, article_id))
    rows.add("notices", *_notice_rows(article, article_id))
    rows.add("related_stories", *_related_rows(article, article_id))


def _named(name: str) -> Row:
    return {"id": stable_id(name), "name": name, "slug": name_slug(name)}


def _add_names(rows: Rows, article_id: int, noun: str, names: Sequence[str]) -> None:
    for position, name in enumerate(dict.fromkeys(names), start=1):
        rows.add(f"{noun}s", _named(name))
        rows.add(
            f"article_{noun}s",
            {"article_id": article_id, f"{noun}_id": stable_id(name), "position": position},
        )


def _add_image(rows: Rows, image: Image, article_id: int) -> None:
    image_id = stable_id(image.identity)
    place_id = stable_id(f"{article_id}:{image.position}:{image.identity}")
    rows.add("images", {"id": image_id, "identity": image.identity, "url": image.url})
    rows.add(
        "article_images",
        {
            "id": place_id,
            "article_id": article_id,
            "image_id": image_id,
            "role": image.role,
            "position": image.position,
            "alt": image.alt,
            "caption": image.caption,
            "credit_line": image.credit_line,
        },
    )
    for credit in dict.fromkeys(image.credits):
        rows.add(
            "credits",
            {
                "id": stable_id(f"{place_id}:{credit.kind}:{credit.name}"),
                "article_image_id": place_id,
                "kind": credit.kind,
                "name": credit.name,
                "basis": credit.basis,
                "rule": credit.rule,
            },
        )


def _outlet_rows(article: Article) -> Iterator[Row]:
    for link in article.links:
        if not link.internal:
            yield {"id": stable_id(link.host), "name": link.outlet or link.host, "host": link.host}
    for named in article.attributions:
        yield {"id": stable_id(named.host), "name": named.outlet, "host": named.host}


def _link_rows(article: Article, article_id: int) -> Iterator[Row]:
    for link in article.links:
        yield {
            "id": stable_id(f"{article_id}:link:{link.position}"),
            "article_id": article_id,
            "url": link.url,
            "href": link.href,
            "anchor_text": link.text,
            "sentence": link.sentence,
            "position": link.position,
            "host": link.host,
            "outlet_id": None if link.internal else stable_id(link.host),
            "internal": int(link.internal),
            "target_article_id": None,
        }


def _attribution_rows(article: Article, article_id: int) -> Iterator[Row]:
    for named in article.attributions:
        yield {
            "id": stable_id(f"{article_id}:attribution:{named.position}"),
            "article_id": article_id,
            "outlet_id": stable_id(named.host),
            "name": named.outlet,
            "sentence": named.sentence,
            "position": named.position,
            "rule": named.rule,
        }


def _notice_rows(article: Article, article_id: int) -> Iterator[Row]:
    for notice in article.notices:
        yield {
            "id": stable_id(f"{article_id}:notice:{notice.position}"),
            "article_id": article_id,
            "kind": notice.kind,
            "text": notice.text,
            "position": notice.position,
        }


def _related_rows(article: Article, article_id: int) -> Iterator[Row]:
    for related in article.related:
        yield {
            "id": stable_id(f"{article_id}:related:{related.position}:{related.url}"),
            "article_id": article_id,
            "url": related.url,
            "headline": related.headline,
            "position": related.position,
            "place": related.place,
            "related_article_id": None,
        }
