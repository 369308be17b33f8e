"""Writes captures of other tools as WARC/1.1 records of ours, compressed. Must not change what was captured."""

from __future__ import annotations

import uuid
from datetime import datetime

from fastwarc.warc import WarcRecord, WarcRecordType

from archive.capture import Capture, fields_of, moment_of
from archive.warc import NOT_MODIFIED, SAME_PAYLOAD, Earlier, as_member

_KINDS = {
    "response": WarcRecordType.response,
    "revisit": WarcRecordType.revisit,
    "resource": WarcRecordType.resource,
}


def packed(capture: Capture, imported_from: str, earlier: Earlier | None = None) -> bytes:
    """Return a capture's two records, each a gzip member: what is known of it, then itself under its own id.

    A revisit needs the `earlier` response that it repeats. Times are cut to the second, as all of ours are.
    """
    moment = moment_of(capture.micros)
    record_id = capture.record_id or f"<urn:uuid:{uuid.uuid4()}>"
    fields = fields_of(capture, imported_from)
    block = "".join(f"{name}: {' '.join(value.split())}\r\n" for name, value in fields.items()).encode()
    metadata = _record(WarcRecordType.metadata, "application/warc-fields", block, moment, capture.url)
    metadata.headers["WARC-Concurrent-To"] = record_id
    record = _record(_KINDS[capture.kind], capture.content_type, capture.block, moment, capture.url)
    record.headers["WARC-Record-ID"] = record_id
    record.headers["WARC-Payload-Digest"] = earlier.digest if earlier else capture.digest
    if earlier:
        unchanged = capture.refers is not None and capture.refers.unchanged
        record.headers["WARC-Profile"] = NOT_MODIFIED if unchanged else SAME_PAYLOAD
        record.headers["WARC-Refers-To-Target-URI"] = earlier.url
        record.headers["WARC-Refers-To-Date"] = earlier.at.replace("+00:00", "Z")
    return as_member(metadata) + as_member(record)


def _record(kind: WarcRecordType, content_type: str, block: bytes, moment: datetime, url: str) -> WarcRecord:
    record = WarcRecord()
    record.init_headers(record_type=kind, record_urn=f"uuid:{uuid.uuid4()}".encode())
    record.headers["WARC-Date"] = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
    record.headers["WARC-Target-URI"] = url
    record.headers["Content-Type"] = content_type
    record.set_bytes_content(block)
    return record
