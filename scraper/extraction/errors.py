"""The errors of reading a page. Must hold nothing else.

ExtractionError
├── NotAnArticle    the page is something else: set it aside with the reason
├── TooMuch         the page is larger or deeper than we read: keep its bytes, record the reason
└── UnknownLayout   the page is an article in a design the profile does not know: add a layout
"""

from __future__ import annotations

from archive.models import Article


class ExtractionError(ValueError):
    """A page could not be read as an article."""


class NotAnArticle(ExtractionError):
    """The page is no article. `reason` says what it is instead (`index page`, `challenge page`, `no body` …).

    `shown` is what a teaser shows of the article that it holds back, None for other pages.
    """

    def __init__(self, reason: str, shown: Article | None = None) -> None:
        """Keep the reason, which is also the message."""
        super().__init__(reason)
        self.reason = reason
        self.shown = shown


class TooMuch(ExtractionError):
    """The page is more than we read. `reason` says what of: `too_big` or `too_deep`."""

    def __init__(self, reason: str) -> None:
        """Keep the reason, which is also the message."""
        super().__init__(reason)
        self.reason = reason


class UnknownLayout(ExtractionError):
    """None of the profile's layouts matches a page, and the caller asked for no other reader."""
