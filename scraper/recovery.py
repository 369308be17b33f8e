"""Files what an earlier run kept in the WARC and was killed before it could file. Must not fetch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

from archive.history import file_names, first_time, read_history
from archive.root import DATABASE, open_database
from archive.warc import Place, repair_open_files, weigh
from scraper.filer import Filer
from scraper.profile import Profile
from scraper.replay import Replay
from scraper.workers import Workers


def is_out_of_order(root: Path) -> bool:
    """Say whether records wait to be filed that are older than what is filed."""
    if not (root / DATABASE).exists():
        return False
    with closing(open_database(root, write=True)) as db:
        filed = dict(db.execute("SELECT name, filed_to FROM warc_files"))
        (newest,) = db.execute("SELECT max(fetched_at) FROM snapshots").fetchone()
    repair_open_files(root)
    return any(first < (newest or "") for first in _first_times(root, filed))


def _first_times(root: Path, filed: Mapping[str, int]) -> Iterator[str]:
    for name in file_names(root):
        start = filed.get(name, 0)
        if start < (root / name).stat().st_size and (first := first_time(root, name, start)):
            yield first


async def catch_up(root: Path, filer: Filer, profile: Profile, workers: Workers) -> None:
    """Finish the files that a killed run left open, and file their records from the last commit on."""
    repair_open_files(root)
    filed = filer.store.filed()
    behind = {name: filed.get(name, 0) for name in file_names(root)}
    behind = {name: to for name, to in behind.items() if to < (root / name).stat().st_size}
    if behind:
        await Replay(root, filer, profile, workers).run(read_history(root, behind))
        for name in behind:
            filer.filed(Place(name, 0, (root / name).stat().st_size, ""))
    for name in filer.store.unweighed():
        if (root / name).exists():
            filer.finished(weigh(root, name))
    if behind or not filer.is_empty:
        filer.commit()
        filer.store.finish()
