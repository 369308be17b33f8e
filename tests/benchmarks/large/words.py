"""Our own sentences and an invented lexicon, drawn as a language draws its words. Must not know articles or tables."""

from __future__ import annotations

import random
import re
from bisect import bisect
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate
from pathlib import Path

_SAMPLE = Path(__file__).parents[3] / "scraper" / "sample" / "articles"
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_SENTENCE = re.compile(r"(?<=[.?!])[\"”]?\s+(?=[A-Z\"“])")
_HEADS = ("b", "br", "ch", "d", "dr", "f", "g", "h", "j", "k", "kl", "l", "m", "n", "p", "r", "s", "sh", "st", "t", "v")
_HEARTS = ("a", "e", "i", "o", "u", "ai", "ea", "ou")
_TAILS = ("n", "r", "s", "l", "m", "nd", "rk", "st", "th", "x")
LEXICON = 200_000


class Zipf:
    """Draws places of a list: the first is the most common, and place n comes 1/n as often (G. K. Zipf, 1935)."""

    def __init__(self, size: int, exponent: float = 1.0) -> None:
        self._bounds = list(accumulate(1 / place**exponent for place in range(1, size + 1)))

    def draw(self, chance: random.Random) -> int:
        """Draw one place, from 0."""
        return min(bisect(self._bounds, chance.random() * self._bounds[-1]), len(self._bounds) - 1)


@cache
def sentences() -> Sequence[str]:
    """Read the sentences of the sample publication's articles: at least eight words each, the shortest first."""
    found = {sentence for path in sorted(_SAMPLE.glob("*.md")) for sentence in _sentences(path)}
    return sorted(found, key=lambda sentence: (len(sentence), sentence))


def _sentences(path: Path) -> Iterator[str]:
    body = path.read_text(encoding="utf-8").split("+++\n", 2)[2]
    for line in body.splitlines():
        if re.match(r"[A-Z\"“]", line):
            plain = _LINK.sub(r"\1", line).replace("*", "").strip()
            yield from (one for one in _SENTENCE.split(plain) if len(one.split()) >= 8)


@cache
def lexicon() -> Sequence[str]:
    """Invent words of one to four syllables, all different and always the same; the shortest come first."""
    chance, found = random.Random("lexicon"), dict[str, None]()
    while len(found) < LEXICON:
        found[_invented(chance, 2 + (len(found) > 2_000) + (len(found) > 60_000))] = None
    return list(found)


def _invented(chance: random.Random, syllables: int) -> str:
    return "".join(chance.choice(_HEADS) + chance.choice(_HEARTS) for _ in range(syllables)) + chance.choice(_TAILS)
