"""Whether `show` tells where an article's row comes from, and gives its bytes back.

Must not know the site.
"""

from __future__ import annotations

from pathlib import Path

from .checks import Checks
from .command import press
from .record import Archive, read_record

_ROW = """
SELECT s.url, s.fetched_at, s.warc_offset, s.warc_length, s.digest, a.layout, a.extractor, s.warc_file
FROM articles a JOIN snapshots s ON s.id = a.snapshot_id WHERE a.slug = ?
"""


def check_shown(checks: Checks, root: Path, slugs: list[str]) -> None:
    """Compare what `show` prints of articles with their rows and their records."""
    for slug in slugs:
        row = Archive(root).rows(_ROW, slug)[0]
        said = press("show", slug, "--root", root)
        missing = [str(value) for value in row if _bare(str(value)) not in _bare(said.text)]
        checks.none(f"show {slug}: not printed", missing if said.status == 0 else said.err[-200:])
        raw = press("show", slug, "--raw", "--root", root)
        record = read_record(Archive(root).path_of(row[7]), row[2], row[3])
        seen = (raw.status, len(raw.out), len(record.body))
        checks.true("… --raw: the bytes of body or whole answer", raw.out in (record.body, record.block), seen)
        page = press("show", slug, "--html", "--root", root)
        checks.true("… --html: the page", "<!DOCTYPE html>" in page.text and "</html>" in page.text, page.err[-200:])


def _bare(text: str) -> str:
    return "".join(text.split()).replace(",", "")


def check_earlier(checks: Checks, root: Path, slug: str, day: str, words: str) -> None:
    """See that `show --at` says what the page said on an earlier day."""
    early = press("show", slug, "--at", day, "--root", root)
    checks.true(f"show --at {day}: the words of then", words in early.text, (early.status, early.err[-200:]))
