"""Writes articles as a folder of Markdown files with YAML front matter. Must not write outside that folder."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from lxml import html

from archive.exports.feeds import legal
from archive.exports.items import Item
from archive.urls import name_slug

_LONGEST_NAME = 80
_UNDATED = "undated"
# YAML 1.2, section 5.1: what may stand in a document only as an escape.
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_SPECIAL = re.compile(r"([\\`*_\[\]~|]|&(?=#?\w+;))")
_LINE_START = re.compile(r"^(\s*)([#+\-=]|\d+(?=[.)]))", re.MULTILINE)
_HEADINGS = {f"h{level}": "#" * max(level, 2) for level in range(1, 7)}
_MARKS = {"em": "*", "i": "*", "strong": "**", "b": "**"}
_UNLINKABLE = re.compile(r"[<>\\\s]")
_SAFE_LINK = re.compile(r"(?:https?|mailto):", re.IGNORECASE)


def markdown_files(found: Iterable[Item], folder: Path) -> int:
    """Write one file an article under `folder`, in folders by year; return how many. Raises OSError."""
    taken: set[str] = set()
    count = 0
    for item in found:
        name = _name(item)
        if name in taken:
            name = f"{name}-{item.id}"
        taken.add(name)
        path = folder / _year(item) / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(document(item), encoding="utf-8", newline="\n")
        count += 1
    return count


def document(item: Item) -> str:
    """Write an article as Markdown: what is known of it, then its headline, dek and text."""
    dek = f"*{_escaped(item.dek)}*\n\n" if item.dek else ""
    return f"---\n{_front(item)}---\n\n# {_escaped(item.headline)}\n\n{dek}{_body(item)}\n"


def _name(item: Item) -> str:
    """Return a file name of small letters, digits and hyphens: no separator, no dot, nothing that a system reserves."""
    words = name_slug(item.slug.rsplit("/", 1)[-1]).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:_LONGEST_NAME].rstrip("-")
    return f"{_day(item)}-{plain or item.id}"


def _day(item: Item) -> str:
    return item.published_at[:10] if item.published_at else _UNDATED


def _year(item: Item) -> str:
    return item.published_at[:4] if item.published_at else _UNDATED


def _front(item: Item) -> str:
    said = {
        "title": item.headline,
        "dek": item.dek,
        "authors": list(item.authors),
        "date": item.published_at,
        "modified": item.modified_at,
        "section": item.section,
        "type": item.type,
        "series": item.series,
        "tags": list(item.tags),
        "language": item.language,
        "words": item.word_count,
        "status": item.status,
        "revisions": item.revision_count,
        "url": item.url,
        "fetched": item.fetched_at,
        "digest": item.digest,
        "id": item.id,
    }
    return "".join(f"{name}: {_yaml(value)}\n" for name, value in said.items() if value not in (None, []))


def _yaml(value: Any) -> str:
    """Write a value as JSON, which is YAML, too."""
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))


def _body(item: Item) -> str:
    parts = html.fragments_fromstring(legal(item.body_html)) if item.body_html.strip() else []
    blocks = [block for part in parts for block in _blocks(part, item.url)]
    return "\n\n".join(blocks) or "\n\n".join(map(_escaped, item.body_text.splitlines()))


def _blocks(part: Any, base: str) -> list[str]:
    if isinstance(part, str):
        return [_escaped(part)] if part.strip() else []
    if part.tag in _HEADINGS:
        return [f"{_HEADINGS[part.tag]} {_inline(part, base)}"]
    if part.tag in ("ul", "ol"):
        mark = "-" if part.tag == "ul" else "1."
        return ["\n".join(f"{mark} {_inline(item, base)}" for item in part.iter("li"))]
    if part.tag == "blockquote":
        return ["\n".join(f"> {line}" for line in _inline(part, base).splitlines())]
    text = _inline(part, base) if isinstance(part.tag, str) else ""
    return [text] if text else []


def _inline(element: Any, base: str) -> str:
    return " ".join(_spans(element, base).split())


def _spans(element: Any, base: str) -> str:
    if not isinstance(element.tag, str):
        return ""
    inner = _escaped(element.text or "") + "".join(
        _spans(child, base) + _escaped(child.tail or "") for child in element
    )
    address = _address(element, base) if element.tag == "a" and inner.strip() else None
    if address:
        return f"[{inner}](<{_UNLINKABLE.sub(_percent, address)}>)"
    mark = _MARKS.get(element.tag, "") if inner.strip() else ""
    return f" {inner} " if element.tag in ("p", "br", "div", "li") else f"{mark}{inner}{mark}"


def _address(element: Any, base: str) -> str | None:
    try:
        address = urljoin(base, element.get("href") or "")
    except ValueError:
        return None
    return address if _SAFE_LINK.match(address) else None


def _percent(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode())


def _escaped(text: str) -> str:
    """Write a text so that Markdown reads it as a text."""
    plain = _SPECIAL.sub(r"\\\1", text).replace("<", "&lt;").replace(">", "&gt;")
    return _LINE_START.sub(r"\1\\\2", plain)
