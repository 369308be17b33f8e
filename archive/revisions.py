"""When an article's words have changed: the words that count, their fingerprint, which fields differ, what edit it was.

Must not read pages or the database. The rules of the kinds are in `archive.edit_kinds`, the diff in `archive.worddiff`.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from archive.edit_kinds import BODY, EditKind, has_new_notice, kind_of
from archive.models import Article
from archive.worddiff import Diff, diff_words

Words = Mapping[str, str | None]

# Soft hyphen, grapheme joiner, zero-width space, direction marks, word joiner, byte order mark, and C0 and C1 controls.
# The joiners U+200C and U+200D shape Arabic, Indic scripts and emoji: there they stay.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
    "|[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]"
    "|(?<![\u0590-\u1fff\u2190-\U0010ffff])[\u200c\u200d]|[\u200c\u200d](?!\\S)"
)
# One set of characters is looked for far faster than the alternatives above, and hardly any text holds one of them.
_MAY_BE_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
)


@dataclass(frozen=True, slots=True)
class Edit:
    """What one revision did: its kind, whether it changed the body without a notice, the fields, and the word diff."""

    kind: EditKind
    silent: bool
    changed_fields: tuple[str, ...]
    diff: Diff


def words_of(article: Article) -> dict[str, str | None]:
    """Return the words whose change is a revision, by field, after Unicode (NFC) and white-space normalisation.

    What readers cannot see (soft hyphens, zero-width marks) is left out; punctuation stays as it is.
    """
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


def notices_of(article: Article) -> tuple[str, ...]:
    """Return the texts of an article's notices, normalised as its words are, in the order of the page."""
    return tuple(text for notice in article.notices if (text := _plain(notice.text)))


def fingerprint(words: Words) -> str:
    """Return the SHA-256 of a revision's words, in hexadecimal."""
    return hashlib.sha256(json.dumps(words, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def changed_fields(before: Words, after: Words) -> list[str]:
    """List the fields whose words differ, in the order of `words_of`; where a paragraph breaks is no difference.

    None means none: fingerprints may differ all the same, and that is no revision.
    """
    return [name for name in after if _flat(before.get(name)) != _flat(after[name])]


def describe_edit(
    before: Words, after: Words, notices_before: Sequence[str] = (), notices_after: Sequence[str] = ()
) -> Edit:
    """Describe what changed between two readings by one extractor; the notices are those of `notices_of`.

    `silent` is true when the body changed and no notice was added or changed.
    """
    fields = tuple(changed_fields(before, after))
    diff = diff_words(before, after, fields)
    noticed = has_new_notice(notices_before, notices_after)
    return Edit(kind_of(diff, noticed), BODY in fields and not noticed, fields, diff)


@lru_cache(maxsize=64)
def _plain(text: str | None) -> str | None:
    if not text:
        return None
    seen = unicodedata.normalize("NFC", text)
    if _MAY_BE_UNSEEN.search(seen):
        seen = _UNSEEN.sub("", seen)
    lines = (" ".join(line.split()) for line in seen.splitlines())
    return "\n".join(line for line in lines if line) or None


def _flat(text: str | None) -> list[str]:
    return (_plain(text) or "").split()
