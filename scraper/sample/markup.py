"""Writes the sample's pages in the markup of RebelMouse's platform. Must not choose what is listed.

Where the platform writes one thing in several ways, each article gets one of them, always the same: see `_pick`.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from markupsafe import Markup

from archive.models import RelatedPlace, RelatedStory
from scraper.publications.sample import PROFILE
from scraper.sample.articles import InlineImage, LeadImage, SampleArticle, slug
from scraper.sample.listings import Listings, SectionList, section_path
from scraper.sample.prose import Block, Kind, groups, inline_html
from scraper.sample.rendering import ENVIRONMENT, render, render_part

SITE_ID = "20871402"
SIDEBAR = 4
ELSEWHERE = (
    ("https://atlasdesk.example/briefings/convoy-routes", "How convoy routes are drawn"),
    ("https://thequietchannel.example/2024/back-channels/", "A short history of back channels"),
)
INFORMATION = {
    "/about/": ("About us", "Meridian Review is an invented magazine of foreign policy that exists to be archived."),
    "/contact/": ("Contact", "Letters to the editors are read, kept and now and then answered."),
    "/privacy-policy/": ("Privacy policy", "The server on your own machine keeps no visitors' data and sends none."),
    "/editorial-and-submission-policy/": ("Editorial and submission policy", "We print what can be checked."),
}
_CURRENT = (
    ("widget post-partial", ' data-source="current_post"'),
    ("widget post-partial", ' data-attr-is_current_post="true"'),
    ("widget", ' data-source="current_post" data-attr-is_current_post="true"'),
)
_NAVIGATION = (("/reporting/", "Reporting"), ("/analysis/", "Analysis"), ("/dispatches/", "Dispatches"))


def article_page(article: SampleArticle, listings: Listings) -> str:
    """Write an article's page: head and body blocks, stacked stories, sidebar."""
    widget_class, current = _CURRENT[_pick(article, "current", len(_CURRENT))]
    return render(
        "article.html",
        page_title=article.headline,
        article=article,
        wordpress=article.era == "wordpress",
        widget_class=widget_class,
        current=current,
        line_class=article.credit_place if article.credit_place.startswith("photo-") else "",
        headline_linked=_pick(article, "headline", 2),
        dek_wrapped=_pick(article, "dek", 2),
        body_first=_pick(article, "first", 7) == 0,
        calls=_pick(article, "calls", 4),
        description=article.dek or article.body_text.partition("\n")[0],
        structured_data=_structured_data(article),
        bootstrap=_bootstrap(article),
        body=_body(article, listings),
        furniture_inside=_furniture(article) == "all",
        more_from=listings.more_from(article) if article.era == "wordpress" else (),
        stacked=[_stacked(story) for story in listings.stacked(article)],
        **_sidebar(listings),
    )


def related(article: SampleArticle, listings: Listings) -> tuple[RelatedStory, ...]:
    """List what an article's page sets beside it, in page order: around the web, "More from", stacked stories."""
    shown: list[tuple[str, str, RelatedPlace]] = []
    if article.around:
        shown += [(other.url, other.headline, "around-the-web") for other in listings.around(article)]
        shown += [(url, headline, "around-the-web") for url, headline in ELSEWHERE]
    if article.era == "wordpress":
        shown += [(other.url, other.headline, "read-more") for other in listings.more_from(article)]
    shown += [(other.url, other.headline, "stacked") for other in listings.stacked(article)]
    return tuple(RelatedStory(url, headline, n, place) for n, (url, headline, place) in enumerate(shown))


def section_page(section: SectionList, listings: Listings) -> str:
    """Write a section page: its first cards, a card that leads to a forbidden address, and the load-more block."""
    return _listing(section.title, section.path, section.articles[: section.size], listings, section)


def cards_page(name: str, path: str, articles: Sequence[SampleArticle], listings: Listings) -> str:
    """Write an author or tag page."""
    return _listing(name, path, articles, listings, None)


