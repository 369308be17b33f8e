"""Which character set a page's bytes are in, as browsers decide it. Must not know HTML beyond its meta elements."""

from __future__ import annotations

import charset_normalizer
from w3lib.encoding import (
    html_body_declared_encoding,
    http_content_type_encoding,
    read_bom,
)

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


def page_text(content: bytes, content_type: str | None) -> str:
    """Decode a page; what its character set does not know becomes U+FFFD. `content_type` is the header's value."""
    return decode_text(content, charset_of(content, content_type))


def decode_text(content: bytes, charset: str) -> str:
    """Decode text without its byte order mark; what the character set does not know becomes U+FFFD."""
    mark = read_bom(content)[1]
    return content[len(mark or b"") :].decode(charset, "replace")


def charset_of(content: bytes, content_type: str | None) -> str:
    """Choose the character set, as a codec of Python's.

    Order of the WHATWG Encoding Standard: byte order mark, header, meta, detection; but bytes that are surely UTF-8
    are read as UTF-8 whatever header or meta call them.
    """
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
