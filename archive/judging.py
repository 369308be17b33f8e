"""Which records of other tools are a publication's pages, and why others are left out. Must not read or write files."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

from archive.capture import Capture, Kind, Refers, Role, micros_of, parse_moment
from archive.digests import fits_payload, is_digest_of, one_spelling
from archive.foreign_warcs import MAX_BLOCK, ForeignRecord
from archive.heads import Head, parse_head
from archive.page_marks import looks_like_html
from archive.transfer import is_chunked, joined_chunks
from archive.urls import host_of
from archive.warc import payload_digest

IsOwn = Callable[[str], bool]
OTHER_FILES = "images, styles, scripts and other files"
TRUNCATED = "cut short by the tool that captured them"
INCOMPLETE = "bodies that end too early"
TOO_LARGE = f"larger than {MAX_BLOCK >> 20} MiB"
SEGMENTED = "segments of a record"
OTHER_STATUS = "answers that say nothing of the page (status {})"
OFF_SITE = "redirects to other sites"
UNDATED = "records without a time"
NO_ANSWER = "records without an HTTP answer"
NO_PAYLOAD = "repeats that name no original"
NOT_GET = "answers to POST and other methods than GET"
REDIRECTS = frozenset({301, 302, 303, 307, 308})
GONE = frozenset({404, 410})
_TELLING = REDIRECTS | GONE | {HTTPStatus.OK, HTTPStatus.NOT_MODIFIED}
_CAPTURES = frozenset({"response", "revisit", "resource"})
_HTML = re.compile(r"text/html|application/xhtml\+xml", re.IGNORECASE)
_XML = re.compile(r"(?:text|application)/(?:xml|rss\+xml|atom\+xml|rdf\+xml)", re.IGNORECASE)
_SOURCE_PATH = re.compile(r"\.(?:xml(?:\.gz)?|rss|atom|rdf)$|/(?:feed|rss|atom)/?$", re.IGNORECASE)
_FILE_PATH = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|bmp|css|m?js|json|map|woff2?|ttf|otf|eot|mp[34]|m4[av]|webm|og[gv]|wav|mov"
    r"|pdf|zip|docx?|xlsx?|pptx?|exe)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Stranger:
    """A record of another site."""

    host: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A record of the publication that is not kept, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Damaged:
    """A record whose bytes are not those that its digest was made of."""

    what: str


@dataclass(frozen=True, slots=True)
class Unasked:
    """A request by another method than GET: its answer is no page."""

    ids: tuple[str, ...]


Verdict = Capture | Stranger | LeftOut | Damaged | Unasked | None


def needs_block(head: Head, is_own: IsOwn) -> bool:
    """Say whether a record's block must be read to judge it."""
    kind, url = (head.get("WARC-Type") or "").lower(), (head.get("WARC-Target-URI") or "").strip("<> ")
    return (kind in _CAPTURES or kind == "request") and _is_web(url) and is_own(url) and not head.get("WARC-Truncated")


def judge(record: ForeignRecord, is_own: IsOwn) -> Verdict:
    """Say what a record is to us; None when it is no capture at all (warcinfo, metadata, derived text)."""
    if not _is_web(record.url):
        return None
    if record.kind == "request":
        return _judge_request(record)
    if record.kind == "continuation" or record.head.get("WARC-Segment-Number"):
        return LeftOut(SEGMENTED)
    if record.kind not in _CAPTURES:
        return None
    if not is_own(record.url):
        return Stranger(host_of(record.url))
    return _judge_own(record, is_own)


def _is_web(url: str) -> bool:
    return url[:8].lower().startswith(("http://", "https://"))


def _judge_request(record: ForeignRecord) -> Unasked | None:
    if record.block is None or record.block.startswith(b"GET "):
        return None
    return Unasked(tuple(filter(None, (record.head.get("WARC-Record-ID"), *record.head.all("WARC-Concurrent-To")))))


def _judge_own(record: ForeignRecord, is_own: IsOwn) -> Verdict:
    head = record.head
    if head.get("WARC-Truncated"):
        return LeftOut(TRUNCATED)
    if record.block is None:
        return LeftOut(TOO_LARGE)
    if (label := head.get("WARC-Block-Digest")) and is_digest_of(label, record.block) is False:
        return Damaged("its block does not match its digest")
    moment = parse_moment(head.get("WARC-Date"))
    if moment is None:
        return LeftOut(UNDATED)
    judged = {"response": _judge_response, "revisit": _judge_revisit, "resource": _judge_resource}[record.kind]
    return judged(record, record.block, micros_of(moment), is_own)


