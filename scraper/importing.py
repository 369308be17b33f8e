"""Files imported captures in their place in time: behind what is held, or all anew in order. Must not fetch."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from archive.adopted import Adopted
from archive.decisions import read_decisions
from archive.root import DATABASE, open_database
from archive.store import Store
from scraper import interruption
from scraper.addresses import Addresses
from scraper.filer import Filer, rhythm_of
from scraper.profile import Profile
from scraper.rebuild import remake
from scraper.recovery import catch_up
from scraper.workers import Workers


def replay_imported(root: Path, profile: Profile, adopted: Adopted) -> None:
    """File what was adopted; the caller holds the archive's lock.

    Captures from before the newest one held change what came after them: then all is filed anew, in order.
    """
    if not adopted.files:
        return
    if (root / DATABASE).exists() and (adopted.first_at or "") <= _newest(root):
        remake(root, profile)
    else:
        interruption.run(_append(root, profile))


def _newest(root: Path) -> str:
    with closing(open_database(root)) as db:
        (newest,) = db.execute("SELECT max(fetched_at) FROM snapshots").fetchone()
        return str(newest or "")


async def _append(root: Path, profile: Profile) -> None:
    addresses = Addresses(profile, profile.url)
    with closing(open_database(root, write=True)) as db:
        store = Store(db, addresses.own_hosts, rhythm_of(profile), read_decisions(root))
        workers = Workers(profile)
        await workers.open()
        try:
            filer = Filer(store, profile, addresses)
            filer.name_publication()
            await catch_up(root, filer, profile, workers)
            filer.name_publication()
        finally:
            await workers.close()
