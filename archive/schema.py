"""The database's tables, indexes, full-text search and views, as migrations. Must not write rows.

Ids of articles, authors, sections, tags, series, outlets, images and snapshots are `archive.urls.stable_id` of what
identifies them, so that a rebuild gives the same ones.
"""

from __future__ import annotations

import json
import sqlite3

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from archive import schema_downloads
from archive.errors import NewerSchema
from archive.revisions import describe_edit
from archive.schema_article import VIEWS
from archive.schema_reading import INDEXES

migrations = Migrations("press-archive")

_TABLES = """
CREATE TABLE publication (
    id INTEGER PRIMARY KEY CHECK (id = 1), name TEXT NOT NULL, title TEXT NOT NULL, url TEXT NOT NULL, language TEXT
);
CREATE TABLE snapshots (
    id INTEGER PRIMARY KEY, url TEXT NOT NULL, fetched_at TEXT NOT NULL, status INTEGER NOT NULL, digest TEXT NOT NULL,
    warc_file TEXT NOT NULL, warc_offset INTEGER NOT NULL, warc_length INTEGER NOT NULL, etag TEXT, last_modified TEXT,
    UNIQUE (warc_file, warc_offset)
);
CREATE TABLE images (id INTEGER PRIMARY KEY, identity TEXT NOT NULL UNIQUE, url TEXT NOT NULL);
CREATE TABLE series (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, slug TEXT NOT NULL);
CREATE TABLE articles (
    id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, slug TEXT NOT NULL, headline TEXT NOT NULL, dek TEXT, kicker TEXT,
    type TEXT, section TEXT, byline TEXT, authors TEXT, published_at TEXT, published_offset TEXT, modified_at TEXT,
    language TEXT, word_count INTEGER NOT NULL, lead_image_id INTEGER REFERENCES images(id),
    series_id INTEGER REFERENCES series(id), series_part INTEGER,
    status TEXT NOT NULL DEFAULT 'live' CHECK (status IN ('live', 'gone', 'withdrawn')),
    first_seen_at TEXT NOT NULL, last_seen_at TEXT NOT NULL, last_changed_at TEXT NOT NULL,
    revision_count INTEGER NOT NULL DEFAULT 1, snapshot_id INTEGER NOT NULL REFERENCES snapshots(id),
    layout TEXT NOT NULL, extractor TEXT NOT NULL, evidence TEXT,
    year TEXT GENERATED ALWAYS AS (substr(published_at, 1, 4)) VIRTUAL,
    body_text TEXT NOT NULL, body_html TEXT NOT NULL
);
CREATE TABLE aliases (url TEXT PRIMARY KEY, article_id INTEGER NOT NULL REFERENCES articles(id));
CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, slug TEXT NOT NULL);
CREATE TABLE article_authors (
    article_id INTEGER NOT NULL REFERENCES articles(id), author_id INTEGER NOT NULL REFERENCES authors(id),
    position INTEGER NOT NULL, PRIMARY KEY (article_id, author_id)
);
CREATE TABLE sections (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, slug TEXT NOT NULL);
CREATE TABLE article_sections (
    article_id INTEGER NOT NULL REFERENCES articles(id), section_id INTEGER NOT NULL REFERENCES sections(id),
    position INTEGER NOT NULL, PRIMARY KEY (article_id, section_id)
);
CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, slug TEXT NOT NULL);
CREATE TABLE article_tags (
    article_id INTEGER NOT NULL REFERENCES articles(id), tag_id INTEGER NOT NULL REFERENCES tags(id),
    position INTEGER NOT NULL, PRIMARY KEY (article_id, tag_id)
);
CREATE TABLE article_images (
    id INTEGER PRIMARY KEY, article_id INTEGER NOT NULL REFERENCES articles(id),
    image_id INTEGER NOT NULL REFERENCES images(id), role TEXT NOT NULL CHECK (role IN ('lead', 'inline')),
    position INTEGER NOT NULL, alt TEXT, caption TEXT, credit_line TEXT
);
CREATE TABLE credits (
    id INTEGER PRIMARY KEY, article_image_id INTEGER NOT NULL REFERENCES article_images(id),
    kind TEXT NOT NULL CHECK (kind IN ('photographer', 'agency', 'licence')), name TEXT NOT NULL,
    basis TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')), rule TEXT NOT NULL
);
CREATE TABLE outlets (id INTEGER PRIMARY KEY, name TEXT NOT NULL, host TEXT NOT NULL UNIQUE);
CREATE TABLE links (
    id INTEGER PRIMARY KEY, article_id INTEGER NOT NULL REFERENCES articles(id), url TEXT NOT NULL, href TEXT NOT NULL,
    anchor_text TEXT NOT NULL, sentence TEXT NOT NULL, position INTEGER NOT NULL, host TEXT NOT NULL,
    outlet_id INTEGER REFERENCES outlets(id), internal INTEGER NOT NULL,
    target_article_id INTEGER REFERENCES articles(id)
);
CREATE TABLE attributions (
    id INTEGER PRIMARY KEY, article_id INTEGER NOT NULL REFERENCES articles(id),
    outlet_id INTEGER NOT NULL REFERENCES outlets(id), name TEXT NOT NULL, sentence TEXT NOT NULL,
    position INTEGER NOT NULL, rule TEXT NOT NULL
);
CREATE TABLE notices (
    id INTEGER PRIMARY KEY, article_id INTEGER NOT NULL REFERENCES articles(id),
    kind TEXT NOT NULL CHECK (kind IN ('correction', 'clarification', 'update', 'editor''s note')),
    text TEXT NOT NULL, position INTEGER NOT NULL
);
CREATE TABLE related_stories (
    id INTEGER PRIMARY KEY, article_id INTEGER NOT NULL REFERENCES articles(id), url TEXT NOT NULL, headline TEXT,
    position INTEGER NOT NULL, place TEXT NOT NULL, related_article_id INTEGER REFERENCES articles(id)
);
CREATE TABLE revisions (
    id INTEGER PRIMARY KEY, article_id INTEGER NOT NULL REFERENCES articles(id), number INTEGER NOT NULL,
    snapshot_id INTEGER NOT NULL REFERENCES snapshots(id), seen_at TEXT NOT NULL, fingerprint TEXT NOT NULL,
    kind TEXT, silent INTEGER, changed_fields TEXT, extractor TEXT NOT NULL, words TEXT, UNIQUE (article_id, number)
);
CREATE TABLE ledger (
    url TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, sources TEXT NOT NULL, first_announced_at TEXT NOT NULL,
    last_announced_at TEXT NOT NULL, lastmod TEXT,
    state TEXT NOT NULL CHECK (state IN ('pending', 'stored', 'gone', 'excluded', 'failed')), reason TEXT,
    attempts INTEGER NOT NULL DEFAULT 0, checked_at TEXT, next_check_at TEXT,
    article_id INTEGER REFERENCES articles(id), snapshot_id INTEGER REFERENCES snapshots(id)
);
CREATE TABLE crawls (
    id INTEGER PRIMARY KEY, mode TEXT NOT NULL, started_at TEXT NOT NULL, ended_at TEXT, ended_why TEXT,
    exit_status INTEGER, announced INTEGER, fetched INTEGER, new INTEGER, changed INTEGER, unchanged INTEGER,
    excluded INTEGER, failed INTEGER, seconds REAL, fill_rates TEXT, remarks TEXT, program TEXT
);
CREATE TABLE fetches (
    id INTEGER PRIMARY KEY, crawl_id INTEGER REFERENCES crawls(id), url TEXT NOT NULL, at TEXT NOT NULL,
    status INTEGER, error TEXT, bytes INTEGER, snapshot_id INTEGER REFERENCES snapshots(id)
);
"""

