"""Ten edited, five gone and five moved among 240 pages, over nights: what the archive says of them.

Must not know how the archive finds out.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import soak, whole
from .checks import Checks
from .command import Done, crawl, press
from .night import Night
from .plot import CONFIRMED, Plot, make_plot
from .provenance import check_earlier, check_shown
from .record import Archive, plain
from .server import Served, serve
from .story import PROVEN, Story


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this examination's options."""
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pages", type=int, default=240)
    parser.add_argument("--changes", type=int, default=10, help="edited pages; all kinds in turn")
    parser.add_argument("--daily", action="store_true", help="leave no day out")
    parser.add_argument("--root", type=Path, help="keep the archive in this folder")
    parser.add_argument("--soak", type=int, metavar="NIGHTS", nargs="?", const=30, help="nights of a site with faults")


def main(options: argparse.Namespace) -> int:
    """Run the nights and judge them; return the exit status."""
    if options.soak:
        return soak.run(options.seed, options.pages, options.soak)
    checks, plot = Checks(), make_plot(options.seed, options.pages, options.changes)
    with tempfile.TemporaryDirectory() as scratch:
        root = (options.root or Path(scratch)) / f"nights-{options.seed}"
        with serve(next(plot.nights())[1]) as served:
            Examined(checks, plot, served, root, options.daily).run()
    return checks.status()


def run_nights(served: Served, plot: Plot, root: Path, outages: bool = True) -> None:
    """Crawl all nights of a plot, judging nothing."""
    for _, night in plot.nights(outages):
        served.night = night
        done = crawl(served.url, root, at=night.at)
        print(f"night {night.at:%j}: exit status {done.status}, {done.seconds:.1f} s", flush=True)


