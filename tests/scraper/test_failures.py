"""Broken and slow answers: each ends in a documented state, is asked for again, and holds up nothing else."""

from __future__ import annotations

import gzip
import re
import socket
import struct
import time
import zlib
from collections import Counter
from dataclasses import replace
from pathlib import Path

import brotli
import pytest
import zstandard
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from twisted.internet.error import ConnectionLost, ConnectionRefusedError, DNSLookupError, NoRouteError
from twisted.python.failure import Failure
from twisted.web.client import ResponseNeverReceived

from scraper import failures
from scraper.failures import REASONS, NoAnswer, NotNow, Refused, reason_of, state_of
from scraper.waiting import ATTEMPTS
from tests.certificates import self_signed
from tests.outing import PROFILE, Outing, article, outing, sitemap
from tests.probe import probe
from tests.rawsite import Answer, RawSite, answer

PAGE = article(500)
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def _hang(connection: socket.socket) -> None:
    time.sleep(20)


def _drop(connection: socket.socket) -> None:
    connection.close()


def _reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def _reset_within(connection: socket.socket) -> None:
    connection.sendall(_HEAD + b"\r\n" + PAGE[:900])
    time.sleep(0.2)
    _reset(connection)


def _endless_head(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-Filler: " + b"y" * 8000 + b"\r\n")


def _endless_body(connection: socket.socket) -> None:
    connection.sendall(_HEAD + b"\r\n")
    while True:
        connection.sendall(b"z" * 65536)


def _endless_hints(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\nX-Filler: " + b"y" * 8000 + b"\r\n\r\n")


def _drip(connection: socket.socket) -> None:
    connection.sendall(_HEAD + b"Content-Length: 100000\r\n\r\n")
    for _ in range(200):
        connection.sendall(b"x")
        time.sleep(0.1)


def _close(connection: socket.socket) -> None:
    raise ConnectionAbortedError


def _coded(coding: str, content: bytes) -> bytes:
    return answer(content, Content_Encoding=coding)


_ZSTD = zstandard.ZstdCompressor().compress(PAGE)
# Each broken answer, the state and the reason of its address, and how often it is asked for.
BROKEN: dict[str, tuple[Answer, str, str, int]] = {
    "time-out": (_hang, "failed", "no answer: time-out", ATTEMPTS),
    "drip": (_drip, "failed", "no answer: time-out", ATTEMPTS),
    "drop": (_drop, "failed", "no answer: dropped", ATTEMPTS),
    "reset": (_reset, "failed", "no answer: dropped", ATTEMPTS),
    "no-http": (b"SSH-2.0-OpenSSH_9.2\r\n", "failed", "no answer: broken", ATTEMPTS),
    "no-status": (b"HTTP/1.1 many\r\n\r\n", "failed", "no answer: broken", ATTEMPTS),
    "two-lengths": (
        _HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        "failed",
        "no answer: broken",
        ATTEMPTS,
    ),
    "unknown-coding": (_HEAD + b"Transfer-Encoding: zzz\r\n\r\nhello", "failed", "no answer: broken", ATTEMPTS),
    "endless-head": (_endless_head, "failed", "no answer: broken", ATTEMPTS),
    "endless-hints": (_endless_hints, "failed", "no answer: broken", ATTEMPTS),
    "reset-within": (_reset_within, "failed", "cut short", ATTEMPTS),
    "too-short": (answer(PAGE, Content_Length="99999", close=True), "failed", "cut short", ATTEMPTS),
    "too-long": (answer(PAGE, Content_Length="300"), "failed", "cut short", ATTEMPTS),
    "much-too-long": (answer(PAGE * 50, Content_Length="70000"), "failed", "cut short", ATTEMPTS),
    "chunk-broken": (
        _HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n",
        "failed",
        "cut short",
        ATTEMPTS,
    ),
    "chunk-cut": (
        _HEAD + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\n",
        "failed",
        "cut short",
        ATTEMPTS,
    ),
    "206": (answer(PAGE, "206 Partial Content", Content_Range="bytes 0-9/99"), "failed", "cut short", ATTEMPTS),
    "gzip-cut": (_coded("gzip", gzip.compress(PAGE)[:-20]), "failed", "cut short", ATTEMPTS),
    "deflate-cut": (_coded("deflate", zlib.compress(PAGE)[:-20]), "failed", "cut short", ATTEMPTS),
    "brotli-cut": (_coded("br", brotli.compress(PAGE)[:-20]), "failed", "cut short", ATTEMPTS),
    "zstd-cut": (_coded("zstd", _ZSTD[:-20]), "failed", "cut short", ATTEMPTS),
    "huge-announced": (answer(b"x", Content_Length=str(10**12)), "failed", "too_big", 1),
    "huge": (_endless_body, "failed", "too_big", 1),
    "503": (answer(b"", "503 Service Unavailable"), "failed", "HTTP 503", ATTEMPTS),
    "500": (answer(b"", "500 x"), "failed", "HTTP 500", ATTEMPTS),
    "404": (answer(b"", "404 x"), "failed", "HTTP 404", 1),
    "circle": (answer(b"", "302 x", Location="/circle-of-the-quay"), "failed", "redirects in a circle", 6),
}
GOOD = {f"/good-{n}-of-the-quay": answer(article(n)) for n in range(25)}
WHOLE: dict[str, Answer] = {
    "/until-the-end": answer(article(301), Content_Length="", close=True),
    "/in-chunks": _HEAD
    + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(article(302)), article(302)),
    "/in-gzip": _coded("gzip", gzip.compress(article(303))),
    "/in-brotli": _coded("br", brotli.compress(article(304))),
    "/in-zstd": _coded("zstd", zstandard.ZstdCompressor().compress(article(305))),
    "/in-deflate": _coded("deflate", zlib.compress(article(306))),
}
AGAIN: dict[str, list[Answer]] = {
    "/once-dropped": [_close, answer(article(401))],
    "/once-500": [answer(b"", "500 x"), answer(article(402))],
    "/once-cut": [answer(article(403), Content_Length="99999", close=True), answer(article(403))],
    "/once-cut-in-its-coding": [
        _coded("gzip", gzip.compress(article(404))[:-9]),
        _coded("gzip", gzip.compress(article(404))),
    ],
    "/twice-hung-up": [_close, _close, answer(article(405))],
}


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Outing, RawSite]:
    broken = {f"/{name}-of-the-quay": given[0] for name, given in BROKEN.items()}
    with RawSite({"/robots.txt": answer(b"User-agent: *\n"), **broken, **GOOD, **WHOLE, **AGAIN}) as site:
        listed = [*WHOLE, *AGAIN, *GOOD]
        for place, path in enumerate(broken):
            listed.insert(place * 2, path)
        site.answers["/sitemap.xml"] = sitemap(site.base_url, listed)
        came = outing(tmp_path_factory.mktemp("broken") / "quay", site.base_url, settings={"DOWNLOAD_TIMEOUT": 2})
        return came, site


