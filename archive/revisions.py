"""When an article's words have changed: the words that count, their fingerprint, and which fields differ.

Must not read pages or the database.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from archive.models import Article

Words = Mapping[str, str | None]


def words_of(article: Article) -> dict[str, str | None]:
    """Return the words whose change is a revision, by field, after Unicode (NFC) and white-space normalisation."""
    credit_lines = "\n".join(image.credit_line for image in article.images if image.credit_line)
    fields = {
        "headline": article.headline,
        "dek": article.dek,
        "byline": article.byline.line,
        "section": article.section,
        "credits": credit_lines,
        "body": article.body_text,
    }
    return {name: _plain(value) for name, value in fields.items()}


def _plain(text: str | None) -> str | None:
    if not text:
        return None
    lines = (" ".join(line.split()) for line in unicodedata.normalize("NFC", text).splitlines())
    return "\n".join(line for line in lines if line) or None


def fingerprint(words: Words) -> str:
    """Return the SHA-256 of a revision's words, in hexadecimal."""
    return hashlib.sha256(json.dumps(words, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def changed_fields(before: Words, after: Words) -> list[str]:
    """List the fields whose words differ, in the order of `words_of`."""
    return [name for name in after if before.get(name) != after[name]]


@dataclass(frozen=True, slots=True)
class Edit:
    kind: str
    silent: bool
    changed_fields: tuple[str, ...]
    diff: object


def notices_of(article: Article) -> tuple[str, ...]:
    """List the notices that an article prints."""
    return tuple(notice.text for notice in article.notices)


def describe_edit(before: Words, after: Words, notices_before, notices_after) -> Edit:
    fields = changed_fields(before, after)
    return Edit(fields[0] if fields[0] != "body" else "substantive", "body" in fields, tuple(fields), None)
