"""The words of one language that pages are made of. Must not write markup."""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_NAMES = {
    "ru": ("Анна Лебедева", "Пётр Зимин"),
    "uk": ("Оксана Гнатюк", "Петро Зима"),
    "ja": ("青木春子", "森田健"),
    "zh": ("林小雨", "周伟明"),
    "ko": ("김하늘", "박서준"),
    "ar": ("ليلى منصور", "سامي حداد"),
    "he": ("נועה ברק", "יואב שלו"),
}
_LATIN_NAMES = ("Mira Holm", "Tomas Verbeek", "Lea Antal", "Jon Ferrante")
_SOLID = {"ja", "zh"}


@dataclass(frozen=True, slots=True)
class Language:
    """One language's words; `rng` chooses among them."""

    code: str
    words: dict[str, Any]
    rng: random.Random

    def sentence(self) -> str:
        return str(self.rng.choice(self.words["prose"]))

    def paragraph(self, least: int = 2, most: int = 4) -> str:
        joint = "" if self.code in _SOLID else " "
        return joint.join(self.sentence() for _ in range(self.rng.randint(least, most)))

    def headline(self) -> str:
        return str(self.rng.choice(self.words["headlines"]))

    def name(self) -> str:
        return self.rng.choice(_NAMES.get(self.code, _LATIN_NAMES))

    def nav(self, count: int) -> list[str]:
        return [str(self.rng.choice(self.words["nav"])) for _ in range(count)]

    def say(self, kind: str, topic: str = "") -> tuple[str, str]:
        """Choose what a page of a kind says: its title and the line below."""
        lines = self.words["say"][kind]
        at = 2 * self.rng.randrange(len(lines) // 2)
        return lines[at].replace("{}", topic), lines[at + 1].replace("{}", topic)

    def word(self, name: str, topic: str = "") -> str:
        return str(self.words[name]).replace("{}", topic)


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("languages.toml").read_text("utf-8"))


_STRANGE = str.maketrans("aeioubcdfghjklmnpqrstvwxz", "oiuaecdfghjklmnpqrstvwxzb")


def _estranged(words: Any) -> Any:
    """Turn words into those of a language that nobody speaks."""
    if isinstance(words, str):
        return words.translate(_STRANGE)
    return (
        [_estranged(word) for word in words]
        if isinstance(words, list)
        else {k: _estranged(v) for k, v in words.items()}
    )


def codes() -> list[str]:
    """List the languages."""
    return list(_table())


def language(code: str, rng: random.Random, *, strange: bool = False) -> Language:
    """Open one language, or a strange one that is built like English."""
    return Language("xx", _estranged(_table()["en"]), rng) if strange else Language(code, _table()[code], rng)
