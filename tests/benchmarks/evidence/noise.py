"""What changes on a page from night to night although nobody edited it: spelling of white space, boxes, adverts, times.

Must not change a word that counts.
"""

from __future__ import annotations

import html
import random
import unicodedata
from dataclasses import dataclass, field

ADVERTS = (
    "Brisk Kettles: boil faster",
    "Nordhaven Ferries sail daily",
    "Try Larch & Sons pencils",
    "A bank for beekeepers",
)
SHARES = ("Facebook", "Post", "Bluesky", "Copy link", "WhatsApp", "Print this")


@dataclass
class Noise:
    """One page's noise of one night; the same seed gives the same noise, None none at all."""

    seed: str | None
    rng: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed or "quiet")

    def text(self, words: str) -> str:
        """Escape a text for HTML, its white space and Unicode form written in another way."""
        if self.seed is None:
            return html.escape(words, quote=False)
        if self.rng.random() < 0.5:
            words = unicodedata.normalize("NFD", words)
        spaced = "".join(self._space() if char == " " else char for char in words)
        return html.escape(spaced, quote=False).replace("’", self.rng.choice(["’", "&rsquo;", "&#8217;"]))

    def _space(self) -> str:
        return self.rng.choices([" ", "\u00a0", "  ", "\n   "], [40, 1, 1, 1])[0]

    def paragraph(self, inner: str) -> str:
        """Set a paragraph's HTML into its element."""
        shapes = [
            "<p>{}</p>",
            "<p>{}</p>\n\n",
            "<p>\n{}\n</p>",
            f'<p class="rm-{self.rng.randint(1, 9)}">{{}}</p>',
        ]
        return (shapes[0] if self.seed is None else self.rng.choice(shapes)).format(inner)

    def advert(self, number: int) -> str:
        """Print the advert block of a place in the body."""
        said = html.escape(self.rng.choice(ADVERTS) if self.seed else ADVERTS[0])
        return (
            f'<div class="rblad-rs_in_content_{number} ad-tag"><p>Advertisement</p><p>{said}</p>'
            f'<a href="https://ads.example.net/{self.rng.randint(1, 999)}">More</a></div>'
        )

    def shares(self) -> str:
        """Print the share panel."""
        names = self.rng.sample(SHARES, k=self.rng.randint(2, 5)) if self.seed else list(SHARES[:2])
        links = "".join(f'<a href="https://share.example.net/{number}">{name}</a>' for number, name in enumerate(names))
        return f'<div class="widget__shares share-panel"><span>Share</span>{links}</div>'
