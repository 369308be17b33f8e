"""What a fleet is: its publications, as a TOML file lists them, and what became of each. Must not run anything."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from archive.errors import UsageError
from archive.lease import TERM
from scraper import publications

_Kind = tuple[tuple[type, ...], str]
_STRING: _Kind = ((str,), "a string")
_LIST: _Kind = ((list,), "a list")
_NUMBER: _Kind = ((int, float), "a number of more than 0")
_TOP = {"contact": _STRING, "lease": _NUMBER, "publication": _LIST}
_KEYS = {
    **dict.fromkeys(("profile", "root", "verb", "mode", "base_url", "at"), _STRING),
    **dict.fromkeys(("delay", "max_seconds"), _NUMBER),
    "files": _LIST,
}
_CHOICES = {"verb": ("crawl", "rebuild", "import"), "mode": ("nightly", "backfill", "recheck")}
_ONLY = {"mode": "crawl", "delay": "crawl", "max_seconds": "crawl", "at": "crawl", "files": "import"}
"""Keys that one verb alone takes."""
WELL, LOOK, DONE_STATUS = ("done", "not due"), "look", {0: "done", 3: "look", 75: "busy"}


@dataclass(frozen=True, slots=True)
class Task:
    """One publication's work. `at` is local time; `lease`, `delay` and `max_seconds` are in seconds."""

    profile: str
    root: Path
    verb: str = "crawl"
    mode: str = "nightly"
    base_url: str | None = None
    delay: float | None = None
    max_seconds: float | None = None
    at: time | None = None
    files: tuple[Path, ...] = ()
    contact: str | None = None
    lease: float = TERM

    def words(self) -> tuple[str, ...]:
        """Return the arguments of `press-archive`."""
        root = ("--root", str(self.root), "--json")
        if self.verb == "rebuild":
            # Ray gives a task one core.
            return ("rebuild", *root, "--processes", "1")
        site = _options(base_url=self.base_url)
        if self.verb == "import":
            return ("import", *map(str, self.files), "--publication", self.profile, *root, *site)
        bounds = _options(mode=self.mode, delay=self.delay, max_seconds=self.max_seconds, contact=self.contact)
        return ("crawl", self.profile, *root, *site, *bounds)

    def is_due(self, last: datetime | None, now: datetime) -> bool:
        """Say whether `at` has passed since the last run that came to its end began; without `at` it always is due."""
        if self.at is None or last is None:
            return True
        here = now.astimezone()
        today = here.replace(hour=self.at.hour, minute=self.at.minute, second=0, microsecond=0)
        return last < (today if today <= here else today - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one publication. `before` and `after` count what its archive holds.

    `ended` is done, look, not due, busy, failed or interrupted; `attempts` are the runs that were begun for it.
    """

    profile: str
    root: str
    verb: str
    ended: str
    why: str = ""
    attempts: int = 0
    seconds: float = 0.0
    before: Mapping[str, int] = field(default_factory=dict)
    after: Mapping[str, int] = field(default_factory=dict)

    @property
    def gained(self) -> int:
        """Return how many articles more the archive holds."""
        return self.after.get("articles", 0) - self.before.get("articles", 0)


def row_of(task: Task, ended: str, **more: Any) -> Row:
    """Write a task's row."""
    return Row(task.profile, str(task.root), task.verb, ended, **more)


def totals(rows: Iterable[Row]) -> dict[str, int]:
    """Add the rows up: how many ended how, the articles before and after, the attempts."""
    found = {"publications": 0, "attempts": 0, "articles_before": 0, "articles_after": 0}
    for row in rows:
        found["publications"] += 1
        found["attempts"] += row.attempts
        found["articles_before"] += row.before.get("articles", 0)
        found["articles_after"] += row.after.get("articles", 0)
        found[row.ended] = found.get(row.ended, 0) + 1
    return found


def exit_status(rows: Iterable[Row]) -> int:
    """Return 0 when all went well, 1 when one was not done, else 3: a person should look at one."""
    ended = {row.ended for row in rows} - set(WELL)
    return 3 if ended == {LOOK} else int(bool(ended))


def read_fleet(path: Path) -> tuple[Task, ...]:
    """Read a fleet's file; its paths begin at its own folder. Raises UsageError that names what is wrong."""
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path} cannot be read as TOML ({error}): mend it") from error
    _check(said, _TOP, str(path))
    listed = said.get("publication", [])
    if not listed or not all(isinstance(one, dict) for one in listed):
        raise UsageError(f"{path} lists no publication: write [[publication]] and below it profile = NAME")
    shared: dict[str, Any] = {"contact": said.get("contact"), "lease": float(said.get("lease", TERM))}
    tasks = tuple(
        _task(one, f"{path}, publication {number}", path.parent, shared) for number, one in enumerate(listed, 1)
    )
    _refuse_twice(path, tasks)
    return tasks


