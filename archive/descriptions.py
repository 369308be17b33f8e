"""How a table is described, and the columns that several tables share. Must not name a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["reading", "names", "parts", "history", "run"]


@dataclass(frozen=True, slots=True)
class Description:
    """What a table or view holds, one row being what, and its columns in order. `kind` groups tables for readers."""

    text: str
    kind: Kind
    columns: Mapping[str, str]


ID = "Identifies the row; the same after every rebuild and on every machine."
ARTICLE_ID = "The article, in articles."
ARTICLE = {
    "id": ID,
    "url": "The article's canonical address: what identifies it.",
    "slug": "The canonical address's path without its outer slashes; the article's page here is /article/SLUG.",
    "headline": "The headline as printed.",
    "dek": "The line under the headline as printed; NULL when there is none.",
    "type": "What kind of article the publication calls it: Reporting, Analysis, Video …; NULL when it does not say.",
    "section": "The publication's category for it: its last label that is not a type.",
    "byline": "The line that names who wrote it, verbatim.",
    "published_at": "When the page says it was published, in UTC; NULL when it does not say.",
    "published_offset": "The offset from UTC that the page claimed for it, like -05:00; NULL when it claimed none.",
    "modified_at": "When the page says it was last modified, in UTC.",
    "year": "The year of published_at.",
    "language": "The language of the text as a BCP 47 code.",
    "word_count": "Words of the body, split at white space.",
    "series_part": "Which part of its series the article says it is; NULL when it does not say.",
    "status": "live; gone (the address answers 404 or 410 for good); or withdrawn (taken out here on request).",
    "first_seen_at": "When this archive first had the article.",
    "last_seen_at": "When its page last answered.",
    "last_changed_at": "When its newest revision was first seen.",
    "revision_count": "How many distinct texts of it are known; 1 when it never changed.",
    "snapshot_id": "The fetch that the present text was read from, in snapshots.",
    "layout": "The page design that its page was recognised as.",
    "extractor": "The release of our reader that read the page.",
    "body_text": "The article's own words: one line a paragraph, sub-heading or list item; no captions or credits.",
}

RUN = {
    "id": "Counts the runs.",
    "mode": "What kind of run it was: nightly, rebuild, import.",
    "started_at": "When the run began.",
    "ended_at": "When it ended; NULL while it runs or when it was killed.",
    "ended_why": "Why it ended: finished, a limit, a signal, an error.",
    "exit_status": "The status it ended with: 0 is done, 3 is done but a person should look.",
    "announced": "Addresses that its sources named.",
    "fetched": "Pages it fetched.",
    "new": "Articles it filed for the first time.",
    "changed": "Articles of which it filed a new revision.",
    "unchanged": "Articles that it asked for and found as they were; those that were not due are not among them.",
    "excluded": "Addresses it set aside as no article.",
    "failed": "Addresses it could not fetch or read.",
    "seconds": "How long it took.",
    "fill_rates": "JSON object: for each field, the share of articles that have it.",
    "remarks": "What a person should look at.",
    "program": "The release of press-archive that ran.",
    "facts": "JSON object: shares, text lengths, sources, outcomes and totals of the run; the report is made of it.",
    "alarms": "JSON list: what was unlike the last 30 healthy runs; [] when nothing was, NULL when nobody looked.",
    "database_bytes": "How large the database was when the run ended.",
    "warc_bytes": "How large all WARC files together were when the run ended.",
    "swept": "1 when it was to read every source to its end, and did.",
}


def some(known: Mapping[str, str], columns: str) -> dict[str, str]:
    """Pick columns, named in one text, from those known."""
    return {column: known[column] for column in columns.split()}


def article(columns: str) -> dict[str, str]:
    """Pick columns of an article."""
    return some(ARTICLE, columns)


def named(noun: str) -> dict[str, str]:
    """Describe the columns of a table of names."""
    return {"id": ID, "name": f"The {noun} as printed.", "slug": f"The {noun} as it stands in addresses here."}


def joined(noun: str) -> dict[str, str]:
    """Describe the columns of a table that joins articles to names."""
    return {
        "article_id": ARTICLE_ID,
        f"{noun}_id": f"The {noun}.",
        "position": "Its place in the printed order, from 1.",
    }
