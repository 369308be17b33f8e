"""Structured data is gathered whole, from broken JSON too, and the page's own article is told from the others."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.extraction.byline import choose_byline
from scraper.extraction.dates import choose_modified, choose_published
from scraper.extraction.dek import choose_dek
from scraper.extraction.document import Document, read_document
from scraper.extraction.headline import choose_headline
from scraper.extraction.jsonld import read_jsonld, types_of
from scraper.extraction.structured import is_article_type, read_structured

URL = "https://news.example/2024/05/harbour-reopens"


def _page(head: str = "", body: str = "") -> Document:
    return read_document(f"<html><head>{head}</head><body>{body}</body></html>", URL)


def _script(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


def _things(*scripts: str) -> list[dict[str, object]]:
    return [dict(node.thing) for node in read_jsonld(scripts)]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ('{"headline": "Harbour", "tags": ["a", "b",],}', {"headline": "Harbour", "tags": ["a", "b"]}),
        ('{"headline": "Two\nlines\tand a tab"}', {"headline": "Two\nlines\tand a tab"}),
        ('<!-- {"headline": "In a comment"} -->', {"headline": "In a comment"}),
        ('\n//<![CDATA[\n{"headline": "In CDATA"}\n//]]>\n', {"headline": "In CDATA"}),
        ('/* <![CDATA[ */ {"headline": "In CDATA"} /* ]]> */', {"headline": "In CDATA"}),
        ('{"headline": "A semicolon"};', {"headline": "A semicolon"}),
        ('{"headline": "She said "no" to it", "id": 1}', {"headline": 'She said "no" to it', "id": 1}),
        ('{"headline": "She said "no", twice", "id": 1}', {"headline": 'She said "no", twice', "id": 1}),
        (
            '{"headline": \'In single quotes, it\\\'s fine\', "id": 1}',
            {"headline": "In single quotes, it's fine", "id": 1},
        ),
        ('{"headline": "A bad \\x escape"}', {"headline": "A bad x escape"}),
        ('{"headline": "Cut off in the mid', {"headline": "Cut off in the mid"}),
        ('{"headline": "Kept", "broken": what is this, "lost": 1}', {"headline": "Kept"}),
        ("{&quot;headline&quot;: &quot;Escaped&quot;}", {"headline": "Escaped"}),
    ],
)
def test_broken_json_is_read(script: str, expected: dict[str, object]) -> None:
    assert _things(script)[0] == expected


def test_values_one_after_another_are_all_read() -> None:
    assert [thing["headline"] for thing in _things('{"headline": "One",}{"headline": "Two"}')] == ["One", "Two"]


def test_text_that_is_no_json_gives_nothing() -> None:
    assert _things("window.data = 1;", "", ";;;", "undefined") == []


def test_a_reference_is_replaced_by_the_object_it_names() -> None:
    graph = {
        "@graph": [
            {"@type": "Article", "headline": "Harbour", "author": {"@id": "#ana"}},
            {"@type": "Person", "@id": "#ana", "name": "Ana Roe"},
        ]
    }
    article = read_structured(_page(_script(graph))).article
    assert article["author"]["name"] == "Ana Roe"


def test_types_lose_their_vocabulary() -> None:
    assert types_of({"@type": ["http://schema.org/NewsArticle", "schema:Thing"]}) == ("NewsArticle", "Thing")
    assert types_of({"@type": 7}) == ()


@pytest.mark.parametrize("kind", ["Article", "ReportageNewsArticle", "BlogPosting", "LiveBlogPosting", "Report"])
def test_subclasses_of_article_are_articles(kind: str) -> None:
    assert is_article_type(kind)
    assert is_article_type(f"https://schema.org/{kind}")


def test_a_page_is_no_article_type() -> None:
    assert not is_article_type("WebPage")


def test_the_article_with_the_pages_address_is_the_pages_article() -> None:
    other = {"@type": "NewsArticle", "headline": "Another", "url": "https://news.example/other", "author": "B"}
    own = {"@type": "NewsArticle", "headline": "Harbour", "mainEntityOfPage": {"@id": URL + "/"}}
    assert read_structured(_page(_script([other, own]))).article["headline"] == "Harbour"


def test_an_article_inside_a_list_or_a_comment_is_not_the_pages() -> None:
    listed = {"@type": "ItemList", "itemListElement": [{"@type": "NewsArticle", "headline": "Listed"}]}
    page = {"@type": "WebPage", "headline": "Harbour", "comment": [{"@type": "Article", "headline": "A comment"}]}
    assert read_structured(_page(_script([listed, page]))).article["headline"] == "Harbour"


def test_metas_are_lower_case_on_one_line_and_read_twice_escaped_entities() -> None:
    data = read_structured(
        _page('<meta property="OG:Title" content=" Fish &amp;amp; \n chips "><meta name="x" content="">')
    )
    assert data.meta["og:title"] == ("Fish & chips",)
    assert "x" not in data.meta


def test_microdata_takes_the_authors_name_inside_its_scope() -> None:
    body = """<div itemscope itemtype="https://schema.org/NewsArticle"><h1 itemprop="headline">Harbour</h1>
      <span itemprop="author" itemscope itemtype="https://schema.org/Person"><b itemprop="name">Ana Roe</b>, here</span>
      <time itemprop="datePublished" datetime="2024-05-03T10:00:00Z">3 May</time></div>"""
    data = read_structured(_page(body=body))
    assert [item.value for item in data.properties("author")] == ["Ana Roe"]
    assert [item.value for item in data.properties("datepublished")] == ["2024-05-03T10:00:00Z"]
    assert data.times[0].datetime == "2024-05-03T10:00:00Z"


def test_the_site_names_itself() -> None:
    head = '<meta property="og:site_name" content="The Example">' + _script(
        {"@type": "NewsArticle", "headline": "H", "publisher": {"name": "Example Media"}}
    )
    assert read_structured(_page(head)).site_names == ("The Example", "Example Media", "news.example")


def test_ten_megabytes_of_json_ld_are_left_unread() -> None:
    huge = _script([{"@type": "NewsArticle", "headline": "x" * 90}] * 90_000)
    assert len(huge) > 10_000_000
    page = _page(huge + _script({"@type": "NewsArticle", "headline": "Harbour"}))
    started = time.process_time()
    assert read_structured(page).article["headline"] == "Harbour"
    assert time.process_time() - started < 1


@pytest.mark.parametrize("unit", ['"', '{"a":', "[", '"a" ', "',", '\\"', '{"a": "b" c, ', "  \n"])
def test_repair_is_linear(unit: str) -> None:
    broken = '{"headline": ' + unit * (200_000 // len(unit))
    started = time.process_time()
    read_jsonld([broken])
    assert time.process_time() - started < 4


@given(st.text(alphabet="{}[]\",:\\'ab1 \n/*<!->", max_size=200))
@settings(max_examples=80, deadline=None)
def test_no_text_breaks_the_reader(text: str) -> None:
    for node in read_jsonld([text]):
        assert isinstance(node.thing, dict)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["@type", "@id", "@graph", "headline", "author", "name", "url", "publisher", "mainEntityOfPage"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(_JSON)
@settings(max_examples=80, deadline=None)
def test_no_json_of_any_shape_breaks_the_reader(value: object) -> None:
    data = read_structured(_page(_script(value).replace("</", "<\\/").replace("<\\/script>", "</script>")))
    assert isinstance(data.linked("headline", "author"), list)


_TAGS = ["h1", "h2", "p", "div", "span", "a", "time", "li", "b", "nav", "figure", "article", "ul"]
_WORDS = ["By", "Ana Roe", "Ferry returns", "3 May 2024", "x" * 300, "Autor", "Datum", "|", "", "The Daily"]
_ATTRIBUTES = [
    "",
    "class=byline",
    "class=lead",
    "class=breadcrumb",
    "itemprop=author",
    "itemprop=headline",
    "rel=author",
]
_MARKUP = st.lists(
    st.tuples(st.sampled_from(_TAGS), st.sampled_from(_ATTRIBUTES), st.sampled_from(_WORDS), st.booleans()), max_size=25
)


@given(_MARKUP)
@settings(max_examples=80, deadline=None)
def test_no_markup_breaks_any_choice(parts: list[tuple[str, str, str, bool]]) -> None:
    body = "".join(f"<{tag} {mark}>{words}" + (f"</{tag}>" if closed else "") for tag, mark, words, closed in parts)
    document = _page(body=body)
    data = read_structured(document)
    headline = choose_headline(document, data)
    byline, _ = choose_byline(document, data)
    published = choose_published(document, data)
    dek = choose_dek(document, data, headline.value)
    assert all(text is None or text.strip() for text in (headline.value, byline.line, published.value, dek.value))
    assert choose_modified(document, data).value is None


@pytest.mark.parametrize(
    "body",
    [
        "<h1>Ferry</h1>" + "<div class=byline>" * 3_000 + "By Ana Roe",
        "<h1>Ferry</h1>" + "<span class=author>Ana</span>" * 10_000,
        "<h1>" * 5_000 + "Ferry",
        "<time>3 May 2024</time>" * 10_000,
        "<p>" + "</p><p>".join(["word " * 40] * 8_000),
        "<b>Autor</b> x " * 4_000,
        f"<h1 {' '.join(f'a{number}=b' for number in range(6_000))}>Ferry</h1>",
    ],
)
def test_hostile_markup_takes_bounded_time(body: str) -> None:
    document = _page(body=body)
    started = time.process_time()
    data = read_structured(document)
    headline = choose_headline(document, data)
    choose_byline(document, data)
    choose_dek(document, data, headline.value)
    assert time.process_time() - started < 4
