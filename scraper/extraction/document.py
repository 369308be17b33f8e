"""The page as one parsed tree, decoded the way browsers decode, and the small text functions all readers share.

Must not know what an article is, and must not change the tree it made.
"""

from __future__ import annotations

import re
import unicodedata
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
_TIED = 0.005
# Character sets of Latin letters, with the languages that cannot be written in windows-1252.
_LATIN_SETS: dict[str, frozenset[str]] = {
    "cp1252": frozenset(),
    "cp1250": frozenset({"Polish", "Czech", "Slovak", "Hungarian", "Slovene", "Croatian", "Romanian"}),
    "iso8859_2": frozenset({"Polish", "Czech", "Slovak", "Hungarian", "Slovene", "Croatian", "Romanian"}),
    "cp1254": frozenset({"Turkish"}),
    "cp1257": frozenset({"Lithuanian", "Latvian", "Estonian"}),
}
_OTHER_SETS = (
    *("cp1251", "koi8_r", "koi8_u", "iso8859_5", "cp1253", "cp1255", "cp1256", "cp874"),
    *("cp932", "euc_jp", "gb18030", "big5", "cp949"),
)
# U+00AD, U+200B, U+2060 and U+FEFF mark places to break or not to break a line; no reader sees them. U+200C and
# U+200D stay: Persian and the Indic scripts spell with them.
INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
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

    `content_type` is the Content-Type header. Order of the WHATWG Encoding Standard: byte order mark, header, meta,
    detection; but bytes that are surely UTF-8 are read as UTF-8 whatever header or meta call them.
    """
    if isinstance(content, bytes):
        encoding = _encoding(content, content_type)
        text = _decode(content, encoding)
    else:
        encoding, text = "utf-8", content
    # One spelling of each letter: lists of words and names are written so, and so are fingerprints.
    text = unicodedata.normalize("NFC", text)
    return Document(url, text, _parse(text), encoding)


def _encoding(content: bytes, content_type: str | None) -> str:
    """Choose the character set, in the order browsers use, but not one that the bytes disprove."""
    bom: str | None = read_bom(content)[0]
    if bom is not None:
        return bom
    header = _text_codec(http_content_type_encoding(content_type))
    declared: str | None = header or _meta_codec(html_body_declared_encoding(content))
    if declared is None:
        return _detected(content)
    return "utf-8" if declared != "utf-8" and _is_surely_utf8(content) else declared


def _is_surely_utf8(content: bytes) -> bool:
    """Tell bytes that other character sets do not give by chance: beyond ASCII and valid UTF-8 throughout.

    Pages are often converted to UTF-8 by a system that leaves the old name in their head.
    """
    if content.isascii():
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _text_codec(name: str | None) -> str | None:
    """Return `name` when it is a codec that gives text; Python also knows `hex` and `rot13`."""
    if name is None:
        return None
    try:
        b"a".decode(name)
    except (LookupError, UnicodeError):
        return None
    return name


def _meta_codec(name: str | None) -> str | None:
    """Return the codec a meta element names. A meta read as ASCII cannot truly be UTF-16: the standard says UTF-8."""
    name = _text_codec(name)
    return "utf-8" if name and name.lower().startswith(("utf-16", "utf-32")) else name


def _detected(content: bytes) -> str:
    """Guess the character set of a page that names none, among those that browsers know."""
    if b"\x1b$" in content:
        return "iso2022_jp"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        if not _is_damaged_utf8(content):
            return _guessed(content[max(0, error.start - 1_000) : error.start + _DETECTION_SAMPLE])
    return "utf-8"


def _is_damaged_utf8(content: bytes) -> bool:
    """Tell UTF-8 with a few bytes cut or changed from other character sets, which are hardly ever valid UTF-8."""
    text = content.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    return len(text) - len(text.encode("ascii", "ignore")) > 10 * wrong


def _guessed(sample: bytes) -> str:
    """Guess a character set by the letters it gives; where windows-1252 does as well, it is that, as in browsers."""
    matches = list(charset_normalizer.from_bytes(sample, cp_isolation=[*_LATIN_SETS, *_OTHER_SETS]))
    best = [match for match in matches if match.chaos <= matches[0].chaos + _TIED]
    fitting = [match for match in best if match.language in _LATIN_SETS.get(match.encoding, {match.language})]
    western = max((match.coherence for match in best if match.encoding == "cp1252"), default=-1.0)
    return next((match.encoding for match in fitting if match.coherence > western), "cp1252")


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
