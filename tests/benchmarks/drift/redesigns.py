"""Fifty redesigns: what a site's makers do to every page in one night. Must not read pages.

Each takes a page's tree and changes it in place.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

from lxml import html

Tree = html.HtmlElement
Change = Callable[[Tree], None]
_BODY = ".body-description"


def renamed(*words: str) -> Change:
    """Give every class that contains one of `words` another name."""

    def change(tree: Tree) -> None:
        for element in tree.iter():
            if isinstance(element.tag, str) and (classes := element.get("class")):
                element.set("class", " ".join(_other(name, words) for name in classes.split()))

    return change


def _other(name: str, words: tuple[str, ...]) -> str:
    if any(word in name for word in words):
        return "css-" + hashlib.sha1(name.encode()).hexdigest()[:7]
    return name


def all_classes_but(*kept: str) -> Change:
    """Give every class another name, but those that contain one of `kept`."""

    def change(tree: Tree) -> None:
        for element in tree.iter():
            if isinstance(element.tag, str) and (classes := element.get("class")):
                names = (
                    name if any(word in name for word in kept) else _other(name, ("",)) for name in classes.split()
                )
                element.set("class", " ".join(names))

    return change


def without(*selectors: str) -> Change:
    """Take elements off the page."""

    def change(tree: Tree) -> None:
        for selector in selectors:
            for element in tree.cssselect(selector):
                element.drop_tree()

    return change


def without_attributes(*names: str) -> Change:
    """Take attributes off every element."""

    def change(tree: Tree) -> None:
        for element in tree.iter():
            for name in names:
                if isinstance(element.tag, str):
                    element.attrib.pop(name, None)

    return change


def bodies(act: Callable[[Tree], None]) -> Change:
    """Do something to each container of a body."""

    def change(tree: Tree) -> None:
        for body in tree.cssselect(_BODY):
            act(body)

    return change


def _first_paragraph_only(body: Tree) -> None:
    for child in list(body)[1:]:
        child.drop_tree()


def _half(body: Tree) -> None:
    for child in list(body)[len(body) // 2 :]:
        child.drop_tree()


def _second_half_elsewhere(body: Tree) -> None:
    moved = html.Element("div", {"class": "continued-text"})
    for child in list(body)[max(1, len(body) // 3) :]:
        moved.append(child)
    body.addnext(moved)


def _emptied(body: Tree) -> None:
    body.clear()
    body.set("data-load", "article-text")


def _paywalled(body: Tree) -> None:
    _first_paragraph_only(body)
    body.append(html.fromstring("<p>The rest of this article is for members. Sign in, or join us today.</p>"))


def _stuffed(body: Tree) -> None:
    for number in range(14):
        line = f"Members of our circle read more about matter {number} on the terrace, with the editors and a guest."
        body.append(html.fromstring(f"<p>{line} There are places left for the evening of the {number + 2}th.</p>"))


def _each_paragraph_twice(body: Tree) -> None:
    for child in list(body):
        child.addnext(html.fromstring(html.tostring(child, encoding="unicode", with_tail=False)))


def whole_page(markup: str) -> Change:
    """Show something else at every address."""

    def change(tree: Tree) -> None:
        tree.body.clear()
        tree.body.append(html.fromstring(markup))
        for tag in tree.cssselect("script[type='application/ld+json'], meta[property^='og:'], meta[property^=article]"):
            tag.drop_tree()

    return change


def unsaid(*names: str) -> Change:
    """Leave properties out of the page's JSON-LD."""

    def change(tree: Tree) -> None:
        for script in tree.cssselect("script[type='application/ld+json']"):
            try:
                said = json.loads(script.text or "{}")
            except ValueError:
                # Some pages of the generator state it broken, as some real ones do.
                continue
            for node in said if isinstance(said, list) else [said, *said.get("@graph", ())]:
                for name in names:
                    node.pop(name, None)
            script.text = json.dumps(said)

    return change


def with_tag(tag: str, selector: str) -> Change:
    """Make other elements of some."""

    def change(tree: Tree) -> None:
        for element in tree.cssselect(selector):
            element.tag = tag

    return change


def both(*changes: Change) -> Change:
    """Do several things."""

    def change(tree: Tree) -> None:
        for each in changes:
            each(tree)

    return change


def retitled(text: str, selector: str = "article h1") -> Change:
    """Make every page's headline say the same."""

    def change(tree: Tree) -> None:
        for heading in tree.cssselect(selector):
            for child in list(heading):
                child.drop_tree()
            heading.text = text

    return change


