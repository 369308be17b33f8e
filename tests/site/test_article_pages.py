"""Article and revision pages: citations to take away, tags for reference managers, revisions, what is gone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archive.exports.citations import FORMATS
from archive.root import open_database
from archive.site.likeness import alike
from archive.store import Store
from archive.takedown import take_down
from tests.archive_support import HOST, HOSTILE, cited_article, file_articles
from tests.site.conftest import Reader, opened, text_of

TRUCE = "/article/2026/02/a-truce-holds"
WORDS = "The ceasefire held for eleven days."


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """An archive of one article whose body was rewritten in silence."""
    root = tmp_path_factory.mktemp("edited")
    db = open_database(root, write=True)
    store = Store(db, {HOST})
    article = cited_article()
    file_articles(store, [article], "2026-03-01T04:00:00+00:00")
    body = article.body_text.replace("The ceasefire held overnight.", WORDS)
    file_articles(store, [replace(article, body_text=body)], "2026-03-02T04:00:00+00:00", first=500)
    db.close()
    yield from opened(root / "archive.db")


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("path", [TRUCE, TRUCE + "/revision/1", "/article/undated", "/article/hostile"])
def test_a_citation_is_a_file_of_its_own(site: Reader, path: str, ending: str) -> None:
    response = site.get(f"{path}.{ending}")
    assert response.status_code == 200
    assert response.headers["content-type"] == f"{FORMATS[ending].media_type}; charset=utf-8"
    assert f'.{ending}"' in response.headers["content-disposition"]
    assert "https://review.example/" in response.text


def test_a_revision_is_cited_as_it_was(site: Reader) -> None:
    first, second = (site.get(f"{TRUCE}/revision/{number}.csl.json").json()[0] for number in (1, 2))
    assert (first["title"], second["title"]) == ("A truce holds, unsigned", "A truce holds, signed")
    assert first["accessed"] == {"date-parts": [[2026, 3, 1]]}
    assert first["archive_location"] == f"http://localhost{TRUCE}/revision/1"
    assert first["id"] != second["id"]


def test_reference_managers_find_the_article(site: Reader) -> None:
    page = site.page(TRUCE)
    tags = [(tag.get("name"), tag.get("content")) for tag in page.xpath("//meta[starts-with(@name, 'citation_')]")]
    assert ("citation_title", "A truce holds, signed") in tags
    assert [content for name, content in tags if name == "citation_author"] == ["Mara Ellingsen", "Óscar Peña"]
    assert ("citation_publication_date", "2026/02/11") in tags
    assert ("citation_public_url", "https://review.example/2026/02/a-truce-holds/") in tags
    said = json.loads(page.xpath("//script[@type='application/ld+json']")[0].text)
    assert said["@type"] == "NewsArticle" and said["datePublished"] == "2026-02-11T10:30:05-05:00"
    assert [author["name"] for author in said["author"]] == ["Mara Ellingsen", "Óscar Peña"]


def test_nothing_breaks_out_of_the_data_block(site: Reader) -> None:
    page = site.page("/article/hostile")
    blocks = page.xpath("//script")
    assert len(blocks) == 1 and "<" not in blocks[0].text
    assert json.loads(blocks[0].text)["headline"] == f"Hostile {HOSTILE}"


def test_a_revision_shows_what_it_changed_and_what_it_said(edited: Reader) -> None:
    page = edited.page(TRUCE + "/revision/2")
    inserted = " ".join(text_of(mark) for mark in page.xpath("//ins"))
    assert "for eleven days" in inserted and "overnight" in " ".join(map(text_of, page.xpath("//del")))
    assert WORDS in text_of(page.xpath("//section[@aria-labelledby='words']")[0])
    assert "silent" in text_of(page.xpath("//div[@class='dateline']")[0])
    assert "overnight" in text_of(edited.page(TRUCE + "/revision/1").xpath("//section[@aria-labelledby='words']")[0])
    assert edited.get(TRUCE + "/revision/3").status_code == 404


def test_a_silent_edit_is_marked_and_can_be_asked_for(edited: Reader) -> None:
    for path in ("/edits", "/edits?silent=1", "/edits?kind=substantive&silent=1"):
        assert len(edited.page(path).xpath("//tbody/tr//strong[@class='silent']")) == 1
    assert not edited.page("/edits?kind=headline").xpath("//tbody/tr")


def test_who_cites_an_article_is_shown_there(site: Reader) -> None:
    cited = site.page("/article/2021/02/matter-1").xpath("//section[@aria-labelledby='citing']")[0]
    assert cited.xpath(".//a/@href") == [TRUCE] and "An older matter rests." in text_of(cited)


def test_articles_are_alike_for_a_reason(site: Reader, root: Path) -> None:
    with open_database(root).conn as connection:
        (one,) = connection.execute("SELECT id FROM articles WHERE slug LIKE '%matter-1'").fetchone()
        found = alike(connection, one)
    assert found and all(each["id"] != one and each["shared"] for each in found)


def test_a_withdrawn_article_shows_no_word(tmp_path: Path) -> None:
    db = open_database(tmp_path, write=True)
    file_articles(Store(db, {HOST}), [cited_article()], "2026-03-01T04:00:00+00:00")
    (article_id,) = db.execute("SELECT id FROM articles").fetchone()
    db.close()
    take_down(tmp_path, article_id, "asked", purge=False)
    for reader in opened(tmp_path / "archive.db"):
        for path in (TRUCE, TRUCE + ".bib", TRUCE + "/revision/1"):
            response = reader.get(path)
            assert response.status_code == 410, path
            assert "truce holds" not in response.text and "ceasefire" not in response.text
