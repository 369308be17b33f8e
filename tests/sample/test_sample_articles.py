"""The sample's articles: the format, the small Markdown, and the answer key."""

from __future__ import annotations

import pytest

from scraper.sample.articles import ArticleError, load_articles, read_article
from scraper.sample.prose import Anchor, ProseError, inline_html, read_blocks

TEXT = """+++
path = "/2021/03/04/two-bridges/"
post_id = 2670300001
era = "wordpress"
headline = "Two bridges"
labels = ["analysis", "Global Crises", "Europe"]
authors = ["Ana Ruiz"]
published = 2021-03-04T23:30:05-05:00
listed_in = ["feed"]
lead_form = "hero"
credit_place = "none"
[lead]
id = 1
name = "image.jpg"
[[inline]]
id = 2
name = "chart.png"
+++
A [*first* word](https://a.example/x_(y)?q=1) and **a [second](/b/)**,
on two lines.

## Then

- one
- two

![](2)

> Said
> once.
>
> Said again.
"""


def test_an_article_gives_what_the_store_should_hold() -> None:
    article = read_article(TEXT)
    assert article.url == "https://meridianreview.example/2021/03/04/two-bridges/"
    assert article.published_at == "2021-03-05T04:30:05+00:00"
    assert (article.type, article.section) == ("analysis", "Europe")
    assert (article.dek, article.modified_at) == (None, None)
    assert article.lead_alt == "Two bridges"
    assert article.body_text.splitlines() == [
        "A first word and a second, on two lines.",
        "Then",
        "one",
        "two",
        "Said once.",
        "Said again.",
    ]
    assert article.links == (Anchor("https://a.example/x_(y)?q=1", "first word"), Anchor("/b/", "second"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("+++\npath", "path", "no front matter"),
        ("![](2)", "![](3)", "images in the body"),
        ('listed_in = ["feed"]', "listed_in = []", "listed_in is empty"),
        ("05-05:00", "05", "no offset"),
        ('era = "wordpress"', 'period = "wordpress"', "period"),
        ('bridges/"', 'bridges"', "does not begin and end"),
        ("## Then", "# Then", "does not know"),
    ],
)
def test_a_wrong_file_is_named_with_what_is_wrong(old: str, new: str, said: str) -> None:
    assert old in TEXT
    with pytest.raises(ArticleError, match=f"two-bridges.md: .*{said}"):
        read_article(TEXT.replace(old, new), "two-bridges.md")


def test_inline_html_is_escaped() -> None:
    assert inline_html('R&D <x> *a* [b](/c?d=1&e="f")') == (
        'R&amp;D &lt;x&gt; <em>a</em> <a href="/c?d=1&amp;e=&quot;f&quot;" target="_blank">b</a>'
    )


def test_unknown_markdown_is_refused() -> None:
    with pytest.raises(ProseError, match=r"1\. first"):
        read_blocks("1. first")


def test_the_package_carries_forty_articles_of_some_length() -> None:
    articles = load_articles()
    assert len(articles) >= 40
    for name in ("path", "post_id", "headline"):
        assert len({getattr(article, name) for article in articles}) == len(articles), name
    ids = [image.id for article in articles for image in (article.lead, *article.inline)]
    assert len(set(ids)) == len(ids)
    lengths = sorted(len(article.body_text.split()) for article in articles)
    assert lengths[len(lengths) // 2] >= 300
    assert [article.published for article in articles] == sorted((a.published for a in articles), reverse=True)


def test_the_articles_show_every_case_of_the_front_matter() -> None:
    articles = load_articles()
    assert {article.era for article in articles} == {"rebelmouse", "wordpress"}
    assert {article.lead_form for article in articles} == {"hero", "runner", "div", "og"}
    assert {a.credit_place for a in articles} == {"photo-caption", "photo-credit", "body-last", "body-last-em", "none"}
    kinds = {(a.type is not None, a.section is not None) for a in articles}
    assert kinds == {(True, True), (True, False), (False, True), (False, False)}
    assert {frozenset(article.listed_in) for article in articles} >= {
        frozenset({"section"}),
        frozenset({"sitemap"}),
        frozenset({"feed"}),
    }
    assert {len(article.authors) for article in articles} >= {0, 1, 2, 3}
    assert {article.dek is None for article in articles} == {True, False}
    assert {article.modified is None for article in articles} == {True, False}
    assert any(article.around for article in articles)
    assert any(article.jsonld_own_name for article in articles)
    assert any(image.credit.endswith("rbl.ms") for article in articles for image in article.inline)
    series = [article.headline.partition(":")[0] for article in articles if ":" in article.headline]
    assert max(map(series.count, series)) >= 3
