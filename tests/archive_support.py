"""Archives for tests: articles written here, filed by the real store. Must not assert anything."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from archive.models import (
    Announced,
    Announcement,
    Article,
    Byline,
    Credit,
    Evidence,
    Image,
    Link,
    Outcome,
    RelatedStory,
    Snapshot,
)
from archive.root import open_database
from archive.store import Batch, Store

HOST = "review.example"
SITE = f"https://{HOST}"
HOSTILE = "<script>alert('x')</script>"
LONG_HEADLINE = "The committee that was to report on the committees " * 6 + "reports"
RTL_HEADLINE = "الهدنة التي لم يوقعها أحد"

PLACES = (
    ("harbour", "Europe", "Analysis", "Mara Ellingsen"),
    ("desert", "Middle East", "Reporting", "Óscar Peña"),
    ("strait", "Asia", "Analysis", "Ada Quill"),
    ("railway", "Africa", "Reporting", "Mara Ellingsen"),
)
SENTENCES = (
    "Nobody in the ministry would say who had ordered the {place} closed, or for how long.",
    "The invoice, when it came, was addressed to a department that had been abolished in the spring.",
    "Three engineers who worked on the {place} said that the figures were never meant to be added up.",
    "A former official called the arrangement orderly; a present one declined to call it anything.",
    "What the treaty says about the {place} fits on half a page, and half of that is signatures.",
    "The cost is known to the cent, which is more than can be said of the purpose.",
)


def plain_article(number: int) -> Article:
    """Write one of many unremarkable articles; the same number always gives the same one."""
    place, section, kind, author = PLACES[number % len(PLACES)]
    lines = [SENTENCES[(number + step) % len(SENTENCES)].format(place=place) for step in range(5)]
    lines.append(f"Officials noted that it was the {place}'s matter number {number}.")
    authors = (author, "Ines Farrow") if number % 5 == 0 else (author,)
    month = number % 12 + 1
    return Article(
        url=f"{SITE}/{2020 + number % 6}/{month:02d}/matter-{number}/",
        headline=f"Matter {number}: what became of the {place}",
        dek=f"A {place}, an invoice and a silence" if number % 3 else None,
        type=kind,
        section=section,
        labels=(kind, section),
        byline=Byline(" and ".join(authors), authors),
        published_at=f"{2020 + number % 6}-{month:02d}-{number % 27 + 1:02d}T14:05:00+00:00",
        published_offset="-05:00",
        language="en",
        body_text="\n".join(lines),
        body_html="".join(f"<p>{line}</p>" for line in lines),
        layout="plain",
        extractor="test-1",
        tags=(place,),
        evidence={"published_at": Evidence("json-ld datePublished"), "headline": Evidence("css h1")},
    )


def cited_article() -> Article:
    """Write the article with everything: image, credits, links, related stories, a second revision later."""
    return Article(
        url=f"{SITE}/2026/02/a-truce-holds/",
        headline="A truce holds, unsigned",
        dek="For eleven days nobody has fired, and nobody has said why",
        type="Analysis",
        section="Europe",
        labels=("Analysis", "Europe"),
        byline=Byline("By Mara Ellingsen and Óscar Peña", ("Mara Ellingsen", "Óscar Peña")),
        published_at="2026-02-11T15:30:05+00:00",
        published_offset="-05:00",
        modified_at="2026-02-12T08:00:00+00:00",
        language="en",
        body_text="The ceasefire held overnight.\nWhat the maps say\nThe Courier reported it.\nAn older matter rests.",
        body_html=(
            "<p>The ceasefire held <em>overnight</em>.</p><h2>What the maps say</h2>"
            '<p>The Courier <a href="https://courier.example/x?a=1">reported</a> it.</p>'
            '<p>An <a href="/2021/02/matter-1/">older matter</a> rests.</p>'
        ),
        layout="plain",
        extractor="test-1",
        images=(
            Image(
                "https://images.example/1.jpg",
                "1",
                "lead",
                0,
                "A bridge",
                "The bridge, closed since spring.",
                "Photo: Lena Brandt/Harbour Pictures (CC BY 2.0)",
                (
                    Credit("photographer", "Lena Brandt"),
                    Credit("agency", "Harbour Pictures"),
                    Credit("licence", "CC BY 2.0"),
                ),
            ),
        ),
        links=(
            Link(
                "https://courier.example/x?a=1",
                "reported",
                "The Courier reported it.",
                1,
                "https://courier.example/x?a=1",
                False,
                "courier.example",
                "The Courier",
            ),
            Link(f"{SITE}/2021/02/matter-1/", "older matter", "An older matter rests.", 2, "/", True, HOST),
        ),
        related=(
            RelatedStory(f"{SITE}/2022/03/matter-2/", "Matter 2, retold", 1, "stacked"),
            RelatedStory("https://elsewhere.example/story", "From elsewhere", 2, "around-the-web"),
        ),
        tags=("truce",),
        evidence={"published_at": Evidence("json-ld datePublished"), "modified_at": Evidence("meta modified_time")},
    )


def hostile_article() -> Article:
    """Write an article whose every text field tries to run a script."""
    return Article(
        url=f"{SITE}/hostile/",
        headline=f"Hostile {HOSTILE}",
        dek=f"Dek {HOSTILE}",
        kicker=HOSTILE,
        type=f"Type {HOSTILE}",
        section=f"Section {HOSTILE}",
        labels=(f"Type {HOSTILE}", f"Section {HOSTILE}"),
        byline=Byline(f"By {HOSTILE}", (f"Mallory {HOSTILE}",)),
        published_at="2019-01-02T03:04:05+00:00",
        published_offset=None,
        language="en",
        body_text=f"Hostile words {HOSTILE} <img src=x onerror=alert(1)>",
        body_html=f'<p onclick="alert(1)">Hostile {HOSTILE}<img src="https://images.example/x.png" onerror="alert(1)">'
        '<a href="javascript:alert(1)">press</a></p>',
        layout=HOSTILE,
        extractor=HOSTILE,
        images=(
            Image(
                "javascript:alert(1)",
                "bad",
                "lead",
                0,
                HOSTILE,
                f"Caption {HOSTILE}",
                f"Credit {HOSTILE}",
                (Credit("photographer", f"Snap {HOSTILE}"),),
            ),
        ),
        links=(
            Link(
                "javascript:alert(1)", HOSTILE, f"Sentence {HOSTILE}", 1, "javascript:alert(1)", False, "bad", HOSTILE
            ),
        ),
        related=(RelatedStory("javascript:alert(1)", HOSTILE, 1, "stacked"),),
        tags=(f"tag {HOSTILE}",),
        evidence={"published_at": Evidence(HOSTILE)},
    )


def bare_article(slug: str, headline: str) -> Article:
    """Write an article with no date, author, dek, section or type."""
    return Article(
        url=f"{SITE}/{slug}/",
        headline=headline,
        body_text="One line only, and no more.",
        body_html="<p>One line only, and no more.</p>",
        layout="plain",
        extractor="test-1",
    )


def articles() -> list[Article]:
    """List the test archive's articles."""
    rtl = replace(
        bare_article("2024/05/hudna", RTL_HEADLINE),
        language="ar",
        byline=Byline("ليلى حداد", ("ليلى حداد",)),
        published_at="2024-05-06T09:00:00+00:00",
        body_text="لم يوقع أحد.",
        body_html="<p>لم يوقع أحد.</p>",
    )
    return [
        *map(plain_article, range(1, 26)),
        cited_article(),
        hostile_article(),
        rtl,
        bare_article("undated", "Undated and unsigned"),
        replace(bare_article("long", LONG_HEADLINE), published_at="2023-03-03T03:03:03+00:00"),
        replace(
            bare_article("2023/09/zeppelin-ledger", "The zeppelin ledger"),
            published_at="2023-09-09T09:09:09+00:00",
        ),
        replace(
            bare_article("2023/10/in-passing", "In passing"),
            published_at="2023-10-10T10:10:10+00:00",
            body_text="Somebody mentioned a zeppelin, and then nobody did.",
            body_html="<p>Somebody mentioned a zeppelin, and then nobody did.</p>",
        ),
    ]


