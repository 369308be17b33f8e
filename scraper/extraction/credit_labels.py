"""The labels that announce a credit ("Foto:", "Photo by", "Credit,", "©"), in the languages of the words table.

Must not read what follows a label.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

from scraper.extraction.credit_names import credit_words

# caption: "Top photo: …", what is shown; image: "Photo: …", a name or a caption; credit: "Photo credit: …", a name,
# perhaps after what is shown; by: nothing but a name; courtesy: the giver's name; other: hair, make-up, words.
LabelKind = Literal["other", "caption", "image", "credit", "by", "courtesy"]
STRENGTH: tuple[LabelKind | None, ...] = (None, *get_args(LabelKind))


@dataclass(frozen=True, slots=True)
class Label:
    """One label in a line: its place and how much it promises."""

    start: int
    end: int
    kind: LabelKind


def _words(name: str) -> str:
    text: str = credit_words()["labels"][name]
    return "|".join(re.escape(word) for word in sorted(text.split(), key=len, reverse=True))


_IMAGE, _CREDIT, _BY = _words("image"), _words("credit"), _words("by")
_COLON = r"\s*(?::|：|=|＝|\.\.\.|…|[-–]\s(?=[^a-z]))\s*"
_SIDE = r"(?:(?:on\s|to\s)?(?:the\s)?(?:left|right|top|bottom|centre|center|middle|l|r)\s*:\s*)?"

_FRONT = rf"(?:(?:{_words('before')})[\s-])"
_SHOWN = rf"(?:{_IMAGE})(?:[\s/&+-]{{1,3}}(?:{_IMAGE}))?"
_YEARS = r"(?:\d{4}(?:\s?[-–]\s?\d{2,4})?\s*,?\s*)?"

_LABEL = re.compile(
    rf"""
    (?:(?P<other>(?:{_words("other_role")})\s*:\s*)
    | (?P<courtesy>
          {_FRONT}?(?:(?:{_IMAGE})\s(?:is\s|was\s)?)?(?:courtesy|provided|supplied)
            (?:\s(?:photo|image|of|by|from)\b)*(?:\s*[:/]|(?=\s\S))\s*
        | (?:{_IMAGE})\s(?:fournie?s?\spar|zur\sverfügung\sgestellt\svon|facilitada\spor|cedida\spor|fornita\sda)\s
        | (?:{_CREDIT})\s*:\s*courtesy(?:\sof\b)?\s*)
    | (?P<by>
          {_FRONT}{{0,3}}{_SHOWN}\s(?:(?:taken|made|shot|created|edited|design)\s)?
            (?:(?:credits?|credit\sshould\sread)(?:\s*:)?\s*)?(?:{_BY})(?:\s*:\s*|\s)(?=\S)
        | (?:(?:{_IMAGE})\s*:?\s*)?(?:©|\(c\)|ⓒ|copyright\b(?!\sholder))\s*(?:copyright\s)?(?:by\s)?:?\s*
            {_YEARS}(?:by\s)?
        | credits?\s*[.…]{{2,}}\s*
        | fot\.\s)
    | (?P<credit>
          {_FRONT}{{0,3}}
          (?: (?:{_IMAGE})[\s/-]{{0,2}}credits?\s(?:should\sread|to|goes\sto)\s*:?\s*
            | (?:{_IMAGE})[\s/-]{{0,2}}(?:{_CREDIT})(?:\s(?:{_BY}))?(?:{_COLON}|,\s)
            | (?:{_IMAGE})\s(?:copyright|source|credit)\s(?=\S)
            | (?:{_CREDIT})(?:[\s/-]{{1,3}}(?:de\sl['’])?(?:{_IMAGE}|{_CREDIT})){{0,2}}\s*(?:{_COLON}|,\s)
            | (?:{_IMAGE})\s(?:via|per|from)\s))
    | (?P<image>
          {_FRONT}{{0,3}}{_SHOWN}{_COLON}
        | {_FRONT}{{1,3}}(?:{_IMAGE})\s(?=\())
    ){_SIDE}
    """,
    re.VERBOSE,
)
_ENGLISH = re.compile(
    r"photo|image|pict?ure|\bpic|graphic|illustration|art|cartoon|video|screen|still|map|composite|collage|credit|source"
)
_FRONTED = re.compile(_FRONT)
_SIDES = re.compile(
    r"(?:from\s)?(?:left|right|top|bottom|centre|center|middle|l|r)\s*:\s*|\((?:left|right|top|bottom|l|r)\)\s*",
    re.IGNORECASE,
)
# What every label holds; looked for first, because a search for the whole pattern is slow.
_ANCHORS = re.compile(
    r"[:：=＝©ⓒ…]|\.\.\.|credits?[ ,]|courtesy|copyright|provided|supplied|fourni|verfügung|facilitada|cedida|fornita"
    r"|\(c\)|fot\. |source, "
    r"|(?:photo|foto|imag|pictur|graphic|illustr|video|bild|kuva|screen|still|map|art|фото)[^\W\d_]{0,10}"
    rf"(?: taken| made| credit)? (?:via|per|from|{_BY}) "
)
_WORD_START = re.compile(r"(?<![\w/])[\w©ⓒ(]|(?<=[\u3000-\u9fff\uac00-\ud7a3])[\w©]|[©ⓒ]")
_REACH = 48


def _lowered(text: str) -> str:
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else text


def _labelled(match: re.Match[str]) -> Label:
    return Label(match.start(), match.end(), _kind(match))


def _kind(match: re.Match[str]) -> LabelKind:
    if match["other"]:
        return "other"
    if match["courtesy"]:
        return "courtesy"
    if match["by"] or not _ENGLISH.search(match.group()):
        return "by"
    if match["credit"]:
        return "credit"
    return "caption" if _FRONTED.match(match.group()) else "image"


def label_at_start(text: str) -> Label | None:
    """Read the label a text begins with, or None."""
    lowered = _lowered(text)
    if not _ANCHORS.search(lowered, 0, 80):
        return None
    match = _LABEL.match(lowered)
    if match is None or match.end() == 0:
        return None
    return _labelled(match)


def labels_inside(text: str, limit: int = 12) -> list[Label]:
    """Find the labels inside a text, in order, looking at no more than `limit` places."""
    lowered = _lowered(text)
    found: list[Label] = []
    for anchor, _ in zip(_ANCHORS.finditer(lowered), range(limit), strict=False):
        begin = max(found[-1].end if found else 0, anchor.start() - _REACH)
        starts = [match.start() for match in _WORD_START.finditer(lowered, begin, anchor.start() + 1)]
        for start in starts[-7:]:
            match = _LABEL.match(lowered, start)
            if match and match.end() > anchor.start() and not _is_end_of_a_name(lowered, match):
                found.append(_labelled(match))
                break
    return found


def _is_end_of_a_name(text: str, match: re.Match[str]) -> bool:
    # "PA Images via Getty Images": there "images via" is no label.
    return match.group().endswith(("via ", "per ", "from ")) and text[: match.start()].rstrip()[-1:].isalnum()


def without_side(text: str) -> str:
    """Take "Left:" or "(L)" off the front of a piece that credits one of several images."""
    return _SIDES.sub("", text, count=1) if _SIDES.match(text) else text
