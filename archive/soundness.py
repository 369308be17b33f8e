"""Whether a database is sound in itself: its pages, its references, its index, its fingerprints, its ledger.

Must not read WARC files, nor mend anything.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database

from archive.findings import Findings
from archive.revisions import fingerprint
from archive.root import DATABASE

_PATIENCE = 30.0
_CONTRADICTIONS = {
    "article {} has no revision": """
        SELECT id FROM articles WHERE status != 'withdrawn' AND id NOT IN (SELECT article_id FROM revisions)""",
    "article {} counts other revisions than it has": """
        SELECT a.id FROM articles a JOIN (SELECT article_id, count(*) AS held, max(number) AS last FROM revisions
        GROUP BY article_id) r ON r.article_id = a.id WHERE a.revision_count != r.last OR r.held != r.last""",
    "article {} was withdrawn and has words": """
        SELECT article_id FROM revisions WHERE article_id IN (SELECT id FROM articles WHERE status = 'withdrawn')""",
    "the ledger has {} as stored, but no article of it": """
        SELECT url FROM ledger WHERE state = 'stored' AND article_id IS NULL""",
    "the ledger's states do not add up to the {} addresses announced": """
        SELECT count(*) FROM ledger HAVING count(*) != coalesce(sum(state IN
        ('pending', 'stored', 'gone', 'excluded', 'failed')), 0)""",
}
"""What no database of ours says: each query gives the rows that do."""


def check_database(db: Database, found: Findings) -> None:
    """Note what is wrong with an open database, its full-text index apart. Raises sqlite3.DatabaseError."""
    for (line,) in db.execute("PRAGMA integrity_check").fetchall():
        if line != "ok":
            found.add(DATABASE, 0, f"integrity check: {line}")
    for table, row, parent, _ in db.execute("PRAGMA foreign_key_check").fetchall():
        found.add(DATABASE, 0, f"row {row} of {table} points to no row of {parent}")
    for sentence, sql in _CONTRADICTIONS.items():
        for (what,) in db.execute(sql):
            found.add(DATABASE, 0, sentence.format(what))
    _check_fingerprints(db, found)


def _check_fingerprints(db: Database, found: Findings) -> None:
    rows = db.execute("SELECT article_id, number, words, fingerprint FROM revisions WHERE words IS NOT NULL")
    for article_id, number, words, held in rows:
        if _fingerprint(words) != held:
            found.add(DATABASE, 0, f"revision {number} of article {article_id} does not match its fingerprint")


def _fingerprint(words: str) -> str | None:
    try:
        return fingerprint(json.loads(words))
    except ValueError:
        return None


def check_index(path: Path, found: Findings) -> None:
    """Compare the full-text index with the articles. SQLite takes the check as an insert, which writes nothing."""
    try:
        with closing(sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)) as connection:
            connection.execute("INSERT INTO articles_fts(articles_fts, rank) VALUES ('integrity-check', 1)")
    except sqlite3.OperationalError as error:
        found.remarks.append(f"the full-text index was not checked ({error})")
    except sqlite3.DatabaseError as error:
        found.add(DATABASE, 0, f"the full-text index does not match the articles ({error})")
