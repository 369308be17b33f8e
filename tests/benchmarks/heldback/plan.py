"""Shares articles out over the sources, some to one source only, and writes the rules of robots.txt.

Must not print anything itself.
"""

from __future__ import annotations

import random

from .model import Piece, Rule
from .sources import LOADED, SEEN, Gazette


def announce(rng: random.Random, gazette: Gazette, pieces: list[Piece]) -> tuple[dict[str, str], dict[str, str]]:
    """Share the articles out over the sources; return what else is announced (path to kind) and the moved addresses."""
    sections: dict[str, list[Piece]] = {name: [] for name in [*SEEN, "qiosk"]}
    late: dict[str, list[Piece]] = {name: [] for name in LOADED}
    feeds: dict[str, list[Piece]] = {"feed": [], **{name: [] for name in SEEN}}
    deep: dict[str, list[Piece]] = {"analysis": [], "europe": [], "feed": []}
    rows: list[tuple[str, str | None]] = []
    news: list[Piece] = []
    kinds = (
        "all",
        "all",
        "all",
        "section",
        "late",
        "late",
        "sitemap",
        "sitemap",
        "news",
        "feed",
        "deep",
        "deep",
        "section+feed",
        "sitemap+feed",
    )
    for piece in pieces:
        kind = rng.choice(kinds)
        stamp = rng.choice([piece.modified.isoformat(), piece.modified.date().isoformat(), None])
        if kind in ("all", "section", "section+feed"):
            sections[rng.choice(SEEN[:-1])].append(piece)
        if kind == "late":
            late[rng.choice(LOADED)].append(piece)
        if kind in ("all", "sitemap", "sitemap+feed"):
            rows.append((piece.path, stamp))
        if kind == "news":
            news.append(piece)
        if kind in ("all", "feed", "section+feed", "sitemap+feed"):
            feeds[rng.choice(["feed", "feed", "analysis", "europe"])].append(piece)
        if kind == "deep":
            deep[rng.choice(sorted(deep))].append(piece)
    rows += [(piece.path, None) for piece in pieces[1:4] if (piece.path, None) not in rows]
    fill(rng, sections, late, rows, pieces, 5)
    fill(rng, feeds, deep, rows, pieces, 10)
    others = {f"/{word}": "page" for word in ("about", "contact", "privacy-policy", "editorial-and-submission-policy")}
    others |= {
        "/tag/sanctions": "tag",
        "/author/amara-eze": "author",
        "/analysis": "section page",
        "/lost-page": "soft 404",
        "/missing-page": "404",
    }
    others |= {"/files/report.pdf": "forbidden"}
    redirects = {"/old-address-of-an-article": pieces[0].path}
    rows += [(key + ("" if key.endswith(".pdf") else "/"), None) for key in [*others, *redirects]]
    rng.shuffle(rows)
    gazette.sections(sections)
    gazette.feeds(feeds)
    gazette.sitemaps(rows, news)
    return others, redirects


def fill(
    rng: random.Random,
    shallow: dict[str, list[Piece]],
    deep: dict[str, list[Piece]],
    rows: list[tuple[str, str | None]],
    pieces: list[Piece],
    size: int,
) -> None:
    """Put the deep articles behind a first page that is full, filled up with articles announced elsewhere too."""
    known = {path for path, _ in rows}
    spare = [piece for piece in pieces if piece.path in known]
    for name, hidden in deep.items():
        here = shallow.setdefault(name, [])
        if hidden:
            more = [piece for piece in rng.sample(spare, k=min(len(spare), size)) if piece not in here]
            here += more[: max(size - len(here), 0)]
        here += hidden


def make_rules(rng: random.Random, pieces: list[Piece], traits: dict[str, str]) -> tuple[Rule, ...]:
    """Write the rules for everybody, with two articles that only look forbidden and one that is."""
    rules = [
        Rule(False, "/calendar/"),
        Rule(False, "/search"),
        Rule(True, "/search-and-rescue-"),
        Rule(False, "/draft-law$"),
        Rule(False, "/embargoed-"),
        Rule(False, "/*.pdf$"),
        Rule(False, "/*?*preview="),
        Rule(False, "/archive-pages/"),
    ]
    if rng.random() < 0.5:
        rules.append(Rule(False, "/core/" if traits["load more"] == "res" else "/res/"))
    return tuple(rules)