def information_page(path: str) -> str:
    """Write one of the pages in INFORMATION."""
    name, text = INFORMATION[path]
    return _plain(name, path, (text,))


def draft_page() -> str:
    """Write the page that robots.txt forbids and section pages link to: nobody should ever ask for it."""
    return _plain("An unfinished draft, for the editors only", "/private/draft/", ("This text is not published.",))


def missing_page(status: int) -> str:
    """Write the page that stands for an address without one."""
    return _plain("Page not found" if status == 404 else "Page removed", "/", ("There is nothing at this address.",))


def more_articles(section: SectionList, pn: int) -> dict[str, object]:
    """Give load-more's answer, ready for JSON: `posts_by_source` with one list of posts."""
    return {"posts_by_source": {"section_page": [_post(article) for article in section.batch(pn)]}, "site_id": SITE_ID}


def href(article: SampleArticle) -> str:
    """Write an article's address as cards do: relative or absolute, with the last slash or without."""
    form = _pick(article, "href", 3)
    return (article.path, article.url, article.path.rstrip("/"))[form]


def image_address(image: LeadImage | InlineImage, width: int, *, absolute: bool = False) -> str:
    """Write an image's address for a width in pixels; the image's identity is `id`."""
    base = PROFILE.url if absolute or image.id % 2 else ""
    height = width * 2 // 3
    return (
        f"{base}/media-library/{quote(image.name)}?id={image.id}&width={width}&height={height}"
        "&quality=90&coordinates=0%2C0%2C0%2C36"
    )


def _pick(article: SampleArticle, feature: str, forms: int) -> int:
    return zlib.crc32(f"{feature} of {article.post_id}".encode()) // 256 % forms


def _listing(
    name: str, path: str, articles: Sequence[SampleArticle], listings: Listings, section: SectionList | None
) -> str:
    return render(
        "listing.html",
        page_title=name,
        canonical=f"{PROFILE.url}{path}",
        articles=articles,
        section=section,
        **_sidebar(listings),
    )


def _plain(name: str, path: str, paragraphs: Sequence[str]) -> str:
    return render("plain.html", page_title=name, canonical=f"{PROFILE.url}{path}", paragraphs=paragraphs)


def _sidebar(listings: Listings) -> dict[str, Any]:
    return {
        "latest": listings.listed("section")[:SIDEBAR],
        "dispatches": listings.sections["/dispatches/"].articles[:SIDEBAR],
    }


