"""A frozen, citable corpus of an archive: tables as CSV, JSONL and Parquet, described, listed and countable.

Must not hold anything that differs between two exports of the same archive: no clock, no machine, no order by chance.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from archive.dictionary import TABLES
from archive.errors import UsageError
from archive.exports.citations import long_date
from archive.exports.csv import write_csv
from archive.exports.jsonl import write_jsonl
from archive.exports.manifest import MANIFEST, PACKAGE, sha256_of, write_manifest

_NAMES = (
    "article_list articles authors article_authors sections article_sections tags article_tags series images"
    " article_images credits links outlets attributions notices related_stories aliases revisions edits tombstones"
    " snapshots ledger publication outlets_cited photo_credits coverage_by_month"
)
RELEASED = tuple(_NAMES.split())
_TYPES = {"INTEGER": "integer", "REAL": "number", "TEXT": "string", "": "string"}
_COUNTS = frozenset(["links", "articles", "images", "announced", "stored", "pending", "excluded", "failed", "gone"])


@dataclass(frozen=True, slots=True)
class Released:
    """What a release holds."""

    folder: Path
    files: int
    rows: dict[str, int]


@dataclass(frozen=True, slots=True)
class _Table:
    """One table or view on its way into the release: its columns with their types, and its order."""

    name: str
    columns: dict[str, str]
    keys: tuple[str, ...]
    foreign: tuple[tuple[str, str, str], ...]

    @property
    def order(self) -> str:
        """Return the ORDER BY clause that puts the rows in the same order always."""
        return f"ORDER BY {', '.join(self.keys or self.columns)}"

    @property
    def sql(self) -> str:
        """Return the query whose rows are released."""
        return f"SELECT {', '.join(self.columns)} FROM {self.name} {self.order}"


def write_release(db: Database, folder: Path, watch: Callable[[str], None] | None = None) -> Released:
    """Write a release into a new folder, which appears whole or not at all. Raises UsageError, OSError."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is there already: a release is never overwritten, name a new folder")
    draft = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        (draft / "data").mkdir(parents=True)
        rows = _write(db, draft, watch)
        files = sum(path.is_file() for path in draft.rglob("*"))
        if folder.exists():
            folder.rmdir()
        os.replace(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Released(folder, files, rows)


def _write(db: Database, draft: Path, watch: Callable[[str], None] | None) -> dict[str, int]:
    tables = [_table(db, name) for name in RELEASED]
    resources: list[dict[str, Any]] = []
    rows: dict[str, int] = {}
    for table in tables:
        if watch:
            watch(table.name)
        rows[table.name] = _write_table(db, draft, table)
        resources += _resources(draft, table, rows[table.name])
    about = _about(db)
    _save(draft / "queries.sql", "".join(f"-- {table.name}\n{table.sql};\n\n" for table in tables))
    _save(draft / PACKAGE, json.dumps(about | {"resources": resources}, ensure_ascii=False, indent=2) + "\n")
    _save(draft / "CITATION.cff", _citation(about))
    _save(draft / "README.md", _readme(about, rows))
    write_manifest(draft)
    return rows


def _table(db: Database, name: str) -> _Table:
    columns = {row[1]: _type(db, row[1], row[2]) for row in db.execute(f"PRAGMA table_xinfo({name})")}
    found = [(row[5], row[1]) for row in db.execute(f"PRAGMA table_info({name})") if row[5]]
    keys = tuple(column for _, column in sorted(found)) or (("id",) if "id" in columns else ())
    foreign = tuple(
        (row[3], row[2], row[4] or "id")
        for row in db.execute(f"PRAGMA foreign_key_list({name})")
        if row[2] in RELEASED and row[3] in columns
    )
    return _Table(name, columns, keys, tuple(sorted(foreign)))


def _type(db: Database, column: str, declared: str) -> str:
    if declared:
        return _TYPES[declared]
    if column in _COUNTS or column == "id" or column.endswith("_id"):
        return "integer"
    known = next((row[2] for row in db.execute("PRAGMA table_info(articles)") if row[1] == column), "")
    return _TYPES[known]


def _write_table(db: Database, draft: Path, table: _Table) -> int:
    data = draft / "data"
    with (data / f"{table.name}.csv").open("w", encoding="utf-8", newline="") as stream:
        count = write_csv(db.conn, table.name, stream, table.order)
    with (data / f"{table.name}.jsonl").open("w", encoding="utf-8", newline="") as stream:
        write_jsonl(db.conn, table.sql, stream)
    if find_spec("pyarrow"):
        from archive.exports.parquet import write_parquet

        write_parquet(db.conn, table.sql, table.columns, data / f"{table.name}.parquet")
    return count


def _resources(draft: Path, table: _Table, rows: int) -> list[dict[str, Any]]:
    """Describe a table's files (Frictionless Data Package 1, Table Schema)."""
    described = TABLES[table.name]
    fields = [
        {"name": name, "type": kind, "description": described.columns[name]} for name, kind in table.columns.items()
    ]
    schema: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if table.keys:
        schema["primaryKey"] = list(table.keys)
    if table.foreign:
        schema["foreignKeys"] = [
            {"fields": [column], "reference": {"resource": parent.replace("_", "-"), "fields": [target]}}
            for column, parent, target in table.foreign
        ]
    found = []
    for path in sorted((draft / "data").glob(f"{table.name}.*")):
        ending = path.suffix.removeprefix(".")
        name = table.name.replace("_", "-")
        found.append(
            {
                "name": name if ending == "csv" else f"{name}-{ending}",
                "path": f"data/{path.name}",
                "format": ending,
                "description": described.text,
                "rows": rows,
                "bytes": path.stat().st_size,
                "hash": f"sha256:{sha256_of(path)}",
                **({"profile": "tabular-data-resource", "encoding": "utf-8"} if ending == "csv" else {}),
                "schema": schema,
            }
        )
    return found


def _about(db: Database) -> dict[str, Any]:
    publication = next(iter(db["publication"].rows), {"name": "archive", "title": "An archive", "url": ""})
    (newest,) = db.execute("SELECT max(fetched_at) FROM snapshots").fetchone()
    (oldest,) = db.execute("SELECT min(fetched_at) FROM snapshots").fetchone()
    readers = [reader for (reader,) in db.execute("SELECT DISTINCT extractor FROM articles ORDER BY 1")]
    schema = [name for (name,) in db.execute("SELECT name FROM _sqlite_migrations ORDER BY name")]
    return {
        "profile": "data-package",
        "name": f"{publication['name']}-{(newest or '')[:10] or 'empty'}",
        "title": f"Archive of {publication['title']}, {(newest or '')[:10] or 'empty'}",
        "homepage": publication["url"],
        "created": newest,
        "sources": [{"title": publication["title"], "path": publication["url"]}],
        "captured": {"from": oldest, "to": newest},
        "versions": {"press-archive": version("press-archive"), "extractors": readers, "schema": schema},
    }


def _citation(about: dict[str, Any]) -> str:
    """Write how to cite the corpus (Citation File Format 1.2.0); JSON strings are YAML strings."""
    fields = {
        "cff-version": "1.2.0",
        "message": "Cite this corpus as below.",
        "type": "dataset",
        "title": about["title"],
        "authors": [{"name": "press-archive"}],
        "version": (about["created"] or "")[:10],
        "url": about["homepage"],
    }
    return "".join(f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in fields.items() if value)


def _readme(about: dict[str, Any], rows: dict[str, int]) -> str:
    lines = [f"| `{name}` | {count:,} | {TABLES[name].text} |" for name, count in rows.items()]
    when = long_date(about["created"]) if about["created"] else "no day"
    return "\n".join(
        (
            f"# {about['title']}",
            "",
            f"All that was captured of {about['homepage']} up to {when}, made by press-archive"
            f" {about['versions']['press-archive']}.",
            "",
            f"`{PACKAGE}` describes every column, `queries.sql` holds the queries, `sha256sum -c {MANIFEST}` checks the"
            " files. An empty CSV cell is NULL: the page does not say.",
            "",
            "| table | rows | one row is |",
            "| --- | --- | --- |",
            *lines,
            "",
        )
    )


def _save(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