_INDEXES = """
CREATE INDEX articles_published ON articles(published_at);
CREATE INDEX articles_slug ON articles(slug);
CREATE INDEX articles_section ON articles(section);
CREATE INDEX articles_type ON articles(type);
CREATE INDEX articles_year ON articles(year);
CREATE INDEX articles_series ON articles(series_id);
CREATE INDEX aliases_article ON aliases(article_id);
CREATE INDEX authors_slug ON authors(slug);
CREATE INDEX article_authors_author ON article_authors(author_id);
CREATE INDEX article_sections_section ON article_sections(section_id);
CREATE INDEX article_tags_tag ON article_tags(tag_id);
CREATE INDEX article_images_article ON article_images(article_id);
CREATE INDEX article_images_image ON article_images(image_id);
CREATE INDEX credits_image ON credits(article_image_id);
CREATE INDEX credits_name ON credits(kind, name);
CREATE INDEX links_article ON links(article_id);
CREATE INDEX links_outlet ON links(outlet_id);
CREATE INDEX links_target ON links(target_article_id);
CREATE INDEX attributions_article ON attributions(article_id);
CREATE INDEX attributions_outlet ON attributions(outlet_id);
CREATE INDEX notices_article ON notices(article_id);
CREATE INDEX notices_kind ON notices(kind);
CREATE INDEX related_article ON related_stories(article_id);
CREATE INDEX snapshots_url ON snapshots(url, fetched_at);
CREATE INDEX ledger_state ON ledger(state, next_check_at);
CREATE INDEX ledger_article ON ledger(article_id);
CREATE INDEX fetches_crawl ON fetches(crawl_id);
"""

