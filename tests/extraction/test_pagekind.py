"""Pages that are no articles are set aside with the reason, in whatever language they say so; articles never are."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from scraper.extraction.article import extract_article
from scraper.extraction.errors import NotAnArticle

SENTENCE = "The committee met again on the question of the pipeline, and no one liked the answer it gave. "
PROSE = f"<p>{SENTENCE * 4}</p>"
CARDS = "".join(f"<div class=card><a href='/a{n}'><h2>Ministers meet on item {n}</h2></a></div>" for n in range(25))
MENU = "<nav>" + "".join(f"<a href='/s{n}'>Section {n}</a> " for n in range(30)) + "</nav>"
DATED = "<time datetime='2024-05-02T09:00:00Z'>2 May 2024</time>"


def page(title: str, body: str, head: str = "") -> str:
    return f"<html><head><title>{title}</title>{head}</head><body>{MENU}{body}</body></html>"


def stated(**more: object) -> str:
    thing = {"@type": "NewsArticle", "headline": "The pipeline story", "datePublished": "2024-01-01T08:00:00Z", **more}
    return f"<script type='application/ld+json'>{json.dumps(thing)}</script>"


def reason_of(html: str, url: str = "https://example.org/a") -> str:
    with pytest.raises(NotAnArticle) as caught:
        extract_article(html, url)
    return caught.value.reason


def is_article(html: str, url: str = "https://example.org/a") -> bool:
    return len(extract_article(html, url).body_text) > 100


NOTICES: Mapping[str, tuple[str, ...]] = {
    "challenge page": (
        "Just a moment...",
        "Attention Required! | Cloudflare",
        "Verify you are human",
        "Pardon Our Interruption",
        "Zugriff verweigert",
        "Vérifiez que vous êtes humain",
        "Acceso denegado",
        "Подтвердите, что вы не робот",
        "请确认您是真人",
        "잠시만 기다려 주세요",
        "רק רגע",
    ),
    "soft 404": (
        "Page not found | The Paper",
        "404 - The Paper",
        "This article is no longer available",
        "Seite nicht gefunden - Die Zeitung",
        "Page introuvable",
        "Página no encontrada",
        "Pagina non trovata",
        "Página não encontrada",
        "Pagina niet gevonden",
        "Sidan kunde inte hittas",
        "Siden blev ikke fundet",
        "Sivua ei löytynyt",
        "Nie znaleziono strony",
        "Страница не найдена",
        "Сторінку не знайдено",
        "Sayfa bulunamadı",
        "ページが見つかりません",
        "页面不存在",
        "페이지를 찾을 수 없습니다",
        "الصفحة غير موجودة",
        "הדף לא נמצא",
    ),
    "login page": (
        "Sign in - The Paper",
        "Anmelden | Die Zeitung",
        "Connexion",
        "Iniciar sesión",
        "Inloggen",
        "Logga in",
        "Zaloguj się",
        "ログイン",
        "تسجيل الدخول",
    ),
    "consent wall": (
        "We value your privacy",
        "Ihre Privatsphäre ist uns wichtig",
        "Before you continue",
        "Antes de continuar",
        "La tua privacy è importante",
        "Twoja prywatność",
    ),
    "maintenance page": (
        "Down for maintenance",
        "503 Service Unavailable",
        "Wartungsarbeiten",
        "Site en maintenance",
        "Технические работы",
        "网站维护中",
    ),
    "newsletter page": ("Newsletters", "Newsletter abonnieren", "Nieuwsbrieven", "Nyhetsbrev", "뉴스레터"),
}


@pytest.mark.parametrize(("reason", "title"), [(reason, title) for reason in NOTICES for title in NOTICES[reason]])
def test_a_notice_is_known_by_its_titles(reason: str, title: str) -> None:
    assert reason_of(page(title, f"<h1>{title}</h1><p>Try again later.</p>")) == reason


@pytest.mark.parametrize("excerpt", ["", f"<p>{SENTENCE}</p>"])
def test_a_soft_404_full_of_cards_is_none_the_less_one(excerpt: str) -> None:
    cards = "".join(f"<h3><a href='/b{n}'>Ministers meet on item {n}</a></h3>{excerpt}" for n in range(8))
    head = "<meta property='og:type' content='article'>"
    assert reason_of(page("Page not found", f"<h1>Page not found</h1>{cards}", head)) == "soft 404"


def test_a_consent_wall_of_many_words_is_one() -> None:
    line = "We and our 310 partners store cookies on your device, with your consent, to measure audiences. "
    assert reason_of(page("The Paper", f"<h1>Your choices at The Paper</h1><p>{line * 6}</p>" * 8)) == "consent wall"


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


CARD = {
    "heading": "<article><h2><a href='/x{n}'>Ministers meet on item {n}</a></h2><p>" + SENTENCE + "</p></article>",
    "plain line": "<div><a href='/x{n}'>Ministers meet on item {n}</a></div><p>" + SENTENCE * 2 + "</p>",
    "pointer": "<div><h3>Ministers meet on item {n}</h3><p>" + SENTENCE * 2 + "</p><a href='/x{n}'>Read more</a></div>",
    "linked as a whole": "<a href='/x{n}'><h3>Ministers meet on item {n}</h3><p>" + SENTENCE + "</p></a>",
    "whole post": "<article><h2><a href='/x{n}'>Ministers meet on item {n}</a></h2>" + PROSE * 4 + "</article>",
}


@pytest.mark.parametrize("card", CARD.values(), ids=CARD)
@pytest.mark.parametrize("head", ["", "<meta property='og:type' content='article'>"], ids=["", "og:type article"])
def test_a_list_is_known_by_its_looks(card: str, head: str) -> None:
    cards = "".join(card.format(n=n) for n in range(10))
    assert reason_of(page("Energy", f"<h1>Energy</h1>{cards}", head)) == "index page"


@pytest.mark.parametrize(
    ("title", "reason"),
    [
        ('Search results for "pipeline"', "search page"),
        ("Suchergebnisse für „Gas“", "search page"),
        ("Alle Artikel von Ada Kern", "author page"),
        ("「ダム」の検索結果", "search page"),
        ("Tous les articles sur le gaz", "tag page"),
    ],
)
def test_a_list_says_by_its_title_of_what_kind_it_is(title: str, reason: str) -> None:
    cards = "".join(CARD["heading"].format(n=n) for n in range(10))
    assert reason_of(page(title, f"<h1>{title}</h1>{cards}")) == reason


@pytest.mark.parametrize(
    "title",
    ["About us", "Privacy policy", "Impressum", "Mentions légales", "Quiénes somos", "Om oss", "О нас", "会社概要"],
)
@pytest.mark.parametrize("kind", ["website", "article"])
def test_a_page_that_stands_for_good_is_no_article(title: str, kind: str) -> None:
    head = f"<meta property='og:type' content='{kind}'>"
    assert reason_of(page(f"{title} | The Paper", f"<article><h1>{title}</h1>{PROSE * 6}</article>", head)) == (
        "standing page"
    )


def test_products_and_events_are_known_by_what_they_state() -> None:
    for kind, reason in (("Product", "product page"), ("Event", "event page")):
        head = f"<script type='application/ld+json'>{json.dumps({'@type': kind, 'name': 'A bag'})}</script>"
        assert reason_of(page("A bag", f"<h1>A bag</h1>{PROSE * 2}", head)) == reason
    assert reason_of(page("A bag", f"<h1>A bag</h1>{PROSE * 2}<button>Add to cart</button>")) == "product page"


def test_a_page_made_by_script_is_an_empty_shell_and_a_stub_a_redirect() -> None:
    shell = "<div id=root></div><noscript>You need to enable JavaScript to run this app.</noscript>"
    assert reason_of(f"<html><body>{shell}</body></html>") == "empty shell"
    assert reason_of("") == "empty shell"
    stub = "<meta http-equiv=refresh content='0; url=/b'><body><a href='/b'>Moved</a>"
    assert reason_of(stub) == "redirect page"


def test_pictures_alone_are_no_body() -> None:
    pictures = "<figure><img src='/p.jpg'></figure>" * 12
    assert reason_of(f"<title>Ferries in pictures</title><body><h1>Ferries in pictures</h1>{pictures}") == "no body"


OFFER = "<div class='paywall'><h2>Subscribe to continue reading</h2><p>Already a subscriber? Log in.</p></div>"


@pytest.mark.parametrize(
    ("head", "words", "offer"),
    [
        (stated(isAccessibleForFree=False), 1, ""),
        (stated(isAccessibleForFree="False"), 5, OFFER),
        (stated(), 3, OFFER),
        ("<meta property='og:type' content='article'>", 3, OFFER),
        (stated(isAccessibleForFree=False), 5, "<div class=box>Jetzt weiterlesen mit Abo</div>"),
    ],
)
def test_first_lines_with_an_offer_are_a_teaser(head: str, words: int, offer: str) -> None:
    body = f"<h1>The pipeline story</h1><article><p>{SENTENCE * words}</p>{offer}</article>"
    assert reason_of(page("The pipeline story", body, head)) == "paywall teaser"


@pytest.mark.parametrize("head", [stated(isAccessibleForFree=False), stated(), ""])
def test_a_whole_article_is_none_whatever_is_offered_below(head: str) -> None:
    assert is_article(page("The pipeline story", f"<h1>The pipeline story</h1>{PROSE * 5}{OFFER}", head))


@pytest.mark.parametrize(
    "title", ["The committee met", "Why nobody minds the captcha", "Down for maintenance: a year on", "About the dam"]
)
def test_an_article_is_one_whatever_its_headline_says(title: str) -> None:
    article = extract_article(page(title, f"<article><h1>{title}</h1>{PROSE * 6}</article>"), "https://example.org/a")
    assert article.headline == title


@pytest.mark.parametrize("path", ["/archives/2231", "/topics/gas/the-dam", "/tag/2024/05/the-dam", "/about-the-dam"])
def test_an_article_is_one_whatever_its_address_begins_with(path: str) -> None:
    title = "A dam, a river and a harvest that was lost"
    assert is_article(page(title, f"<h1>{title}</h1>{DATED}{PROSE * 3}"), f"https://example.org{path}")


def test_an_article_may_have_many_others_beside_it() -> None:
    title = "A dam, a river and a harvest that was lost"
    cards = "".join(CARD["heading"].format(n=n) for n in range(12))
    body = f"<main><h1>{title}</h1>{DATED}{PROSE * 3}</main><section><h2>More</h2>{cards}</section>"
    assert is_article(page(title, body))


def test_an_article_may_stand_behind_a_login_and_a_cookie_bar() -> None:
    title = "A dam, a river and a harvest that was lost"
    over = "<div><h2>We value your privacy</h2><p>We and our 310 partners use cookies.</p></div>"
    over += "<form><input type=email><input type=password></form>"
    assert is_article(page(title, f"{over}<h1>{title}</h1>{DATED}{PROSE * 3}"))


def test_a_page_without_any_statement_is_read() -> None:
    title = "A dam, a river and a harvest that was lost"
    body = "".join(f"<p>In {month} {SENTENCE * 3}</p>" for month in ("May", "June", "July"))
    assert is_article(f"<title>{title}</title><h1>{title}</h1>{body}")


@pytest.mark.parametrize(
    ("stated_type", "kind"), [("VideoObject", "Video"), ("PodcastEpisode", "Podcast"), ("ImageGallery", "Gallery")]
)
def test_a_medium_is_stored_with_its_description_and_kind(stated_type: str, kind: str) -> None:
    thing = {"@type": stated_type, "name": "A week along the river", "description": SENTENCE.strip()}
    head = f"<script type='application/ld+json'>{json.dumps(thing)}</script>"
    article = extract_article(page("A week along the river", f"<h1>A week along the river</h1>{CARDS}", head), "")
    assert (article.type, article.body_text) == (kind, SENTENCE.strip())


def test_a_medium_without_words_is_no_body_and_a_list_of_media_a_list() -> None:
    thing = {"@type": "VideoObject", "name": "A week along the river"}
    head = f"<script type='application/ld+json'>{json.dumps(thing)}</script>"
    assert reason_of(page("A week along the river", "<h1>A week along the river</h1>", head)) == "no body"
    things = [{"@type": "VideoObject", "name": f"Film number {n}", "description": SENTENCE} for n in range(9)]
    head = f"<script type='application/ld+json'>{json.dumps(things)}</script>"
    assert reason_of(page("Films", f"<h1>Films</h1>{CARDS}", head)) == "index page"