@pytest.mark.parametrize("name", BROKEN)
def test_each_failure_has_its_state_and_is_asked_for_again(crawled: tuple[Outing, RawSite], name: str) -> None:
    came, site = crawled
    _, *state, times = BROKEN[name]
    path = f"/{name}-of-the-quay"
    assert came.ledger()[path] == tuple(state)
    assert Counter(site.paths)[path] == times


@pytest.mark.parametrize("path", [*WHOLE, *AGAIN, *GOOD])
def test_all_else_is_stored(crawled: tuple[Outing, RawSite], path: str) -> None:
    assert crawled[0].ledger()[path] == ("stored", None)


def test_nothing_was_held_up(crawled: tuple[Outing, RawSite]) -> None:
    """All good pages were there before the slow ones were given up."""
    site = crawled[1]
    assert max(site.times(path)[-1] for path in GOOD) < site.times("/time-out-of-the-quay")[-1]


def test_attempts_are_a_growing_pause_apart(crawled: tuple[Outing, RawSite]) -> None:
    first, second, third = crawled[1].times("/503-of-the-quay")
    assert second - first >= 0.5
    assert third - second >= 1.0


def test_the_crawl_says_nothing_beside_its_report(crawled: tuple[Outing, RawSite]) -> None:
    assert crawled[0].stderr == ""


