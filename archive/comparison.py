"""What differs between two databases of one archive: articles that came, went or read otherwise. Must not write."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from sqlite3 import Connection

_CREDITS = """(SELECT group_concat(line, char(10)) FROM (SELECT c.kind || ': ' || c.name AS line
    FROM {schema}.article_images i JOIN {schema}.credits c ON c.article_image_id = i.id
    WHERE i.article_id = {schema}.articles.id ORDER BY i.position, c.kind, c.name))"""
_FIELDS = {
    "headline": "headline",
    "body": "body_text",
    "byline": "byline",
    "date": "published_at",
    "credits": _CREDITS,
}
_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Example:
    """One article that reads otherwise: its address, and the field before and after."""

    url: str
    before: str | None
    after: str | None


@dataclass(slots=True)
class Comparison:
    """How two databases differ: articles only in one, and for each field how many read otherwise, with examples."""

    articles: int = 0
    gained: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    changed: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[Example]] = field(default_factory=dict)
    rows: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def is_same(self) -> bool:
        """Say whether nothing differs."""
        return not (self.gained or self.lost or any(self.changed.values()) or self.rows)


def compare(new: Connection, old: Path) -> Comparison:
    """Compare a database with an older one in the file `old`. Raises sqlite3.Error when that cannot be read."""
    new.execute("ATTACH DATABASE ? AS old", [f"{old.resolve().as_uri()}?mode=ro"])
    try:
        return _compared(new)
    finally:
        new.execute("DETACH DATABASE old")


def _compared(new: Connection) -> Comparison:
    found = Comparison(articles=new.execute("SELECT count(*) FROM main.articles").fetchone()[0])
    only = "SELECT url FROM {0}.articles WHERE id NOT IN (SELECT id FROM {1}.articles) ORDER BY url"
    found.gained = [url for (url,) in new.execute(only.format("main", "old"))]
    found.lost = [url for (url,) in new.execute(only.format("old", "main"))]
    for name, column in _FIELDS.items():
        before, after = (_value(column, schema) for schema in ("old", "main"))
        differing = (
            f"FROM main.articles JOIN old.articles ON old.articles.id = main.articles.id WHERE {before} IS NOT {after}"
        )
        found.changed[name] = new.execute(f"SELECT count(*) {differing}").fetchone()[0]
        examples = new.execute(f"SELECT main.articles.url, {before}, {after} {differing} ORDER BY 1 LIMIT {_EXAMPLES}")
        found.examples[name] = [Example(*row) for row in examples]
    found.rows = _row_counts(new)
    return found


def _value(column: str, schema: str) -> str:
    return column.format(schema=schema) if column.startswith("(") else f"{schema}.articles.{column}"


def _row_counts(new: Connection) -> dict[str, tuple[int, int]]:
    counts = {}
    for table in ("articles", "revisions", "aliases", "tombstones", "ledger", "snapshots"):
        known = new.execute("SELECT 1 FROM old.sqlite_schema WHERE name = ?", [table]).fetchone()
        schemas = ("old", "main") if known else ("main",)
        found = [new.execute(f"SELECT count(*) FROM {schema}.{table}").fetchone()[0] for schema in schemas]
        if len(found) == 2 and found[0] != found[1]:
            counts[table] = (found[0], found[1])
    return counts
