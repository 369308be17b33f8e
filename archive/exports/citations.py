"""How to cite an article: plain text, BibTeX, RIS and CSL. Must not read the database.

`plain`, `bibtex`, `ris` and `csl` each take one `Citable`. The day of an article is the one that its page claims: that
of the claimed offset, not of UTC.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from archive.exports.names import Name, parse_name
from archive.urls import stable_id

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
# A brace counts for BibTeX even behind a backslash: these commands leave the braces of an entry paired.
_TEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    **{character: f"\\{character}" for character in "&%$#_"},
}
_VERBATIM = str.maketrans({"{": "%7B", "}": "%7D", "\\": "%5C", " ": "%20"})
_ENDS = (".", "?", "!", "…", ".”", "?”", "!”", "。", "？", "！", "؟")


@dataclass(frozen=True, slots=True)
class Citable:
    """What a citation of an article needs. Times are the archive's UTC texts; None is what the page does not say.

    `fetched_at` and `digest` are those of the snapshot that the words were read from. With `revision`, that revision is
    cited and not the article as it stands; `archive_url` is where the archived copy can be read.
    """

    headline: str
    authors: Sequence[str]
    publication: str
    published_at: str | None
    url: str
    fetched_at: str
    digest: str
    published_offset: str | None = None
    dek: str | None = None
    section: str | None = None
    language: str | None = None
    tags: Sequence[str] = ()
    revision: int | None = None
    archive_url: str | None = None

    @property
    def day(self) -> date | None:
        """Return the day of publication where the page was written; None when it gives none."""
        return local_day(self.published_at, self.published_offset) if self.published_at else None

    @property
    def names(self) -> list[Name]:
        """Return the authors' names in parts."""
        return [parse_name(author) for author in self.authors if author.strip()]


def local_day(moment: str, offset: str | None) -> date:
    """Return a time's day at an offset such as `-05:00`, in UTC without one."""
    sign = -1 if (offset or "").startswith("-") else 1
    there = re.match(r"[+-](\d\d):?(\d\d)$", offset or "")
    shift = sign * timedelta(hours=int(there[1]), minutes=int(there[2])) if there else timedelta()
    return (datetime.fromisoformat(moment) + shift).date()


def plain(article: Citable) -> str:
    """Write the citation as one line in the manner of the Chicago Manual, with the archived copy it was read from."""
    who = _joined([_line(author) for author in article.authors if author.strip()])
    headline = _line(article.headline).translate(str.maketrans("“”", "‘’"))
    mark = "" if headline.endswith(_ENDS) else "."
    when = _in_words(article.day) if article.day else "n.d."
    first = f"{who}{'' if who.endswith('.') else '.'} " if who else ""
    said = f"“{headline}{mark}” {_line(article.publication)}, {when.rstrip('.')}. {_address(article.url)}."
    return f"{first}{said} {_copy(article)}."


def bibtex(article: Citable) -> str:
    """Write the citation as a BibTeX entry for BibTeX and biblatex, in UTF-8; ends without a line break.

    `@article` with `journal` is what both know; biblatex's `entrysubtype` tells a magazine from a scholarly journal.
    """
    day = article.day
    fields = {
        "author": " and ".join(map(_tex_name, article.names)),
        "title": f"{{{_tex(article.headline)}}}",
        "journal": f"{{{_tex(article.publication)}}}",
        "entrysubtype": "magazine",
        "year": f"{day:%Y}" if day else "",
        "date": day.isoformat() if day else "",
        "url": _address(article.url).translate(_VERBATIM),
        "urldate": article.fetched_at[:10],
        "language": _tex(article.language or ""),
        "keywords": _tex(", ".join(tag.replace(",", " ") for tag in article.tags)),
        "note": _tex(_copy(article)),
    }
    body = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
    if day:
        body.append(f"  month = {MONTHS[day.month - 1][:3].lower()},\n")
    return f"@article{{{key(article)},\n{''.join(body)}}}"


def ris(article: Citable) -> str:
    """Write the citation as one RIS record with the line ends that RIS asks for; ends with one.

    The tags are those of the RIS specification of 2011 and of what Zotero and EndNote read.
    """
    day = article.day
    lines: list[tuple[str, str | None]] = [
        ("TY", "MGZN"),
        *(("AU", _ris_name(name)) for name in article.names),
        ("TI", article.headline),
        ("T2", article.publication),
        ("PY", f"{day:%Y}" if day else None),
        ("DA", f"{day:%Y/%m/%d}" if day else None),
        ("AB", article.dek),
        *(("KW", tag) for tag in article.tags),
        ("LA", article.language),
        ("SE", article.section),
        ("UR", _address(article.url)),
        ("L2", article.archive_url),
        ("Y2", article.fetched_at[:10].replace("-", "/")),
        ("N1", _copy(article)),
        ("ID", key(article)),
        ("ER", ""),
    ]
    return "".join(f"{tag}  - {_line(value)}\r\n" for tag, value in lines if value is not None)


