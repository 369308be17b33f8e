"""One article withdrawn: its words in no byte of database, exports and, purged, WARCs; and never coming back.

Must not know how words are removed.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]

from . import whole
from .checks import Checks
from .command import crawl, has_option, press
from .imports import redate
from .night import Night
from .plot import FIRST
from .record import Archive
from .server import Served, serve
from .story import Story, make_stories

HEADLINE = "qvorbexal"
INSIDE = ("wuzzimond", "jyxplanth", "hqorvint", "vlumprex", "zybbarquo")
REASON = "The author asked for it; letter 17 of the editor"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this examination's options."""
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pages", type=int, default=40)


def main(options: argparse.Namespace) -> int:
    """Withdraw with and without purging; return the exit status."""
    checks = Checks()
    for stacked in (False, True):
        stories = make_stories(options.seed, options.pages)
        marked, before = canaries(random.Random(options.seed).choice(stories))
        night = site(stories, before, stacked)
        with tempfile.TemporaryDirectory() as scratch, serve(night) as served:
            kept, purged = Path(scratch) / "kept", Path(scratch) / "purged"
            crawl(served.url, kept, at=FIRST)
            served.night = replace(site(stories, marked, stacked), at=FIRST + timedelta(days=2))
            crawl(served.url, kept, at=served.night.at)
            shutil.copytree(kept, purged)
            shutil.copytree(kept / "warc", Path(scratch) / "copies")
            checks.title(f"stacked under others: {stacked}")
            checks.true("the canaries are there before", bool(in_database(kept)), in_database(kept))
            case = Case(checks, served, marked, Path(scratch), stacked)
            case.withdrawn(kept)
            case.purged(purged)
    return checks.status()


def canaries(story: Story) -> tuple[Story, Story]:
    """Put words into a story that stand nowhere else; return it as it is after an edit, and before."""
    inside = [f"It was {word.title()} that the clerk wrote into the margin of the book." for word in INSIDE[:2]]
    marked = replace(
        story,
        headline=f"The letter that {HEADLINE.title()} never sent",
        dek=f"A line about {INSIDE[2].title()} and the winter",
        caption=f"The quay of {INSIDE[3].title()} in the rain",
        paragraphs=(*story.paragraphs, inside[0], story.paragraphs[0]),
    )
    old = f"An earlier text spoke of {INSIDE[4].title()} and of nothing else."
    return marked, replace(marked, paragraphs=(*story.paragraphs, inside[0], inside[1], old))


def site(stories: Iterable[Story], marked: Story, stacked: bool) -> Night:
    """Make the night on which one story is the marked one."""
    now = tuple(marked if story.key == marked.key else story for story in stories)
    return Night(FIRST, now, tuple((story.path, story) for story in now), stacked=stacked)


def found_in(data: bytes, words: Iterable[str] = (HEADLINE, *INSIDE)) -> set[str]:
    """Return the canaries in bytes, whatever their case and ending."""
    low = data.lower()
    return {word for word in words if word[:7].encode() in low}


def in_database(root: Path) -> set[str]:
    """Return the canaries in the bytes of the database and of what stands beside it."""
    return set().union(*(found_in(path.read_bytes()) for path in root.glob("archive.db*") if path.is_file()))


def in_folder(folder: Path) -> set[str]:
    """Return the canaries in all files of a folder."""
    return set().union(*(found_in(path.read_bytes()) for path in folder.rglob("*") if path.is_file()))


def in_warcs(root: Path, words: Iterable[str]) -> list[str]:
    """Name the records in whose block or decoded body one of the words stands."""
    found = []
    for path in Archive(root).warcs():
        for parsed in (True, False):
            with path.open("rb") as file:
                for record in ArchiveIterator(file, no_record_parse=not parsed):
                    data = (record.content_stream() if parsed else record.raw_stream).read()
                    if words_found := found_in(data + str(record.rec_headers).encode(), words):
                        found.append(
                            f"{record.rec_type} {record.rec_headers.get_header('WARC-Target-URI')}: {words_found}"
                        )
    return found


