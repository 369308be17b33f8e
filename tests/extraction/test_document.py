"""Pages are decoded as browsers decode them, and parsed whatever they hold."""

from __future__ import annotations

import pytest

from scraper.extraction.document import read_document, visible_lines, visible_text

WORDS = "Zażółć gęślą jaźń — “Привет”"


def text_of(content: bytes | str, content_type: str | None = None) -> str:
    return visible_text(read_document(content, "https://example.org/", content_type).tree)


def test_a_byte_order_mark_comes_before_the_header() -> None:
    content = b"\xef\xbb\xbf" + f"<p>{WORDS}</p>".encode()
    assert text_of(content, "text/html; charset=windows-1251") == WORDS


def test_the_header_comes_before_meta() -> None:
    content = "<meta charset=windows-1251><p>Ł</p>".encode("iso-8859-2")
    assert text_of(content, "text/html; charset=iso-8859-2") == "Ł"


def test_latin_1_is_windows_1252() -> None:
    assert text_of(b"<meta charset=iso-8859-1><p>\x93price\x94 \x80 5 \xe9</p>") == "“price” € 5 é"


def test_utf_8_under_a_wrong_name_is_read_as_utf_8() -> None:
    assert text_of(f"<meta charset=iso-8859-1><p>{WORDS}</p>".encode()) == WORDS


def test_without_any_name_it_is_guessed() -> None:
    assert text_of(f"<p>{WORDS}</p>".encode()) == WORDS
    assert "Москва" in text_of(("<p>" + "Москва сообщила, что переговоры продолжатся. " * 20).encode("cp1251"))


@pytest.mark.parametrize("name", ["hex", "utf-16", "no-such-charset", "rot13"])
def test_a_meta_that_names_no_character_set_of_text_is_passed_over(name: str) -> None:
    assert text_of(f"<meta charset={name}><p>{WORDS}</p>".encode()) == WORDS


@pytest.mark.parametrize("content", [b"", b"\0\0", "", "<!-- -->", b"\xff\xfe", "<?xml version='1.0' encoding='x'?>"])
def test_nothing_is_an_empty_page(content: bytes | str) -> None:
    assert text_of(content) == ""


def test_deep_nesting_and_long_text_are_read() -> None:
    assert text_of("<div>" * 2_000 + "deep") == "deep"
    assert len(text_of("<p>" + "a" * 11_000_000)) == 11_000_000


def test_visible_text_is_what_a_reader_sees() -> None:
    page = read_document(
        "<p>one<br>two<b>three</b>&nbsp;\u200bfo\u00adur<script>no</script><template>no</template> five</p>six", ""
    )
    assert visible_lines(page.tree) == ["one", "twothree four five", "six"]
