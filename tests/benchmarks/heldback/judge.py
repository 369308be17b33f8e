"""Compares what was read with the truth, field by field, and counts.

Must not read pages or tables.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from .model import BASE, Truth, key_of

TRACKING = re.compile(r"^(utm_\w+|fbclid|gclid)$")
FIELDS = (
    "url",
    "headline",
    "dek",
    "type",
    "section",
    "authors",
    "published_at",
    "body",
    "links",
    "related",
    "photographers and agencies",
)
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of one article, from the reader itself or from the tables."""

    url: str
    headline: str | None
    dek: str | None
    type: str | None
    section: str | None
    authors: tuple[str, ...]
    published_at: str | None
    body: str
    links: Pairs
    related: Pairs
    photographers: tuple[str, ...]
    agencies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Miss:
    """One field of one article that is not what it should be; `soft` where the notes leave open what is right."""

    field: str
    key: str
    detail: str
    features: str
    soft: bool


@dataclass
class Figures:
    """Counts by figure: how many are right of how many, how many are wanted, and what was missed."""

    rows: dict[str, tuple[int, int, str]] = field(default_factory=dict)
    misses: list[Miss] = field(default_factory=list)

    def add(self, name: str, reached: int, of: int, wanted: str = "all") -> None:
        """Write down one figure."""
        self.rows[name] = (reached, of, wanted)

    def none(self, name: str, count: int) -> None:
        """Write down a figure that has to be 0."""
        self.add(name, count, 0, "none")

    def judge(self, pairs: Sequence[tuple[Truth, Reading | None]], base: str) -> None:
        """Judge every field of every article that was read."""
        read = [(truth, reading) for truth, reading in pairs if reading is not None]
        for name in FIELDS:
            right, of = 0, 0
            for truth, reading in read:
                detail = compare(name, truth, reading, base)
                soft = name in truth.soft or (name == "photographers and agencies" and "credits" in truth.soft)
                if detail:
                    self.misses.append(Miss(name, truth.key, detail, ", ".join(sorted(truth.features)), soft))
                if not (soft and detail):
                    of += 1
                    right += not detail
            self.add(name, right, of, "95 %" if name.startswith("photographers") else "all")

    def failed(self) -> bool:
        """Whether a figure is short of what is wanted."""
        return any(is_short(*row) for row in self.rows.values())

    def show(self, examples: int = 4, width: int = 320) -> str:
        """Write the table and some misses of each field."""
        lines = [f"{'figure':46} {'reached':>9} {'of':>6}  wanted"]
        for name, (reached, of, wanted) in self.rows.items():
            short = is_short(reached, of, wanted)
            lines.append(f"{name:46} {reached:>9} {of:>6}  {wanted}{'   SHORT' if short else ''}")
        for name in dict.fromkeys(miss.field for miss in self.misses):
            some = [miss for miss in self.misses if miss.field == name]
            lines.append(f"\n{name}: {len(some)} missed ({sum(miss.soft for miss in some)} of them open to reading)")
            lines += [
                f"  {miss.key}{' (soft)' if miss.soft else ''}\n    {miss.detail[:width]}\n    [{miss.features}]"
                for miss in some[:examples]
            ]
        return "\n".join(lines)


def is_short(reached: int, of: int, wanted: str) -> bool:
    """Whether a figure is short of what is wanted of it: all, 95 %, none, or nothing in particular (`-`)."""
    return {"all": reached < of, "95 %": reached < 0.95 * of, "none": reached > 0, "-": False}[wanted]


def squeeze(text: str | None) -> str | None:
    """Make white space single and characters composed."""
    return None if text is None else " ".join(unicodedata.normalize("NFC", text).split())


def clean(url: str, base: str) -> str:
    """Bring an address to one form: own addresses to their path, tracking parameters off, percent-coding undone."""
    url = url.strip()
    split = urlsplit(url)
    own = {"", "responsiblestatecraft.org", "www.responsiblestatecraft.org", urlsplit(base).netloc}
    query = urlencode([pair for pair in parse_qsl(split.query, keep_blank_values=True) if not TRACKING.match(pair[0])])
    if split.netloc in own:
        return key_of(url) + (f"?{query}" if query else "")
    host = split.netloc
    if not host.isascii():
        host = host.encode("idna").decode()
    return unquote(urlunsplit((split.scheme or "https", host.lower(), split.path or "/", query, split.fragment)))


