"""Blanks a WARC record where it stands, so that every other record keeps its place. Must not choose which.

The new gzip member is exactly as long as the old one: what is missing is filled up in the member's file name field
(RFC 1952, section 2.3.1), which readers skip.
"""

from __future__ import annotations

import os
from pathlib import Path

from archive import clock
from archive.members import pack_to
from archive.records import Record
from archive.warc import PURGED, open_file, payload_digest

_KEPT = (b"content-type:", b"etag:", b"last-modified:", b"location:")


def blank(root: Path, record: Record) -> str:
    """Take the body out of a response, or what a revisit refers to; return the record's new payload digest.

    Durable on return. Raises OSError.
    """
    digest = payload_digest(b"")
    block = _kept_head(record) if record.kind != "resource" else b""
    content = _record_head(record, block, digest) + block + b"\r\n\r\n"
    with open_file(root, record.file).open("rb+") as stream:
        stream.seek(record.offset)
        stream.write(pack_to(record.length, content))
        stream.flush()
        os.fsync(stream.fileno())
    return digest


def _kept_head(record: Record) -> bytes:
    """Keep the status line and what the archive knows of an answer by its headers."""
    lines = record.block.partition(b"\r\n\r\n")[0].split(b"\r\n")
    kept = [line for line in lines[1:] if line.lower().startswith(_KEPT)]
    return b"".join(line + b"\r\n" for line in (lines[0], *kept)) + b"\r\n"


def _record_head(record: Record, block: bytes, digest: str) -> bytes:
    replaced = {
        "warc-payload-digest": digest,
        "warc-block-digest": payload_digest(block),
        "content-length": str(len(block)),
    }
    headers = {name: value for name, value in record.headers.items() if name.lower() != PURGED.lower()}
    lines = [f"{name}: {replaced.get(name.lower(), value)}" for name, value in headers.items()]
    return "\r\n".join(["WARC/1.1", *lines, f"{PURGED}: {clock.stamp()}", "", ""]).encode("utf-8", "surrogateescape")