def _judge_response(record: ForeignRecord, block: bytes, micros: int, is_own: IsOwn) -> Verdict:
    http = parse_head(block)
    if http is None or http.status is None:
        return LeftOut(NO_ANSWER)
    body = block[http.length :]
    claimed = record.head.get("WARC-Payload-Digest")
    if claimed and fits_payload(claimed, body, http.fields) is False:
        return Damaged("its payload does not match its digest")
    role = _role(record.url, http, body, is_own)
    if isinstance(role, LeftOut):
        return role
    if http.status == HTTPStatus.NOT_MODIFIED:
        return _capture(record, block, micros, http, role, refers=Refers(unchanged=True), kind="revisit")
    if http.status == HTTPStatus.OK and not _is_complete(http, body):
        return LeftOut(INCOMPLETE)
    return _capture(record, block, micros, http, role, digest=payload_digest(body))


def _judge_revisit(record: ForeignRecord, block: bytes, micros: int, is_own: IsOwn) -> Verdict:
    """Judge a repeat; what its answer's head leaves open, the original decides."""
    head = record.head
    http = parse_head(block) or Head("", (), len(block))
    unchanged = "server-not-modified" in (head.get("WARC-Profile") or "") or http.status == HTTPStatus.NOT_MODIFIED
    refers = Refers(
        head.get("WARC-Refers-To"),
        (head.get("WARC-Refers-To-Target-URI") or "").strip("<> ") or None,
        head.get("WARC-Refers-To-Date"),
        one_spelling(head.get("WARC-Payload-Digest")),
        unchanged,
    )
    if not (unchanged or refers.id or refers.url or refers.digest):
        return LeftOut(NO_PAYLOAD)
    role: Role | LeftOut = _role(record.url, http, None, is_own) if http.status else _role_of_path(record.url) or "same"
    if isinstance(role, LeftOut):
        return role
    return _capture(record, block[: http.length], micros, http, role, refers=refers)


def _judge_resource(record: ForeignRecord, block: bytes, micros: int, is_own: IsOwn) -> Verdict:
    """Judge a file that was captured without its answer."""
    kind = record.head.get("Content-Type") or ""
    claimed = record.head.get("WARC-Payload-Digest")
    if claimed and is_digest_of(claimed, block) is False:
        return Damaged("its payload does not match its digest")
    if not _HTML.match(kind):
        return LeftOut(OTHER_FILES)
    capture = _capture(record, block, micros, Head("", (), 0), "page", digest=payload_digest(block))
    return replace(capture, content_type=kind)


def _capture(
    record: ForeignRecord,
    block: bytes,
    micros: int,
    http: Head,
    role: Role,
    *,
    digest: str = "",
    refers: Refers | None = None,
    kind: Kind | None = None,
) -> Capture:
    head = record.head
    location = http.get("Location")
    return Capture(
        kind or record.kind,  # type: ignore[arg-type]
        role,
        record.url,
        micros,
        block,
        digest,
        record_id=head.get("WARC-Record-ID"),
        leads_to=_absolute(record.url, location) if role == "redirect" and location else None,
        claimed=one_spelling(head.get("WARC-Payload-Digest")) or digest or None,
        concurrent_to=tuple(head.all("WARC-Concurrent-To")),
        refers=refers,
    )


def _role(url: str, http: Head, body: bytes | None, is_own: IsOwn) -> Role | LeftOut:
    """Say what an answer is to us by its status, type and address; without a body (None) its type alone counts."""
    path, status = urlsplit(url).path, http.status
    if _FILE_PATH.search(path) and not (status == HTTPStatus.OK and _HTML.match(http.get("Content-Type") or "")):
        return LeftOut(OTHER_FILES)
    if status not in _TELLING:
        return LeftOut(OTHER_STATUS.format(status))
    target = _absolute(url, http.get("Location") or "") if status in REDIRECTS else None
    if target is not None and not is_own(target):
        return LeftOut(OFF_SITE)
    if role := _role_of_path(url) or _role_of_status(status):
        return role
    return _role_of_body(http.get("Content-Type"), body)


def _role_of_path(url: str) -> Role | None:
    path = urlsplit(url).path
    if path == "/robots.txt":
        return "robots"
    return "source" if _SOURCE_PATH.search(path) else None


def _role_of_status(status: int | None) -> Role | None:
    if status == HTTPStatus.NOT_MODIFIED:
        return "same"
    if status in REDIRECTS:
        return "redirect"
    return "gone" if status in GONE else None


def _role_of_body(content_type: str | None, body: bytes | None) -> Role | LeftOut:
    if content_type and _HTML.match(content_type):
        return "page"
    if content_type and _XML.match(content_type):
        return "source"
    if not content_type and (body is None or looks_like_html(body)):
        return "page"
    return LeftOut(OTHER_FILES)


def _absolute(url: str, location: str) -> str | None:
    try:
        return urljoin(url, location.strip())
    except ValueError:
        return None


def _is_complete(http: Head, body: bytes) -> bool:
    """Say whether all of the body came (RFC 9112, section 8); joined chunks and undone codings make it longer only."""
    if is_chunked(http.fields):
        return joined_chunks(body)[1]
    stated = http.get("Content-Length") or ""
    return not stated.isdigit() or len(body) >= int(stated)