def compare(name: str, truth: Truth, reading: Reading, base: str) -> str:
    """Say what is wrong with one field, or nothing."""
    if name == "url":
        wanted = truth.url.replace(BASE, base)
        return "" if reading.url == wanted else f"{reading.url!r}, wanted {wanted!r}"
    if name == "published_at":
        return _compare_moment(truth, reading)
    if name == "body":
        return compare_words(truth.body_words, (reading.body or "").split())
    if name == "links":
        return _compare_links(truth, reading, base)
    if name == "related":
        return _compare_related(truth, reading, base)
    if name == "authors":
        got, wanted_names = tuple(map(squeeze, reading.authors)), tuple(map(squeeze, truth.authors))
        return "" if got == wanted_names else f"{got}, wanted {wanted_names}"
    if name == "photographers and agencies":
        right = set(reading.photographers) == set(truth.photographers) and set(reading.agencies) == set(truth.agencies)
        wanted = f"{truth.photographers} / {truth.agencies} from {truth.credit_line!r}"
        return "" if right else f"{reading.photographers} / {reading.agencies}, wanted {wanted}"
    line, wanted_line = squeeze(getattr(reading, name)), squeeze(getattr(truth, name))
    return "" if line == wanted_line else f"{line!r}, wanted {wanted_line!r}"


def _compare_moment(truth: Truth, reading: Reading) -> str:
    wanted = datetime.fromisoformat(truth.published_at)
    try:
        got = datetime.fromisoformat(reading.published_at or "")
    except ValueError:
        return f"{reading.published_at!r}, wanted {truth.published_at}"
    if "published_at" in truth.soft and got.date() == wanted.date():
        return ""
    right = (
        got.tzinfo is not None and got == wanted and reading.published_at == wanted.strftime("%Y-%m-%dT%H:%M:%S+00:00")
    )
    return "" if right else f"{reading.published_at}, wanted {truth.published_at}"


def compare_words(wanted: Sequence[str], got: Sequence[str]) -> str:
    """Say where two word sequences part."""
    wanted = [unicodedata.normalize("NFC", word) for word in wanted]
    got = [unicodedata.normalize("NFC", word) for word in got]
    if wanted == got:
        return ""
    at = next(
        (n for n, (one, other) in enumerate(zip(wanted, got, strict=False)) if one != other), min(len(wanted), len(got))
    )
    here = slice(max(at - 4, 0), at + 12)
    return (
        f"{len(got)} words, wanted {len(wanted)}; at word {at}: …{' '.join(got[here])}… wanted "
        f"…{' '.join(wanted[here])}…"
    )


def _compare_links(truth: Truth, reading: Reading, base: str) -> str:
    wanted = [(clean(url, base), squeeze(text)) for url, text in truth.links]
    got = [(clean(url, base), squeeze(text)) for url, text in reading.links if squeeze(text)]
    if wanted == got:
        return ""
    missing, extra = [pair for pair in wanted if pair not in got], [pair for pair in got if pair not in wanted]
    return (
        f"missing {missing[:3]}, extra {extra[:3]}"
        if missing or extra
        else f"{len(got)} in another order or number, wanted {len(wanted)}"
    )


def _compare_related(truth: Truth, reading: Reading, base: str) -> str:
    wanted = [(clean(url, base), squeeze(text)) for url, text in truth.related]
    stacked = {url for url, _ in wanted}
    beside = {clean(url, base) for url in truth.beside}
    got = [(clean(url, base), squeeze(text)) for url, text in reading.related]
    kept = [pair for pair in got if pair[0] in stacked or pair[0] not in beside]
    if kept == wanted or [pair for pair in kept if pair in wanted or pair[0] not in beside] == wanted:
        return ""
    return f"{kept}, wanted {wanted}"
