"""Thirty nights of a site that fails in one answer of twenty: what the archive takes, and whether every count adds up.

Every night is a process of its own, as a timer starts it, and is looked at ten times a second: what would grow over
the nights grows with the archive. A site that stalls closes after a second, so that thirty nights need no day.
Must not know how a crawl copes with faults.
"""

from __future__ import annotations

import json
import random
import tempfile
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from . import whole
from .checks import Checks
from .command import Done, crawl, has_option, press
from .edits import EDITS
from .night import Night
from .plot import FIRST
from .record import Archive, plain
from .server import Served, serve
from .story import Story, make_stories

FAULTS = 0.05
NEW, EDITED = 3, 5
SWEEP = 7
"""Within so many nights a run reads every source to its end, as the profile says; others stop where all is known."""
_ARTICLE = """
SELECT headline, body_text, status FROM articles WHERE url = ? OR id = (SELECT article_id FROM aliases WHERE url = ?)
"""
_FAILED = """
SELECT count(*) FROM ledger WHERE checked_at LIKE ? AND state != 'excluded' AND reason IS NOT NULL
AND reason != 'redirects to its article' AND reason NOT LIKE 'not an article%'
"""


@dataclass
class Course:
    """The site's course: every night some stories are new, edited, moved and gone."""

    rng: random.Random
    stories: dict[str, Story]
    coming: list[Story]
    redirects: dict[str, str] = field(default_factory=dict)
    gone: dict[str, int] = field(default_factory=dict)
    due: dict[str, int] = field(default_factory=lambda: {"/about/": 1, "/tag/treaties/": 1})
    """The night in which each announced address must be in the ledger at the latest."""
    number: int = 0

    def night(self) -> Night:
        """Give the next night, the first as it was made."""
        if self.number:
            self.change()
        at = FIRST + timedelta(days=self.number)
        self.number += 1
        standing = tuple(self.stories[key] for key in self.stories if key not in self.gone)
        # Lists are newest first, as sites print them.
        listed = tuple((story.path, story) for story in reversed(standing))
        for path, story in listed:
            self.due.setdefault(path, self.number + self._leeway(path, story))
        return Night(at, standing, listed, dict(self.redirects), {}, self.gone_paths(), noisy=self.number > 1)

    def _leeway(self, path: str, story: Story) -> int:
        """Say how many nights an address may stay unseen: a moved story deep in a list, and in no sitemap, some."""
        hidden = path != story.key and story.place != "all" and "sitemap" not in story.place
        return SWEEP if hidden else 0

    def gone_paths(self) -> dict[str, int]:
        """Return the addresses that are gone with their status."""
        return {self.stories[key].path: status for key, status in self.gone.items()}

    def change(self) -> None:
        """Let a day pass."""
        for story in [self.coming.pop() for _ in range(min(NEW, len(self.coming)))]:
            self.stories[story.key] = story
        alive = [key for key in self.stories if key not in self.gone]
        for key in self.rng.sample(alive, k=EDITED):
            kind = self.rng.choice([kind for kind in EDITS if kind != "cut"])
            self.stories[key] = EDITS[kind](self.stories[key], self.rng)
        moved, lost = self.rng.sample(alive, k=2)
        old = self.stories[moved]
        new = old.path.removesuffix("/") + f"-{2670000000 + self.number}/"
        self.redirects = {path: new if to == old.path else to for path, to in self.redirects.items()} | {old.path: new}
        self.stories[moved] = replace(old, path=new)
        self.gone[lost] = self.rng.choice([404, 410])


def run(seed: int, pages: int, nights: int) -> int:
    """Run the nights; return the exit status."""
    checks, rng = Checks(), random.Random(seed)
    coming = list(make_stories(seed + 500, NEW * nights, prefix="later-"))
    course = Course(rng, {story.key: story for story in make_stories(seed, pages)}, coming)
    with tempfile.TemporaryDirectory() as scratch, serve(course.night()) as served:
        soak = Soak(checks, course, served, Path(scratch) / "archive")
        soak.crawl()
        served.faults = FAULTS
        for _ in range(nights - 1):
            served.night = course.night()
            soak.crawl()
        soak.judge()
        soak.judge_words()
        soak.judge_rebuild()
    return checks.status()


def ids(archive: Archive) -> set[int]:
    """Return the ids of all articles."""
    return {row[0] for row in archive.rows("SELECT id FROM articles")}


def held(archive: Archive) -> int:
    """Return how many bytes all values of all rows have: a fetch leaves rows, too, whatever it brought."""
    total = 0
    for (table,) in archive.rows("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '%_fts%'"):
        lengths = " + ".join(f'coalesce(length(CAST("{name}" AS BLOB)), 0)' for name in archive.columns(table))
        total += archive.one(f'SELECT sum({lengths}) FROM "{table}"') or 0
    return total


