"""The images of a page nobody described: the article's only, at their best address, with caption and credit."""

from __future__ import annotations

import json

import pytest

from archive.models import Image
from scraper.extraction.captions import Parted, bare_line, part_line
from scraper.extraction.content import find_content
from scraper.extraction.document import read_document
from scraper.extraction.images import find_images
from scraper.extraction.sources import best_source, identity, is_useless
from scraper.extraction.structured import read_structured
from scraper.profile import GENERIC, Profile

PROSE = "".join(
    f"<p>The harbour council voted on day {n} to keep the old crane where it has stood for long.</p>" for n in range(6)
)


def images_of(
    before: str = "", inside: str = "", after: str = "", head: str = "", lead_line: str | None = None
) -> tuple[Image, ...]:
    page = (
        f"<html><head>{head}</head><body><main><h1>The crane stays</h1>{before}"
        f"<article>{PROSE}{inside}{PROSE}</article>{after}</main></body></html>"
    )
    document = read_document(page, "https://paper.example/crane")
    return find_images(document, find_content(document).scopes, read_structured(document), lead_line=lead_line)


def only(images: tuple[Image, ...]) -> Image:
    assert len(images) == 1
    return images[0]


def test_lead_and_inline_images_come_in_page_order_with_their_roles() -> None:
    images = images_of('<figure><img src="/lead.jpg"></figure>', '<figure><img src="/in.jpg" alt="A crane"></figure>')
    assert [(i.url, i.role, i.position, i.alt) for i in images] == [
        ("https://paper.example/lead.jpg", "lead", 1, None),
        ("https://paper.example/in.jpg", "inline", 2, "A crane"),
    ]


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="data:image/gif;base64,R0" data-src="/a.jpg">',
        '<img src="/blank.gif" srcset="/s.jpg 300w, /a.jpg 1200w">',
        '<picture><source srcset="/a.jpg 2x, /s.jpg 1x"><img src="/s.jpg"></picture>',
        '<img src="/placeholder.png"><noscript><img src="/a.jpg"></noscript>',
        '<img data-runner-src="/a.jpg" src="data:image/svg+xml,x">',
        '<img data-lazy-srcset="/a.jpg 900w,/s.jpg 90w">',
    ],
)
def test_the_best_address_is_taken(markup: str) -> None:
    assert only(images_of(inside=f"<figure>{markup}</figure>")).url == "https://paper.example/a.jpg"


def test_a_set_whose_addresses_hold_commas_is_read() -> None:
    element = read_document(
        '<img srcset="/w_640,c_x/a.jpg 640w, /w_1280,c_x/a.jpg 1280w">', "https://p.example/"
    ).tree.find(".//img")
    assert best_source(element, "https://p.example/") == "https://p.example/w_1280,c_x/a.jpg"


@pytest.mark.parametrize(
    "elsewhere",
    [
        '<aside><img src="/x.jpg"></aside>',
        '<div class="related"><figure><img src="/x.jpg"></figure></div>',
        '<a href="/other"><img src="/x.jpg"><h3>Another headline</h3></a>',
        '<div class="author-box"><img src="/x.jpg"></div>',
        '<img src="/x.jpg" width="1" height="1">',
        '<img src="/icons/x.png">',
        '<img src="/x.svg">',
        '<div class="newsletter"><img src="/x.jpg"></div>',
        '<div><img src="/x.jpg"><span>By <a href="/author/ann">Ann Writer</a></span></div>',
    ],
)
def test_pictures_that_are_not_the_articles_are_left_out(elsewhere: str) -> None:
    assert images_of(before=elsewhere, inside=elsewhere) == ()


def test_images_behind_the_body_are_left_out() -> None:
    assert images_of(after='<div><figure><img src="/x.jpg"></figure></div>') == ()


def test_one_picture_in_several_sizes_is_one_image_and_keeps_the_fuller_caption() -> None:
    caption = "<figcaption>The crane. Foto: Ann Writer/dpa</figcaption>"
    small, large = ('<figure><img src="/crane-300x200.jpg?w=300">', '<figure><img src="/crane-900x600.jpg?w=900">')
    image = only(images_of(f"{small}</figure>", f"{large}{caption}</figure>"))
    assert (image.identity, image.caption, image.credit_line) == (
        "https://paper.example/crane.jpg",
        "The crane.",
        "Ann Writer/dpa",
    )


def test_a_profile_says_what_identifies_an_image() -> None:
    profile = Profile(name="p", title="P", url="https://p.example", image_id=r"[?&]id=(\d+)")
    assert identity("https://p.example/image.jpg?width=9&id=77", profile) == "77"
    assert identity("https://p.example/show?imageId=7&width=960", GENERIC) == "https://p.example/show?imageId=7"