def test_a_partial_body_is_in_no_snapshot(crawled: tuple[Outing, RawSite]) -> None:
    rows = crawled[0].rows("SELECT url FROM snapshots WHERE status IN (200, 206)")
    kept = {"/" + url.split("/", 3)[3] for (url,) in rows}
    for name in ("reset-within", "too-short", "too-long", "much-too-long", "chunk-broken", "chunk-cut", "206", "huge"):
        assert f"/{name}-of-the-quay" not in kept


def test_hosts_that_are_not_there_have_their_reasons(tmp_path: Path) -> None:
    secured = RawSite({}, tls=self_signed(tmp_path))
    with RawSite({"/robots.txt": answer(b"")}) as site, secured, socket.create_server(("127.0.0.1", 0)) as silent:
        closed = socket.create_server(("127.0.0.1", 0))
        nobody = closed.getsockname()[1]
        closed.close()
        hosts = {
            f"http://127.0.0.1:{nobody}": "refused",
            secured.base_url: "TLS",
            f"http://127.0.0.1:{silent.getsockname()[1]}": "time-out",
            "http://nobody.invalid": "DNS",
        }
        profile = replace(PROFILE, image_hosts=tuple(hosts))
        began = time.monotonic()
        urls = [f"{host}/a" for host in hosts]
        came = probe(urls, site.base_url, profile, names={"nobody.invalid": None}, settings={"DOWNLOAD_TIMEOUT": 1})
        assert time.monotonic() - began < 30
    assert [it.reason for it in came] == [f"put off: robots.txt did not answer: {why}" for why in hosts.values()]


@pytest.mark.parametrize(
    ("error", "reason", "state"),
    [
        (CannotResolveHostError("x"), "no answer: DNS", "failed"),
        (DNSLookupError("x"), "no answer: DNS", "failed"),
        (DownloadTimeoutError("x"), "no answer: time-out", "failed"),
        (TimeoutError(), "no answer: time-out", "failed"),
        (DownloadCancelledError("x"), "too_big", "failed"),
        (ResponseDataLossError("x"), "cut short", "failed"),
        (ConnectionRefusedError("x"), "no answer: refused", "failed"),
        (NoRouteError("x"), "no answer: refused", "failed"),
        (ResponseNeverReceived([Failure(ConnectionLost())]), "no answer: dropped", "failed"),
        (ResponseNeverReceived([Failure(ValueError())]), "no answer: broken", "failed"),
        (NoAnswer("cut short"), "cut short", "failed"),
        (Refused("robots.txt forbids it"), "robots.txt forbids it", "excluded"),
        (NotNow("put off: HTTP 429"), "put off: HTTP 429", "pending"),
    ],
)
def test_reasons(error: BaseException, reason: str, state: str) -> None:
    assert (reason_of(error), state_of(error)) == (reason, state)


def test_every_reason_stands_in_the_table() -> None:
    table = dict(re.findall(r"^\| \w+ +\| `([^`]+)` +\| (.+) \|$", failures.__doc__ or "", re.MULTILINE))
    assert set(REASONS) <= table.keys()
    assert all(reason in REASONS or reason.startswith(("HTTP ", "put off: ", "trap: ")) for reason in table)
    fixed = {value for name, value in vars(failures).items() if name.isupper() and isinstance(value, str)}
    assert fixed - {"put off: ", "trap: "} == set(REASONS)