@dataclass
class Examined:
    """One archive while its nights pass."""

    checks: Checks
    plot: Plot
    served: Served
    root: Path
    daily: bool = False

    def run(self) -> None:
        """Crawl every night, and judge after it what it should have brought."""
        judges: dict[str, Callable[[], None]] = {
            "first": self.after_first,
            "changed": self.after_change,
            CONFIRMED: self.after_confirmation,
            "last": self.after_last,
        }
        before: dict[str, str] = {}
        kept: dict[str, set[str]] = {}
        for name, night in self.plot.nights(daily=self.daily):
            done = self.crawl(name, night)
            if kept:
                whole.check_kept(self.checks, kept, self.root)
            kept = whole.keys(self.root)
            if name == "unchanged":
                self.after_unchanged(before, done)
            if night.outage:
                self.judge(name, self.after_outage)
            self.judge(name, judges.get(name))
            before = Archive(self.root).hashes(("articles.last_seen_at",))

    def judge(self, name: str, judge: Callable[[], None] | None) -> None:
        """Run a night's judge; a table that is not there is a failure like others."""
        try:
            if judge:
                judge()
        except sqlite3.OperationalError as error:
            self.checks.true(f"the database can be asked after {name}", False, error)

    def crawl(self, name: str, night: Night) -> Done:
        """Crawl one night."""
        self.served.night = night
        asked = len(self.served.log)
        done = crawl(self.served.url, self.root, at=night.at)
        log = self.served.log[asked:]
        articles = [one for one in log if one.path in night.articles()]
        counts = dict(Counter(one.status for one in articles))
        self.checks.title(
            f"{name} ({night.at:%Y-%m-%d}): exit status {done.status}, {done.seconds:.1f} s, {len(log)} requests, "
            f"articles {counts}, {sum(one.conditional for one in articles)} conditional"
        )
        fine = (1, 3) if night.outage == "all 500" else (3,) if night.outage else (0, 3)
        self.checks.true(f"exit status one of {fine}", done.status in fine, (done.status, done.err[-300:]))
        twice = [path for path, times in Counter(one.path for one in articles if one.status < 500).items() if times > 1]
        self.checks.none("articles asked for twice in one night", twice[:5])
        return done

    @property
    def archive(self) -> Archive:
        """The archive as it is now."""
        return Archive(self.root)

    def article(self, path: str) -> tuple[int, str, str] | None:
        """Return id, address and status of the article that an address leads to."""
        url = self.served.url + path
        found = self.archive.rows("SELECT id, url, status FROM articles WHERE url = ?", url) or self.archive.rows(
            "SELECT a.id, a.url, a.status FROM aliases x JOIN articles a ON a.id = x.article_id WHERE x.url = ?", url
        )
        return found[0] if found else None

    def revisions(self) -> dict[str, list[tuple[int, str, bool, str]]]:
        """Return number, kind, silence and fields of all revisions after the first, by their article's first path."""
        ids = {found[0]: story.key for story in self.plot.stories if (found := self.article(story.key))}
        rows = self.archive.rows(
            "SELECT article_id, number, kind, silent, changed_fields FROM revisions WHERE number > 1 ORDER BY 1, 2"
        )
        by_key: dict[str, list[tuple[int, str, bool, str]]] = {}
        for article, number, kind, silent, fields in rows:
            by_key.setdefault(ids.get(article, str(article)), []).append((number, kind, bool(silent), fields))
        return by_key

    def after_first(self) -> None:
        """Judge the first night: every page an article whose words are the story's."""
        self.checks.same("articles", self.archive.one("SELECT count(*) FROM articles"), len(self.plot.stories))
        self.checks.same("aliases", self.archive.one("SELECT count(*) FROM aliases"), 0)
        self.check_words({story.key for story in self.plot.stories}, changed=False)

    def after_unchanged(self, before: dict[str, str], done: Done) -> None:
        """Judge a night on which nothing changed."""
        log = [
            one
            for one in self.served.log
            if one.at == self.served.night.at and one.path in self.served.night.articles()
        ]
        proven = {story.path for story in self.plot.stories if story.validators in PROVEN}
        asked = [one for one in log if one.path in proven]
        self.checks.none(
            "pages with validators that were not answered 304", [one.path for one in asked if one.status != 304]
        )
        self.checks.same(
            "revisions after the first text", self.archive.one("SELECT count(*) FROM revisions WHERE number > 1"), 0
        )
        counts = json.loads(done.text) if done.text.strip().startswith("{") else {}
        self.checks.same("new and changed as counted", (counts.get("new"), counts.get("changed")), (0, 0))
        after = self.archive.hashes(("articles.last_seen_at",))
        same = {"snapshots", "ledger", "warc_files", "publication"}
        self.checks.none(
            "tables that changed", [name for name in before if before[name] != after[name] and name not in same]
        )

    def after_change(self) -> None:
        """Judge the night of the edits, moves and losses: no tombstone yet."""
        self.check_revisions()
        self.check_moves()
        self.checks.same("tombstones after one night", self.archive.one("SELECT count(*) FROM tombstones"), 0)

    def after_confirmation(self) -> None:
        """Judge the night on which what is gone has been missing for days."""
        self.check_revisions()
        self.check_moves()
        self.check_gone(set(self.plot.gone))
        self.check_words({story.key for story in self.plot.stories}, changed=True)

    def after_outage(self) -> None:
        """Judge a night on which the site was broken."""
        self.checks.same("tombstones", self.archive.one("SELECT count(*) FROM tombstones"), len(self.plot.gone))
        self.check_gone(set(self.plot.gone))

    def after_last(self) -> None:
        """Judge the whole course, with the gone one that is back."""
        self.check_revisions()
        self.check_moves()
        self.check_gone(set(self.plot.gone) - {self.plot.returning})
        self.check_words({story.key for story in self.plot.stories}, changed=True)
        back = self.archive.rows("SELECT article_id, returned_at FROM tombstones WHERE returned_at IS NOT NULL")
        expected = self.article(self.plot.returning)
        self.checks.same("noted as returned", [row[0] for row in back], [expected[0] if expected else None])
        self.check_ledger()
        self.check_evidence()

    def check_revisions(self) -> None:
        """See that the edits, and nothing else, are revisions of the right kind."""
        expected = {key: [(2, kind, self.plot.silent(key))] for key, kind in self.plot.edits.items()}
        got = {key: [row[:3] for row in rows] for key, rows in self.revisions().items()}
        self.checks.same("revisions", sum(map(len, got.values())), len(expected))
        self.checks.none(
            "… of pages that nobody edited", {key: self.revisions()[key] for key in got if key not in expected}
        )
        wrong = {key: (got.get(key), "for", want) for key, want in expected.items() if got.get(key) != want}
        self.checks.none("… of the wrong number, kind or silence", wrong)

    def check_moves(self) -> None:
        """See that each moved page is one article under its first id, with the old address as its alias."""
        ids = {}
        for key, move in self.plot.moves.items():
            old, new = self.article(move.old), self.article(move.new)
            one = bool(old and new and old[0] == new[0])
            self.checks.true(f"moved ({move.how}): one article", one, (old, new))
            named = bool(new and new[1].endswith(move.new))
            self.checks.true("… its url is what the canonical link says now", named, new)
            ids[key] = new[0] if new else None
        self.checks.same("aliases", self.archive.one("SELECT count(*) FROM aliases"), len(self.plot.moves))
        total = len(self.plot.stories) + len(self.plot.newcomers)
        self.checks.same("articles", self.archive.one("SELECT count(*) FROM articles"), total)

    def check_gone(self, keys: set[str]) -> None:
        """See that just these are gone, with a tombstone and their text."""
        rows = self.archive.rows("SELECT url, length(body_text) > 100 FROM articles WHERE status = 'gone'")
        self.checks.same("gone articles", {row[0].removeprefix(self.served.url) for row in rows}, keys)
        self.checks.true("… keep their text", all(row[1] for row in rows))
        open_ones = self.archive.rows(
            "SELECT a.url FROM tombstones t JOIN articles a ON a.id = t.article_id WHERE t.returned_at IS NULL"
        )
        self.checks.same("tombstones", sorted(row[0].removeprefix(self.served.url) for row in open_ones), sorted(keys))

    def check_words(self, keys: set[str], changed: bool) -> None:
        """See that the rows say what the stories say."""
        wrong = []
        now = self.plot.changed() if changed else {story.key: story for story in self.plot.stories}
        for key in keys:
            story, found = now[key], self.article(key)
            if not found:
                wrong.append(f"{key}: missing")
                continue
            row = self.archive.rows("SELECT headline, dek, section, body_text FROM articles WHERE id = ?", found[0])[0]
            body = " ".join([*story.paragraphs, *([story.notice] if story.notice else [])])
            want = [plain(text) for text in (story.headline, story.dek, story.section, body)]
            wrong += [
                f"{key} {name}: {plain(text)[:80]}"
                for name, text, said in zip(("headline", "dek", "section", "body"), row, want, strict=True)
                if plain(text) != said
            ]
        self.checks.none("articles whose words are not the story's", wrong[:5])

    def check_ledger(self) -> None:
        """See that the ledger holds what was announced and nothing else."""
        announced = {path for _, night in self.plot.nights() for path, _ in night.listed} | {
            "/about/",
            "/tag/treaties/",
        }
        rows: dict[str, str] = dict(self.archive.rows("SELECT url, state FROM ledger"))
        known = {url.removeprefix(self.served.url).rstrip("/") for url in rows}
        self.checks.none(
            "announced but not in the ledger", sorted(path for path in announced if path.rstrip("/") not in known)[:5]
        )
        self.checks.true("ledger states", True, dict(Counter(rows.values())))

    def check_evidence(self) -> None:
        """See that the archive is whole and every article can be proved."""
        whole.check_database(self.checks, self.root)
        records = whole.check_records(self.checks, self.root)
        sent = {one.digest for one in self.served.log}
        whole.check_articles(self.checks, self.root, records, sent)
        whole.check_files(self.checks, self.root)
        verified = press("verify", "--root", self.root)
        self.checks.same("verify", verified.status, 0)
        check_shown(self.checks, self.root, [slug for key in self.shown() if (slug := self.slug(key))])
        story, day = self.headline_edited(), "2031-03-04"
        check_earlier(self.checks, self.root, self.slug(story.key) or "", day, story.headline)

    def shown(self) -> list[str]:
        """Choose stories to ask provenance of: edited, moved, gone and untouched ones."""
        return [
            self.headline_edited().key,
            *list(self.plot.moves)[:2],
            *list(self.plot.gone)[:2],
            self.plot.stories[0].key,
        ]

    def headline_edited(self) -> Story:
        """Return the story whose headline was edited, as it first was."""
        key = next(key for key, kind in self.plot.edits.items() if kind == "headline")
        return next(story for story in self.plot.stories if story.key == key)

    def slug(self, key: str) -> str | None:
        """Return the slug of a story's article."""
        found = self.article(key)
        slug: str | None = self.archive.one("SELECT slug FROM articles WHERE id = ?", found[0]) if found else None
        return slug
