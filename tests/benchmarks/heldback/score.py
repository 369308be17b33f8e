"""Judges the reader and an archive against the site's truth, field by field, with the misses.

Must not look into the code it judges: it calls `extract_article` and reads the tables that the design names.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from archive.models import Article
from scraper.extraction.article import extract_article
from scraper.extraction.errors import ExtractionError
from scraper.profile import Profile
from scraper.publications import load

from .judge import Figures, Miss, Pairs, Reading
from .model import BASE, HOST, Site, Truth, key_of
from .server import Request


def score_pages(site: Site, profile_name: str = "responsible-statecraft") -> Figures:
    """Read every page of the site with the reader alone and judge each field."""
    profile, figures = load(profile_name), Figures()
    started = time.process_time()
    pairs = [(truth, _read(figures, site, truth, profile)) for truth in site.articles]
    spent = time.process_time() - started
    figures.add("read at all", sum(reading is not None for _, reading in pairs), len(pairs))
    figures.judge(pairs, HOST)
    _judge_refusals(figures, site, profile)
    figures.add("milliseconds a page", round(1000 * spent / max(len(pairs), 1)), 0, "-")
    return figures


def _read(figures: Figures, site: Site, truth: Truth, profile: Profile) -> Reading | None:
    html = site.pages[truth.key].body.replace(BASE, HOST)
    try:
        return reading_of(extract_article(html.encode(), truth.url.replace(BASE, HOST), profile))
    except (ValueError, LookupError, TypeError, AttributeError, RuntimeError, AssertionError) as error:
        detail = f"{type(error).__name__}: {error}"
        figures.misses.append(Miss("read at all", truth.key, detail, ", ".join(sorted(truth.features)), False))
        return None


def _judge_refusals(figures: Figures, site: Site, profile: Profile) -> None:
    kinds = ("soft 404", "section page", "tag")
    keys = [key for key, kind in site.not_articles.items() if kind in kinds and key in site.pages]
    refused = 0
    for key in keys:
        try:
            extract_article(site.pages[key].body.replace(BASE, HOST).encode(), f"{HOST}{key}/", profile)
        except ExtractionError:
            refused += 1
        else:
            figures.misses.append(Miss("not an article", key, f"{site.not_articles[key]} read as one", "", False))
    figures.add("pages that are no article refused", refused, len(keys))


def reading_of(article: Article) -> Reading:
    """Take what is judged from an `Article`."""
    lead = article.lead_image
    return Reading(
        url=article.url,
        headline=article.headline,
        dek=article.dek,
        type=article.type,
        section=article.section,
        authors=article.byline.authors,
        published_at=article.published_at,
        body=article.body_text,
        links=tuple((link.url, link.text) for link in article.links),
        related=tuple((story.url, story.headline or "") for story in article.related),
        photographers=lead.names("photographer") if lead else (),
        agencies=lead.names("agency") if lead else (),
    )


def score_archive(site: Site, db_path: Path, log: Sequence[Request], base: str) -> Figures:
    """Judge an archive that was crawled from the served site, and the requests that were sent for it."""
    db = sqlite3.connect(f"file:{db_path}?mode=ro", uri=True)
    db.row_factory = sqlite3.Row
    figures = Figures()
    stored: dict[str, list[sqlite3.Row]] = {}
    for row in db.execute("select * from articles order by id"):
        stored.setdefault(key_of(row["url"]), []).append(row)
    known = {truth.key: truth for truth in site.articles}
    once = [truth for truth in site.articles if len(stored.get(truth.key, [])) == 1]
    figures.add("articles stored once", len(once), len(known))
    for truth in site.articles:
        if truth not in once:
            count = len(stored.get(truth.key, []))
            state = _state(db, truth.key)
            figures.misses.append(
                Miss(
                    "articles stored once",
                    truth.key,
                    f"stored {count} times; ledger: {state}; announced by {sorted(truth.sources)}",
                    "",
                    False,
                )
            )
    wrong = sorted(set(stored) - set(known))
    figures.add(
        "no false article (false: reached - of)", len(known) + len(wrong), len(known), "-" if not wrong else "all"
    )
    figures.none("false articles", len(wrong))
    figures.rows.pop("no false article (false: reached - of)")
    for key in wrong:
        why = "announced by nothing" if key in site.unannounced else site.not_articles.get(key, "unknown")
        figures.misses.append(Miss("false articles", key, why, "", False))
    figures.judge([(truth, reading_from(db, stored[truth.key][0])) for truth in once], base)
    _judge_ledger(figures, site, db)
    _judge_evidence(figures, db, once, stored, db_path.parent)
    _judge_requests(figures, site, log)
    db.close()
    return figures


def reading_from(db: sqlite3.Connection, row: sqlite3.Row) -> Reading:
    """Take what is judged from the tables."""

    def pairs(sql: str) -> Pairs:
        return tuple((one[0], one[1] or "") for one in db.execute(sql, (row["id"],)))

    credits = pairs(
        "select c.kind, c.name from credits c join article_images i on i.id = c.article_image_id where "
        "i.article_id = ? and i.role = 'lead' order by c.rowid"
    )
    authors = db.execute(
        "select a.name from article_authors x join authors a on a.id = x.author_id where x.article_id = ? "
        "order by x.position",
        (row["id"],),
    )
    return Reading(
        url=row["url"],
        headline=row["headline"],
        dek=row["dek"],
        type=row["type"],
        section=row["section"],
        authors=tuple(one[0] for one in authors),
        published_at=row["published_at"],
        body=row["body_text"],
        links=pairs("select url, anchor_text from links where article_id = ? order by position"),
        related=pairs("select url, headline from related_stories where article_id = ? order by position"),
        photographers=tuple(name for kind, name in credits if kind == "photographer"),
        agencies=tuple(name for kind, name in credits if kind == "agency"),
    )


def _state(db: sqlite3.Connection, key: str) -> str:
    rows = [
        f"{row['state']} ({row['reason']})" for row in db.execute("select * from ledger") if key_of(row["url"]) == key
    ]
    return ", ".join(rows) or "not in the ledger"


def _judge_ledger(figures: Figures, site: Site, db: sqlite3.Connection) -> None:
    states: dict[str, set[str]] = {}
    for row in db.execute("select url, state, reason, article_id from ledger"):
        states.setdefault(key_of(row["url"]), set()).add(
            row["state"] if row["state"] in ("stored", "pending") or row["reason"] else row["state"] + " without reason"
        )
    wanted = {truth.key: {"stored"} for truth in site.articles} | {key: {"stored"} for key in site.redirects}
    soft = {"404": {"failed", "gone", "pending"}, "soft 404": {"excluded", "failed", "gone"}}
    wanted |= {key: soft.get(kind, {"excluded"}) for key, kind in site.not_articles.items() if key in site.announced}
    announced = {key for key in wanted if key in site.announced}
    figures.add("announced addresses in the ledger", sum(key in states for key in announced), len(announced))
    right = {key for key in announced if states.get(key, {"absent"}) <= wanted[key]}
    figures.add("… with the right state and a reason", len(right), len(announced))
    for key in sorted(announced - right):
        figures.misses.append(
            Miss(
                "ledger",
                key,
                f"{states.get(key)}, wanted {wanted[key]} ({site.not_articles.get(key, 'article')}) "
                f"from {sorted(site.announced[key])}",
                "",
                False,
            )
        )
    aliases = {key_of(row[0]) for row in db.execute("select url from aliases")}
    figures.add("moved addresses among the aliases", sum(key in aliases for key in site.redirects), len(site.redirects))


def _judge_evidence(
    figures: Figures, db: sqlite3.Connection, once: Iterable[Truth], stored: Mapping[str, list[sqlite3.Row]], root: Path
) -> None:
    rows = [stored[truth.key][0] for truth in once]
    snapshots = {row["id"]: row for row in db.execute("select * from snapshots")}
    held = [
        row
        for row in rows
        if row["snapshot_id"] in snapshots and (root / snapshots[row["snapshot_id"]]["warc_file"]).is_file()
    ]
    figures.add("articles that lead to a WARC file", len(held), len(rows))
    slugs = [row for row in rows if row["slug"] == urlsplit(row["url"]).path.strip("/")]
    figures.add("slug is the canonical path", len(slugs), len(rows))
    numbers = [list(db.execute("select number from revisions where article_id = ?", (row["id"],))) for row in rows]
    figures.add("articles with a first revision", sum(bool(some) for some in numbers), len(rows))
    figures.none("revisions after the first", sum(max(len(some) - 1, 0) for some in numbers))


def _judge_requests(figures: Figures, site: Site, log: Sequence[Request]) -> None:
    forbidden = [request for request in log if site.forbidden(request.path)]
    figures.add("requests", len(log), 0, "-")
    figures.none("forbidden requests", len(forbidden))
    for request in forbidden:
        figures.misses.append(
            Miss("forbidden requests", request.path, f"{request.agent} got {request.status}", "", False)
        )
    keys = [key_of(request.path) for request in log]
    twice = {truth.key for truth in site.articles if keys.count(truth.key) > 1}
    figures.add("articles asked for more than once", len(twice), 0, "-")
    figures.none("unannounced articles asked for", len(site.unannounced & set(keys)))
