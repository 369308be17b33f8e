"""Asks for addresses with all manners of a crawl, in a process of its own, and says what came. Must not assert."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scraper.profile import Profile
from tests import preloaded
from tests.outing import PROFILE, lead


@dataclass(frozen=True)
class Came:
    """What came of one address: a status, or a reason; when it was over, in seconds from the start, and its size."""

    url: str
    status: int | None
    state: str | None
    reason: str | None
    at: float
    size: int = 0


def probe(
    urls: Iterable[str],
    base_url: str | None,
    profile: Profile = PROFILE,
    *,
    names: Mapping[str, str | None] | None = None,
    settings: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
    timeout: float = 120,
    **options: Any,
) -> list[Came]:
    """Ask for all addresses at once; return what came of each, in their order. Arguments are those of an outing."""
    told = {"profile": profile, "base_url": base_url, "contact": "x@quay.example", **options}
    given = (list(urls), told, names or {}, settings or {})
    result = preloaded.run(_ask, *given, environment=environment, timeout=timeout, fresh=bool(names))
    if result.returncode:
        raise AssertionError(result.stderr)
    return [Came(**came) for came in json.loads(result.stdout)]


def _ask(urls: list[str], told: dict[str, Any], names: Mapping[str, str | None], changed: Mapping[str, Any]) -> None:
    """Print what came of each address; in the process that is its own."""
    lead(names)
    import scrapy
    from scrapy import Request
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.exceptions import IgnoreRequest
    from scrapy.settings import Settings

    from scraper.failures import NoAnswer, reason_of, state_of
    from scraper.run import Options, Run

    results: list[dict[str, Any]] = []

    class Probe(scrapy.Spider):
        name = "probe"

        async def start(self) -> Any:
            began = time.monotonic()

            async def ask(url: str) -> dict[str, Any]:
                request = Request(url, meta={"handle_httpstatus_all": True, "known": {"image": url}})
                try:
                    response = await self.crawler.engine.download_async(request)
                except (NoAnswer, IgnoreRequest) as error:
                    came = {"status": None, "state": state_of(error), "reason": reason_of(error)}
                else:
                    came = {"status": response.status, "state": None, "reason": None, "size": len(response.body)}
                return {"url": url, "at": time.monotonic() - began, **came}

            results.extend(await asyncio.gather(*map(ask, urls)))
            for request in ():
                yield request

    settings = Settings()
    settings.setmodule("scraper.settings", priority="project")
    settings.setdict(changed, priority="cmdline")
    with tempfile.TemporaryDirectory() as folder:
        run = Run(Options(root=Path(folder) / "archive", dry_run=True, **told))
        with run:
            process = AsyncCrawlerProcess(settings)
            process.crawl(process.create_crawler(Probe), run=run)
            process.start()
    print(json.dumps(results))
