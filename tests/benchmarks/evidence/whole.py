"""Whether an archive is whole: SQLite's own checks, full text, records behind every row, digests, nothing deleted.

Must not know what the archive is of.
"""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

from warcio.exceptions import ArchiveLoadFailed

from .checks import Checks
from .record import Archive, Record, read_record, warcio_check

Row = tuple[object, ...]
KEPT = {"articles": "id", "snapshots": "id", "revisions": "article_id, number", "ledger": "key", "aliases": "url"}


def check_database(checks: Checks, root: Path) -> None:
    """Run SQLite's integrity, foreign-key and full-text checks."""
    with closing(sqlite3.connect(root / "archive.db", timeout=30)) as database:
        checks.same("integrity_check", database.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
        checks.none("foreign_key_check", database.execute("PRAGMA foreign_key_check").fetchall()[:5])
        try:
            database.execute("INSERT INTO articles_fts(articles_fts, rank) VALUES ('integrity-check', 1)")
            said = "ok"
        except sqlite3.DatabaseError as error:
            said = str(error)
        checks.same("full-text integrity-check", said, "ok")
        database.rollback()


def check_records(checks: Checks, root: Path, seen: set[Row] | None = None) -> dict[int, Record]:
    """Read the record of every snapshot row; return those that can be read, by the row's id.

    Rows that are in `seen` are not read again; those that are read are added to it.
    """
    archive, records, bad = Archive(root), {}, []
    rows = archive.rows("SELECT id, url, digest, warc_file, warc_offset, warc_length FROM snapshots")
    new = [row for row in rows if seen is None or row not in seen]
    if seen is not None:
        seen.update(new)
    for row, url, digest, file, offset, length in new:
        try:
            record = read_record(archive.path_of(file), offset, length)
        except (OSError, ValueError, ArchiveLoadFailed) as error:
            bad.append(f"{url}: {error}")
            continue
        records[row] = record
        wrong = [*record.wrong_digests()]
        wrong += ["address"] if record.url != url else []
        wrong += ["digest column"] if record.payload_digest != digest else []
        if wrong:
            bad.append(f"{url} ({record.kind}): {', '.join(wrong)}")
    checks.none(f"{len(rows)} snapshot rows whose record is missing or differs", bad[:5])
    return records


def check_articles(checks: Checks, root: Path, records: dict[int, Record], sent: set[str]) -> None:
    """See that every article row leads to a full record whose body is one that the site sent (SHA-256 in `sent`)."""
    bad = []
    for slug, snapshot in Archive(root).rows("SELECT slug, snapshot_id FROM articles"):
        record = records.get(snapshot)
        if record is None or record.kind != "response" or hashlib.sha256(record.body).hexdigest() not in sent:
            bad.append(f"{slug}: {record.kind if record else 'no record'}")
    checks.none("article rows that do not lead to the bytes the site sent", bad[:5])


def check_files(checks: Checks, root: Path) -> None:
    """Let warcio check every file, and see that none is left unfinished."""
    files = Archive(root).warcs()
    checks.none(f"of {len(files)} files: warcio check fails", [path.name for path in files if not warcio_check(path)])
    checks.none("unfinished files", [path.name for path in files if not path.name.endswith(".warc.gz")])


def keys(root: Path) -> dict[str, set[str]]:
    """Return what identifies the rows that no crawl may delete."""
    archive = Archive(root)
    return {table: set(map(repr, archive.rows(f"SELECT {names} FROM {table}"))) for table, names in KEPT.items()}


def check_kept(checks: Checks, before: dict[str, set[str]], root: Path) -> None:
    """See that every row of before is still there."""
    after = keys(root)
    lost = {table: sorted(rows - after[table])[:3] for table, rows in before.items() if rows - after[table]}
    checks.none("rows deleted", lost)
