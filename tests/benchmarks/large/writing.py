"""Writes articles by number: the same number always gives the same one, so that any can point to any other.

Must not know tables.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from archive.models import Article, Attribution, Byline, Credit, Evidence, Image, Link, Notice, RelatedStory
from tests.benchmarks.large.words import LEXICON, Zipf, lexicon, sentences

HOST = "thelongreview.example"
SITE = f"https://{HOST}"
TITLE = "The Long Review"
SECTIONS = (
    "Europe", "Middle East", "Asia", "Africa", "Latin America", "Washington", "Military", "Trade", "Law", "Energy",
    "Media", "Books",
)  # fmt: skip
TYPES = ("Reporting", "Analysis", "Opinion", "Interview", "Video")
AGENCIES = ("Harbour Pictures", "Northlight", "Field Agency", "Public Domain Desk")
FIRST = datetime(2006, 1, 2, 9, 0, tzinfo=UTC)
DAYS = 7_500
SILENT_MONTHS = frozenset({"2009-08", "2014-02", "2014-03"})
_WORDS = 310
_SLOTTED = (
    "The paper names {} and {} beside {}, and says of {} only that it was late.",
    "Between {} and {} there is now a {} that nobody ordered and {} that nobody will pay for.",
    "Asked about {}, the spokesman spoke of {}; asked about {}, of {}.",
    "What {} had promised to {} was written down as {}, then as {}, and then not at all.",
)
_HEADLINES = ("What became of {} and {}", "The {} that {} forgot", "{}, {} and the bill", "Why {} will not hold {}")


@dataclass(frozen=True)
class Plan:
    """How many articles there are to be, and what that makes of authors, outlets and series."""

    articles: int
    seed: str = "large"

    @property
    def authors(self) -> int:
        """Count the authors: one for each hundred articles, thirty at least."""
        return max(30, self.articles // 100)

    @property
    def outlets(self) -> int:
        """Count the outlets that may be cited."""
        return max(60, min(6_000, self.articles // 20))

    @property
    def series(self) -> int:
        """Count the series."""
        return max(5, self.articles // 2_000)

    @cached_property
    def _words(self) -> Zipf:
        return Zipf(LEXICON)

    @cached_property
    def _sentences(self) -> Zipf:
        return Zipf(len(sentences()), 0.6)

    @cached_property
    def _authors(self) -> Zipf:
        return Zipf(self.authors, 0.8)

    @cached_property
    def _outlets(self) -> Zipf:
        return Zipf(self.outlets)

    @cached_property
    def _sections(self) -> Zipf:
        return Zipf(len(SECTIONS), 0.5)

    def url(self, number: int) -> str:
        """Give an article's address."""
        moment = self.published(number)
        return f"{SITE}/{moment:%Y/%m}/{lexicon()[number * 7919 % LEXICON]}-{number}/"

    def published(self, number: int) -> datetime:
        """Say when an article appeared: spread evenly, in order of numbers, with a few months of silence."""
        moment = FIRST + timedelta(days=DAYS * number / max(self.articles, 1), seconds=number * 977 % 30_000)
        return moment + timedelta(days=62) if f"{moment:%Y-%m}" in SILENT_MONTHS else moment

    def author(self, place: int) -> str:
        """Name an author."""
        words = lexicon()
        return f"{words[place * 31 % 1_500].title()} {words[1_000 + place].title()}"

    def outlet(self, place: int) -> tuple[str, str]:
        """Name an outlet and its host."""
        word = lexicon()[20_000 + place]
        return f"The {word.title()}", f"{word}.example"

    def article(self, number: int) -> Article:
        """Write an article."""
        return _Writer(self, number).article()

    def edited(self, number: int) -> bool:
        """Say whether an article was edited after it was first seen: one in twelve."""
        return number % 12 == 5