def outcome_of(article: Article, number: int, at: str) -> Outcome:
    """Say that the article was fetched and read at `at`."""
    snapshot = Snapshot(article.url, at, 200, f"sha1:{number:032d}", "warc/test-0.warc.gz", number * 4096, 2048)
    return Outcome(article.url, "stored", at, article=article, snapshot=snapshot)


def file_articles(store: Store, found: list[Article], at: str, first: int = 0) -> None:
    """File articles as one batch, each announced by a feed."""
    outcomes = [outcome_of(article, first + number, at) for number, article in enumerate(found)]
    snapshots = [outcome.snapshot for outcome in outcomes if outcome.snapshot]
    announced = Announced(at, tuple(Announcement(article.url, "/feeds/feed.rss", "feed") for article in found))
    store.commit(Batch([announced, *outcomes], snapshots))


def make_archive(root: Path) -> Path:
    """Make the test archive under `root` and return its folder."""
    root.mkdir(parents=True, exist_ok=True)
    db = open_database(root, write=True)
    store = Store(db, {HOST})
    file_articles(store, articles(), "2026-03-01T04:00:00+00:00")
    _file_alias(store, f"{SITE}/old/truce/", "2026-03-01T05:00:00+00:00")
    edited = replace(cited_article(), headline="A truce holds, signed")
    file_articles(store, [edited], "2026-03-02T04:00:00+00:00", first=500)
    _file_addresses_without_article(store)
    store.resolve_references()
    db.execute(
        "INSERT INTO crawls (mode, started_at, ended_at, ended_why, exit_status, announced, fetched, new, changed,"
        " unchanged, excluded, failed, seconds, program) VALUES ('crawl', '2026-03-02T04:00:00+00:00',"
        " '2026-03-02T04:00:09+00:00', 'finished', 0, 35, 1, 0, 1, 0, 1, 0, 9.5, 'test')"
    )
    db.close()
    return root


def _file_alias(store: Store, url: str, at: str) -> None:
    snapshot = Snapshot(url, at, 200, "sha1:alias", "warc/test-0.warc.gz", 999_000, 2048)
    outcome = Outcome(url, "stored", at, article=cited_article(), snapshot=snapshot)
    announced = Announced(at, (Announcement(url, "/sitemap.xml", "sitemap"),))
    store.commit(Batch([announced, outcome], [snapshot]))


def _file_addresses_without_article(store: Store) -> None:
    at = "2026-03-01T06:00:00+00:00"
    urls = (f"{SITE}/about/", f"{SITE}/waiting/")
    announced = Announced(at, tuple(Announcement(url, "/sitemap.xml", "sitemap") for url in urls))
    store.commit(Batch([announced, Outcome(urls[0], "excluded", at, "not an article: about page")]))
