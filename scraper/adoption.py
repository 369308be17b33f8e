"""Brings other tools' captures of one publication into its archive, making it if need be. Must not file them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from archive import clock
from archive.adopted import Adopted
from archive.captures import Watch, adopt
from archive.decisions import read_decisions
from archive.errors import ArchiveError, UsageError
from archive.held import HeldSnapshots
from archive.history import file_names, first_time
from archive.root import ARCHIVES, DATABASE, check_new_root, find_root, locked, open_database
from archive.warc import repair_open_files
from archive.withdrawals import withdrawn_keys
from scraper import publications
from scraper.addresses import Addresses
from scraper.importing import replay_imported
from scraper.profile import Profile
from scraper.robots import AGENT
from scraper.settings import VERSION

_HOSTS_NAMED = 5


@dataclass(frozen=True, slots=True)
class Adoption:
    """What is to be brought in, and where to. `base_url` is where the site was captured, None for its own address."""

    files: tuple[Path, ...]
    root: Path
    profile: Profile
    base_url: str | None = None


def planned(files: Sequence[Path], root: Path | None, profile: Profile | None, base_url: str | None) -> Adoption:
    """Decide on archive and publication: each may be told from the other. Raises UsageError."""
    if profile is None:
        root = find_root(root)
        return Adoption(tuple(files), root, _profile_of(root), base_url)
    root = root or ARCHIVES / profile.name
    named = _name_in(root)
    if named is None:
        check_new_root(root)
    elif named not in ("", profile.name):
        raise UsageError(f"{root} is an archive of {named}, not of {profile.name}: name another folder with --root")
    return Adoption(tuple(files), root, profile, base_url)


def carry_out(adoption: Adoption, watch: Watch | None = None) -> Adopted:
    """Keep the captures, and file what they say. Raises UsageError, ArchiveBusy, ArchiveError."""
    root, profile = adoption.root, adoption.profile
    with locked(root):
        if (root / DATABASE).exists():
            _file_leftovers(root, profile)
        with _database(root) as db:
            adopted = _adopt(adoption, db, watch)
        if adopted.files:
            replay_imported(root, profile, adopted)
    return adopted


def _file_leftovers(root: Path, profile: Profile) -> None:
    """File what a run kept and was killed before it filed: only then is known what the archive holds."""
    repair_open_files(root)
    with closing(open_database(root)) as db:
        filed = dict(db.execute("SELECT name, filed_to FROM warc_files").fetchall())
    behind = [name for name in file_names(root) if filed.get(name, 0) < (root / name).stat().st_size]
    if behind:
        starts = (first_time(root, name, filed.get(name, 0)) for name in behind)
        first_at = min(filter(None, starts), default=None)
        replay_imported(root, profile, Adopted(tuple(behind), first_at=first_at))


def _adopt(adoption: Adoption, db: Database, watch: Watch | None) -> Adopted:
    profile = adoption.profile
    base_url = adoption.base_url or profile.url
    addresses = Addresses(profile, base_url)
    addresses.own_hosts |= _known_hosts(db)
    about = {
        "software": f"{AGENT}/{VERSION}",
        "description": "captures of other tools, in the order of their times",
        "isPartOf": profile.name,
        "base-url": base_url,
        "run": f"import-{clock.now():%Y%m%d%H%M%S}",
    }
    held = HeldSnapshots(db.conn)
    withdrawn = withdrawn_keys(read_decisions(adoption.root), addresses.own_hosts)

    def is_wanted(url: str) -> bool:
        return addresses.is_own(url) and addresses.key(url) not in withdrawn

    try:
        adopted = adopt(adoption.files, adoption.root, profile.name, is_wanted, about, held=held, watch=watch)
    except (OSError, sqlite3.OperationalError) as error:
        raise ArchiveError(f"the captures cannot be read or kept ({error}): mend that and import again") from error
    if not adopted.found:
        raise _nothing_found(adoption, addresses, adopted)
    return adopted


def _nothing_found(adoption: Adoption, addresses: Addresses, adopted: Adopted) -> ArchiveError:
    names = ", ".join(path.name for path in adoption.files)
    wanted = " and ".join(sorted(addresses.own_hosts))
    if adopted.hosts:
        seen = list(adopted.hosts)
        more = f" and {len(seen) - _HOSTS_NAMED} more" if len(seen) > _HOSTS_NAMED else ""
        hosts = ", ".join(host or "no host" for host in seen[:_HOSTS_NAMED]) + more
        return ArchiveError(
            f"no page of {wanted} is in {names}, whose hosts are {hosts}: name the publication with --publication,"
            " or where it was captured with --base-url"
        )
    reasons = [*adopted.damages[:1], *(f"{count} {reason}" for reason, count in adopted.left_out.items())]
    return ArchiveError(f"no page of {wanted} is in {names} ({'; '.join(reasons) or 'it is empty'}): try other files")


def _known_hosts(db: Database) -> frozenset[str]:
    row = db.execute("SELECT hosts FROM publication").fetchone()
    return frozenset(json.loads(row[0])) if row and row[0] else frozenset()


def _name_in(root: Path) -> str | None:
    """Return whose archive a folder holds, empty when that is not written down yet, None when it holds none."""
    if not (root / DATABASE).is_file():
        return None
    with closing(open_database(root)) as db:
        row = db.execute("SELECT name FROM publication").fetchone()
    return str(row[0]) if row else ""


def _profile_of(root: Path) -> Profile:
    name = _name_in(root)
    try:
        if name:
            return publications.load(name)
    except publications.ProfileError as error:
        raise UsageError(f"{root} was made by a profile that is not here: {error}") from error
    raise UsageError(f"{root} does not say whose archive it is: name the publication with --publication")


@contextmanager
def _database(root: Path) -> Iterator[Database]:
    """Open the archive's database; one that was made for nothing goes again.

    It is there before any WARC file is, so that an import that was killed can be started again.
    """
    made = not (root / DATABASE).exists()
    try:
        with closing(open_database(root, write=True)) as db:
            yield db
    except (ArchiveError, KeyboardInterrupt):
        if made:
            for part in root.glob(f"{DATABASE}*"):
                part.unlink()
        raise