def _body(article: SampleArticle, listings: Listings) -> Markup:
    """Write what stands inside `.body-description`: the article's text and what a reader must cut from it."""
    chunks = _chunks(article, article.blocks)
    if article.around:
        chunks.insert((len(chunks) + 1) // 2, _around(article, listings))
    if article.era == "wordpress" and _pick(article, "repeat", 2):
        chunks.insert(0, Markup("<h2>{}</h2>").format(article.headline))
    furniture = _furniture(article)
    if furniture == "follow":
        chunks.insert(0, Markup("<p>Follow us on social</p>"))
        chunks.append(render_part("google_cta", 9))
    elif furniture == "lines":
        chunks += [render_part("invitation"), render_part("disclaimer")]
    elif furniture == "all":
        chunks += [render_part("author_biographies", article), render_part("donation_box"), render_part("disclaimer")]
    if article.credit_place.startswith("body-last"):
        line = Markup("<em>{}</em>" if article.credit_place == "body-last-em" else "{}").format(article.lead.line)
        chunks.append(Markup("<p>{}</p>").format(line))
    return Markup("\n").join(chunks)


def _furniture(article: SampleArticle) -> str:
    """Choose what of the page's furniture stands inside the body; after it only where the credit does not end it."""
    forms = ("none", "follow") if article.credit_place.startswith("body-last") else ("none", "follow", "lines", "all")
    return forms[_pick(article, "furniture", len(forms))]


def _around(article: SampleArticle, listings: Listings) -> Markup:
    web = [{"url": url, "headline": headline} for url, headline in ELSEWHERE]
    return Markup(render("around.html", own=listings.around(article), web=web))


def _stacked(article: SampleArticle) -> Markup:
    paragraphs = [n for n, block in enumerate(article.blocks) if block.kind == "paragraph"]
    cut = paragraphs[:2][-1] + 1 if paragraphs else 0
    line = article.lead.line
    return Markup(
        render(
            "stacked.html",
            article=article,
            line=line if not line or line.startswith("Top") else f"Top image credit: {line}",
            line_class=("photo-credit", "photo-caption")[_pick(article, "line", 2)],
            brief=Markup("\n").join(_chunks(article, article.blocks[:cut])),
            rest=Markup("\n").join(_chunks(article, article.blocks[cut:])),
        )
    )


def _chunks(article: SampleArticle, blocks: tuple[Block, ...]) -> list[Markup]:
    return [_chunk(article, kind, members) for kind, members in groups(blocks)]


def _chunk(article: SampleArticle, kind: Kind, members: tuple[Block, ...]) -> Markup:
    if kind == "image":
        image = next(image for image in article.inline if image.id == int(members[0].source))
        return Markup(render("inline_image.html", image=image, lazy=_pick(article, f"lazy {image.id}", 2)))
    element, group = {
        "paragraph": ("p", ""),
        "heading": ("h2", ""),
        "subheading": ("h3", ""),
        "item": ("li", "ul"),
        "quotation": ("p", "blockquote"),
    }[kind]
    inner = "\n".join(f"<{element}>{inline_html(member.source)}</{element}>" for member in members)
    return Markup(f"<{group}>\n{inner}\n</{group}>" if group else inner)


def _structured_data(article: SampleArticle) -> dict[str, object]:
    """Write the JSON-LD of an article: `author` is an object when there is one name, a list when there are several."""
    names = list(article.authors)
    if article.jsonld_own_name:
        names.insert(len(names) * _pick(article, "own name", 2), PROFILE.title)
    people = [{"@type": "Person", "name": name, "url": f"{PROFILE.url}/author/{slug(name)}/"} for name in names]
    organisation = {"@type": "Organization", "name": PROFILE.title, "url": PROFILE.url}
    facts: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.headline,
        "url": article.url,
        "mainEntityOfPage": {"@type": "WebPage", "@id": article.url},
        "datePublished": article.published.isoformat(),
        "dateModified": (article.modified or article.published).isoformat(),
        "image": {"@type": "ImageObject", "url": image_address(article.lead, 1245, absolute=True)},
        "publisher": organisation,
    }
    if article.dek:
        facts["description"] = article.dek
    if article.labels:
        facts["articleSection"] = list(article.labels)
    if article.tags:
        facts["keywords"] = list(article.tags)
    if people:
        facts["author"] = people[0] if len(people) == 1 else people
    return facts


def _bootstrap(article: SampleArticle) -> dict[str, object]:
    """Write the page's settings, which name a JSON document of the post at an address that robots.txt forbids."""
    return {
        "site": {"id": SITE_ID, "domain": urlsplit(PROFILE.url).netloc},
        "isLoggedIn": False,
        "fullBootstrapUrl": f"/api/posts/{article.post_id}/data.js",
        "post": {"id": article.post_id},
    }


def _post(article: SampleArticle) -> dict[str, object]:
    return {
        "id": article.post_id,
        "post_url": href(article),
        "headline": article.headline,
        "subheadline": article.dek or "",
        "author_name": ", ".join(article.authors),
        "created_ts": int(article.published.timestamp()),
        "image": image_address(article.lead, 600, absolute=True),
        "sections": [{"title": label, "url": section_path(label)} for label in article.labels],
        "body": str(Markup("\n").join(_chunks(article, article.blocks))),
    }


ENVIRONMENT.globals |= {
    "site_id": SITE_ID,
    "navigation": _NAVIGATION,
    "href": href,
    "image_address": image_address,
    "section_href": section_path,
}
