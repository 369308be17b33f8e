"""A page's bytes become the text that browsers show, and the one that is read is the one that is shown."""

from __future__ import annotations

import pytest

from archive.charset import page_text
from scraper.extraction.document import read_document

RUSSIAN = "Паром ходит ещё две зимы, сказал министр, и потом мост откроют для всех. " * 8
PAGES = [
    ("Öl über alles".encode(), "text/html; charset=iso-8859-1", "Öl über alles"),
    ("Öl".encode("latin-1"), "text/html; charset=iso-8859-1", "Öl"),
    ('<meta charset="koi8-r">Нефть'.encode("koi8-r"), None, '<meta charset="koi8-r">Нефть'),
    (b"\xef\xbb\xbfplain", None, "plain"),
    ("\ufeffÖl".encode("utf-16-le"), "text/html; charset=utf-8", "Öl"),
    (b'<meta charset="utf-16">plain', "text/html", '<meta charset="utf-16">plain'),
    ("a “word” among many others – and one more".encode("cp1252"), None, "a “word” among many others – and one more"),
    (RUSSIAN.encode("cp1251"), "text/html", RUSSIAN),
    ("grüße ".encode() * 20 + b"\xff", "text/html", "grüße " * 20 + "\ufffd"),
    (b"", None, ""),
]


@pytest.mark.parametrize(("content", "content_type", "text"), PAGES)
def test_a_page_is_decoded_as_browsers_do(content: bytes, content_type: str | None, text: str) -> None:
    assert page_text(content, content_type) == text
    assert read_document(content, "https://example.org/a", content_type).html == text
