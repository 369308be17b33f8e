"""What one answer of the site means for the address that was asked for. Pure: the same for a crawl and a rebuild."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

from archive.coding import decode_body
from archive.errors import CutShort, TooLarge
from archive.models import Announcement, Article, Outcome, Snapshot
from scraper.addresses import Addresses
from scraper.extraction.limits import MAX_PAGE
from scraper.reading import Page, Reading, Unread
from scraper.robots import Robots
from scraper.settings import MAX_CONTENT

MAX_HOPS = 5
_PAGE_TYPES = ("text/", "html", "xml", "json")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer whose bytes are kept, and what the crawler knew of the request (`known`, as in the WARC).

    `address` is the announced address it was asked for, `part-of` the article of which it is a further part, `source`
    the source it is a page of, `robots` and `image` say that it is one, `redirected-from` lists the way to it.
    """

    snapshot: Snapshot
    known: Mapping[str, str]
    location: str | None = None
    content_type: str | None = None
    purged: bool = False

    @property
    def is_redirect(self) -> bool:
        """Say whether the answer names another address."""
        return 300 <= self.snapshot.status < 400 and self.snapshot.status != HTTPStatus.NOT_MODIFIED

    @property
    def is_article(self) -> bool:
        """Say whether an article was asked for, from its beginning."""
        return "address" in self.known and not self.known.keys() & {"part-of", "image", "source"}

    @property
    def hops(self) -> tuple[str, ...]:
        """List the addresses that redirected to this one."""
        return tuple(self.known.get("redirected-from", "").split())


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found in an answer: the rules of a robots.txt, what a source names, or an article.

    `before` is what the same reader makes of the page that the article was last read from; `same`: these are the very
    bytes that it was last read from.
    """

    robots: Robots | None = None
    said: tuple[Announcement, ...] = ()
    reading: Reading | None = None
    before: Article | None = None
    same: bool = False


NOTHING = Finding()


@dataclass(frozen=True, slots=True)
class Follow:
    """The answer redirects within the site."""

    target: str


@dataclass(frozen=True, slots=True)
class Read:
    """The answer is a page that must be read."""


def needs_reading(answer: Answer) -> bool:
    """Say whether an answer means nothing before its content was read."""
    known = answer.known
    if "robots" in known:
        return not answer.is_redirect
    if answer.snapshot.status != HTTPStatus.OK or "part-of" in known or "image" in known:
        return False
    return "source" in known or "address" in known


def judge(answer: Answer, addresses: Addresses) -> Outcome | Follow | Read:
    """Say what the answer to a request for an article means, as far as that is plain without its content."""
    status, address = answer.snapshot.status, answer.known["address"]
    if status == HTTPStatus.NOT_MODIFIED:
        return _outcome(answer, "stored")
    if answer.is_redirect:
        return _judge_redirect(answer, addresses)
    if status != HTTPStatus.OK:
        return _outcome(answer, "failed", f"HTTP {status}")
    if answer.purged:
        return _outcome(answer, "stored")
    if not is_page(answer.content_type):
        return Outcome(address, "excluded", answer.snapshot.fetched_at, f"not an article: {answer.content_type}")
    return Read()


def _judge_redirect(answer: Answer, addresses: Addresses) -> Outcome | Follow:
    target = addresses.resolve(answer.location, answer.snapshot.url) if answer.location else None
    if target is None:
        return _outcome(answer, "excluded", "redirects off the site")
    if len(answer.hops) >= MAX_HOPS:
        return _outcome(answer, "failed", "redirects in a circle")
    if reason := addresses.exclusion(target):
        return _outcome(answer, "excluded", f"redirects to a {reason}")
    return Follow(target)


def outcome_of(answer: Answer, finding: Finding) -> Outcome:
    """Say what became of an address whose page was read."""
    reading = finding.reading
    if finding.same:
        return _outcome(answer, "stored")
    if isinstance(reading, Article):
        return Outcome(
            answer.known["address"],
            "stored",
            answer.snapshot.fetched_at,
            article=reading,
            snapshot=answer.snapshot,
            before=finding.before,
        )
    assert isinstance(reading, Unread)
    return _outcome(answer, "failed" if reading.failed else "excluded", reading.reason)


def _outcome(answer: Answer, state: str, reason: str | None = None) -> Outcome:
    at = answer.snapshot.fetched_at
    return Outcome(answer.known["address"], state, at, reason, snapshot=answer.snapshot)  # type: ignore[arg-type]


def is_page(content_type: str | None) -> bool:
    """Say whether a Content-Type may be a page's; one that is missing may."""
    return not content_type or any(word in content_type.lower() for word in _PAGE_TYPES)


def content_of(headers: Iterable[tuple[str, str]], body: bytes) -> bytes | Unread:
    """Undo an answer's content coding; what is too large or cut short comes back with that as its reason."""
    try:
        return decode_body(body, headers, MAX_CONTENT)
    except TooLarge:
        return Unread("too_big", failed=True)
    except CutShort:
        return Unread("cut short", failed=True)


def page_of(answer: Answer, content: bytes, base_url: str) -> Page | Unread:
    """Make the page to read of an article's answer, at the address under which it is shown."""
    if len(content) > MAX_PAGE:
        return Unread("too_big", failed=True)
    address = answer.known["address"]
    shown_at = urljoin(address, urlsplit(answer.snapshot.url).path) if answer.hops else address
    return Page(content, shown_at, answer.content_type, urlsplit(base_url).netloc)


def note_of(outcome: Outcome) -> dict[str, str]:
    """Write an outcome without an answer as the fields of a metadata record."""
    return {
        "address": outcome.url,
        "outcome": outcome.state,
        "reason": outcome.reason or "",
        "asked": "yes" if outcome.asked else "no",
    }


def noted_outcome(at: str, fields: Mapping[str, str]) -> Outcome:
    """Read an outcome from the fields of a metadata record."""
    state, asked = fields["outcome"], fields.get("asked") != "no"
    return Outcome(fields["address"], state, at, fields.get("reason") or None, asked=asked)  # type: ignore[arg-type]
