"""The sample's article pages over HTTP: each case of the platform's markup, checked against the articles as data."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import cache

import pytest
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

from scraper.sample.articles import SampleArticle, slug
from scraper.sample.markup import related
from scraper.sample.server import SampleServer

Pages = dict[str, HtmlElement]

CONTENT = ".post-page__content"
CURRENT = f'{CONTENT} > .widget.post-partial, {CONTENT} > .widget[data-source="current_post"]'
BODY = ".post-page__content .body-description"
NOT_TEXT = (
    ".around-the-web, .shortcode-media, .author-bio, .donation-box, .disclaimer, .newsletter-invitation, .google-cta"
)


@cache
def compiled(selector: str) -> CSSSelector:
    return CSSSelector(selector, translator="html")


def select(element: HtmlElement, selector: str) -> list[HtmlElement]:
    return compiled(selector)(element)


def one(page: HtmlElement, selector: str) -> HtmlElement:
    found = select(page, selector)
    assert len(found) == 1, f"{selector}: {len(found)}"
    return found[0]


def words(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def meta(page: HtmlElement, name: str) -> str | None:
    found = page.xpath("//head/meta[@property=$name]/@content", name=name)
    return str(found[0]) if found else None


def structured(page: HtmlElement) -> dict[str, object]:
    data = json.loads(one(page, 'script[type="application/ld+json"]').text)
    assert isinstance(data, dict)
    return data


def body_lines(page: HtmlElement) -> list[str]:
    """The lines of the body without what its classes mark as no text."""
    body = one(page, BODY)
    cut = {e for box in select(body, NOT_TEXT) for e in box.iter()}
    return [words(element) for element in select(body, "p, h2, h3, li") if element not in cut]


def test_head_and_body_are_two_articles_with_one_id(server: SampleServer, pages: Pages) -> None:
    firsts = set()
    for article in server.site.articles:
        blocks = select(pages[article.path], CURRENT)
        parts = [one(block, "article[elid]") for block in blocks]
        assert [part.get("elid") for part in parts] == [str(article.post_id)] * 2
        holds = [(bool(select(part, "h1")), bool(select(part, ".body-description"))) for part in parts]
        assert sorted(holds) == [(False, True), (True, False)]
        firsts.add(holds[0])
    assert len(firsts) == 2


def test_each_way_to_mark_the_current_article_is_used(pages: Pages) -> None:
    marked = [select(page, ".post-page__content > .widget")[0] for page in pages.values()]
    attributes = ("data-source", "data-attr-is_current_post")
    ways = {("post-partial" in widget.get("class"), *map(widget.get, attributes)) for widget in marked}
    assert ways == {(True, "current_post", None), (True, None, "true"), (False, "current_post", "true")}


def test_headline_dek_labels_and_byline_are_printed(server: SampleServer, pages: Pages) -> None:
    for article in server.site.articles:
        page = pages[article.path]
        head = one(page, ".article-head")
        assert words(one(head, "h1.widget__headline")) == article.headline
        assert [words(e) for e in select(head, ".widget__subheadline")] == ([article.dek] if article.dek else [])
        labels = select(head, ".all-related-sections a.widget__section")
        assert tuple(map(words, labels)) == article.labels
        names = select(head, "a.social-author__name, a.post-authors__name")
        assert tuple(map(words, names)) == article.authors
        assert [name.get("href") for name in names] == [f"/author/{slug(author)}/" for author in article.authors]
    assert any(select(page, "h1 > a.widget__headline-text") for page in pages.values())
    assert any(not select(page, "h1 > a") for page in pages.values())
    assert any(select(page, ".widget__subheadline-text") for page in pages.values())


def test_times_keep_their_offset_wherever_they_stand(server: SampleServer, pages: Pages) -> None:
    offsets = set()
    for article in server.site.articles:
        page = pages[article.path]
        printed = article.published.isoformat()
        offsets.add(printed[19:])
        assert meta(page, "article:published_time") == printed
        assert structured(page)["datePublished"] == printed
        assert one(page, ".article-head time").get("datetime") == printed
        shown = datetime.strptime(words(one(page, ".article-head .social-date__text")), "%B %d, %Y")
        assert shown.date() == article.published.date()
        assert meta(page, "article:modified_time") == (article.modified.isoformat() if article.modified else None)
    assert offsets >= {"-04:00", "-05:00"}


def test_addresses_in_the_head_are_canonical(server: SampleServer, pages: Pages) -> None:
    for article in server.site.articles:
        page = pages[article.path]
        assert one(page, 'link[rel="canonical"]').get("href") == article.url
        assert meta(page, "og:url") == structured(page)["url"] == article.url


def test_structured_authors_are_an_object_a_list_or_absent(server: SampleServer, pages: Pages) -> None:
    forms = set()
    for article in server.site.articles:
        author = structured(pages[article.path]).get("author")
        forms.add(type(author))
        people = [author] if isinstance(author, dict) else author or []
        assert isinstance(people, list)
        names = [person["name"] for person in people]
        assert ("Meridian Review" in names) == article.jsonld_own_name
        assert tuple(name for name in names if name != "Meridian Review") == article.authors
    assert forms >= {dict, list}


def test_lead_images_stand_in_each_form(server: SampleServer, pages: Pages) -> None:
    selectors = {"hero": "img.rm-hero-media", "runner": "img[data-runner-src]", "div": "div[data-runner-img-hd]"}
    address = {"hero": "src", "runner": "data-runner-src", "div": "data-runner-img-hd"}
    for article in server.site.articles:
        page = pages[article.path]
        assert f"?id={article.lead.id}&" in (meta(page, "og:image") or "")
        head = one(page, ".article-head .widget__head")
        if article.lead_form == "og":
            assert not select(head, "img, div[data-runner-img-hd]")
            continue
        image = one(head, selectors[article.lead_form])
        assert f"?id={article.lead.id}&" in image.get(address[article.lead_form])
        assert (image.get("alt") or image.get("aria-label")) == (article.lead.alt or article.headline)
        assert article.lead_form != "runner" or image.get("src").startswith("data:")


def test_the_lead_credit_stands_in_its_place_only(server: SampleServer, pages: Pages) -> None:
    for article in server.site.articles:
        content = one(pages[article.path], ".post-page__content")
        places = {
            "photo-caption": [words(e) for e in select(content, ".photo-caption")],
            "photo-credit": [words(e) for e in select(content, ".photo-credit")],
            "body-last": [words(e) for e in select(content, ".body-description > p:last-child")],
            "body-last-em": [words(e) for e in select(content, ".body-description > p:last-child > em:only-child")],
        }
        places["body-last-em"] = places["body-last-em"] if article.credit_place == "body-last-em" else []
        holding = {place for place, lines in places.items() if article.lead.line and article.lead.line in lines}
        expected = {"none": set(), "body-last-em": {"body-last", "body-last-em"}}
        assert holding == expected.get(article.credit_place, {article.credit_place}), article.path


def test_bodies_hold_the_articles_words_once_in_order(server: SampleServer, pages: Pages) -> None:
    extra = {"Follow us on social"}
    for article in server.site.articles:
        lines = body_lines(pages[article.path])
        if article.credit_place.startswith("body-last"):
            assert lines.pop() == article.lead.line
        if lines[0] == article.headline:
            lines.pop(0)
        kept = [line for line in lines if line not in extra]
        assert kept == [" ".join(line.split()) for line in article.body_text.splitlines()], article.path


def test_bodies_hold_the_articles_links(server: SampleServer, pages: Pages) -> None:
    for article in server.site.articles:
        body = one(pages[article.path], BODY)
        cut = {e for box in select(body, NOT_TEXT) for e in box.iter()}
        shown = [(a.get("href"), words(a)) for a in select(body, "a[href]") if a not in cut]
        assert shown == [(anchor.url, anchor.text) for anchor in article.links]


def test_inline_images_carry_caption_and_credit(server: SampleServer, pages: Pages) -> None:
    lazy = set()
    for article in server.site.articles:
        boxes = select(one(pages[article.path], BODY), "p.shortcode-media")
        assert len(boxes) == len(article.inline)
        for image in article.inline:
            box = next(box for box in boxes if one(box, "img").get("id") == str(image.id))
            assert words(one(box, "small.image-media.media-caption")) == image.caption
            credit = one(box, "small.image-media.media-photo-credit")
            assert words(credit) == image.credit
            assert credit.get("placeholder")
            lazy.add(one(box, "img").get("src").startswith("data:"))
    assert lazy == {True, False}


def test_what_stands_beside_the_article_is_what_related_says(server: SampleServer, pages: Pages) -> None:
    for article in server.site.articles:
        page = pages[article.path]
        shown = [(a.get("href"), words(a), "around-the-web") for a in select(page, f"{BODY} .around-the-web a")]
        shown += [(a.get("href"), words(a), "read-more") for a in select(page, ".more-from a")]
        for link in select(page, '[data-source="current_page"] h2.widget__headline a.widget__headline-text'):
            path = link.get("href").removeprefix("https://meridianreview.example").rstrip("/")
            shown.append((f"https://meridianreview.example{path}/", words(link), "stacked"))
        expected = related(article, server.site.listings)
        assert shown == [(story.url, story.headline, story.place) for story in expected]
        assert [story.position for story in expected] == list(range(len(expected)))
        assert bool(select(page, f"{BODY} .around-the-web")) == article.around


def test_stacked_stories_hide_whole_bodies_in_templates(server: SampleServer, pages: Pages) -> None:
    by_id = {str(article.post_id): article for article in server.site.articles}
    forms = set()
    for path, page in pages.items():
        widgets = select(page, '[data-source="current_page"] > .widget')
        assert len(widgets) == 3
        for widget in widgets:
            story = by_id[one(widget, "article").get("elid")]
            assert story.path != path
            assert "post-partial" not in widget.get("class")
            check_stacked(widget, story)
            forms.add(one(widget, "h2 a.widget__headline-text").get("href").partition(story.path.rstrip("/"))[::2])
    assert forms == {("", "/"), ("", ""), ("https://meridianreview.example", "/")}


def check_stacked(widget: HtmlElement, story: SampleArticle) -> None:
    brief = one(widget, ".widget__brief")
    hidden = one(widget, ".js-appear-on-expand > template")
    assert len(select(brief, "p:not(.shortcode-media)")) >= 2
    shown = [words(e) for part in (brief, hidden) for e in select(part, "p:not(.shortcode-media), h2, h3, li")]
    assert shown == [" ".join(line.split()) for line in story.body_text.splitlines()]
    assert tuple(words(a) for a in select(widget, ".all-related-sections a.widget__section")) == story.labels
    assert one(widget, "img[data-runner-src]:not(.rm-shortcode)").get("alt") == story.lead_alt
    credit = [words(e) for e in select(widget, ".photo-credit, .photo-caption")]
    assert credit == [] if not story.lead.line else credit[0].startswith("Top")
    more = one(widget, ".widget__show-more.js-keep-reading")
    assert [words(span) for span in select(more, "span")] == ["keep reading", "Show less"]


def test_each_body_is_followed_by_a_span_that_names_the_article(server: SampleServer, pages: Pages) -> None:
    by_id = {str(article.post_id): article for article in server.site.articles}
    for article in server.site.articles:
        spans = select(pages[article.path], "span[data-elid][data-post-url][data-authors][data-headline]")
        assert len(spans) == 4
        assert one(pages[article.path], ".article-body > span[data-elid]").get("data-elid") == str(article.post_id)
        for span in spans:
            named = by_id[span.get("data-elid")]
            assert span.get("data-post-url") == named.url
            assert span.get("data-headline") == named.headline
            assert span.get("data-authors") == ", ".join(named.authors)


def test_wordpress_pages_begin_with_the_credit_and_end_with_more(server: SampleServer, pages: Pages) -> None:
    old = [article for article in server.site.articles if article.era == "wordpress"]
    for article in old:
        page = pages[article.path]
        text = words(one(page, ".post-page__content"))
        if article.credit_place.startswith("photo-"):
            assert words(one(page, ".article-head")).startswith(article.lead.line)
        assert text.index("More from Meridian Review") > text.index(words(one(page, BODY)))
    new = [article for article in server.site.articles if article.era == "rebelmouse"]
    assert not any(select(pages[article.path], ".more-from") for article in new)
    assert all(article.path.startswith("/20") for article in old)
    repeated = [a for a in old if words(select(pages[a.path], f"{BODY} > *")[0]) == a.headline]
    assert 0 < len(repeated) < len(old)


@pytest.mark.parametrize("text", ["LATEST", "DISPATCHES", "Newsletter", "Follow us on social"])
def test_every_page_has_the_furniture(pages: Pages, text: str) -> None:
    assert all(text in page.text_content() for page in pages.values())


@pytest.mark.parametrize(
    "shown",
    [
        lambda body: "Follow us on social" in body.text_content(),
        lambda body: bool(select(body, 'img[alt="google cta"]')),
        lambda body: "Subscribe now to our weekly round-up" in body.text_content(),
        lambda body: "The views expressed by authors on Meridian Review do not" in body.text_content(),
        lambda body: bool(select(body, ".author-bio")),
        lambda body: bool(select(body, ".donation-box")),
    ],
    ids=["follow", "google cta", "invitation", "disclaimer", "biography", "donation"],
)
def test_some_furniture_stands_inside_some_bodies(pages: Pages, shown: Callable[[HtmlElement], bool]) -> None:
    within = [shown(one(page, BODY)) for page in pages.values()]
    assert 0 < sum(within) < len(within)


def test_up_to_three_buttons_stand_above_an_article(pages: Pages) -> None:
    assert {len(select(page, 'header img[alt="google cta"]')) for page in pages.values()} == {0, 1, 2, 3}


def test_tags_and_settings_are_there(server: SampleServer, pages: Pages) -> None:
    for article in server.site.articles:
        page = pages[article.path]
        assert tuple(words(a) for a in select(page, "a.tags__item")) == article.tags
        assert all(a.get("href") == f"/tag/{slug(words(a))}/" for a in select(page, "a.tags__item"))
        script = next(s.text for s in select(page, "script") if "REBELMOUSE_BOOTSTRAP_DATA" in (s.text or ""))
        assert json.loads(script.partition(" = ")[2].rstrip(";"))["post"]["id"] == article.post_id