# detail=full and column sizes are FTS5's defaults; ranking without them is some 60 times slower.
_SEARCH = """
CREATE VIRTUAL TABLE articles_fts USING fts5(
    headline, dek, body_text, byline, content='articles', content_rowid='id',
    tokenize='porter unicode61 remove_diacritics 2'
);
"""

_VIEWS = """
CREATE VIEW article_list AS
SELECT a.id, a.slug, a.url, a.headline, a.dek, a.type, a.section,
    (SELECT group_concat(name, ', ') FROM (SELECT s.name FROM article_sections x JOIN sections s ON s.id = x.section_id
        WHERE x.article_id = a.id ORDER BY x.position)) AS sections,
    (SELECT group_concat(name, ', ') FROM (SELECT p.name FROM article_authors x JOIN authors p ON p.id = x.author_id
        WHERE x.article_id = a.id ORDER BY x.position)) AS authors,
    a.byline, a.published_at, a.published_offset, a.modified_at, a.year, a.language, a.word_count,
    (SELECT name FROM series WHERE series.id = a.series_id) AS series, a.series_part, a.status, a.revision_count,
    a.first_seen_at, a.last_seen_at, a.last_changed_at, a.snapshot_id, a.layout, a.extractor, a.body_text
FROM articles a;
CREATE VIEW outlets_cited AS
SELECT o.name AS outlet, o.host, count(*) AS links, count(DISTINCT l.article_id) AS articles,
    min(a.published_at) AS first_cited_at, max(a.published_at) AS last_cited_at
FROM links l JOIN outlets o ON o.id = l.outlet_id JOIN articles a ON a.id = l.article_id
WHERE l.internal = 0 GROUP BY o.id;
CREATE VIEW photo_credits AS
SELECT c.kind, c.name, count(*) AS images, count(DISTINCT i.article_id) AS articles,
    min(a.published_at) AS first_credited_at, max(a.published_at) AS last_credited_at
FROM credits c JOIN article_images i ON i.id = c.article_image_id JOIN articles a ON a.id = i.article_id
GROUP BY c.kind, c.name;
CREATE VIEW coverage_by_month AS
SELECT substr(coalesce(a.published_at, l.lastmod, l.first_announced_at), 1, 7) AS month, count(*) AS announced,
    sum(l.state = 'stored') AS stored, sum(l.state = 'pending') AS pending, sum(l.state = 'excluded') AS excluded,
    sum(l.state = 'failed') AS failed, sum(l.state = 'gone') AS gone
FROM ledger l LEFT JOIN articles a ON a.id = l.article_id GROUP BY 1;
CREATE VIEW edits AS
SELECT r.seen_at, a.headline, a.slug, r.number, r.kind, r.silent, r.changed_fields, r.article_id, r.snapshot_id
FROM revisions r JOIN articles a ON a.id = r.article_id WHERE r.number > 1;
CREATE VIEW run_history AS
SELECT id, started_at, mode, ended_why, exit_status, announced, fetched, new, changed, unchanged, excluded, failed,
    seconds, remarks FROM crawls;
"""


@migrations()
def first_release(db: Database) -> None:
    """Make the tables of the first release."""
    for script in (_TABLES, _INDEXES, _SEARCH, _VIEWS):
        for statement in filter(str.strip, script.split(";\n")):
            db.execute(statement)


