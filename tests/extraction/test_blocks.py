"""A piece of a page becomes lines, once each and in order; and clean HTML of the same words."""

from __future__ import annotations

from lxml import html as lxml_html

from scraper.extraction.blocks import Block, read_blocks, text_of
from scraper.extraction.body import clean_html
from scraper.extraction.document import read_document, visible_text

PAGE = "https://example.org/a/b"


def blocks_of(markup: str) -> list[Block]:
    return read_blocks(read_document(f"<div>{markup}</div>", PAGE).tree, PAGE)


def lines_of(markup: str) -> list[str]:
    return text_of(blocks_of(markup)).split("\n")


def test_text_outside_paragraphs_and_between_breaks_is_kept() -> None:
    assert lines_of("bare <p>one</p> tail<br><br>two<br>three") == ["bare", "one", "tail", "two", "three"]


def test_lists_quotations_and_headings_are_lines() -> None:
    markup = (
        "<h3>Head<br>line</h3><ul><li>a<ul><li>b</li></ul></li><li><p>c</p><p>d</p></li></ul><blockquote>e</blockquote>"
    )
    assert lines_of(markup) == ["Head line", "a", "b", "c", "d", "e"]


def test_a_row_of_a_table_is_one_line() -> None:
    assert lines_of("<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>") == ["a\tb", "1\t2"]


def test_what_no_reader_sees_is_left_out() -> None:
    markup = "<p>seen<script>x</script></p><p hidden>no</p><p style='display: none'>no</p><template>no</template>"
    assert lines_of(markup) == ["seen"]


def test_anchors_stand_where_their_words_do() -> None:
    (block,) = blocks_of("<p>Says <a href='/c?x=1'> the <b>paper</b></a>: yes</p>")
    (anchor,) = block.anchors
    assert (anchor.href, anchor.url) == ("/c?x=1", "https://example.org/c?x=1")
    assert block.text == "Says the paper: yes"
    assert block.anchor_text(anchor) == "the paper"


def test_links_that_leave_the_web_are_none() -> None:
    markup = "<p><a href='mailto:a@b.c'>m</a> <a href='#note'>n</a> <a href='javascript:x()'>j</a> <a href='http://['>b</a></p>"
    assert not blocks_of(markup)[0].anchors


def test_a_line_all_emphasised_or_small_is_soft() -> None:
    soft = [block.soft for block in blocks_of("<p><em>all</em></p><p><em>not</em> all</p><p><small>all</small></p>")]
    assert soft == [True, False, True]


def test_html_is_clean_and_says_the_same() -> None:
    markup = (
        "<p onclick='x()'>a <a href='/c' onclick='x()'>link</a> &lt;b&gt;<script>alert(1)</script></p>"
        "<ul><li>one<ul><li>in</li></ul></li></ul><iframe src='https://x'></iframe><a href='javascript:y()'>j</a>"
        "<em><p>across</p><p>blocks</p></em><form><input></form><style>p{}</style>"
    )
    blocks = blocks_of(markup)
    html = clean_html(blocks)
    assert html == (
        '<p>a <a href="https://example.org/c">link</a> &lt;b&gt;</p><ul><li>one<ul><li>in</li></ul></li></ul>'
        "<p>j</p><p><em>across</em></p><p><em>blocks</em></p>"
    )
    assert visible_text(lxml_html.fromstring(f"<div>{html}</div>")).split() == text_of(blocks).split()