class Case:
    """One site with its marked story, and the archives that it is withdrawn from."""

    def __init__(self, checks: Checks, served: Served, marked: Story, scratch: Path, stacked: bool) -> None:
        self.checks, self.served, self.marked, self.scratch, self.stacked = checks, served, marked, scratch, stacked
        self.slug = marked.path.strip("/")

    def take_down(self, root: Path, *more: str) -> None:
        """Withdraw the article and see that the decision is written down."""
        sure = has_option("takedown", "--yes", "--force")
        words = [*more, *([sure] if sure else [])]
        done = press("takedown", self.slug, "--reason", REASON, *words, "--root", root, at=FIRST + timedelta(days=3))
        self.checks.same(f"takedown {' '.join(more)}: exit status", (done.status, done.err[-200:]), (0, ""))
        path = root / "decisions.jsonl"
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        said = [line for line in lines if "takedown" in json.loads(line)]
        fine = any(REASON in line and f"{FIRST + timedelta(days=3):%Y-%m-%d}" in line for line in said)
        self.checks.true("decisions.jsonl has reason and date", fine, said)

    def withdrawn(self, root: Path) -> None:
        """Withdraw, and try all ways by which it could come back."""
        self.take_down(root)
        self.gone_from(root, "takedown")
        self.gone_from_outputs(root)
        self.crawl_again(root)
        self.gone_from(root, "a crawl")
        done = press("rebuild", "--root", root)
        self.checks.same("rebuild: exit status", done.status, 0)
        self.gone_from(root, "a rebuild")
        copies = [self.captured_elsewhere(path) for path in sorted((self.scratch / "copies").glob("*.gz"))]
        done = press("import", *copies, "--root", root)
        self.checks.true("import of its WARC: exit status", done.status in (0, 3), (done.status, done.err[-200:]))
        self.gone_from(root, "an import")
        done = press("import", *copies, "--root", root, at=FIRST + timedelta(days=30))
        self.gone_from(root, "another import")

    def captured_elsewhere(self, path: Path) -> Path:
        """Copy a WARC as if another tool had made it a day later."""
        other = self.scratch / f"elsewhere-{path.name}"
        redate(path, other, FIRST + timedelta(days=1))
        return other

    def crawl_again(self, root: Path) -> None:
        """Crawl when everything is due."""
        self.served.night = replace(self.served.night, at=self.served.night.at + timedelta(days=20))
        asked = len(self.served.log)
        crawl(self.served.url, root, at=self.served.night.at)
        again = [one.path for one in self.served.log[asked:] if one.path == self.marked.path]
        self.checks.none("a crawl asks for it again", again)

    def gone_from(self, root: Path, after: str) -> None:
        """See that no byte of the database has a word of it, and that its row, if any, is withdrawn."""
        self.checks.none(f"in the database after {after}", in_database(root))
        url = self.served.url + self.marked.path
        states = Archive(root).rows("SELECT status FROM articles WHERE url = ?", url)
        self.checks.true(f"status after {after}", states in ([], [("withdrawn",)]), states)
        whole.check_database(self.checks, root)

    def gone_from_outputs(self, root: Path) -> None:
        """See that no export, release or page of the command has a word of it."""
        folder = self.scratch / "exports"
        for form in ("csv", "jsonl", "csl-json", "bibtex", "ris"):
            done = press("export", form, "--output", folder / form / f"articles.{form}", "--root", root)
            if done.status == 0:
                self.checks.none(f"in export {form}", in_folder(folder / form))
        released = press("release", folder / "release", "--root", root)
        self.checks.same("release: exit status", (released.status, released.err[-200:]), (0, ""))
        self.checks.none("in the release", in_folder(folder / "release"))
        for option in ((), ("--raw",), ("--html",), ("--at", "2031-03-04")):
            shown = press("show", self.slug, *option, "--root", root)
            said = found_in(shown.out + shown.err.encode())
            self.checks.none(f"in show {' '.join(option)}", said)
            fine = "withdrawn" in shown.err + shown.text and "Traceback" not in shown.err
            self.checks.true("… and it says so", fine, (shown.status, shown.err[-200:]))

    def purged(self, root: Path) -> None:
        """Withdraw and purge: the WARCs too, which stay valid and are the same to every other article."""
        others = self.others(root)
        self.take_down(root, "--purge")
        self.gone_from(root, "takedown --purge")
        words = () if self.stacked else INSIDE
        self.checks.none("in WARC records", in_warcs(root, words)[:3])
        self.valid(root)
        self.checks.same("the other articles", self.others(root), others)
        done = press("rebuild", "--root", root)
        self.checks.same("rebuild: exit status", done.status, 0)
        self.checks.same("the other articles after a rebuild", self.others(root), others)
        self.crawl_again(root)
        self.gone_from(root, "purge, rebuild and crawl")
        self.checks.none("in WARC records after a crawl", in_warcs(root, words)[:3])
        self.valid(root)

    def others(self, root: Path) -> list[str]:
        """Return what is stored of the other articles."""
        query = "SELECT id, url, headline, body_text, revision_count FROM articles WHERE url != ? ORDER BY id"
        return [repr(row) for row in Archive(root).rows(query, self.served.url + self.marked.path)]

    def valid(self, root: Path) -> None:
        """See that every file is valid to warcio and to verify."""
        whole.check_files(self.checks, root)
        done = press("verify", "--root", root)
        self.checks.same("verify: exit status", (done.status, done.text[-300:] if done.status else ""), (0, ""))
