"""Files what an archive's WARC records tell, in their order: for rebuild, import and recovery. Must not fetch."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from archive.history import Answered, Began, Happening, Noted
from archive.models import Announcement, Article, RunEnd, Snapshot
from archive.rows import snapshot_id
from archive.stored import StoredResponse
from archive.warc import PURGED, Place, read_response
from scraper.addresses import Addresses
from scraper.answers import NOTHING, Answer, Finding, Read, content_of, judge, needs_reading, noted_outcome, page_of
from scraper.discovery.source import announcements, kind_of, path_of, read_source
from scraper.earlier import Rereader
from scraper.extraction.parts import MAX_PARTS, join_parts
from scraper.extraction.version import reader_of
from scraper.filer import IMPORTED, Filer, is_full
from scraper.profile import Profile, Section
from scraper.reading import Unread
from scraper.robots import read_robots
from scraper.workers import Workers

# Small enough that the processes do not run out of pages while one is filed.
BATCH = 64
_AHEAD = 32
"""How many records may be read ahead of the one that is filed next, for each worker."""
_FURTHEST = 5000
"""How many records at most are read in search of an article's next part."""


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where a file's answers were fetched, and in which run: empty in release 0.1.0, which wrote down none."""

    addresses: Addresses
    run: str
    file: str = ""

    def is_of_run(self, other: _Origin) -> bool:
        """Say whether both files are of one run."""
        return self.run == other.run and (bool(self.run) or self.file == other.file)


@dataclass(slots=True)
class _Step:
    """One happening on its way, and the task that finds out what it says."""

    happening: Happening
    origin: _Origin
    answer: Answer | None = None
    task: asyncio.Task[Finding | None] | None = None