_META = "meta[property^='article:'], meta[property^='og:'], meta[name=author], meta[name=description]"
_LD = "script[type='application/ld+json']"
SHELL = '<div id="app"><div class="spinner"></div><noscript>Please switch on JavaScript to read us.</noscript></div>'
CONSENT = (
    "<div role=dialog><h1>Your privacy</h1><p>We and our 812 partners store and access information on a device. You"
    " can accept, refuse or manage your choices at any time.</p><button>Accept all</button>"
    "<button>Reject all</button></div>"
)
LOGIN = "<form action=/login><h1>Sign in</h1><label>E-mail <input name=email></label><button>Go</button></form>"
SOON = "<div><h1>We will be back soon</h1><p>The site is down for scheduled maintenance.</p></div>"
LOST = "<div><h1>Page not found</h1><p>The page you are looking for does not exist. Try the search.</p></div>"

REDESIGNS: dict[str, Change] = {
    "headline class": renamed("widget__headline"),
    "headline class, h2": both(renamed("widget__headline"), with_tag("h2", "article h1")),
    "headline gone": without("article h1", "h1.widget__headline"),
    "headline is the section's": retitled("Analysis"),
    "headline is a greeting": retitled("Welcome back, reader"),
    "subheadline class": renamed("subheadline"),
    "subheadline gone": without("[class*=subheadline]"),
    "labels' class": renamed("widget__section", "all-related-sections"),
    "labels gone": without("a.widget__section", ".all-related-sections", "[class*=widget__section]"),
    "labels gone everywhere": both(
        without(
            "a.widget__section", ".all-related-sections", "[class*=widget__section]", "meta[property='article:section']"
        ),
        unsaid("articleSection"),
        without_attributes("data-category"),
    ),
    "authors' class": renamed("author"),
    "authors gone from the page": without("[class*=author]", "a[href*='/author/']", "a[rel=author]"),
    "authors gone everywhere": both(
        without("[class*=author]", "a[href*='/author/']", "a[rel=author]", "meta[name=author]"), unsaid("author")
    ),
    "dates are words alone": both(
        without("meta[property^='article:']", "time[datetime]"), unsaid("datePublished", "dateModified")
    ),
    "dates gone everywhere": both(
        without("time", "[class*=date]", "meta[property^='article:']"), unsaid("datePublished", "dateModified")
    ),
    "no JSON-LD": without(_LD),
    "no meta tags": without(_META),
    "no JSON-LD, no meta tags": without(_LD, _META),
    "body class": renamed("body-description"),
    "body classes": renamed("body"),
    "body is one paragraph": bodies(_first_paragraph_only),
    "body is cut in half": bodies(_half),
    "body goes on elsewhere": bodies(_second_half_elsewhere),
    "body loaded by script": bodies(_emptied),
    "body behind a paywall": bodies(_paywalled),
    "body with an advertisement": bodies(_stuffed),
    "body twice": bodies(_each_paragraph_twice),
    "body and head renamed": renamed("body", "widget"),
    "lead image class": both(
        renamed("rm-hero", "widget__head"), without_attributes("data-runner-src", "data-runner-img-hd")
    ),
    "lead image gone": without("article img", ".widget__head img", "meta[property='og:image']"),
    "no images at all": both(without("img", "picture", "meta[property='og:image']"), unsaid("image")),
    "captions' class": renamed("photo-caption", "media-caption"),
    "captions gone": without("[class*=caption]", "figcaption"),
    "credits' class": renamed("photo-credit", "photo-caption"),
    "credits gone": without("[class*=photo-credit]", "[class*=photo-caption]", "[class*=media-caption]"),
    "paragraphs are divisions, body class": both(with_tag("div", f"{_BODY} p"), renamed("body-description")),
    "authors and dates gone everywhere": both(
        without("[class*=author]", "a[href*='/author/']", "meta[name=author]", "time", "[class*=date]"),
        unsaid("author", "datePublished", "dateModified"),
        without("meta[property^='article:']"),
    ),
    "links are spans": with_tag("span", f"{_BODY} a"),
    "related boxes' class": both(renamed("around-the-web"), without_attributes("data-source")),
    "related boxes gone": without(".around-the-web", '[data-source="current_page"]'),
    "tags gone": both(without(".tags", "[class*=tags__]", "meta[property='article:tag']"), unsaid("keywords")),
    "no elid, other classes": both(
        without_attributes("elid", "data-elid", "data-source"), renamed("widget", "post-partial")
    ),
    "all classes but the body's": all_classes_but("body-description"),
    "all classes": both(all_classes_but(), without_attributes("elid", "data-source", "data-attr-is_current_post")),
    "all classes, no meta": both(all_classes_but(), without_attributes("elid", "data-source"), without(_LD, _META)),
    "an empty page and a script": whole_page(SHELL),
    "a consent wall": whole_page(CONSENT),
    "a login form": whole_page(LOGIN),
    "maintenance": whole_page(SOON),
    "a soft 404": whole_page(LOST),
}


def redesigned(page: str, change: Change) -> str:
    """Return a page as it looks afterwards."""
    tree = html.document_fromstring(page)
    change(tree)
    return "<!DOCTYPE html>\n" + str(html.tostring(tree, encoding="unicode"))
