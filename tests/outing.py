"""Crawls a site on loopback with a profile of the test's own, in a process of its own. Must not assert anything."""

from __future__ import annotations

import json
import socket
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scraper.profile import GENERIC, Profile, Sitemap
from tests import preloaded
from tests.rawsite import answer

PROSE = (
    "The harbour board met on Tuesday to hear why the second quay is still closed. The pilots who spoke said that the"
    " crane had not moved since the spring, and that three ships had been sent north. The board's own engineer said the"
    " foundation was sound. A vote was put off until the council has read the survey. Nobody at the meeting could say"
    " who had ordered the barrier, or when the dredger would be paid for the work it did last year. "
)
PROFILE = replace(
    GENERIC, name="quay", title="The Quay", url="https://quay.example", hosts=("quay.example",), delay=0.0
)


def article(number: int | str, extra: str = "") -> bytes:
    """Write an article that differs from every other one."""
    title = f"Board meets for the {number}th time about the second quay"
    published = '<meta property="article:published_time" content="2024-05-02T09:00:00Z">'
    text = "".join(f"<p>On day {number}, part {part}: {PROSE}</p>" for part in range(3))
    return (
        f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{title}</title>{published}</head>"
        f"<body><article><h1>{title}</h1>{text}{extra}</article></body></html>"
    ).encode()


def sitemap(base_url: str, paths: Iterable[str]) -> bytes:
    """Write the answer that names addresses."""
    rows = "".join(f"<url><loc>{base_url}{path}</loc></url>" for path in paths)
    body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'
    return answer(body.encode(), kind="application/xml")


@dataclass(frozen=True)
class Outing:
    """What a crawl left: its exit status, its failure, its counts and remarks, and what it said on stderr."""

    root: Path
    status: int
    failure: str | None
    counts: dict[str, int]
    remarks: list[str]
    stderr: str

    def ledger(self) -> dict[str, tuple[str, str | None]]:
        """Return each address's path with its state and reason."""
        rows = self.rows("SELECT url, state, reason FROM ledger")
        return {"/" + url.split("/", 3)[3]: (state, reason) for url, state, reason in rows}

    def rows(self, sql: str) -> list[Any]:
        """Ask the archive's database."""
        connection = sqlite3.connect(self.root / "archive.db")
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()


def outing(
    root: Path,
    base_url: str | None,
    profile: Profile = PROFILE,
    *,
    names: Mapping[str, str | None] | None = None,
    settings: Mapping[str, Any] | None = None,
    timeout: float = 120,
    environment: Mapping[str, str] | None = None,
    fresh: bool = False,
    **options: Any,
) -> Outing:
    """Crawl. `names` are host names and the addresses that they lead to; `options` are those of a crawl.

    `fresh` is for who measures the process: it has imported nothing before.
    """
    if not profile.sources:
        profile = replace(profile, sources=(Sitemap("/sitemap.xml"),))
    told = {"profile": profile, "root": root, "base_url": base_url, "contact": "x@quay.example", **options}
    given = (told, names or {}, settings or {})
    # Where names lead is changed before Twisted is imported, which keeps the function that asks the system.
    result = preloaded.run(_crawl, *given, environment=environment, timeout=timeout, fresh=fresh or bool(names))
    if result.returncode:
        raise AssertionError(result.stderr)
    return Outing(root, **json.loads(result.stdout), stderr=result.stderr)


def lead(names: Mapping[str, str | None], change: Callable[[object, str, object], None] = setattr) -> None:
    """Let names lead where the test says, or nowhere; the program asks the system as ever."""
    system = socket.getaddrinfo

    def getaddrinfo(host: Any, *rest: Any, **named: Any) -> Any:
        address = names.get(host, host)
        if address is None:
            raise socket.gaierror(socket.EAI_NONAME, "nobody knows this name")
        return system(address, *rest, **named)

    change(socket, "getaddrinfo", getaddrinfo)


def _crawl(told: dict[str, Any], names: Mapping[str, str | None], changed: Mapping[str, Any]) -> None:
    """Print what became of a crawl; in the process that is its own."""
    lead(names)
    from archive.errors import ArchiveError
    from scraper import settings
    from scraper.run import Options, Run
    from scraper.verbs.crawl import _spider_through

    for name, value in changed.items():
        setattr(settings, name, value)
    run = Run(Options(**told))
    try:
        with run:
            _spider_through(run)
    except ArchiveError as error:
        run.failure = error
    summary = {
        "status": run.exit_status,
        "failure": str(run.failure) if run.failure else None,
        "counts": run.counts.as_dict(),
        "remarks": run.remarks,
    }
    print(json.dumps(summary))
