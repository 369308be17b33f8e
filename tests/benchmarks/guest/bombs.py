"""Answers that are far larger than they look, sixteen at once, and what a crawl weighs meanwhile."""

from __future__ import annotations

import gzip
import os
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import brotli
import zstandard

from scraper.profile import Feed, Section, Sitemap
from tests.outing import PROFILE, Outing, article, outing, sitemap
from tests.rawsite import Answer, RawSite, answer

MB = 1024 * 1024
_DECODED = 512 * MB
_LIMIT = 16 * MB
_HEAD = article(1, "<p>" + "harbour " * 20)


def _packed(compress: Callable[[], tuple[Callable[[bytes], bytes], Callable[[], bytes]]]) -> bytes:
    """Compress half a gigabyte of one letter behind the beginning of an article."""
    feed, finish = compress()
    parts = [feed(_HEAD)]
    parts += [feed(b"z" * MB) for _ in range(_DECODED // MB)]
    return b"".join((*parts, finish()))


def _zlib(wbits: int) -> tuple[Callable[[bytes], bytes], Callable[[], bytes]]:
    packer = zlib.compressobj(9, wbits=wbits)
    return packer.compress, packer.flush


def _brotli() -> tuple[Callable[[bytes], bytes], Callable[[], bytes]]:
    packer = brotli.Compressor(quality=3)
    return packer.process, packer.finish


def _zstd() -> tuple[Callable[[bytes], bytes], Callable[[], bytes]]:
    packer = zstandard.ZstdCompressor().compressobj()
    return packer.compress, packer.flush


def _endless(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + _HEAD)
    while True:
        connection.sendall(b"z" * 65536)


def _endless_chunks(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"10000\r\n" + b"z" * 65536 + b"\r\n")


def _endless_head(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-Filler: " + b"y" * 16000 + b"\r\n")


def bombs() -> dict[str, Answer]:
    """Return sixteen of them by path: what is packed has half a gigabyte in it."""
    packed = {
        "gzip": _packed(lambda: _zlib(31)),
        "deflate": _packed(lambda: _zlib(15)),
        "br": _packed(_brotli),
        "zstd": _packed(_zstd),
    }
    twice = gzip.compress(packed["gzip"])
    plain = article(2, "<p>" + "harbour " * (_LIMIT // 8 - 2000))
    return {
        **{f"/{coding}-of-the-quay": answer(body, Content_Encoding=coding) for coding, body in packed.items()},
        **{f"/{coding}-again-of-the-quay": answer(body, Content_Encoding=coding) for coding, body in packed.items()},
        "/raw-deflate-of-the-quay": answer(_packed(lambda: _zlib(-15)), Content_Encoding="deflate"),
        "/twice-of-the-quay": answer(twice, Content_Encoding="gzip, gzip"),
        "/endless-of-the-quay": _endless,
        "/chunks-of-the-quay": _endless_chunks,
        "/head-of-the-quay": _endless_head,
        "/announced-of-the-quay": answer(b"x", Content_Length=str(10**12)),
        "/just-fits-of-the-quay": answer(plain),
        "/fits-packed-of-the-quay": answer(gzip.compress(plain), Content_Encoding="gzip"),
    }


@dataclass(frozen=True)
class Blast:
    """What became of the bombs: the peak of all the crawl's processes in bytes, the seconds, and the crawl."""

    peak: int
    seconds: float
    came: Outing


def blast(root: Path, *, sources: bool = False) -> Blast:
    """Crawl a site of bombs and a few good pages with sixteen requests at once; `sources`: the lists are bombs, too."""
    site_bombs = bombs()
    good = {f"/good-{n}-of-the-quay": answer(article(n)) for n in range(10, 30)}
    profile = replace(PROFILE, concurrency=16, sources=(Sitemap("/sitemap.xml"),))
    with RawSite({"/robots.txt": answer(b"User-agent: *\n"), **site_bombs, **good}) as site:
        site.answers["/sitemap.xml"] = sitemap(site.base_url, [*site_bombs, *good])
        if sources:
            packed = _packed(lambda: _zlib(31))
            lists = ("/map.xml.gz", "/map-packed.xml", "/feed.xml", "/news/")
            site.answers["/map.xml.gz"] = answer(packed, kind="application/gzip")
            site.answers |= {path: answer(packed, Content_Encoding="gzip") for path in lists[1:]}
            more = (Sitemap(lists[0]), Sitemap(lists[1]), Feed(lists[2]), Section(lists[3]))
            profile = replace(profile, sources=(*profile.sources, *more))
        began = time.monotonic()
        with watched(os.getpid()) as peak:
            came = outing(root, site.base_url, profile, timeout=600, fresh=True)
        return Blast(peak[0], time.monotonic() - began, came)


@contextmanager
def watched(parent: int) -> Iterator[list[int]]:
    """Note the most memory that all processes below one held together, in bytes, sampled fifty times a second."""
    peak, over = [0], threading.Event()

    def watch() -> None:
        while not over.wait(0.02):
            peak[0] = max(peak[0], sum(map(_resident, _below(parent))))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()


def _below(parent: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{parent}/task").glob("*/children"):
        try:
            children = [int(child) for child in task.read_text().split()]
        except OSError:
            continue
        for child in children:
            found += [child, *_below(child)]
    return found


def _resident(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0
