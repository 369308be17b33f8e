"""What an archive holds and what it does not: reads what the landing page says. Must not know HTTP or HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from sqlite3 import Connection

from archive.site.charts import gaps
from archive.site.queries import CARD, Row, row, rows, with_authors
from archive.site.tallies import Tallies, tallies

NEWEST = 10
_TOP = 12
_LAST_RUN = "SELECT started_at, ended_why, new, changed, failed, remarks FROM run_history ORDER BY id DESC LIMIT 1"
# Questions that the tables answer, for where nobody has put better ones into Datasette's metadata.
QUESTIONS: Mapping[str, str] = {
    "Which outlets are cited most?": "SELECT outlet, host, links, articles, first_cited_at, last_cited_at\n"
    "FROM outlets_cited ORDER BY articles DESC LIMIT 100",
    "How many articles and words in each year?": "SELECT year, count(*) AS articles, sum(word_count) AS words\n"
    "FROM articles GROUP BY year ORDER BY year",
    "Which articles were changed without a word?": "SELECT seen_at, headline, number, kind, slug\n"
    "FROM edits WHERE silent ORDER BY seen_at DESC LIMIT 100",
    "Who photographs for it?": "SELECT name, images, articles, first_credited_at, last_credited_at\n"
    "FROM photo_credits WHERE kind = 'photographer' ORDER BY images DESC LIMIT 100",
    "Who writes together?": "SELECT p.name AS author, q.name AS with_author, count(*) AS articles\n"
    "FROM article_authors x JOIN article_authors y ON y.article_id = x.article_id AND y.author_id > x.author_id\n"
    "JOIN authors p ON p.id = x.author_id JOIN authors q ON q.id = y.author_id\n"
    "GROUP BY 1, 2 ORDER BY articles DESC LIMIT 100",
}


@dataclass(frozen=True, slots=True)
class Overview:
    """What the landing page shows. `silent` are months without an article between the first and the last."""

    tallies: Tallies
    newest: list[Row]
    sections: list[tuple[str, int]]
    series: list[tuple[str, int]]
    authors: list[tuple[str, int]]
    silent: list[str]
    last_run: Row | None

    @property
    def announced(self) -> int:
        """Count the addresses that the publication announced."""
        return sum(self.tallies.states.values())


def overview(connection: Connection) -> Overview:
    """Read what the archive holds."""
    known = tallies(connection)
    newest = f"SELECT {CARD} FROM articles a ORDER BY a.published_at DESC, a.id LIMIT {NEWEST}"
    return Overview(
        tallies=known,
        newest=with_authors(rows(connection, newest)),
        sections=_top(known.facets["section"]),
        series=_top(known.facets["series"], _TOP // 2),
        authors=_top(known.facets["author"]),
        silent=gaps(known.months),
        last_run=row(connection, _LAST_RUN),
    )


def _top(counts: Mapping[str, int], most: int = _TOP) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most]