def _task(said: dict[str, Any], where: str, folder: Path, shared: dict[str, Any]) -> Task:
    _check(said, _KEYS, where)
    if "profile" not in said:
        raise UsageError(f"{where}: profile is missing: name the publication")
    try:
        publications.load(said["profile"])
    except publications.ProfileError as error:
        raise UsageError(f"{where}: profile: {error}") from error
    verb = said.get("verb", "crawl")
    for key, choices in _CHOICES.items():
        if said.get(key, choices[0]) not in choices:
            raise UsageError(f"{where}: {key} is {said[key]!r}: write one of {', '.join(choices)}")
    for key, only in _ONLY.items():
        if key in said and verb != only:
            raise UsageError(f"{where}: {key} is for verb {only!r}, not {verb!r}: take it out")
    if verb == "import" and not said.get("files"):
        raise UsageError(f"{where}: files is missing: list the WARC files or folders to import")
    files = said.get("files", [])
    if not all(isinstance(file, str) for file in files):
        raise UsageError(f"{where}: files must hold strings only")
    paths = {
        "root": (folder / said.get("root", f"archives/{said['profile']}")).absolute(),
        "files": tuple((folder / file).absolute() for file in files),
        "at": _time(said["at"], where) if "at" in said else None,
    }
    return Task(**said | paths | shared)


def _check(said: Mapping[str, Any], keys: Mapping[str, _Kind], where: str) -> None:
    for key, value in said.items():
        if key not in keys:
            raise UsageError(f"{where}: there is no key {key!r}: write one of {', '.join(keys)}")
        types, name = keys[key]
        is_sound = isinstance(value, types) and not isinstance(value, bool)
        if not is_sound or (isinstance(value, int | float) and not 0 < value < math.inf):
            raise UsageError(f"{where}: {key} is {value!r}: write {name}")


def _time(text: str, where: str) -> time:
    try:
        return datetime.strptime(text, "%H:%M").time()
    except ValueError as error:
        raise UsageError(f"{where}: at is {text!r}: write a time of day like 02:30") from error


def _refuse_twice(path: Path, tasks: tuple[Task, ...]) -> None:
    """Refuse a root that is listed twice, and a site that would be crawled twice: its politeness is one budget."""
    roots, sites = set[Path](), set[tuple[str, str | None]]()
    for task in tasks:
        root, site = task.root.resolve(), (task.profile, task.base_url)
        if root in roots:
            raise UsageError(f"{path}: root {task.root} is listed twice: list each archive once")
        if task.verb == "crawl" and site in sites and not publications.load(task.profile).server:
            raise UsageError(f"{path}: {task.profile} is to be crawled twice: list each publication once")
        roots.add(root)
        if task.verb == "crawl":
            sites.add(site)


def _options(**named: object) -> tuple[str, ...]:
    return tuple(
        word
        for name, value in named.items()
        if value is not None
        for word in (f"--{name.replace('_', '-')}", f"{value:g}" if isinstance(value, float) else str(value))
    )
