"""What several nights leave: edits, one tombstone, aliases, and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys

from archive.urls import stable_id
from archive.warc import payload_digest, read_response
from tests.nights import EDITED, GONE, LATE, MOVED, MOVED_AND_EDITED, NEW_ADDRESSES, NIGHTS, OTHERS, REWORDED, Archive

SITE = EDITED.url.removesuffix(EDITED.path)
ARTICLES = {each.url for each in (EDITED, REWORDED, GONE, LATE, *OTHERS)} | {SITE + path for path in NEW_ADDRESSES}
MOVES = dict(zip((MOVED, MOVED_AND_EDITED), NEW_ADDRESSES, strict=True))


def test_every_article_is_held_once(nights: Archive) -> None:
    assert {url for (url,) in nights.rows("SELECT url FROM articles")} == ARTICLES
    assert nights.rows("SELECT count(*) FROM articles") == [(len(ARTICLES),)]


def test_only_real_edits_are_revisions(nights: Archive) -> None:
    edits = nights.rows("SELECT a.url, e.kind, e.silent FROM edits e JOIN articles a ON a.id = e.article_id")
    assert sorted(edits) == sorted(
        [(EDITED.url, "headline", 0), (REWORDED.url, "dek", 0), (SITE + NEW_ADDRESSES[1], "dek", 0)]
    )


def test_a_moved_article_keeps_its_id_and_gains_an_alias(nights: Archive) -> None:
    ids = {stable_id(article.url): SITE + address for article, address in MOVES.items()}
    assert dict(nights.rows("SELECT id, url FROM articles WHERE id IN (?, ?)", *ids)) == ids
    aliases = nights.rows("SELECT url, article_id FROM aliases")
    assert sorted(aliases) == sorted((article.url, stable_id(article.url)) for article in MOVES)


def test_a_removed_article_is_gone_after_three_days_and_keeps_its_text(nights: Archive) -> None:
    (row,) = nights.rows("SELECT article_id, reason, days, returned_at FROM tombstones")
    article_id, reason, days, returned_at = row
    assert (article_id, reason, returned_at) == (nights.article_id(GONE), "HTTP 404", None)
    assert json.loads(days) == [f"2026-12-{day:02d}" for day in range(2, NIGHTS + 1)]
    assert nights.rows("SELECT status, body_text FROM articles WHERE id = ?", article_id) == [("gone", GONE.body_text)]


def test_the_ledger_adds_up(nights: Archive) -> None:
    states = dict(nights.rows("SELECT state, count(*) FROM ledger GROUP BY state"))
    assert states["gone"] == 1
    assert states["stored"] == len(ARTICLES) - 1 + len(NEW_ADDRESSES)
    assert nights.rows("SELECT url FROM ledger WHERE state != 'stored' AND reason IS NULL") == []


def test_every_row_leads_to_its_bytes(nights: Archive) -> None:
    rows = nights.rows("SELECT warc_file, warc_offset, warc_length, digest FROM snapshots WHERE revisit_of IS NULL")
    assert len(rows) > len(ARTICLES)
    for file, offset, length, digest in rows:
        assert payload_digest(read_response(nights.root, file, offset, length).body) == digest
    full = "SELECT count(*) FROM articles a JOIN snapshots s ON s.id = a.snapshot_id WHERE s.revisit_of IS NULL"
    assert nights.rows(full) == [(len(ARTICLES),)]


def test_what_was_the_same_is_a_revisit(nights: Archive) -> None:
    kinds = dict(nights.rows("SELECT status, count(revisit_of) FROM snapshots GROUP BY status"))
    assert kinds[304] >= len(OTHERS) * (NIGHTS - 1)
    assert kinds[200] > 0, "robots.txt is the same every night"


def test_warcio_passes_every_file(nights: Archive) -> None:
    check = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", *map(str, nights.warcs)], capture_output=True, check=False
    )
    assert len(nights.warcs) == NIGHTS
    assert check.returncode == 0, check.stdout
