"""The page as one parsed tree, decoded the way browsers decode, and the small text functions all readers share.

Must not know what an article is, and must not change the tree it made.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Any

import charset_normalizer
from lxml import etree
from lxml import html as lxml_html
from w3lib.encoding import (
    html_body_declared_encoding,
    http_content_type_encoding,
    read_bom,
)

Element = Any
"""An lxml element. lxml carries no types of its own."""

_EMPTY = b"<html><head></head><body></body></html>"
_DETECTION_SAMPLE = 40_000
# U+00AD, U+200B, U+2060 and U+FEFF mark places to break or not to break a line; no reader sees them. U+200C and
# U+200D stay: Persian and the Indic scripts spell with them.
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
UNSEEN = frozenset({"script", "style", "template", "noscript", "head", "title", "svg", "textarea", "select", "iframe"})
"""Elements whose text no reader sees as text."""
BLOCKS = frozenset(
    "address article aside blockquote body br caption dd details div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody td tfoot th thead tr ul".split()
)
"""Elements that start and end a line."""


@dataclass(frozen=True, slots=True)
class Document:
    """One page: its address, decoded text, lxml root, and the character set it was decoded with."""

    url: str
    html: str
    tree: Element
    encoding: str


def read_document(content: bytes | str, url: str, content_type: str | None = None) -> Document:
    """Decode and parse one page, once. Never raises: what cannot be parsed is an empty page.

    `content_type` is the Content-Type header. Order of the WHATWG Encoding Standard: byte order mark, header, meta,
    detection.
    """
    if isinstance(content, bytes):
        encoding = _encoding(content, content_type)
        text = _decode(content, encoding)
    else:
        encoding, text = "utf-8", content
    return Document(url, text, _parse(text), encoding)


def _encoding(content: bytes, content_type: str | None) -> str:
    """Choose the character set, in the order browsers use."""
    declared = (
        read_bom(content)[0]
        or _text_codec(http_content_type_encoding(content_type))
        or _meta_codec(html_body_declared_encoding(content))
    )
    return declared or _detected(content)


def _text_codec(name: str | None) -> str | None:
    """Return `name` when it is a codec that gives text; Python also knows `hex` and `rot13`."""
    if name is None:
        return None
    try:
        b"".decode(name)
    except (LookupError, UnicodeError):
        return None
    return name


def _meta_codec(name: str | None) -> str | None:
    """Return the codec a meta element names. A meta read as ASCII cannot truly be UTF-16: the standard says UTF-8."""
    name = _text_codec(name)
    return "utf-8" if name and name.lower().startswith(("utf-16", "utf-32")) else name


def _detected(content: bytes) -> str:
    """Guess the character set of a page that names none."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(content)
    except UnicodeDecodeError:
        best = charset_normalizer.from_bytes(content[:_DETECTION_SAMPLE]).best()
        return best.encoding if best is not None else "cp1252"
    return "utf-8"


def _decode(content: bytes, encoding: str) -> str:
    bom = read_bom(content)[1]
    return content[len(bom or b"") :].decode(encoding, "replace")


def _parse(text: str) -> Element:
    """Parse text to an lxml root. As UTF-8 bytes, because lxml refuses text that carries an XML declaration."""
    content = _CONTROLS.sub("", text).encode("utf-8", "replace")
    parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        tree = lxml_html.document_fromstring(content, parser=parser) if content.strip() else None
    except (etree.ParserError, etree.XMLSyntaxError):
        tree = None
    return lxml_html.document_fromstring(_EMPTY, parser=parser) if tree is None else tree


def normalise_space(text: str) -> str:
    """Collapse white space, no-break spaces included, to single spaces; drop characters that no reader sees."""
    return " ".join(text.translate(_INVISIBLE).split())


def visible_text(element: Element) -> str:
    """Return an element's text on one line as a reader sees it: blocks and `br` part words, scripts are left out."""
    return " ".join(visible_lines(element))


def visible_lines(element: Element) -> list[str]:
    """Return an element's text as lines: every block and every `br` starts a new one; no line is empty."""
    parts: list[str] = []
    _collect(element, parts)
    lines = (normalise_space(line) for line in "".join(parts).split("\0"))
    return [line for line in lines if line]


def _collect(root: Element, parts: list[str]) -> None:
    """Append text in page order, NUL where a line ends. A loop and not a recursion: pages nest thousands deep."""
    skip: Element | None = None
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        if event == "start":
            if skip is not None:
                continue
            if not isinstance(tag, str) or tag in UNSEEN:
                skip = element
                continue
            if tag in BLOCKS:
                parts.append("\0")
            if element.text:
                parts.append(element.text)
            continue
        if skip is not None and element is not skip:
            continue
        skip = None
        if tag in BLOCKS:
            parts.append("\0")
        if element is not root and element.tail:
            parts.append(element.tail)
