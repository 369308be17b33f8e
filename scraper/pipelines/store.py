"""Hands outcomes to the run, which files them. Must not read pages or open the database."""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler

from archive.models import Outcome
from scraper.run import Run


class StorePipeline:
    """Takes the spider's items; they are on the disk once the run's next batch is committed."""

    def __init__(self, run: Run) -> None:
        self._run = run

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the component for a crawl."""
        return cls(crawler.spider.run)

    def process_item(self, item: Outcome) -> Outcome:
        """File one outcome."""
        self._run.settle(item)
        return item
