"""The whole site on one night: which story stands where, what moved, what is gone, what the sources list.

Must not serve anything or remember earlier nights.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from . import lists
from .markup import page
from .noise import Noise
from .story import Story

HTML = "text/html; charset=utf-8"
NOT_FOUND = "<!DOCTYPE html><html><head><title>404</title></head><body><h1>Not found</h1></body></html>"
STANDING = "<!DOCTYPE html><html><head><title>About</title></head><body><h1>About</h1><p>Who we are.</p></body></html>"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one address answers, before encoding; `validators` as in `Story`, None when it has none."""

    status: int
    body: str = ""
    kind: str = HTML
    location: str | None = None
    validators: str = "none"
    article: bool = False


@dataclass(frozen=True)
class Night:
    """The site at one time.

    `stories` are the pages that stand, each at its `path`; `doubles` are old addresses that show a story whose
    canonical link names its new one; `redirects` lead from an old address to a new one; `gone` are addresses
    with their status. `listed` are the addresses that sources name with the story whose headline they print.
    `outage` breaks the site: "all 404", "articles 404" or "all 500". `extra` is HTML at the end of every body.
    """

    at: datetime
    stories: tuple[Story, ...]
    listed: tuple[tuple[str, Story], ...]
    redirects: Mapping[str, str] = field(default_factory=dict)
    doubles: Mapping[str, Story] = field(default_factory=dict)
    gone: Mapping[str, int] = field(default_factory=dict)
    noisy: bool = False
    outage: str | None = None
    extra: str = ""
    stacked: bool = True

    @cached_property
    def standing(self) -> dict[str, Story]:
        """Every address that shows a story."""
        return {story.path: story for story in self.stories} | dict(self.doubles)

    @cached_property
    def sources(self) -> dict[str, tuple[str, str]]:
        """Every source's address (the path with its query) with text and type; `@@` is the site's own."""
        return lists.print_sources(self.listed)

    def articles(self) -> set[str]:
        """Every address of an article that the site knows, in whatever state."""
        return set(self.standing) | set(self.redirects) | set(self.gone)

    def answer(self, path: str, base: str) -> Answer:
        """Say what an address (path with query) answers."""
        if self.outage == "all 500":
            return Answer(500, "<h1>Internal error</h1>")
        if self.outage == "all 404" or (self.outage == "articles 404" and path in self.articles()):
            return Answer(404, NOT_FOUND)
        if path in self.standing:
            story = self.standing[path]
            return Answer(200, self._page(story, path, base), validators=story.validators, article=True)
        if path in self.redirects:
            return Answer(301, location=base + self.redirects[path])
        if path in self.gone:
            return Answer(self.gone[path], NOT_FOUND)
        return self._other(path, base)

    def _page(self, story: Story, path: str, base: str) -> str:
        noise = Noise(f"{self.at:%Y%m%d}{path}" if self.noisy else None)
        chooser = random.Random(f"{path}{self.at:%Y%m%d}" if self.noisy else path)
        stack = chooser.sample(self.stories, k=min(3, len(self.stories))) if self.stacked else ()
        return page(story, base, [one for one in stack if one.key != story.key], noise, self.extra)

    def _other(self, path: str, base: str) -> Answer:
        if path in self.sources:
            text, kind = self.sources[path]
            return Answer(200, text.replace("@@", base), kind)
        if path.startswith("/res/load_more_posts/"):
            return Answer(200, '{"posts_by_source": {}}', "application/json")
        if "?page=" in path and path.split("?")[0] in self.sources:
            return Answer(200, lists.feed(()), "application/rss+xml")
        if path in ("/about/", "/tag/treaties/", "/privacy-policy/"):
            return Answer(200, STANDING)
        return Answer(404, NOT_FOUND)
