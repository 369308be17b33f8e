"""The site that is crawled: as many articles as wanted, on pages as heavy as the publication's. Must not serve them."""

from __future__ import annotations

import gzip
import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property

from tests.benchmarks.evidence.lists import HTML, print_sources
from tests.benchmarks.evidence.markup import page
from tests.benchmarks.evidence.noise import Noise
from tests.benchmarks.evidence.story import Story, make_stories

SITE = "@@"
"""Stands for the site's own address until it is served."""
FIRST_NIGHT = datetime(2026, 11, 20, 3, tzinfo=UTC)
SECOND_NIGHT = datetime(2026, 11, 21, 3, tzinfo=UTC)
_STACKED, _LATEST = 4, 24
_PARAGRAPHS = 14
_SCRIPT_WORDS, _STYLE_RULES = 2_400, 320
_WORDS = ("layout", "viewport", "consent", "gallery", "sticky", "banner", "player", "metrics", "loader", "carousel")


@dataclass(frozen=True, slots=True)
class Served:
    """What one address answers: its type, the body as it is and as gzip has it, and its validator."""

    kind: str
    body: bytes
    packed: bytes
    etag: str | None = None


@dataclass(frozen=True)
class Site:
    """A site of `count` articles; the same number always gives the same one."""

    count: int

    @cached_property
    def stories(self) -> tuple[Story, ...]:
        """Every article, the longer ones made of the paragraphs of two."""
        made = make_stories(7, 2 * self.count)
        pairs = zip(made[: self.count], made[self.count :], strict=True)
        return tuple(replace(one, paragraphs=(one.paragraphs + other.paragraphs)[:_PARAGRAPHS]) for one, other in pairs)

    @property
    def paths(self) -> list[str]:
        """The articles' paths."""
        return [story.path for story in self.stories]

    def article(self, story: Story) -> str:
        """Print an article's page with what stands around it."""
        chooser = random.Random(story.path)
        others = chooser.sample(self.stories, k=min(_LATEST, len(self.stories)))
        printed = page(story, SITE, [one for one in others[:_STACKED] if one.key != story.key], Noise(None))
        head, rest = printed.split("</head>", 1)
        body, end = rest.rsplit("</aside>", 1)
        furniture = "".join(map(_latest, others))
        return f"{head}{_style(chooser)}{_script(chooser)}</head>{body}{furniture}</aside>{end}"

    def answers(self, base: str) -> Iterator[tuple[str, Served]]:
        """Yield what every address answers; `base` is the site's own address."""
        for story in self.stories:
            yield story.path, _served(self.article(story), HTML, base, validated=True)
        for path, (text, kind) in print_sources([(story.path, story) for story in self.stories]).items():
            yield path, _served(text, kind, base)


def _served(text: str, kind: str, base: str, validated: bool = False) -> Served:
    body = text.replace(SITE, base).encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"' if validated else None
    return Served(kind, body, gzip.compress(body, 6, mtime=0), etag)


def _script(chooser: random.Random) -> str:
    """Print the state that such pages carry for their scripts."""
    pairs = (
        f'"{chooser.choice(_WORDS)}_{chooser.getrandbits(20)}":{chooser.random():.6f}' for _ in range(_SCRIPT_WORDS)
    )
    return f"<script>window.__state={{{','.join(pairs)}}};</script>"


def _style(chooser: random.Random) -> str:
    rules = (
        f".{chooser.choice(_WORDS)}-{number}{{margin:{chooser.randrange(40)}px;color:#{chooser.getrandbits(24):06x}}}"
        for number in range(_STYLE_RULES)
    )
    return f"<style>{''.join(rules)}</style>"


def _latest(story: Story) -> str:
    """Print a card of the list beside the article, with the image sizes that the system offers."""
    source = f"/media-library/image.jpg?id={story.elid}"
    sizes = ", ".join(f"{source}&amp;width={width} {width}w" for width in (300, 600, 980, 1200, 1500, 2000))
    return (
        f'<div class="widget tag-z"><article elid="{story.elid}" class="clearfix"><picture><img srcset="{sizes}" '
        f'src="{source}" alt="A bridge" loading="lazy"></picture><h3 class="widget__headline"><a '
        f'class="widget__headline-text" href="{SITE}{story.path}">{story.headline}</a></h3></article></div>'
    )
