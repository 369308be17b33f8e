"""Keeps a crawl's answers in the archive's WARC, and makes of each what the crawl works with. Must not judge them."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path

from archive import clock
from archive.faults import reach
from archive.models import Fetch, Snapshot
from archive.rows import snapshot_id
from archive.warc import Earlier, Exchange, Place, WarcWriter, payload_digest
from scraper.answers import NOTHING, Answer, needs_reading
from scraper.filer import Filer
from scraper.sequence import Slot


class Keeper:
    """Writes answers and notes, in the order in which they come."""

    def __init__(self, root: Path, name: str, about: Mapping[str, str], filer: Filer) -> None:
        self._warc = WarcWriter(root, name, about)
        self._filer = filer

    def keep(self, exchange: Exchange) -> Slot:
        """Write an answer; return its place in the order, filled when its content says nothing more."""
        original = self._original(exchange)
        earlier = Earlier(original.url, original.fetched_at, original.digest) if original else None
        place = self._warc.write(exchange, earlier)
        reach("recorded")
        headers = {name.lower(): value for name, value in exchange.headers}
        snapshot = Snapshot(
            url=exchange.url,
            fetched_at=clock.stamp(exchange.at),
            status=exchange.status,
            digest=place.digest,
            warc_file=place.file,
            warc_offset=place.offset,
            warc_length=place.length,
            etag=headers.get("etag"),
            last_modified=headers.get("last-modified"),
            revisit_of=snapshot_id(original) if original else None,
        )
        fetch = Fetch(exchange.url, snapshot.fetched_at, exchange.status, None, len(exchange.body), snapshot)
        answer = Answer(snapshot, exchange.known, headers.get("location"), headers.get("content-type"))
        return Slot(place, answer, None if needs_reading(answer) else NOTHING, fetch=fetch)

    def _original(self, exchange: Exchange) -> Snapshot | None:
        """Find the full record that an answer repeats: a 304, or the same bytes from the same address."""
        store = self._filer.store
        last = store.ledger.full_snapshot(exchange.url)
        if exchange.status == HTTPStatus.NOT_MODIFIED:
            return self._validated(exchange) or last
        same = last and exchange.status == HTTPStatus.OK and payload_digest(exchange.body) == last.digest
        return last if same else None

    def _validated(self, exchange: Exchange) -> Snapshot | None:
        """Find the full record whose validators were sent; they may come from another spelling of the address."""
        store, address = self._filer.store, exchange.known.get("address", "")
        sent = store.ledger.last_snapshot(address)
        if sent is not None and sent.revisit_of is not None:
            sent = store.ledger.snapshot(sent.revisit_of)
        if sent is not None and sent.url == exchange.url:
            return sent
        reading = store.last_reading(address) if store.ledger.full_snapshot(exchange.url) is None else None
        return reading[2] if reading else None

    def note(self, url: str, known: Mapping[str, str]) -> Place:
        """Write down what the crawler knows of an address that gave no answer."""
        return self._warc.note(url, clock.now(), known)

    def sync(self) -> None:
        """Bring what was written to the disk. Raises OSError."""
        self._warc.sync()
        reach("synced")
        self._weigh()

    def finish(self) -> None:
        """Finish the file, if one is open."""
        self._warc.finish()
        reach("finished")
        self._weigh()

    def abandon(self) -> None:
        """Leave the file as it is, after the disk refused something."""
        self._warc.abandon()

    def _weigh(self) -> None:
        for file in self._warc.finished:
            self._filer.finished(file)
        self._warc.finished.clear()