def csl(article: Citable) -> dict[str, Any]:
    """Return the citation as one CSL JSON item (csl-data.json 1.0.2); a CSL file is a list of them."""
    day = article.day
    item: dict[str, Any] = {
        "id": key(article),
        "type": "article-magazine",
        "title": _line(article.headline),
        "author": [_csl_name(name) for name in article.names],
        "container-title": _line(article.publication),
        "issued": {"date-parts": [[day.year, day.month, day.day]]} if day else None,
        "accessed": {"date-parts": [[int(part) for part in article.fetched_at[:10].split("-")]]},
        "URL": _address(article.url),
        "abstract": _line(article.dek or ""),
        "section": _line(article.section or ""),
        "language": article.language,
        "keyword": ", ".join(map(_line, article.tags)),
        "archive_location": article.archive_url,
        "version": f"revision {article.revision}" if article.revision else None,
        "note": _copy(article),
    }
    return {name: value for name, value in item.items() if value}


def key(article: Citable) -> str:
    """Return a name for the entry: first author's family name, year, the headline's first long word, six hex digits.

    The digits come from the address (and revision), so that no two articles of a bibliography share a name.
    """
    names, day = article.names, article.day
    author = _ascii(names[0].family or names[0].literal.split(" ")[-1]) if names else ""
    word = next((word for word in map(_ascii, article.headline.split()) if len(word) > 3), "")
    mark = f"{stable_id(article.url):013x}"[:6] + (f"r{article.revision}" if article.revision else "")
    return f"{author or 'anon'}{f'{day:%Y}' if day else 'nd'}{word[:30]}-{mark}"


def long_date(moment: str) -> str:
    """Write a time's day in words: `11 February 2026`."""
    return _in_words(datetime.fromisoformat(moment).date())


def _in_words(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _copy(article: Citable) -> str:
    which = f"Revision {article.revision}, archived" if article.revision else "Archived"
    where = f", {article.archive_url}" if article.archive_url else ""
    return f"{which} copy of {long_date(article.fetched_at)}{where}, {article.digest}"


def _joined(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def _line(text: str) -> str:
    """Write a text on one line, without what no reader sees and no reference manager reads."""
    return " ".join("".join(" " if _is_control(each) else each for each in text).split())


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs")


def _address(url: str) -> str:
    return "".join(_line(url).split())


def _tex(text: str) -> str:
    return "".join(_TEX.get(character, character) for character in _line(text))


def _tex_name(name: Name) -> str:
    if name.literal:
        return f"{{{_tex(name.literal)}}}"
    # BibTeX takes a particle for one only where it begins with a small letter; braces keep others with the family.
    small = name.particle and name.particle[0].islower()
    family = _tex(f"{name.particle} {name.family}".strip())
    parts = [family if small or not name.particle else f"{{{family}}}", _tex(name.suffix), _tex(name.given)]
    return ", ".join(part for part in parts if part)


def _ris_name(name: Name) -> str:
    return name.literal or ", ".join(filter(None, (f"{name.particle} {name.family}".strip(), name.given, name.suffix)))


def _csl_name(name: Name) -> dict[str, str]:
    if name.literal:
        return {"literal": _line(name.literal)}
    parts = {
        "family": name.family,
        "given": name.given,
        "non-dropping-particle": name.particle,
        "suffix": name.suffix,
    }
    return {part: value for part, value in parts.items() if value}


def _ascii(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]", "", plain)


@dataclass(frozen=True, slots=True)
class Format:
    """A file format of citations: its media type, and a file of one citation as text."""

    media_type: str
    file: Callable[[Citable], str]


FORMATS: Mapping[str, Format] = {
    "bib": Format("application/x-bibtex", lambda article: f"{bibtex(article)}\n"),
    "ris": Format("application/x-research-info-systems", ris),
    "csl.json": Format(
        "application/vnd.citationstyles.csl+json",
        lambda article: json.dumps([csl(article)], ensure_ascii=False, indent=2) + "\n",
    ),
    "txt": Format("text/plain", lambda article: f"{plain(article)}\n"),
}
"""The formats by the ending of their files' names."""
