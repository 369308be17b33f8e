"""Reads the JSON-LD of a page, broken or whole, in linear time. Must not fetch contexts or choose a field's value."""

from __future__ import annotations

import html
import json
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MAX_SCRIPT = 2_000_000
MAX_TOTAL = 4_000_000
MAX_REPAIR = 500_000
MAX_VALUES = 100
MAX_RESCUES = 4
MAX_NODES = 40_000
MAX_DEPTH = 60

Thing = Mapping[str, Any]

# Long lists that speak of other pieces than the page's own article: not walked.
_UNWALKED = frozenset({"liveblogupdate", "comment", "comments"})
# What stands inside these is another piece than the page's own article.
_ELSEWHERE = frozenset(
    "itemListElement hasPart isPartOf review citation mentions isBasedOn relatedLink publisher "
    "isRelatedTo video image author about itemReviewed associatedMedia subjectOf potentialAction".lower().split()
)
_OPENING = re.compile(r"(?://\s*)?<!--|(?://\s*|/\*\s*)?<!\[CDATA\[(?:\s*\*/)?")
_CLOSING = re.compile(r"[\s/*]*(?:-->|\]\]>)[\s/*]*$")
_SPACE = re.compile(r"\s*")
_PLAIN = {'"': re.compile(r'[^"\\]*'), "'": re.compile(r"[^'\\]*")}
_BETWEEN = re.compile(r"""[^"'{}\[\],]+|'""")
_NEXT_VALUE = re.compile(r"""\s*(?:["'{}\[\]]|-?\d|true\b|false\b|null\b|$)""")


@dataclass(frozen=True, slots=True)
class Node:
    """One object of the page's JSON-LD, and whether it stands inside a property that speaks of something else."""

    thing: Thing
    elsewhere: bool


def read_jsonld(scripts: Iterable[str]) -> tuple[Node, ...]:
    """List the objects of all JSON-LD scripts, outermost first, `{"@id": …}` references to named objects replaced.

    Scripts over 2,000,000 characters, or beyond 4,000,000 in sum, are left unread.
    """
    left = MAX_TOTAL
    roots = []
    for script in scripts:
        if len(script) > min(MAX_SCRIPT, left):
            continue
        left -= len(script)
        roots.extend(_parse(script))
    return _resolved(tuple(_walk(roots)))


def types_of(thing: Thing) -> tuple[str, ...]:
    """List a thing's types without their vocabulary: `http://schema.org/NewsArticle` is `NewsArticle`."""
    types = thing.get("@type") or ()
    if isinstance(types, str):
        types = (types,)
    if not isinstance(types, list | tuple):
        return ()
    return tuple(re.split(r"[/#:]", kind)[-1] for kind in types if isinstance(kind, str))


def _parse(script: str) -> list[Any]:
    text = _unwrapped(script)
    if not text:
        return []
    try:
        return [json.loads(text, strict=False)]
    except (ValueError, RecursionError):
        pass
    if '"' not in text and "&quot;" in text:
        text = html.unescape(text)
    return _rescued(_repaired(text[:MAX_REPAIR]))


def _rescued(text: str) -> list[Any]:
    """Read repaired text; where it still cannot be read, keep what stands before that place."""
    for _ in range(MAX_RESCUES):
        values, end = _values(text)
        cut = text.rfind(",", 0, end) if end < len(text) else -1
        if values or cut < 0:
            return values
        text = _repaired(text[:cut])
    return []


def _unwrapped(script: str) -> str:
    """Take off comment and CDATA marks around the JSON, and the semicolon behind it."""
    text = script.strip().strip("\ufeff")
    for _ in range(3):
        opening = _OPENING.match(text)
        if opening is None:
            break
        text = text[opening.end() :].lstrip()
    if text.endswith(("*/", ">")):
        tail = text[-40:]
        text = text[:-40] + _CLOSING.sub("", tail)
    return text.rstrip().rstrip(";")


def _values(text: str) -> tuple[list[Any], int]:
    """Read the JSON values that stand one after another, up to the first that cannot be read, and where that is."""
    decoder = json.JSONDecoder(strict=False)
    values: list[Any] = []
    at = _space(text, 0)
    while at < len(text) and len(values) < MAX_VALUES:
        if text[at] in ",;":
            at = _space(text, at + 1)
            continue
        try:
            value, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            return values, error.pos
        except (ValueError, RecursionError):
            return values, 0
        values.append(value)
        at = _space(text, at)
    return values, len(text)