CAPTIONED = [
    (
        '<figure>{}<figcaption>At noon. <span class="credit">Ann Writer / Reuters</span></figcaption></figure>',
        ("At noon.", "Ann Writer / Reuters", {"Ann Writer", "Reuters"}),
    ),
    (
        "<figure>{}<figcaption>The crane at noon. (AP Photo/Ann Writer)</figcaption></figure>",
        ("The crane at noon.", "AP Photo/Ann Writer", {"Ann Writer", "AP"}),
    ),
    (
        "<figure>{}<figcaption><p>The crane</p><small>Ann Writer/AFP</small></figcaption></figure>",
        ("The crane", "Ann Writer/AFP", {"Ann Writer", "AFP"}),
    ),
    (
        "<figure>{}<figcaption>The crane</figcaption><footer>Imago/Ann Writer</footer></figure>",
        ("The crane", "Imago/Ann Writer", {"Ann Writer", "Imago"}),
    ),
    (
        '<div class="pic">{}<div class="caption">Der Kran<span>Foto: Privat</span></div></div>',
        ("Der Kran", "Privat", set()),
    ),
    (
        '<figure>{}<figcaption itemprop="author">Foto: Ann Writer</figcaption></figure>',
        (None, "Ann Writer", {"Ann Writer"}),
    ),
    (
        "<figure>{}</figure><figcaption>The crane. © Ann Writer/dpa</figcaption>",
        ("The crane.", "Ann Writer/dpa", {"Ann Writer", "dpa"}),
    ),
    (
        "<figure>{}<figcaption>Ann Writer (left) beside the crane</figcaption></figure>",
        ("Ann Writer (left) beside the crane", None, set()),
    ),
]


@pytest.mark.parametrize(("box", "expected"), CAPTIONED)
def test_caption_and_credit_are_parted(box: str, expected: tuple[str | None, str | None, set[str]]) -> None:
    image = only(images_of(inside=box.format('<img src="/a.jpg">')))
    assert (image.caption, image.credit_line) == expected[:2]
    assert {credit.name.casefold() for credit in image.credits} == {name.casefold() for name in expected[2]}


def test_the_page_states_the_lead_image_that_it_does_not_show() -> None:
    thing = {"@type": "NewsArticle", "headline": "The crane stays", "datePublished": "2024-05-01"}
    thing["image"] = {
        "@type": "ImageObject",
        "url": "/lead.jpg",
        "caption": "The crane",
        "creditText": "Ann Writer/AFP",
    }  # type: ignore[assignment]
    image = only(images_of(head=f'<script type="application/ld+json">{json.dumps(thing)}</script>'))
    assert (image.url, image.role, image.caption, image.credit_line) == (
        "https://paper.example/lead.jpg", "lead", "The crane", "Ann Writer/AFP",
    )  # fmt: skip


def test_open_graph_names_the_lead_when_nothing_else_does() -> None:
    image = only(images_of(head='<meta property="og:image" content="https://cdn.example/l.jpg">'))
    assert (image.url, image.role, image.credits) == ("https://cdn.example/l.jpg", "lead", ())


def test_a_credit_that_stood_in_the_body_goes_to_the_lead() -> None:
    image = only(
        images_of('<figure><img src="/lead.jpg"></figure>', lead_line="Top photo: The crane. REUTERS/Ann Writer")
    )
    assert {credit.name for credit in image.credits} == {"Ann Writer", "Reuters"}


@pytest.mark.parametrize(
    ("line", "bare"),
    [
        ("Foto: Ann Writer", "Ann Writer"),
        ("(Image: PA)", "PA"),
        ("© dpa", "dpa"),
        ("Image Credits:", None),
        ("AP (file)", "AP (file)"),
    ],
)
def test_labels_and_brackets_are_no_part_of_a_credit_line(line: str, bare: str | None) -> None:
    assert bare_line(line) == bare


def test_a_caption_without_a_credit_stays_whole() -> None:
    assert part_line("Ann Writer and the crane", "caption") == Parted("Ann Writer and the crane")


def test_words_in_an_address_tell_icons_from_pictures() -> None:
    assert is_useless("https://p.example/img/logo.png")
    assert not is_useless("https://p.example/img/logograms-of-old.png")


def test_nothing_to_look_in_gives_no_images() -> None:
    document = read_document("", "https://p.example/")
    assert find_images(document, (), read_structured(document)) == ()
