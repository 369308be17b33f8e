"""How to cite an article: plain text and BibTeX. Must not read the database."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_TEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{character: f"\\{character}" for character in "&%$#_{}"},
}


@dataclass(frozen=True, slots=True)
class Citable:
    """What a citation of an article needs. Times are the archive's UTC texts; `published_at` may be unknown."""

    headline: str
    authors: Sequence[str]
    publication: str
    published_at: str | None
    url: str
    fetched_at: str
    digest: str


def plain_text(article: Citable) -> str:
    """Write the citation as one line in the manner of the Chicago Manual, with the archived copy it was read from."""
    who = f"{_joined(article.authors)}. " if article.authors else ""
    when = f"{long_date(article.published_at)}. " if article.published_at else "n.d. "
    mark = "" if article.headline.endswith(("?", "!", ".")) else "."
    copy = f"Archived copy of {long_date(article.fetched_at)}, {article.digest}."
    return f"{who}“{article.headline}{mark}” {article.publication}, {when}{article.url}. {copy}"


def bibtex(article: Citable) -> str:
    """Write the citation as a BibTeX entry; `@online` is biblatex's, and BibTeX's styles read it as `@misc`."""
    date = article.published_at
    fields = {
        "author": " and ".join(f"{{{_tex(name)}}}" if " " not in name else _tex(name) for name in article.authors),
        "title": f"{{{_tex(article.headline)}}}",
        "organization": _tex(article.publication),
        "year": date[:4] if date else "",
        "date": date[:10] if date else "",
        "url": article.url,
        "urldate": article.fetched_at[:10],
        "note": _tex(f"Archived copy, {article.digest}"),
    }
    body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@online{{{key(article)},\n{body}}}"


def key(article: Citable) -> str:
    """Return a short name for the entry: the first author's last name, the year, the headline's first long word."""
    author = _ascii(article.authors[0].split()[-1]) if article.authors and article.authors[0].split() else ""
    words = [word for word in map(_ascii, article.headline.split()) if len(word) > 3]
    return (author or "anon") + (article.published_at or "nd")[:4] + (words[0] if words else "")


def long_date(moment: str) -> str:
    """Write a time's day in words: `11 February 2026`."""
    day = datetime.fromisoformat(moment)
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _joined(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _tex(text: str) -> str:
    return "".join(_TEX.get(character, character) for character in " ".join(text.split()))


def _ascii(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]", "", plain)
