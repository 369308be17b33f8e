"""Writes the articles that are selected in each format. Must not know the formats' grammar."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from archive import clock
from archive.errors import UsageError
from archive.exports.bibliography import bibtex_file, citable, csl_file, ris_file
from archive.exports.citations import Citable
from archive.exports.entries import entry_of, exported_feed, publication
from archive.exports.feeds import atom
from archive.exports.formats import Job, streamed
from archive.exports.items import Item, items
from archive.exports.manifest import MANIFEST, sha256_of, write_manifest
from archive.exports.markdown import markdown_files
from archive.exports.output import STANDARD_OUTPUT, Written, drafted, whole_folder
from archive.exports.subset import write_subset


def _items(job: Job) -> Iterator[Item]:
    return items(job.connection, job.selection.query(job.connection), job.watch)


def write_atom(job: Job) -> Written:
    """Write an Atom feed. Raises ArchiveError."""
    connection = job.connection
    query = job.selection.query(connection)
    source = publication(connection)
    newest = f"SELECT max(last_changed_at) FROM articles WHERE id IN (SELECT id FROM ({query.sql}))"
    (updated,) = connection.execute(newest, query.params).fetchone()
    feed = exported_feed(source, updated or clock.stamp())
    found = _items(job)
    entries = (entry_of(source, item) for item in found)
    return streamed(job, ((piece, int(piece.startswith(b"<entry"))) for piece in atom(feed, entries)))


def write_bibtex(job: Job) -> Written:
    """Write BibTeX. Raises ArchiveError."""
    return streamed(job, bibtex_file(_citables(job)))


def write_ris(job: Job) -> Written:
    """Write RIS. Raises ArchiveError."""
    return streamed(job, ris_file(_citables(job)))


def write_csl(job: Job) -> Written:
    """Write CSL JSON. Raises ArchiveError."""
    return streamed(job, csl_file(_citables(job)))


def _citables(job: Job) -> Iterator[Citable]:
    source = publication(job.connection)
    return (citable(source, item) for item in _items(job))


def write_markdown(job: Job) -> Written:
    """Write a folder of Markdown files. Raises ArchiveError, UsageError."""
    if job.target == STANDARD_OUTPUT:
        raise UsageError("markdown is a folder of files: name a new one with --output")
    found = _items(job)
    with whole_folder(Path(job.target)) as draft:
        count = markdown_files(found, draft)
        write_manifest(draft)
        size = sum(path.stat().st_size for path in draft.rglob("*.md"))
        return Written(count, size, sha256_of(draft / MANIFEST))


def write_sqlite(job: Job) -> Written:
    """Write a database. Raises ArchiveError."""
    query = job.selection.query(job.connection)
    ids = [row[0] for row in job.connection.execute(f"SELECT id FROM ({query.sql})", query.params)]
    with drafted(job.target) as draft:
        draft.unlink(missing_ok=True)
        count = write_subset(job.source, ids, draft)
        job.watch(count, draft.stat().st_size)
        return Written(count, draft.stat().st_size, sha256_of(draft))
