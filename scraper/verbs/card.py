"""An article as a card to read on a terminal: each field's value, where it came from, and what else was on offer.

Must not choose or change any value.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.box import SIMPLE
from rich.console import Console, Group, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from archive.models import Article, Evidence, Image

_LONG = 110
_PREVIEW_LINES = 12
_MOST_CANDIDATES = 6
_MOST_ROWS = 40


def print_card(article: Article, console: Console) -> None:
    """Print the card. Lists are cut at 40 rows and say so."""
    console.print(Rule(Text(article.headline)))
    console.print(Group(*_parts(article)))


def _parts(article: Article) -> Iterator[RenderableType]:
    yield _fields(article)
    for image in article.images:
        yield _image(image)
    yield _list("links", (f"{link.text} → {link.url}" for link in article.links))
    yield _list("related", (f"{story.headline or '?'} → {story.url} ({story.place})" for story in article.related))
    yield _list("body", iter(article.body_text.split("\n")), _PREVIEW_LINES)


def _fields(article: Article) -> Table:
    table = Table(box=SIMPLE, pad_edge=False)
    for name in ("field", "value", "from", "other candidates"):
        table.add_column(name, overflow="fold")
    for name, evidence_name, value in _values(article):
        evidence = article.evidence.get(evidence_name)
        source = " · ".join(filter(None, (evidence.source, evidence.rule))) if evidence and value else ""
        others = _others(evidence, value) if evidence and name == evidence_name else []
        table.add_row(name, Text(value or "—"), Text(source), Text("\n".join(others[:_MOST_CANDIDATES])))
    return table


def _others(evidence: Evidence, value: str | None) -> list[str]:
    """List the candidates that say something else than the value, each wording once."""
    found: dict[str, str] = {}
    for other in evidence.candidates:
        if other.value != value:
            found.setdefault(other.value, other.source)
    return [f"{_short(text)} ({source})" for text, source in found.items()]


def _values(article: Article) -> Iterator[tuple[str, str, str | None]]:
    """Yield each field's name, the name its evidence has, and its value."""
    yield "headline", "headline", article.headline
    yield "dek", "dek", article.dek
    yield "type", "labels", article.type
    yield "section", "labels", article.section
    yield "labels", "labels", " | ".join(article.labels) or None
    yield "byline", "byline", article.byline.line
    yield "authors", "byline", "; ".join(article.byline.authors) or None
    yield "published_at", "published_at", article.published_at
    yield "modified_at", "modified_at", article.modified_at
    yield "url", "url", article.url
    yield "language", "language", article.language
    yield "tags", "tags", ", ".join(article.tags) or None
    yield "body", "body_text", f"{article.word_count} words"
    yield "layout", "layout", f"{article.layout} ({article.extractor})"


def _image(image: Image) -> Table:
    table = Table(box=SIMPLE, pad_edge=False, show_header=False, title=f"{image.role} image {image.position}")
    credits = "; ".join(f"{credit.kind}: {credit.name} ({credit.basis}, {credit.rule})" for credit in image.credits)
    rows = (
        ("url", image.url),
        ("alt", image.alt),
        ("caption", image.caption),
        ("credit line", image.credit_line),
        ("read as", credits),
    )
    for name, value in rows:
        table.add_row(name, Text(value or "—", overflow="fold"))
    return table


def _list(title: str, lines: Iterator[str], most: int = _MOST_ROWS) -> RenderableType:
    shown = list(lines)
    rest = [f"… {len(shown) - most} more"] if len(shown) > most else []
    return Text.assemble((f"{title} ({len(shown)})\n", "bold"), "\n".join([*map(_short, shown[:most]), *rest]), "\n")


def _short(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[: _LONG - 1]}…"
