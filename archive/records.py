"""provisional"""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass

from fastwarc.warc import ArchiveIterator

from archive.warc import _stored


@dataclass(frozen=True)
class Damage:
    file: str
    offset: int
    what: str


@dataclass(frozen=True)
class Record:
    file: str
    offset: int
    length: int
    kind: str
    headers: dict
    block: bytes
    raw: bytes = b""

    def header(self, n):
        return next((v for k, v in self.headers.items() if k.lower() == n.lower()), None)

    @property
    def url(self):
        return (self.header("WARC-Target-URI") or "").strip("<>")

    @property
    def at(self):
        return self.header("WARC-Date").replace("Z", "+00:00")

    @property
    def id(self):
        return self.header("WARC-Record-ID")

    @property
    def concurrent_to(self):
        return self.header("WARC-Concurrent-To")

    @property
    def digest(self):
        return self.header("WARC-Payload-Digest")

    def fields(self):
        return dict(l.split(": ", 1) for l in self.block.decode().split("\r\n") if ": " in l)

    def stored(self):
        r = next(iter(ArchiveIterator(io.BytesIO(self.raw), parse_http=False)))
        return _stored(r)


def read_records(path, name, start=0, end=None, damaged=None):
    data = path.read_bytes()
    pos = start
    while pos < len(data):
        d = zlib.decompressobj(31)
        try:
            out = d.decompress(data[pos:])
        except zlib.error:
            return
        if not d.eof:
            return
        e = len(data) - len(d.unused_data)
        r = next(iter(ArchiveIterator(io.BytesIO(out), parse_http=False)))
        h = {k: v for k, v in r.headers.items()}
        yield Record(name, pos, e - pos, h["WARC-Type"], h, r.reader.read(), out)
        pos = e
