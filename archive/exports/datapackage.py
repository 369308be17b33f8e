"""What a release says of itself: `datapackage.json`, how to cite it, its README. Must not write tables.

Must not hold anything that differs between two releases of the same archive: no clock, no machine.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from archive.dictionary import TABLES
from archive.exports.citations import long_date
from archive.exports.manifest import MANIFEST, PACKAGE, sha256_of
from archive.exports.tables import Table

_MEDIA_TYPES = {
    "csv": "text/csv",
    "jsonl": "application/jsonl",
    "parquet": "application/vnd.apache.parquet",
}
_AS_IT_IS = {"type": "file"}
"""Parquet has a schema of its own, and JSON lines without a line have none: no validator can read them as tables."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """What is said of a release as a whole; times are the archive's, `captured_to` None when it is empty."""

    name: str
    title: str
    url: str
    captured_from: str | None
    captured_to: str | None
    articles: int
    extractors: tuple[str, ...]
    schema: tuple[str, ...]

    @property
    def day(self) -> str:
        """Return the day of the newest capture: the release's version."""
        return (self.captured_to or "")[:10] or "empty"

    @property
    def program(self) -> str:
        """Return the release of the program that writes."""
        return f"press-archive {version('press-archive')}"

    @property
    def full_title(self) -> str:
        """Return the title to cite."""
        return f"Archive of {self.title}, {self.day}"


def describe_corpus(db: Database) -> Corpus:
    """Read what a release says of itself from the database."""
    publication = next(iter(db["publication"].rows), {"name": "archive", "title": "a publication", "url": ""})
    oldest, newest = db.execute("SELECT min(fetched_at), max(fetched_at) FROM snapshots").fetchone()
    (articles,) = db.execute("SELECT count(*) FROM articles WHERE status != 'withdrawn'").fetchone()
    readers = db.execute("SELECT DISTINCT extractor FROM articles WHERE status != 'withdrawn' ORDER BY 1")
    schema = db.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = 'press-archive' ORDER BY 1")
    return Corpus(
        publication["name"],
        publication["title"],
        publication["url"],
        oldest,
        newest,
        articles,
        tuple(name for (name,) in readers),
        tuple(name for (name,) in schema),
    )


def write_datapackage(folder: Path, corpus: Corpus, tables: Iterable[Table], rows: Mapping[str, int]) -> None:
    """Describe every file under `data/` (Frictionless Data Package 1, Table Schema). Raises OSError."""
    described = [_resource(path, table, rows[table.name]) for table in tables for path in _files(folder, table)]
    package = {
        "profile": "data-package",
        "name": f"{corpus.name}-{corpus.day}",
        "title": corpus.full_title,
        "homepage": corpus.url,
        "created": corpus.captured_to,
        "captured": {"from": corpus.captured_from, "to": corpus.captured_to},
        "sources": [{"title": corpus.title, "path": corpus.url}],
        "versions": {
            "press-archive": version("press-archive"),
            "extractors": corpus.extractors,
            "schema": corpus.schema,
        },
        "resources": described,
    }
    said = {name: value for name, value in package.items() if value}
    _save(folder / PACKAGE, json.dumps(said, ensure_ascii=False, indent=2, sort_keys=True) + "\n")


def _files(folder: Path, table: Table) -> list[Path]:
    return sorted((folder / "data").glob(f"{table.name}.*"))


def _resource(path: Path, table: Table, rows: int) -> dict[str, Any]:
    ending = path.suffix.removeprefix(".")
    name = table.name.replace("_", "-")
    return {
        "name": name if ending == "csv" else f"{name}-{ending}",
        "path": f"data/{path.name}",
        "format": ending,
        "mediatype": _MEDIA_TYPES[ending],
        "description": TABLES[table.name].text,
        "query": table.sql,
        "bytes": path.stat().st_size,
        "hash": f"sha256:{sha256_of(path)}",
        **(_tabular(table, rows) if ending == "csv" or (rows and ending == "jsonl") else _AS_IT_IS),
    }


def _tabular(table: Table, rows: int) -> dict[str, Any]:
    return {"type": "table", "encoding": "utf-8", "rows": rows, "schema": _schema(table)}


def _schema(table: Table) -> dict[str, Any]:
    said = TABLES[table.name].columns
    fields = [{"name": name, "type": kind, "description": said[name]} for name, kind in table.columns.items()]
    schema: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if table.keys:
        schema["primaryKey"] = list(table.keys)
    if table.foreign:
        schema["foreignKeys"] = [
            {"fields": [key.column], "reference": {"resource": _resource_of(key.table, table), "fields": [key.target]}}
            for key in table.foreign
        ]
    return schema


def _resource_of(name: str, here: Table) -> str:
    """Name the resource of a table; the empty name means the table itself (Table Schema 1, foreign keys)."""
    return "" if name == here.name else name.replace("_", "-")


def write_citation(folder: Path, corpus: Corpus) -> None:
    """Write how to cite the release, for people and as Citation File Format 1.2.0. Raises OSError."""
    fields = {
        "cff-version": "1.2.0",
        "message": "Cite this corpus as below.",
        "type": "dataset",
        "title": corpus.full_title,
        "authors": [{"name": corpus.program}],
        "version": corpus.day,
        "date-released": (corpus.captured_to or "")[:10],
        "url": corpus.url,
    }
    # A JSON value on one line is a YAML value.
    said = (f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in fields.items() if value)
    _save(folder / "CITATION.cff", "".join(said))
    _save(folder / "CITATION.txt", _sentence(corpus) + "\n")


def _sentence(corpus: Corpus) -> str:
    when = f"captured up to {long_date(corpus.captured_to)}" if corpus.captured_to else "nothing captured yet"
    return f"{corpus.full_title}. {corpus.articles:,} articles of {corpus.url}, {when}. Made with {corpus.program}."


def write_readme(folder: Path, corpus: Corpus, rows: Mapping[str, int]) -> None:
    """Write what the release holds, for people. Raises OSError."""
    lines = [f"| `{name}` | {count:,} | {TABLES[name].text} |" for name, count in rows.items()]
    text = (
        f"# {corpus.full_title}",
        "",
        _sentence(corpus),
        "",
        f"`{PACKAGE}` describes every column and holds the query of each table, as `queries.sql` does.",
        f"`sha256sum -c {MANIFEST}` or `press-archive verify .` checks the files.",
        "An empty CSV cell and a JSON `null` mean that the page does not say.",
        "`CITATION.txt` and `CITATION.cff` say how to cite the corpus; name the SHA-256 of the manifest with it.",
        "The articles belong to their authors and their publication.",
        "",
        "| table | rows | one row is |",
        "| --- | --- | --- |",
        *lines,
        "",
    )
    _save(folder / "README.md", "\n".join(text))


def _save(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
