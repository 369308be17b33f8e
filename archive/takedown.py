"""Withdraws an article on request: the decision, the database, on demand the bytes. Must not choose which one."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from archive import clock
from archive.blanking import blank
from archive.decisions import DECISIONS, read_decisions
from archive.errors import UsageError
from archive.faults import reach
from archive.history import Answered, file_names, read_history
from archive.models import Snapshot
from archive.root import locked, open_database
from archive.rows import snapshot_id
from archive.store import Batch, Store
from archive.warc import weigh

Watch = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What was withdrawn: the article, its addresses, and how many WARC records were blanked."""

    article_id: int
    url: str
    addresses: tuple[str, ...]
    blanked: int


def take_down(root: Path, article_id: int, reason: str, purge: bool, watch: Watch | None = None) -> Withdrawn:
    """Withdraw an article: write the decision, then leave nothing of its text; `purge` blanks its records, too.

    The decision stands first, so that a killed takedown is finished by the next run. Raises ArchiveBusy, UsageError.
    """
    with locked(root), closing(open_database(root, write=True)) as db:
        value = _described(db, article_id)
        write_decision(root, {"takedown": value, "at": clock.stamp(), "why": reason})
        reach("decided")
        store = Store(db, (), decisions=read_decisions(root))
        store.finish()
        _forget(db)
        addresses = (str(value["url"]), *map(str, value["addresses"]))  # type: ignore[call-overload]
        blanked = _purge(root, store, addresses, watch) if purge else 0
        return Withdrawn(article_id, addresses[0], addresses[1:], blanked)


def _described(db: Database, article_id: int) -> dict[str, object]:
    row = db.execute("SELECT url FROM articles WHERE id = ?", [article_id]).fetchone()
    if row is None:
        raise UsageError(f"there is no article {article_id}: name one by its address, slug or id")
    others = db.execute(
        "SELECT url FROM aliases WHERE article_id = :id UNION SELECT url FROM ledger WHERE article_id = :id ORDER BY 1",
        {"id": article_id},
    )
    texts = db.execute("SELECT DISTINCT fingerprint FROM revisions WHERE article_id = ? ORDER BY 1", [article_id])
    return {
        "article": str(article_id),
        "url": row[0],
        "addresses": [url for (url,) in others if url != row[0]],
        "fingerprints": [text for (text,) in texts],
    }


def write_decision(root: Path, decision: dict[str, object]) -> None:
    """Add a line to an archive's decisions; it is on the disk afterwards."""
    path = root / DECISIONS
    held = path.read_bytes() if path.exists() else b""
    gap = b"" if not held or held.endswith(b"\n") else b"\n"
    with path.open("ab") as stream:
        stream.write(gap + json.dumps(decision, ensure_ascii=False).encode() + b"\n")
        stream.flush()
        os.fsync(stream.fileno())


def _forget(db: Database) -> None:
    """Leave no byte of what was deleted: pages freed and old index entries would still hold its words."""
    db.execute("INSERT INTO articles_fts(articles_fts) VALUES ('rebuild')")
    db.execute("VACUUM")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _purge(root: Path, store: Store, addresses: Iterable[str], watch: Watch | None) -> int:
    """Blank the article's records in every WARC file; their places stay, so that all other records keep theirs."""
    keys = {store.ledger.key(url) for url in addresses}
    batch, blanked = Batch(), 0
    for name in file_names(root):
        if watch:
            watch(name)
        found = [each for each in read_history(root, {name: 0}) if isinstance(each, Answered)]
        own = [each for each in found if keys.intersection(map(store.ledger.key, each.addresses))]
        for answered in own:
            digest = blank(root, answered.record)
            id_ = snapshot_id(Snapshot(answered.record.url, "", 0, "", name, answered.record.offset, 0))
            with store.transaction():
                store.connection.execute("UPDATE snapshots SET digest = ? WHERE id = ?", [digest, id_])
        blanked += len(own)
        if own:
            weighed = weigh(root, name)
            batch.finished[name] = (weighed.bytes, weighed.sha256)
    store.commit(batch)
    return blanked
