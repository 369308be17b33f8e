"""The command: makes pages of a seed, reads each, prints how many were taken for what they are not.

Must not be part of the test run: it is a benchmark.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scraper.extraction.article import extract_article
from scraper.extraction.errors import NotAnArticle

from . import lists, notices, standing, tricky
from .language import codes, language
from .site import Site

Maker = Callable[[Site], str]
NON_ARTICLES: dict[str, Maker] = {
    "challenge page": notices.challenge,
    "consent wall": notices.consent,
    "login page": notices.login,
    "soft 404": notices.not_found,
    "maintenance page": notices.maintenance,
    "empty shell": notices.shell,
    "paywall teaser": notices.paywall,
    "redirect": notices.redirect,
    "newsletter": notices.newsletter,
    "section": lists.section,
    "tag page": lists.tag,
    "author page": lists.author,
    "search page": lists.search,
    "home page": lists.home,
    "podcasts": lists.podcasts,
    "events": lists.events,
    "about, contact, legal": standing.about,
    "product": standing.product,
    "gallery": standing.gallery,
    "viewer": standing.viewer,
}
ARTICLES: dict[str, Maker] = {
    "title of a notice": tricky.notice_title,
    "nothing stated": tricky.bare,
    "address of a list": tricky.list_address,
    "many cards beside": tricky.much_beside,
    "offer below": tricky.free_behind_class,
    "brief": tricky.brief,
    "login and cookies over it": tricky.with_login_and_cookies,
}
_PATHS = ("/p/{}", "/{}.html", "/?page_id={}", "/content/{}", "/en/{}/", "/news/{}-the-dam")


@dataclass(frozen=True, slots=True)
class Made:
    """One page that was made: what it is, in which language, its address and markup."""

    kind: str
    language: str
    url: str
    html: str


def make(makers: dict[str, Maker], seed: int, each: int, *, strange: bool = False) -> list[Made]:
    """Make `each` pages of every kind, going round the languages; all in one that nobody speaks when `strange`."""
    made, languages = [], codes()
    for place, (kind, maker) in enumerate(makers.items()):
        for number in range(each):
            rng = random.Random(f"{seed}/{kind}/{number}")
            code = languages[(place * 7 + number) % len(languages)]
            site = Site(rng, language(code, rng, strange=strange))
            site.path = rng.choice(_PATHS).format(rng.randint(100, 99999))
            html = maker(site)
            made.append(Made(kind, code, site.url, html))
    return made


def reading(page: Made) -> str:
    """Say what the reader takes a page for."""
    try:
        extract_article(page.html.encode(), page.url, content_type="text/html; charset=utf-8")
    except NotAnArticle as error:
        return error.reason
    return "article"


def main() -> int:
    """Run the benchmark; the exit status is 1 when a figure is short."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.nonarticles", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each", type=int, default=20, help="pages of each kind")
    parser.add_argument("--strange", action="store_true", help="in a language that no table of phrases has")
    parser.add_argument("--examples", type=int, default=0, help="misses to list")
    parser.add_argument("--dump", type=Path, help="write the misses into this folder")
    options = parser.parse_args()
    wrong = report(
        make(NON_ARTICLES, options.seed, options.each, strange=options.strange), options, lambda said: said == "article"
    )
    print()
    rejected = report(
        make(ARTICLES, options.seed, options.each, strange=options.strange), options, lambda said: said != "article"
    )
    print(
        f"\nnon-articles taken for articles: {wrong:.2%} (at most 2 %)\narticles rejected: {rejected:.2%} (at most 1 %)"
    )
    return int(wrong > 0.02 or rejected > 0.01)


def report(pages: list[Made], options: argparse.Namespace, is_wrong: Callable[[str], bool]) -> float:
    """Print what the pages of each kind were taken for; return the share that is wrong."""
    said = [(page, reading(page)) for page in pages]
    for kind in dict.fromkeys(page.kind for page in pages):
        counts = Counter(word for page, word in said if page.kind == kind)
        print(f"{kind:26}", ", ".join(f"{word} {count}" for word, count in counts.most_common()))
    misses = [(page, word) for page, word in said if is_wrong(word)]
    for number, (page, word) in enumerate(misses):
        if number < options.examples:
            print(f"  miss {number}: {page.kind} [{page.language}] {page.url} → {word}")
        if options.dump:
            options.dump.mkdir(parents=True, exist_ok=True)
            (options.dump / f"{page.kind.replace(' ', '-')}-{number}.html").write_text(page.html, "utf-8")
    return len(misses) / len(pages)


if __name__ == "__main__":
    sys.exit(main())
