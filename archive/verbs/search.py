"""`press-archive search`: the site's search in a terminal. Must not rank or count anything itself."""

from __future__ import annotations

import json
import re
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection

import click
from rich.console import Console
from rich.text import Text

from archive.errors import UsageError
from archive.exports.citations import long_date
from archive.root import find_root, open_database
from archive.site.addresses import slug_for_address
from archive.site.asked import Search
from archive.site.markup import unmarked
from archive.site.ordering import all_of
from archive.site.queries import Row, rows
from archive.site.results import MARK, UNMARK, cards
from archive.site.sampling import SAMPLE, Found, counted, find
from archive.site.taking import listed

EXAMPLE = """\b
Examples:
  press-archive search '"cease fire" OR truce' --year 2025
  press-archive search 'author:okafor pier' --sort date --limit 50
  press-archive search sanctions --outlet 'The Courier' --json | jq '.articles[].url'
"""
_LONGEST = 10_000
_MARKED = re.compile(f"{MARK}(.*?){UNMARK}", re.DOTALL)
# Letters of Persian and Indian scripts are joined or kept apart by these two; no terminal obeys them.
_JOINERS = "\u200c\u200d"


@dataclass(frozen=True, slots=True)
class _Answer:
    """What is printed: the search, what it found, and the first of it as cards and as rows of article_list."""

    search: Search
    found: Found
    cards: list[Row]
    articles: list[Row]


@click.command(epilog=EXAMPLE)
@click.argument("query", nargs=-1, required=True)
@click.option("--root", type=click.Path(path_type=Path), help="The archive's folder [the only one under archives/].")
@click.option("--section", default="", help="Only of this section.")
@click.option("--type", "kind", default="", help="Only of this type: Reporting, Analysis …")
@click.option("--author", default="", help="Only by this author: a name or its spelling in addresses.")
@click.option("--series", default="", help="Only of this series.")
@click.option("--year", default="", help="Only of this year.")
@click.option("--outlet", default="", help="Only what cites this outlet: its name or host.")
@click.option("--sort", type=click.Choice(["relevance", "date"]), help="Best or newest first [relevance].")
@click.option("--limit", type=click.IntRange(1, _LONGEST), default=10, show_default=True, help="How many to print.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def search(
    query: tuple[str, ...],
    root: Path | None,
    section: str,
    kind: str,
    author: str,
    series: str,
    year: str,
    outlet: str,
    sort: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """Search the archive for QUERY, as its pages do: phrases, AND, OR, NOT, NEAR(a b, 5), prefix*, headline:, author:.

    What is no valid expression is searched for by its words. An empty QUERY ('') means all articles. An address of the
    publication finds its article.
    """
    filters = {"section": section, "type": kind, "author": author, "series": series, "year": year, "outlet": outlet}
    asked = Search.read({"q": " ".join(query), "sort": sort or "", **filters})
    if asked.is_hopeless:
        raise UsageError("QUERY holds no word to search for: type letters or digits")
    with closing(open_database(find_root(root))) as db:
        answer = _answer(db.conn, asked, limit)
    if as_json:
        click.echo(_plain_json(answer))
    else:
        _print(Console(highlight=False, soft_wrap=True), answer)


def _answer(connection: Connection, asked: Search, limit: int) -> _Answer:
    slug = slug_for_address(connection, asked.typed)
    if slug:
        ids = [
            row["id"] for row in rows(connection, "SELECT id FROM articles WHERE slug = :slug LIMIT 1", {"slug": slug})
        ]
        asked, found = Search(typed=asked.typed), Found(ids, True, len(ids), True)
    else:
        found = counted(connection, asked, find(connection, asked))
        ids = all_of(connection, asked, found)[:limit] if found.hits else []
    return _Answer(asked, found, cards(connection, asked, ids), listed(connection, ids))


def _plain_json(answer: _Answer) -> str:
    snippets = {card["id"]: unmarked(card["snippet"]) for card in answer.cards if card["snippet"]}
    said = {
        "q": answer.search.typed,
        "expression": answer.search.expression,
        "filters": dict(answer.search.filters),
        "sort": answer.search.sort,
        "hits": answer.found.hits,
        "hits_are_exact": answer.found.exact,
        "ranked_among": SAMPLE if _partly_ranked(answer) else answer.found.hits,
        "articles": [row | {"snippet": snippets.get(row["id"])} for row in answer.articles],
    }
    written = json.dumps(said, ensure_ascii=False, indent=2)
    # JSON leaves these as they are, and terminals obey them.
    return re.sub("[\x7f-\x9f\u202a-\u202e\u2066-\u2069]", lambda found: f"\\u{ord(found.group()):04x}", written)


def _print(console: Console, answer: _Answer) -> None:
    for place, card in enumerate(answer.cards, start=1):
        console.print(_heading(place, card), markup=False, emoji=False)
        for name in ("dek", "snippet"):
            if card[name]:
                console.print(Text("    ").append_text(_marked(card[name])))
        console.print(Text(f"    {_plain(card['url'])}\n", style="dim"))
    if console.is_terminal or not answer.cards:
        click.echo(_closing(answer), err=True)


def _heading(place: int, card: Row) -> Text:
    about = (
        long_date(card["published_at"]) if card["published_at"] else "undated",
        ", ".join(card["authors"]) or card["byline"] or "",
        card["section"] or card["type"] or "",
    )
    heading = Text(f"{place:>2}  ").append_text(_marked(card["headline"], "bold"))
    return heading.append("  " + " · ".join(_plain(one) for one in about if one), style="dim")


def _marked(text: str, style: str = "") -> Text:
    """Write a text with its marks as colour; nothing in it can be anything but letters."""
    shown, end = Text(style=style), 0
    for mark in _MARKED.finditer(text):
        shown.append(_plain(unmarked(text[end : mark.start()])))
        shown.append(_plain(unmarked(mark.group(1))), style="black on yellow")
        end = mark.end()
    return shown.append(_plain(unmarked(text[end:])))


def _plain(text: str) -> str:
    """Leave out what a terminal would obey instead of show: controls, and what turns the direction of text."""
    spaced = re.sub(r"\s+", " ", text)
    return "".join(letter for letter in spaced if letter.isprintable() or letter in _JOINERS)


def _closing(answer: _Answer) -> str:
    hits = f"{'' if answer.found.exact else 'about '}{answer.found.hits:,}"
    if not answer.cards:
        return "nothing found: use fewer words, or OR between them"
    part = f"; the best were sought among {SAMPLE:,} of them" if _partly_ranked(answer) else ""
    more = "; --limit prints more" if len(answer.cards) < answer.found.hits else ""
    return f"{len(answer.cards):,} of {hits} article{'' if answer.found.hits == 1 else 's'}{part}{more}"


def _partly_ranked(answer: _Answer) -> bool:
    return answer.search.sort == "relevance" and not answer.found.whole and not answer.found.rankable