def _space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _repaired(text: str) -> str:
    """Rewrite near-JSON as JSON in one pass: commas before a bracket, stray quotes and escapes, brackets left open."""
    out: list[str] = []
    left_open: list[str] = []
    at = 0
    while at < len(text) and len(left_open) <= MAX_DEPTH:
        char = text[at]
        if char == '"' or (char == "'" and out and out[-1][-1:] in (":", ",", "[", "{")):
            string, at = _string(text, at + 1, char)
            out.append(string)
        elif char in "}]":
            at += 1
            if left_open and left_open[-1] == char:
                _drop_comma(out)
                out.append(left_open.pop())
        elif char in "{[,":
            at += 1
            out.append(char)
            if char != ",":
                left_open.append("}" if char == "{" else "]")
        elif between := _BETWEEN.match(text, at):
            at = between.end()
            out.append(between.group().strip())
    _drop_comma(out)
    return "".join(out) + "".join(reversed(left_open))


def _drop_comma(out: list[str]) -> None:
    while out and out[-1] in ("", ","):
        out.pop()


def _string(text: str, at: int, quote: str) -> tuple[str, int]:
    """Read a string from just behind its opening quote: its text as JSON, and where it ends.

    A quote closes the string only where JSON could go on behind it; any other is part of the text.
    """
    parts: list[str] = []
    while at < len(text):
        match = _PLAIN[quote].match(text, at)
        end = match.end() if match else at
        parts.append(text[at:end].replace('"', '\\"') if quote == "'" else text[at:end])
        if end >= len(text):
            at = end
            break
        if text[end] == "\\":
            parts.append(text[end : end + 2] if text[end + 1 : end + 2] in tuple('"\\/bfnrtu') else "")
            at = end + (2 if parts[-1] else 1)
            continue
        if _closes(text, end):
            at = end + 1
            break
        parts.append('\\"' if quote == '"' else quote)
        at = end + 1
    return '"' + _whole_escapes("".join(parts)) + '"', at


def _whole_escapes(text: str) -> str:
    return re.sub(r"\\u(?![0-9a-fA-F]{4})", "u", text)


def _closes(text: str, quote: int) -> bool:
    after = _space(text, quote + 1)
    char = text[after : after + 1]
    return char in ("", "}", "]", ":") or (char == "," and _NEXT_VALUE.match(text, after + 1) is not None)


def _walk(roots: list[Any]) -> Iterator[Node]:
    queue: deque[tuple[Any, bool, int]] = deque((root, False, 0) for root in roots if isinstance(root, dict | list))
    visited = 0
    while queue and visited < MAX_NODES:
        value, elsewhere, depth = queue.popleft()
        visited += 1
        if isinstance(value, dict):
            yield Node(value, elsewhere)
            children = [
                (child, elsewhere or key.lower() in _ELSEWHERE)
                for key, child in value.items()
                if key.lower() not in _UNWALKED
            ]
        else:
            children = [(child, elsewhere) for child in value]
        if depth < MAX_DEPTH:
            queue.extend((child, away, depth + 1) for child, away in children if isinstance(child, dict | list))


def _resolved(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """Put the named object in place of a bare reference, one level deep, and leave bare references out of the list."""
    named: dict[str, Thing] = {}
    for node in nodes:
        name = node.thing.get("@id")
        if isinstance(name, str) and len(node.thing) > 1:
            named.setdefault(name, node.thing)
    return tuple(
        Node({key: _target(value, named) for key, value in node.thing.items()}, node.elsewhere)
        for node in nodes
        if not _is_reference(node.thing)
    )


def _is_reference(value: Any) -> bool:
    return isinstance(value, dict) and len(value) == 1 and "@id" in value


def _target(value: Any, named: Mapping[str, Thing]) -> Any:
    if isinstance(value, list):
        return [_target(item, named) if isinstance(item, dict) else item for item in value]
    if isinstance(value, dict) and _is_reference(value) and isinstance(value["@id"], str):
        return named.get(value["@id"], value)
    return value
