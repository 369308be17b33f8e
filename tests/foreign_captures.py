"""WARC files as other tools write them, and what became of them in an archive. Must not assert anything."""

from __future__ import annotations

import gzip
import hashlib
import io
from base64 import b32encode
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.adopted import Adopted
from archive.captures import adopt
from archive.records import Record, read_records
from archive.urls import host_of

HOST = "quay.example"
SITE = f"https://{HOST}"
HTML = (("Content-Type", "text/html; charset=utf-8"),)
Headers = Sequence[tuple[str, str]]


def is_own(url: str) -> bool:
    """Say whether an address is the test publication's."""
    return host_of(url) in (HOST, "127.0.0.1:8123")


def page(words: str) -> bytes:
    """Write a page."""
    return f"<!doctype html><html><head><title>{words}</title></head><body><p>{words}</p></body></html>".encode()


def sha1(content: bytes) -> str:
    """Return a digest as most tools write it."""
    return "sha1:" + b32encode(hashlib.sha1(content).digest()).decode()


def record(headers: Headers, block: bytes, version: str = "WARC/1.0") -> bytes:
    """Write a record by hand, for what no library writes any more."""
    lines = [version, *(f"{name}: {value}" for name, value in headers), f"Content-Length: {len(block)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def answer(
    path: str,
    body: bytes,
    at: str = "2024-05-06T07:08:09Z",
    *,
    status: str = "HTTP/1.1 200 OK",
    headers: Headers = HTML,
    warc: Headers = (),
    kind: str = "response",
) -> bytes:
    """Write one answer by hand; a path that is an address stays as it is."""
    url = path if ":" in path else SITE + path
    named = {name for name, _ in warc}
    fields = [
        ("WARC-Type", kind),
        ("WARC-Target-URI", url),
        ("WARC-Date", at),
        ("WARC-Record-ID", f"<urn:test:{hashlib.sha1(f'{url} {at} {kind}'.encode() + body).hexdigest()}>"),
        ("Content-Type", "application/http; msgtype=response"),
    ]
    http = "\r\n".join([status, *(f"{name}: {value}" for name, value in headers)]).encode() + b"\r\n\r\n"
    return record([*(field for field in fields if field[0] not in named), *warc], http + body)


def packed(*records: bytes) -> bytes:
    """Compress records one by one."""
    return b"".join(gzip.compress(each, mtime=0) for each in records)


def by_warcio(path: Path, answers: Sequence[tuple[str, str, bytes, Headers]]) -> None:
    """Write answers (address, time, body, headers) with warcio."""
    with path.open("wb") as stream:
        writer = WARCWriter(stream, gzip=True)
        for url, at, body, headers in answers:
            http = StatusAndHeaders("200 OK", [*headers, ("Content-Length", str(len(body)))], protocol="HTTP/1.1")
            about = {"WARC-Date": at}
            made = writer.create_warc_record(
                url, "response", payload=io.BytesIO(body), http_headers=http, warc_headers_dict=about
            )
            writer.write_record(made)
            # warcio leaves its temporary file open.
            made.raw_stream.close()


def brought_in(root: Path, *files: Path, **options: Any) -> Adopted:
    """Adopt files into an archive."""
    return adopt(files, root, "quay", is_own, {"software": "test"}, **options)


def adopted_from(root: Path, content: bytes, name: str = "foreign.warc.gz") -> Adopted:
    """Adopt one file of this content."""
    path = root / name
    path.write_bytes(content)
    return brought_in(root / "archive", path)


def records_in(root: Path, adopted: Adopted) -> list[Record]:
    """Read back every record that was written, by the archive's own reader."""
    return [each for file in adopted.files for each in read_records(root / file, file)]


def captures_in(root: Path, adopted: Adopted) -> list[Record]:
    """Read back the captures that were kept."""
    return [each for each in records_in(root, adopted) if each.kind in ("response", "revisit", "resource")]


def read_by_warcio(root: Path, adopted: Adopted) -> list[tuple[str, str, bytes]]:
    """Read (type, address, body as kept) of each record with warcio, which checks digests."""
    found = []
    for file in adopted.files:
        with (root / file).open("rb") as stream:
            for each in ArchiveIterator(stream, check_digests="raise"):
                found.append((each.rec_type, each.rec_headers["WARC-Target-URI"], each.raw_stream.read()))
    return found
