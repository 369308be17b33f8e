"""Pages that are no articles are set aside with the reason, in whatever language they say so."""

from __future__ import annotations

import pytest

from scraper.extraction.article import extract_article
from scraper.extraction.errors import NotAnArticle

PROSE = (
    "<p>"
    + "The committee met again on the question of the pipeline, and no one liked the answer it gave. " * 4
    + "</p>"
)
CARDS = "".join(f"<div class=card><a href='/a{n}'><h2>Ministers meet on item {n}</h2></a></div>" for n in range(25))
MENU = "<nav>" + "".join(f"<a href='/s{n}'>Section {n}</a> " for n in range(30)) + "</nav>"


def page(title: str, body: str, head: str = "") -> str:
    return f"<html><head><title>{title}</title>{head}</head><body>{MENU}{body}</body></html>"


def reason_of(html: str, url: str = "https://example.org/a") -> str:
    with pytest.raises(NotAnArticle) as caught:
        extract_article(html, url)
    return caught.value.reason


@pytest.mark.parametrize(
    ("title", "reason"),
    [
        ("Just a moment...", "challenge page"),
        ("Attention Required! | Cloudflare", "challenge page"),
        ("Page not found | The Paper", "soft 404"),
        ("Seite nicht gefunden - Die Zeitung", "soft 404"),
        ("Page introuvable", "soft 404"),
        ("Страница не найдена", "soft 404"),
        ("页面不存在", "soft 404"),
        ("Sign in - The Paper", "login page"),
        ("Anmelden | Die Zeitung", "login page"),
        ("We value your privacy", "consent wall"),
        ("Down for maintenance", "maintenance page"),
        ("503 Service Unavailable", "maintenance page"),
    ],
)
def test_a_notice_is_known_by_its_title(title: str, reason: str) -> None:
    assert reason_of(page(title, f"<h1>{title}</h1><p>Try again later.</p>")) == reason


def test_a_soft_404_full_of_cards_is_one() -> None:
    assert reason_of(page("Page not found", f"<h1>Page not found</h1>{CARDS}")) == "soft 404"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://example.org/", "home page"),
        ("https://example.org/tag/nato", "tag page"),
        ("https://example.org/author/ada", "author page"),
        ("https://example.org/search?q=nato", "search page"),
        ("https://example.org/news/page/3", "index page"),
    ],
)
def test_a_list_is_known_by_its_address(url: str, reason: str) -> None:
    assert reason_of(page("NATO", f"<h1>NATO</h1>{PROSE}{CARDS}"), url) == reason


def test_a_page_made_by_script_is_an_empty_shell() -> None:
    shell = "<div id=root></div><noscript>You need to enable JavaScript to run this app.</noscript>"
    assert reason_of(f"<html><body>{shell}</body></html>") == "empty shell"
    assert reason_of("") == "empty shell"


def test_a_locked_article_with_its_first_lines_is_a_teaser() -> None:
    data = '{"@type":"NewsArticle","headline":"The story","datePublished":"2024-01-01","isAccessibleForFree":false}'
    head = f"<script type='application/ld+json'>{data}</script>"
    body = "<h1>The story</h1><article><p>The first words of it are free for all to read.</p></article>"
    assert reason_of(page("The story", body, head)) == "paywall teaser"


@pytest.mark.parametrize(
    "title", ["The committee met", "Why nobody minds the captcha", "Down for maintenance: a year on"]
)
def test_an_article_is_one_whatever_its_headline_says(title: str) -> None:
    article = extract_article(page(title, f"<article><h1>{title}</h1>{PROSE * 6}</article>"), "https://example.org/a")
    assert article.headline == title