_EVIDENCE = """
ALTER TABLE snapshots ADD COLUMN revisit_of INTEGER REFERENCES snapshots(id);
ALTER TABLE images ADD COLUMN snapshot_id INTEGER REFERENCES snapshots(id);
ALTER TABLE articles ADD COLUMN record TEXT;
ALTER TABLE revisions ADD COLUMN notices TEXT;
ALTER TABLE revisions ADD COLUMN diff TEXT;
ALTER TABLE ledger ADD COLUMN lastmod_read TEXT;
ALTER TABLE ledger ADD COLUMN missing TEXT;
ALTER TABLE publication ADD COLUMN hosts TEXT;
CREATE TABLE tombstones (
    id INTEGER PRIMARY KEY, article_id INTEGER NOT NULL REFERENCES articles(id), url TEXT NOT NULL,
    reason TEXT NOT NULL, days TEXT NOT NULL, gone_at TEXT NOT NULL, returned_at TEXT
);
CREATE TABLE warc_files (name TEXT PRIMARY KEY, bytes INTEGER, sha256 TEXT, filed_to INTEGER NOT NULL);
INSERT INTO warc_files (name, filed_to)
    SELECT warc_file, max(warc_offset + warc_length) FROM snapshots GROUP BY warc_file;
CREATE INDEX articles_headline ON articles(headline);
CREATE INDEX tombstones_article ON tombstones(article_id);
CREATE INDEX ledger_due ON ledger(next_check_at);
CREATE INDEX ledger_missing ON ledger(checked_at) WHERE reason IN ('HTTP 404', 'HTTP 410');
CREATE INDEX related_target ON related_stories(related_article_id);
CREATE INDEX revisions_fingerprint ON revisions(fingerprint);
"""


@migrations()
def evidence(db: Database) -> None:
    """Make room for revisits, kinds of edit, tombstones, kept images and how far each WARC file is filed."""
    for statement in filter(str.strip, _EVIDENCE.split(";\n")):
        db.execute(statement)
    later = "SELECT id, article_id, number, words FROM revisions WHERE number > 1 ORDER BY article_id, number"
    for id_, article_id, number, words in db.execute(later).fetchall():
        earlier = "SELECT words FROM revisions WHERE article_id = ? AND number = ?"
        (before,) = db.execute(earlier, [article_id, number - 1]).fetchone()
        edit = describe_edit(json.loads(before), json.loads(words), (), ())
        db.execute(
            "UPDATE revisions SET kind = ?, silent = ?, diff = ? WHERE id = ?",
            [edit.kind, int(edit.silent), json.dumps(edit.diff, ensure_ascii=False, separators=(",", ":")), id_],
        )


@migrations()
def sweeps(db: Database) -> None:
    """Keep which runs read all sources to their end."""
    db.execute("ALTER TABLE crawls ADD COLUMN swept INTEGER")


@migrations()
def reading(db: Database) -> None:
    """Index what lists and counts look at."""
    for statement in INDEXES:
        db.execute(statement)


@migrations()
def downloads(db: Database) -> None:
    """Index what feeds, sitemaps and exports look at."""
    for statement in schema_downloads.INDEXES:
        db.execute(statement)


@migrations()
def pages(db: Database) -> None:
    """Count names and months for lists and charts."""
    for statement in VIEWS:
        db.execute(statement)


@migrations()
def orders(db: Database) -> None:
    """Index the order in which tables are shown: without, all rows are sorted for a page of them."""
    for statement in schema_downloads.ORDERED:
        db.execute(statement)


def is_older(db: Database) -> bool:
    """Say whether an earlier release wrote the database."""
    return bool(migrations.pending(db))


def migrate(db: Database) -> None:
    """Bring the database to this release's schema. Raises NewerSchema when a newer release wrote it."""
    refuse_newer(db.conn)
    if migrations.pending(db):
        migrations.apply(db)


def refuse_newer(connection: sqlite3.Connection) -> None:
    """Raise NewerSchema when the database has migrations that this release does not know."""
    known = {migration.name for migration in migrations._migrations}
    try:
        rows = connection.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = ?", [migrations.name])
        applied = {row[0] for row in rows}
    except sqlite3.OperationalError:
        return
    if applied - known:
        raise NewerSchema("a newer press-archive wrote this database: upgrade with pip install -U press-archive")


# Registers its migration behind those above.
import archive.schema_coverage  # noqa: E402
import archive.schema_health  # noqa: E402, F401