class _Writer:
    """Writes one article."""

    def __init__(self, plan: Plan, number: int) -> None:
        self.plan = plan
        self.number = number
        self.chance = random.Random(f"{plan.seed}:{number}")

    def article(self) -> Article:
        plan, number = self.plan, self.number
        paragraphs = self._paragraphs()
        authors = self._authors()
        section = SECTIONS[plan._sections.draw(self.chance)]
        kind = self.chance.choice(TYPES)
        published = None if number % 211 == 7 else plan.published(number)
        return Article(
            url=plan.url(number),
            headline=self._slotted(_HEADLINES, 2).capitalize(),
            dek=None if number % 9 == 1 else self._sentence(),
            type=kind,
            section=section,
            labels=(kind, section),
            byline=Byline("By " + " and ".join(authors), authors) if authors else Byline(),
            published_at=published.isoformat(timespec="seconds") if published else None,
            published_offset="-05:00" if published else None,
            modified_at=(published + timedelta(hours=5)).isoformat(timespec="seconds") if published else None,
            language="en",
            body_text="\n".join(paragraphs),
            body_html="".join(f"<p>{paragraph}</p>" for paragraph in paragraphs),
            layout="plain",
            extractor="large-1",
            images=tuple(self._images()),
            links=tuple(self._links(paragraphs)),
            related=tuple(self._related()),
            tags=tuple({lexicon()[plan._words.draw(self.chance) % 5_000] for _ in range(3)}),
            attributions=tuple(self._attributions(paragraphs)),
            notices=(Notice("correction", self._sentence(), 0),) if number % 40 == 3 else (),
            evidence={"published_at": Evidence("json-ld datePublished"), "headline": Evidence("css h1")},
        )

    def _word(self) -> str:
        return lexicon()[self.plan._words.draw(self.chance)]

    def _sentence(self) -> str:
        return sentences()[self.plan._sentences.draw(self.chance)]

    def _slotted(self, patterns: tuple[str, ...], slots: int) -> str:
        return self.chance.choice(patterns).format(*(self._word() for _ in range(slots)))

    def _paragraphs(self) -> list[str]:
        lines = [self._slotted(_SLOTTED, 4) for _ in range(3)]
        lines.append(f"It was the matter that the register lists as file{self.number}.")
        count = sum(len(line.split()) for line in lines)
        while count < _WORDS:
            lines.append(self._sentence())
            count += len(lines[-1].split())
        self.chance.shuffle(lines)
        return [" ".join(lines[at : at + 3]) for at in range(0, len(lines), 3)]

    def _authors(self) -> tuple[str, ...]:
        if self.number % 97 == 11:
            return ()
        drawn = [self.plan._authors.draw(self.chance) for _ in range(2 if self.number % 8 == 0 else 1)]
        return tuple(dict.fromkeys(map(self.plan.author, drawn)))

    def _images(self) -> Iterator[Image]:
        for position in range(2 if self.number % 5 == 0 else 1):
            name = self.plan.author(self.chance.randrange(300) + 20_000)
            agency = self.chance.choice(AGENCIES)
            credits = (Credit("photographer", name), Credit("agency", agency))
            identity = f"{self.number}-{position}"
            url = f"https://images.{HOST}/{identity}.jpg"
            role, caption = ("inline" if position else "lead"), self._sentence()
            yield Image(url, identity, role, position, "A picture", caption, f"{name}/{agency}", credits)

    def _links(self, paragraphs: list[str]) -> Iterator[Link]:
        for position in range(1, 5):
            sentence = self.chance.choice(paragraphs)[:200]
            if position == 4 and self.number:
                target = self.plan.url(self.chance.randrange(self.number))
                yield Link(target, "an earlier report", sentence, position, target, True, HOST)
            else:
                name, host = self.plan.outlet(self.plan._outlets.draw(self.chance))
                url = f"https://{host}/{self.chance.randrange(10**6)}"
                yield Link(url, "reported", sentence, position, url, False, host, name)

    def _attributions(self, paragraphs: list[str]) -> Iterator[Attribution]:
        if self.number % 10 == 0:
            name, host = self.plan.outlet(self.plan._outlets.draw(self.chance))
            yield Attribution(name, host, paragraphs[0][:200], 1, "according to")

    def _related(self) -> Iterator[RelatedStory]:
        for position in range(1, min(self.number, 3) + 1):
            yield RelatedStory(self.plan.url(self.number - position), None, position, "stacked")
