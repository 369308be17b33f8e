"""The tables and views that a release holds: their columns, types, keys and order. Must not write any."""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

_NAMES = (
    "article_list articles authors article_authors sections article_sections tags article_tags series images"
    " article_images credits links outlets attributions notices related_stories aliases revisions edits tombstones"
    " author_list section_list tag_list series_list articles_by_month length_by_month outlets_by_year edits_by_month"
    " snapshots ledger publication outlets_cited photo_credits coverage_by_month coverage_by_source"
)
RELEASED = tuple(_NAMES.split())
"""All but the log of runs and requests, which a rebuild loses, and the full-text index."""
_TYPES = {"INTEGER": "integer", "REAL": "number", "TEXT": "string"}
_NUMBERS = (
    "id article_id snapshot_id number silent word_count series_part revision_count"
    " links articles images announced stored pending excluded failed gone"
    " words shortest middle longest edits"
    " by_publication by_lastmod by_announcement only_here"
)
_WHOLE = frozenset(_NUMBERS.split())
"""The columns of views that hold whole numbers: what SQLite says of a view's columns depends on its version."""


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A column whose values stand in a column of another released table."""

    column: str
    table: str
    target: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table or view: its columns with their types (integer, number, string), its primary and foreign keys."""

    name: str
    columns: dict[str, str]
    keys: tuple[str, ...]
    foreign: tuple[ForeignKey, ...]

    @property
    def order(self) -> str:
        """Return the ORDER BY clause that puts the rows in the same order always."""
        return f"ORDER BY {', '.join(self.keys or self.columns)}"

    @property
    def sql(self) -> str:
        """Return the query whose rows are released."""
        return f"SELECT {', '.join(self.columns)} FROM {self.name} {self.order}"


def released_tables(db: Database) -> list[Table]:
    """Describe the tables and views of a release, in the order in which people read them."""
    views = set(db.view_names())
    return [_table(db, name, name in views) for name in RELEASED]


def _table(db: Database, name: str, is_view: bool) -> Table:
    found = db.execute(f"PRAGMA table_xinfo({name})").fetchall()
    columns = {row[1]: _view_type(row[1]) if is_view else _TYPES[row[2]] for row in found}
    keys = tuple(row[1] for row in sorted(found, key=lambda row: int(row[5])) if row[5])
    foreign = sorted(
        (row[3], row[2], row[4] or "id")
        for row in db.execute(f"PRAGMA foreign_key_list({name})").fetchall()
        if row[2] in RELEASED
    )
    return Table(
        name, columns, keys or (("id",) if "id" in columns else ()), tuple(ForeignKey(*key) for key in foreign)
    )


def _view_type(column: str) -> str:
    return "integer" if column in _WHOLE else "string"