@dataclass
class Soak:
    """One archive over the nights, and what each took."""

    checks: Checks
    course: Course
    served: Served
    root: Path
    peaks: list[int] = field(default_factory=list)
    files: list[int] = field(default_factory=list)
    sizes: list[tuple[int, int]] = field(default_factory=list)
    texts: list[int] = field(default_factory=list)

    def crawl(self, *words: str) -> Done:
        """Crawl one night and see that its counts add up."""
        archive = Archive(self.root)
        before = ids(archive) if (self.root / "archive.db").exists() else set()
        done = crawl(self.served.url, self.root, *words, at=self.served.night.at)
        self.peaks.append(done.peak)
        self.files.append(done.files)
        size = sum(path.stat().st_size for path in self.root.glob("archive.db*"))
        self.sizes.append((size, held(archive)))
        self.texts.append(archive.one("SELECT sum(length(words)) FROM revisions") or 0)
        print(
            f"     night {self.course.number:2}: exit status {done.status}, {done.seconds:5.1f} s,"
            f" peak {done.peak / 2**20:.0f} MB, {done.files} files, database {size / 2**20:.2f} MB",
            flush=True,
        )
        self.counts(archive, before)
        if done.status not in (0, 3):
            self.checks.true("exit status 0 or 3", False, (done.status, done.err[-300:]))
        return done

    def counts(self, archive: Archive, before: set[int]) -> None:
        """See that the night's counts add up."""
        quiet, now = Checks(quiet=True), self.course.number
        states: dict[str, int] = dict(archive.rows("SELECT state, count(*) FROM ledger GROUP BY 1"))
        known = {row[0].removeprefix(self.served.url).rstrip("/") for row in archive.rows("SELECT url FROM ledger")}
        quiet.none(
            "announced, not in the ledger",
            [path for path, night in self.course.due.items() if night <= now and path.rstrip("/") not in known],
        )
        counted = archive.one("SELECT announced FROM crawls ORDER BY id DESC LIMIT 1")
        quiet.same("states and addresses", sum(states.values()), len(known))
        quiet.true("announced tonight are among them", 0 < counted <= len(known), counted)
        quiet.none("unknown states", set(states) - {"pending", "stored", "gone", "excluded", "failed"})
        pending = archive.rows("SELECT url, attempts FROM ledger WHERE state = 'pending' AND reason IS NULL")
        quiet.none("pending after a whole night without a reason", pending)
        quiet.same(
            "ledger rows without a reason",
            archive.one("SELECT count(*) FROM ledger WHERE state IN ('failed', 'excluded', 'gone') AND reason IS NULL"),
            0,
        )
        at = f"{self.served.night.at:%Y-%m-%dT%H:%M:%S}%"
        row = archive.rows("SELECT new, changed, unchanged, fetched, failed FROM crawls ORDER BY id DESC LIMIT 1")[0]
        new, changed, unchanged, _, failed = (value or 0 for value in row)
        quiet.same("failed, as counted and as rows", failed, archive.one(_FAILED, at))
        quiet.same("new, as counted and as rows", new, len(ids(archive) - before))
        quiet.none("articles deleted", before - ids(archive))
        edited = archive.rows("SELECT DISTINCT article_id FROM revisions WHERE number > 1 AND seen_at LIKE ?", at)
        quiet.same("changed, as counted and as rows", changed, len({row[0] for row in edited} & before))
        seen = archive.rows("SELECT id FROM articles WHERE last_seen_at LIKE ?", at)
        quiet.same("new, changed and unchanged, and rows seen", new + changed + unchanged, len(seen))
        for problem in quiet.failed:
            self.checks.true(f"night {self.course.number}", False, problem)

    def judge(self) -> None:
        """Judge what the nights took: nothing that grows but by what is stored."""
        self.checks.title("what it takes")
        # The first night, with everything to read, puts a second reader to work: it would hide what grows.
        half = len(self.peaks) // 2
        early, late = max(self.peaks[1:half]), max(self.peaks[half:])
        self.checks.true("memory is flat", late <= 1.15 * early, f"{early / 2**20:.0f} MB, later {late / 2**20:.0f} MB")
        early, late = max(self.files[1:half]), max(self.files[half:])
        self.checks.true("open files are flat", late <= early + 5, f"{early}, later {late}")
        (size, first), (last, now) = self.sizes[0], self.sizes[-1]
        growth = (last - size) / size / max((now - first) / first, 0.001)
        self.checks.true(
            "the database grows within 1.2 times its content",
            growth <= 1.2,
            f"{size:,} → {last:,} bytes, of values {first:,} → {now:,}: {growth:.2f}",
        )
        words = self.texts[-1] / self.texts[0]
        print(f"     of texts alone, the fetches left out: × {words:.2f}, the database × {last / size:.2f}")

    def judge_words(self) -> None:
        """Let the site be well, ask for everything again, and compare with what its pages say."""
        self.checks.title("after two quiet nights")
        self.served.faults = 0.0
        mode = has_option("crawl", "--mode")
        for days in (200, 400, 401, 402):
            self.served.night = replace(self.served.night, at=FIRST + timedelta(days=days), noisy=False)
            self.crawl(*([mode, "recheck"] if mode else []))
        archive, wrong = Archive(self.root), []
        for key, story in self.course.stories.items():
            url = self.served.url + story.path
            rows = archive.rows(_ARTICLE, url, url)
            body = " ".join([*story.paragraphs, *([story.notice] if story.notice else [])])
            want = (plain(story.headline), plain(body), "gone" if key in self.course.gone else "live")
            got = [(plain(row[0]), plain(row[1]), row[2]) for row in rows]
            # A story that went before it was ever fetched, or before its last edit was, cannot be held to its words.
            if key in self.course.gone:
                wrong += [story.path] if rows and rows[0][2] != "gone" else []
            elif got != [want]:
                wrong.append(f"{story.path}: {json.dumps(got)[:120]}")
        self.checks.none("articles that are not as the site has them", wrong[:5])
        whole.check_database(self.checks, self.root)
        whole.check_records(self.checks, self.root)
        whole.check_files(self.checks, self.root)

    def judge_rebuild(self) -> None:
        """Rebuild the database, faults and all, and compare it with the crawls'."""
        self.checks.title("rebuild equals crawl")
        before = Archive(self.root).hashes()
        for path in self.root.glob("archive.db*"):
            path.unlink()
        done = press("rebuild", "--root", self.root)
        self.checks.same("rebuild: exit status", done.status, 0)
        if self.checks.true("a database is there", (self.root / "archive.db").exists(), done.err[-300:]):
            after = Archive(self.root).hashes()
            self.checks.none("tables that differ", [name for name in before if before[name] != after.get(name)])
