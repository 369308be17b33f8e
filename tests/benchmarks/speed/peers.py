"""What people would write with other tools: each fetches the addresses of a file. Runs in an environment of its own.

    python peers.py NAME ADDRESSES

Must not import anything of this project.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any


def _spider_through(urls: list[str], read: Any) -> None:
    import scrapy
    from scrapy.crawler import AsyncCrawlerProcess

    class Spider(scrapy.Spider):
        name = "peer"

        async def start(self) -> AsyncIterator[Any]:
            for url in urls:
                yield scrapy.Request(url)

        def parse(self, response: Any) -> Any:
            return read(response)

    process = AsyncCrawlerProcess()
    process.crawl(Spider)
    process.start()


def bare(urls: list[str]) -> None:
    """Scrapy as it comes, with nothing in its callback."""
    _spider_through(urls, lambda response: None)


def callback(urls: list[str]) -> None:
    """Scrapy as it comes, with trafilatura in its callback."""
    import trafilatura

    def read(response: Any) -> Any:
        found = trafilatura.bare_extraction(response.text, url=response.url, with_metadata=True)
        yield {"url": response.url, "headline": found and found.title, "text": found and found.text}

    _spider_through(urls, read)


def newspaper(urls: list[str]) -> None:
    """newspaper4k, one page after the other."""
    from newspaper import Article

    for url in urls:
        article = Article(url)
        article.download()
        article.parse()
        assert article.text


def newsplease(urls: list[str]) -> None:
    """news-please, one page after the other."""
    from newsplease import NewsPlease

    for url in urls:
        assert NewsPlease.from_url(url).maintext


PEERS = {each.__name__: each for each in (bare, callback, newspaper, newsplease)}

if __name__ == "__main__":
    PEERS[sys.argv[1]](Path(sys.argv[2]).read_text(encoding="utf-8").split())