class Replay:
    """Goes through a history once. `watch` is told how many records have been filed."""

    def __init__(
        self,
        root: Path,
        filer: Filer,
        profile: Profile,
        workers: Workers,
        watch: Callable[[int], None] | None = None,
    ) -> None:
        self._root = root
        self._filer = filer
        self._profile = profile
        self._workers = workers
        self._watch = watch
        self._rereader = Rereader(root, filer.store, profile, workers)
        self._steps: deque[_Step] = deque()
        self._parts = _Parts()
        self._origins: dict[str, _Origin] = {}
        self._unknown = _Origin(filer.addresses, "")
        self._reader = reader_of(profile)
        self._sections = {source.path for source in profile.sources if isinstance(source, Section)}
        self._taken = 0

    async def run(self, history: Iterable[Happening]) -> None:
        """File a history to its end, and commit."""
        try:
            for happening in history:
                await self._begin(happening)
                await self._file_ready()
            self._parts.close()
            while self._steps:
                await self._file_first()
        finally:
            await self._abandon()
        self._filer.commit()

    async def _abandon(self) -> None:
        """End the reading of what is not filed any more."""
        tasks = [step.task for step in self._steps if step.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _begin(self, happening: Happening) -> None:
        if isinstance(happening, Began):
            await self._begin_file(happening)
        origin = self._origins.get(happening.file, self._unknown)
        if isinstance(happening, Answered):
            self._steps.append(self._answered(happening, origin))
            return
        if isinstance(happening, Noted):
            self._parts.note(happening)
        self._steps.append(_Step(happening, origin))

    async def _begin_file(self, began: Began) -> None:
        base_url = began.fields.get("base-url") or self._profile.url
        origin = _Origin(Addresses(self._profile, base_url), began.fields.get("run", ""), began.file)
        if not any(map(origin.is_of_run, self._origins.values())):
            # Parts of articles never come in a later run, and what hosts are known must not run ahead.
            while self._steps:
                self._parts.close()
                await self._file_first()
            # How long a text was in an earlier run must be known, wherever batches end.
            self._filer.commit()
        self._origins[began.file] = origin
        self._filer.begin(origin.addresses)

    def _answered(self, happening: Answered, origin: _Origin) -> _Step:
        stored = happening.stored()
        answer = Answer(
            self._snapshot(happening, stored),
            self._known(happening),
            stored.header("Location"),
            stored.header("Content-Type"),
            purged=happening.record.header(PURGED) is not None,
        )
        step = _Step(happening, origin, answer)
        if "part-of" in answer.known:
            self._parts.expect(answer.known["part-of"], answer.known["address"])
        if needs_reading(answer) or "part-of" in answer.known:
            step.task = asyncio.create_task(self._find(answer, stored, origin.addresses))
        return step

    def _snapshot(self, happening: Answered, stored: StoredResponse) -> Snapshot:
        record = happening.record
        digest = record.digest or ""
        original = None
        if record.kind == "revisit" and record.header("WARC-Refers-To-Target-URI"):
            original = self._original(record.header("WARC-Refers-To-Target-URI") or "", digest)
        return Snapshot(
            record.url,
            record.at,
            stored.status,
            digest,
            record.file,
            record.offset,
            record.length,
            stored.header("ETag"),
            stored.header("Last-Modified"),
            snapshot_id(original) if original else None,
        )

    def _original(self, url: str, digest: str) -> Snapshot | None:
        """Find the full record that a revisit stands for; it may not have been filed yet."""
        for step in reversed(self._steps):
            found = step.answer.snapshot if step.answer else None
            if found and (found.url, found.digest) == (url, digest) and is_full(found):
                return found
        return self._filer.original(url, digest)

    def _known(self, happening: Answered) -> Mapping[str, str]:
        """Return what the crawler knew; of another tool's captures, section pages are told by their address."""
        known = happening.known
        path = urlsplit(known.get("address", "")).path
        if IMPORTED in known and path in self._sections:
            return {"source": path, "kind": "section", IMPORTED: known[IMPORTED]}
        if not known and urlsplit(happening.record.url).path == "/robots.txt":
            # Release 0.1.0 wrote down nothing of it.
            return {"robots": "yes"}
        return known

    async def _file_ready(self) -> None:
        """File what is ready; wait only when too much has been read ahead."""
        await asyncio.sleep(0)
        while self._steps:
            first = self._steps[0]
            far = len(self._steps) > _AHEAD * self._workers.count
            if first.task is not None and not first.task.done():
                if not far or (self._parts.awaited and len(self._steps) < _FURTHEST):
                    return
                self._parts.close()
            await self._file_first()

    async def _file_first(self) -> None:
        step = self._steps.popleft()
        finding = await step.task if step.task else NOTHING
        happening = step.happening
        if isinstance(happening, Noted):
            self._file_note(happening)
        elif step.answer is not None:
            self._filer.begin(step.origin.addresses, step.origin.run)
            # Without its further parts an article is as if it had not been fetched: it stays pending.
            self._filer.take(step.answer, finding or NOTHING)
        file = happening.file
        self._filer.filed(Place(file, 0, happening.end, ""))
        self._taken += 1
        if self._filer.waiting >= BATCH or self._taken % 5000 == 0:
            self._filer.commit()
        if self._watch:
            self._watch(self._taken)

    def _file_note(self, noted: Noted) -> None:
        fields = noted.fields
        if noted.ends_run:
            kind = "import" if fields.get("run") == "import" else "crawl"
            healthy = fields.get("healthy") == "yes"
            doubtful = fields.get("doubtful") == "yes"
            self._filer.end_run(RunEnd(noted.at, fields.get("started") or noted.at, healthy, kind, doubtful))  # type: ignore[arg-type]
        elif "outcome" in fields:
            self._filer.note(noted_outcome(noted.at, fields))

    async def _find(self, answer: Answer, stored: StoredResponse, addresses: Addresses) -> Finding | None:
        """Find out what an answer says; None when its further parts are missing."""
        known = answer.known
        if answer.is_article and self._filer.same_as_read(answer, self._reader):
            return Finding(same=True)
        body = self._body(answer, stored)
        if "robots" in known:
            return Finding(robots=read_robots(stored.status, body if isinstance(body, bytes) else b""))
        if "source" in known:
            return Finding(said=self._said(answer, body, addresses)) if isinstance(body, bytes) else NOTHING
        if "part-of" in known:
            self._parts.arrive(known["part-of"], known["address"], await self._read_part(answer, body, addresses))
            return NOTHING
        if not isinstance(judge(answer, addresses), Read):
            return NOTHING
        return await self._read_article(answer, body, addresses)

    def _body(self, answer: Answer, stored: StoredResponse) -> bytes | Unread:
        if answer.snapshot.revisit_of is not None:
            original = self._snapshot_called(answer.snapshot.revisit_of)
            if original is None:
                return Unread("its bytes are missing", failed=True)
            stored = read_response(self._root, original.warc_file, original.warc_offset, original.warc_length)
        return content_of(stored.headers, stored.body)

    def _snapshot_called(self, id_: int) -> Snapshot | None:
        waiting = (step.answer.snapshot for step in self._steps if step.answer)
        return next((each for each in waiting if snapshot_id(each) == id_), None) or self._filer.snapshot(id_)

    def _said(self, answer: Answer, content: bytes, addresses: Addresses) -> tuple[Announcement, ...]:
        known, url = answer.known, answer.snapshot.url
        kind = kind_of(known, content)
        try:
            page = read_source(
                kind,
                content,
                url,
                content_type=answer.content_type,
                cards=self._profile.cards,
                addresses=addresses,
                shown_at=known.get("shown-at"),
            )
        except ValueError:
            return ()
        return announcements(page, known["source"] or path_of(url), kind, addresses)

    async def _read_part(self, answer: Answer, body: bytes | Unread, addresses: Addresses) -> Article | Unread:
        if answer.snapshot.status != HTTPStatus.OK:
            return Unread(f"HTTP {answer.snapshot.status}")
        return body if isinstance(body, Unread) else await self._read(answer, body, addresses)

    async def _read(self, answer: Answer, content: bytes, addresses: Addresses) -> Article | Unread:
        page = page_of(answer, content, addresses.base_url)
        return page if isinstance(page, Unread) else await self._workers.read(page)

    async def _read_article(self, answer: Answer, body: bytes | Unread, addresses: Addresses) -> Finding | None:
        reading = body if isinstance(body, Unread) else await self._read(answer, body, addresses)
        if not isinstance(reading, Article):
            return Finding(reading=reading)
        parts = [reading]
        while (following := parts[-1].next_part) and len(parts) < MAX_PARTS:
            part = await self._parts.wait(reading.url, following)
            if part is None and IMPORTED not in answer.known:
                return None
            if not isinstance(part, Article):
                break
            parts.append(part)
        article = join_parts(parts)
        before = await self._rereader.before(answer.known["address"], article, addresses)
        return Finding(reading=article, before=before)


class _Parts:
    """The further parts of articles: those that came, those on their way, and those that are waited for."""

    def __init__(self) -> None:
        self._came: dict[tuple[str, str], Article | Unread] = {}
        self._expected: set[tuple[str, str]] = set()
        self._awaited: dict[tuple[str, str], asyncio.Future[Article | Unread | None]] = {}

    @property
    def awaited(self) -> bool:
        """Say whether any part is waited for that has not been met."""
        return bool(self._awaited.keys() - self._expected)

    def expect(self, article: str, part: str) -> None:
        """Note that a part is being read."""
        self._expected.add((article, part))

    def arrive(self, article: str, part: str, reading: Article | Unread) -> None:
        """Take a part that was read."""
        self._expected.discard((article, part))
        future = self._awaited.pop((article, part), None)
        if future is None:
            self._came[article, part] = reading
        elif not future.done():
            future.set_result(reading)

    def note(self, noted: Noted) -> None:
        """Take the note that a part gave no answer."""
        if "part-of" in noted.fields:
            reason = Unread(noted.fields.get("reason", ""), failed=True)
            self.arrive(noted.fields["part-of"], noted.fields.get("address", noted.url), reason)

    async def wait(self, article: str, part: str) -> Article | Unread | None:
        """Return a part, None when it never comes."""
        if (article, part) in self._came:
            return self._came.pop((article, part))
        future: asyncio.Future[Article | Unread | None] = asyncio.get_running_loop().create_future()
        self._awaited[article, part] = future
        return await future

    def close(self) -> None:
        """Give up waiting for what has not been met."""
        for key in self._awaited.keys() - self._expected:
            future = self._awaited.pop(key)
            if not future.done():
                future.set_result(None)
        self._came = {}
