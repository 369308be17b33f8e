"""The page's own article is found among others, and its small fields are read from where they stand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scraper.cms import REBELMOUSE
from scraper.extraction.addresses import choose_canonical
from scraper.extraction.article import extract_article
from scraper.extraction.document import Document, read_document
from scraper.extraction.figures import best_address, identity_of
from scraper.extraction.labels import read_labels
from scraper.extraction.language import choose_language
from scraper.extraction.story import current_id
from scraper.extraction.structured import read_structured
from scraper.extraction.tags import read_tags
from scraper.profile import GENERIC
from scraper.publications.responsible_statecraft import PROFILE

PAGE = "https://responsiblestatecraft.org/own-article/"


def document(markup: str, url: str = PAGE) -> Document:
    return read_document(f"<html><body>{markup}</body></html>", url)


@pytest.mark.parametrize(
    "sign",
    [
        "<div class='widget post-partial'><article elid='1'>{body}</article></div>",
        "<div class='widget' data-source='current_post'><article elid='1'>{body}</article></div>",
        "<article elid='1'><h1>Own</h1>{body}</article>",
        "<article elid='1'>{body}</article><span data-elid='1' data-post-url='/own-article'></span>",
    ],
)
def test_any_one_sign_tells_the_own_article(sign: str) -> None:
    other = "<div data-source='current_page'><div class='widget'><article elid='2'><h2>Other</h2></article></div></div>"
    body = "<div class='body-description'><p>Own words.</p></div>"
    page = document(sign.format(body=body) + other)
    assert current_id(page.tree, REBELMOUSE, [PAGE]) == "1"


def test_the_own_card_in_a_list_adds_nothing() -> None:
    card = (
        "<div class='widget'><article elid='1'><a class='widget__headline-text' href='/own-article/'>Own</a>"
        "<a class='widget__section'>Elsewhere</a></article></div>"
    )
    own = (
        "<div class='widget post-partial'><article elid='1'><h1 class='widget__headline'>Own</h1>"
        "<div class='body-description'><p>Own words.</p></div></article></div>"
    )
    article = extract_article(f"<html><body>{own}<div class='latest'>{card}</div></body></html>", PAGE, PROFILE)
    assert (article.headline, article.body_text, article.labels, article.related) == ("Own", "Own words.", (), ())


def test_a_body_printed_twice_is_read_once_and_one_in_two_parts_whole() -> None:
    one = "<div class='body-description'><p>First part.</p></div>"
    two = "<div class='body-description'><p>Second part.</p></div>"
    page = f"<div class='widget post-partial'><article elid='1'><h1>Own</h1>{one}{one}{two}</article></div>"
    article = extract_article(f"<html><body>{page}</body></html>", PAGE, PROFILE)
    assert article.body_text == "First part.\nSecond part."


@pytest.mark.parametrize(
    ("markup", "labels", "kind", "section"),
    [
        ("<a class='widget__section'>Reporting</a><a class='widget__section'>QiOSK</a>", 2, "Reporting", "QiOSK"),
        ("<span class='widget__section-text'>Analysis | Europe</span>", 2, "Analysis", "Europe"),
        ("<a class='widget__section'>Media</a><div class='all-related-sections'><a>Media</a></div>", 1, None, "Media"),
        ("<div class='widget' data-category='Analysis'></div>", 1, "Analysis", None),
        ("<div class='widget' data-category='washington-politics'></div>", 1, None, "Washington Politics"),
        ("<p>nothing</p>", 0, None, None),
    ],
)
def test_labels_are_type_and_section(markup: str, labels: int, kind: str | None, section: str | None) -> None:
    page = document(markup)
    found = read_labels(page, read_structured(page), REBELMOUSE, PROFILE)
    assert (len(found.all), found.type, found.section) == (labels, kind, section)


@pytest.mark.parametrize(
    ("head", "url"),
    [
        (
            "<link rel=canonical href='https://www.responsiblestatecraft.org/own-article?utm_source=x'>",
            "https://www.responsiblestatecraft.org/own-article",
        ),
        ("<link rel=canonical href='https://elsewhere.example/a'>", PAGE),
        ("<link rel=canonical href='/'>", PAGE),
        ("<meta property=og:url content='/own-article'>", "https://responsiblestatecraft.org/own-article"),
        ("", PAGE),
    ],
)
def test_the_canonical_address_stays_on_the_publication(head: str, url: str) -> None:
    page = read_document(f"<html><head>{head}</head><body>x</body></html>", f"{PAGE}?fbclid=1")
    assert choose_canonical(page, read_structured(page), PROFILE).value == url


@pytest.mark.parametrize(
    ("markup", "url"),
    [
        ("<img src='data:image/gif;base64,R0' data-runner-src='/m/a.jpg?id=1&width=980'>", "/m/a.jpg?id=1&width=980"),
        (
            "<img src='/m/a.jpg?id=1&width=300' srcset='/m/a.jpg?id=1&w=2 600w, /m/a.jpg?id=1&w=3 1200w'>",
            "/m/a.jpg?id=1&w=3",
        ),
        ("<div data-runner-img-hd='/m/hd.jpg?id=1'></div>", "/m/hd.jpg?id=1"),
        ("<div style='background-image: url(\"/m/b.jpg\")'></div>", "/m/b.jpg"),
    ],
)
def test_the_largest_address_of_an_image_is_taken(markup: str, url: str) -> None:
    (element,) = document(markup).tree.find("body")
    assert best_address(element, PAGE) == f"https://responsiblestatecraft.org{url}"


def test_a_placeholder_is_no_image() -> None:
    (element,) = document("<img src='data:image/gif;base64,R0'>").tree.find("body")
    assert best_address(element, PAGE) is None


def test_an_image_is_known_by_its_id_and_not_by_its_path() -> None:
    one, two = (f"https://x.org/media-library/image.jpg?id={number}&width=600" for number in (1, 2))
    assert identity_of(one, PROFILE) != identity_of(two, PROFILE)
    assert identity_of(one, PROFILE) == identity_of(one.replace("600", "1200"), PROFILE)


def test_tags_are_the_printed_ones_else_the_stated() -> None:
    page = document(
        "<a class='tags__item'>Drones</a><a class='tags__item'>#drones</a><meta name=keywords content='a1, b2'>"
    )
    data = read_structured(page)
    assert read_tags((page,), data, REBELMOUSE) == ("Drones",)
    assert read_tags((page,), data, None) == ("a1", "b2")


def test_the_language_is_stated_else_the_profiles_else_guessed() -> None:
    german = "Die Minister trafen sich am Montag in Berlin und sprachen über den Haushalt des kommenden Jahres."
    stated = read_document("<html lang=pt-BR><body>x</body></html>", PAGE)
    assert choose_language(stated, german, PROFILE).value == "pt"
    assert choose_language(document("x"), german, PROFILE).value == "en"
    assert choose_language(document("x"), german, replace(GENERIC, language=None)).value == "de"
