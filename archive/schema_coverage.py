"""The migration that makes room for coverage by source, the basis of months, and how large each run left the archive.

Must not write rows.
"""

from __future__ import annotations

from sqlite_utils import Database

from archive.schema import migrations

# The index holds all that the view needs of an article: with bodies of any size, a million rows are read in seconds.
_COVERAGE = """
CREATE INDEX articles_month ON articles(id, published_at);
CREATE INDEX articles_withdrawn ON articles(id) WHERE status = 'withdrawn';
DROP VIEW coverage_by_month;
CREATE VIEW coverage_by_month AS
SELECT substr(coalesce(a.published_at, l.lastmod, l.first_announced_at), 1, 7) AS month, count(*) AS announced,
    sum(l.state = 'stored') AS stored, sum(l.state = 'pending') AS pending, sum(l.state = 'excluded') AS excluded,
    sum(l.state = 'failed') AS failed, sum(l.state = 'gone') AS gone,
    sum(a.published_at IS NOT NULL) AS by_publication,
    sum(a.published_at IS NULL AND l.lastmod IS NOT NULL) AS by_lastmod,
    sum(a.published_at IS NULL AND l.lastmod IS NULL) AS by_announcement
FROM ledger l LEFT JOIN articles a INDEXED BY articles_month ON a.id = l.article_id GROUP BY 1;
CREATE VIEW coverage_by_source AS
SELECT s.value AS source, sum(l.n) AS announced, sum(l.n * (l.state = 'stored')) AS stored,
    sum(l.n * (l.state = 'pending')) AS pending, sum(l.n * (l.state = 'excluded')) AS excluded,
    sum(l.n * (l.state = 'failed')) AS failed, sum(l.n * (l.state = 'gone')) AS gone,
    sum(l.n * (json_array_length(l.sources) = 1)) AS only_here
FROM (SELECT sources, state, count(*) AS n FROM ledger GROUP BY sources, state) l, json_each(l.sources) s
GROUP BY s.value;
ALTER TABLE crawls ADD COLUMN database_bytes INTEGER;
ALTER TABLE crawls ADD COLUMN warc_bytes INTEGER
"""


@migrations()
def coverage_and_growth(db: Database) -> None:
    """Count announced addresses by source, tell months by their basis, and keep each run's sizes."""
    for statement in filter(str.strip, _COVERAGE.split(";\n")):
        db.execute(statement)
