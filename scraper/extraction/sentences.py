"""The sentence around a place in a text. Must not know what the text is."""

from __future__ import annotations

import re

_BOUNDARY = re.compile(r"(?:[.!?…]+[\"'”’»)\]]*\s+|[。！？]+[」』”]*\s*|[।؟]\s+|\n+)")
# A full stop after these, after one letter (`J.`) or after letters with stops between them (`U.S.`) ends no sentence.
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\[“\"'—–-])(?:[^\W\d_]|(?:[^\W\d_]\.)+[^\W\d_]|Mr|Mrs|Ms|Dr|Prof|Rev|Hon|Sen|Sens|Rep|Reps|Gov|Gen|Adm|Col|Maj|Capt"
    r"|Cmdr|Lt|Sgt|Cpl|Pvt|Amb|Jr|Sr|St|Mt|Ft|No|Nos|Vol|vs|etc|cf|ca|approx|Inc|Ltd|Co|Corp|Jan|Feb|Mar|Apr|Jun|Jul"
    r"|Aug|Sept?|Oct|Nov|Dec|Mme|Mlle|bzw|Nr|Hr|Sra?|Ud|Av)\.$"
)
_LOOK_BEHIND = 24
LONGEST = 1_500


def sentence_at(text: str, start: int, end: int) -> str:
    """Return the sentence of `text` that holds the characters `start` to `end`; all of them where they span several.

    At most `LONGEST` characters on either side belong to it, so that a paragraph of a thousand links stays cheap.
    """
    offset = max(0, start - LONGEST)
    return _around(text[offset : end + LONGEST], start - offset, end - offset)


def _around(text: str, start: int, end: int) -> str:
    begin, finish = 0, len(text)
    for match in _BOUNDARY.finditer(text):
        if not _ends_sentence(text, match):
            continue
        if match.end() <= start:
            begin = match.end()
        elif match.start() + 1 >= end or match.end() >= end:
            finish = match.end()
            break
    return " ".join(text[begin:finish].split())


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    """Tell the end of a sentence from a stop inside one: after an abbreviation, or before a word in lower case."""
    mark = match.group()
    if "\n" in mark or mark[0] in "。！？।؟":
        return True
    after = text[match.end() : match.end() + 1]
    if after.islower():
        return False
    before = text[max(0, match.start() - _LOOK_BEHIND) : match.start() + 1]
    return not (mark[0] == "." and not mark.startswith("..") and _ABBREVIATION.search(before))
