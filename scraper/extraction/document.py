"""The page as one parsed tree, decoded the way browsers decode, and the small text functions all readers share.

Must not know what an article is, and must not change the tree it made.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from archive.charset import charset_of, decode_text

Element = Any
"""An lxml element. lxml carries no types of its own."""

_EMPTY = b"<html><head></head><body></body></html>"
# U+00AD, U+200B, U+2060 and U+FEFF mark places to break or not to break a line; no reader sees them. U+200C and
# U+200D stay: Persian and the Indic scripts spell with them.
INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
# What XML, and so lxml, does not allow: control characters, one byte each in UTF-8, and two that are no characters.
_CONTROLS = bytes({*range(0x20)} - {*b"\t\n\r"})
_NO_CHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")
UNSEEN = frozenset({"script", "style", "template", "noscript", "head", "title", "svg", "textarea", "select", "iframe"})
"""Elements whose text no reader sees as text."""
_BLOCK_NAMES = (
    "address article aside blockquote body br caption dd details div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody td tfoot th thead tr ul"
)
BLOCKS = frozenset(_BLOCK_NAMES.split())
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

    `content_type` is the Content-Type header.
    """
    if isinstance(content, bytes):
        encoding = charset_of(content, content_type)
        text = decode_text(content, encoding)
    else:
        encoding, text = "utf-8", content
    # One spelling of each letter: lists of words and names are written so, and so are fingerprints.
    text = unicodedata.normalize("NFC", text)
    return Document(url, text, _parse(text), encoding)


def _parse(text: str) -> Element:
    """Parse text to an lxml root. As UTF-8 bytes, because lxml refuses text that carries an XML declaration."""
    content = text.encode("utf-8", "replace").translate(None, _CONTROLS)
    for character in _NO_CHARACTERS:
        content = content.replace(character, b"")
    parser = _parser()
    try:
        tree = lxml_html.document_fromstring(content, parser=parser) if content.strip() else None
    except (etree.ParserError, etree.XMLSyntaxError):
        tree = None
    return lxml_html.document_fromstring(_EMPTY, parser=parser) if tree is None else tree


def _parser() -> etree.HTMLParser:
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    # lxml.html's own parser asks a Python function for the class of every element, to serve forms.
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=lxml_html.HtmlElement))
    return parser


def normalise_space(text: str) -> str:
    """Collapse white space, no-break spaces included, to single spaces; drop characters that no reader sees."""
    return " ".join((text if text.isascii() else text.translate(INVISIBLE)).split())


def visible_text(element: Element, most: int | None = None) -> str:
    """Return an element's text on one line as a reader sees it: blocks and `br` part words, scripts are left out.

    With `most` the reading stops after so many characters, give or take a paragraph.
    """
    return " ".join(visible_lines(element, most))


def visible_lines(element: Element, most: int | None = None) -> list[str]:
    """Return an element's text as lines: every block and every `br` starts a new one; no line is empty."""
    parts: list[str] = []
    _collect(element, parts, most)
    lines = (normalise_space(line) for line in "".join(parts).split("\0"))
    return [line for line in lines if line]


def _collect(root: Element, parts: list[str], most: int | None) -> None:
    """Append text in page order, NUL where a line ends. A loop and not a recursion: pages nest thousands deep."""
    length = 0
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        starts = event == "start"
        if starts and (not isinstance(tag, str) or tag in UNSEEN):
            walk.skip_subtree()
            continue
        if tag in BLOCKS:
            parts.append("\0")
        text = element.text if starts else None if element is root else element.tail
        if text:
            parts.append(text)
            length += len(text) if most is not None and not text.isspace() else 0
            if most is not None and length > most:
                return
