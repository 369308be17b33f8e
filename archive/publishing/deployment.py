"""What a server of the public folder is given: metadata, settings, a Dockerfile, a README. Must not read tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from archive.publishing.bounds import BOUNDS
from archive.publishing.contents import ANCHOR_WORDS, SHORT_WORDS
from archive.publishing.database import Choice

_DOCKERFILE = """\
# Build in this folder: docker build -t archive . && docker run -p 8001:8001 archive
FROM python:3.11-slim
# Where the package index has no such release, build with --build-arg PACKAGE=git+ADDRESS, or copy a wheel in here.
ARG PACKAGE=press-archive=={version}
RUN pip install --no-cache-dir "$PACKAGE" && useradd --system --no-create-home reader
COPY . /public
USER reader
ENV PORT=8001
EXPOSE 8001
CMD exec press-archive serve --public /public --host 0.0.0.0 --port "$PORT"
"""


def write_metadata(folder: Path, title: str, url: str | None, choice: Choice, release: str) -> None:
    """Write Datasette's `metadata.json`. Raises OSError."""
    said = {
        "title": title,
        "description": f"{sentence(choice)} The articles belong to their authors and their publication.",
        "source": title,
        "source_url": url,
        "allow_sql": False,
        "release": release,
    }
    _save(
        folder / "metadata.json",
        json.dumps({name: value for name, value in said.items() if value is not None}, indent=2),
    )


def write_settings(folder: Path) -> None:
    """Write Datasette's `settings.json`. Raises OSError."""
    _save(folder / "settings.json", json.dumps(dict(BOUNDS), indent=2))


def write_dockerfile(folder: Path, version: str) -> None:
    """Write a Dockerfile that serves the folder. Raises OSError."""
    _save(folder / "Dockerfile", _DOCKERFILE.format(version=version))


def write_readme(folder: Path, title: str, choice: Choice, rows: Mapping[str, int]) -> None:
    """Write what the folder holds, for people. Raises OSError."""
    lines = [f"| `{name}` | {count:,} |" for name, count in rows.items()]
    text = (
        f"# {title}: the public archive",
        "",
        sentence(choice),
        "The articles belong to their authors and their publication.",
        "",
        "`archive.db` is one SQLite database; `data/` holds each of its tables as CSV and as JSON lines;",
        "`sha256sum -c SHA256SUMS` checks all files. `press-archive serve --public .` serves the folder, the",
        "`Dockerfile` builds an image that does, and `datasette .` shows the same pages.",
        "",
        "| table | rows |",
        "| --- | --- |",
        *lines,
        "",
    )
    _save(folder / "README.md", "\n".join(text))


def sentence(choice: Choice) -> str:
    """Say in one sentence how much of the articles' text is held."""
    if choice.text == "full":
        return "It holds the articles' whole text."
    if choice.text == "none":
        return "It holds no text of the articles but their headlines: what they are, and where to read them."
    return (
        f"It holds the first {choice.words} words of each article and of its dek, captions and notices up to"
        f" {SHORT_WORDS} words and the words of links up to {ANCHOR_WORDS}; the search finds those words only."
    )


def _save(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
