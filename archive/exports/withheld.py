"""The WARC files to hand out: without the bytes of articles that were withdrawn. Must not change the archive's own."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from archive.blanking import blank
from archive.decisions import read_decisions
from archive.history import Answered, read_history
from archive.lookup import own_hosts
from archive.records import Record
from archive.urls import address_key
from archive.warc import FOLDER, PURGED
from archive.withdrawals import withdrawn_keys

_ADDRESSES = """
SELECT url FROM articles WHERE status = 'withdrawn'
UNION SELECT x.url FROM aliases x JOIN articles a ON a.id = x.article_id WHERE a.status = 'withdrawn'
UNION SELECT x.url FROM ledger x JOIN articles a ON a.id = x.article_id WHERE a.status = 'withdrawn'
"""


@dataclass(frozen=True, slots=True)
class Files:
    """Files to hand out, and how many records were blanked in copies of them."""

    paths: tuple[Path, ...]
    blanked: int


def finished_files(db: Database, root: Path, folder: Path) -> Files:
    """List the finished WARC files in the order of their names; copies in `folder` stand for those that hold withheld
    records. Raises OSError.
    """
    hosts = own_hosts(db)
    keys = withdrawn_keys(read_decisions(root), hosts) | {address_key(url, hosts) for (url,) in db.execute(_ADDRESSES)}
    paths, blanked = [], 0
    for path in sorted((root / FOLDER).glob("*.warc.gz")):
        withheld = _withheld(root, f"{FOLDER}/{path.name}", keys, hosts) if keys else []
        paths.append(_copy(path, folder, withheld) if withheld else path)
        blanked += len(withheld)
    return Files(tuple(paths), blanked)


def _withheld(root: Path, name: str, keys: Collection[str], hosts: Collection[str]) -> list[Record]:
    return [
        each.record
        for each in read_history(root, {name: 0})
        if isinstance(each, Answered)
        and not each.record.header(PURGED)
        and any(address_key(url, hosts) in keys for url in each.addresses)
    ]


def _copy(path: Path, folder: Path, withheld: list[Record]) -> Path:
    copy = folder / FOLDER / path.name
    copy.parent.mkdir(exist_ok=True)
    shutil.copyfile(path, copy)
    for record in withheld:
        blank(folder, record)
    return copy
