"""Persons are told from agencies, desks, titles, places and dates; the line is kept as printed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.models import Byline, Evidence
from scraper.extraction.byline import choose_byline
from scraper.extraction.document import read_document
from scraper.extraction.names import covers, has_lead_in, read_names, without_lead_in
from scraper.extraction.structured import read_structured
from scraper.profile import Profile

URL = "https://www.daily.example/news/1"
LONG = "<p>" + "The ferry has returned to the harbour and people were glad of it. " * 5 + "</p>"


def _choose(
    author: Any = None, head: str = "", body: str = "", selectors: tuple[str, ...] = (), profile: Profile | None = None
) -> tuple[Byline, Evidence]:
    if author is not None:
        thing = {"@type": "NewsArticle", "headline": "Ferry returns", "author": author}
        head += f'<script type="application/ld+json">{json.dumps(thing)}</script>'
    head += '<meta property="og:site_name" content="The Daily">'
    document = read_document(f"<html><head>{head}</head><body><h1>Ferry returns</h1>{body}</body></html>", URL)
    return choose_byline(document, read_structured(document), selectors, profile)


def _person(name: str) -> dict[str, str]:
    return {"@type": "Person", "name": name}


@pytest.mark.parametrize(
    ("line", "persons"),
    [
        ("By Ana Roe", ["Ana Roe"]),
        ("By Ana Roe, Ben Lund and Cleo Marsh", ["Ana Roe", "Ben Lund", "Cleo Marsh"]),
        ("BY ANA ROE AND BEN LUND", ["ANA ROE", "BEN LUND"]),
        ("Von Anke Roth und Bernd Lund", ["Anke Roth", "Bernd Lund"]),
        ("Ein Kommentar von Anke Roth", ["Anke Roth"]),
        ("Par Anne Roux et Benoît Lund, envoyé spécial à Kyiv", ["Anne Roux", "Benoît Lund"]),
        ("Por Ana Ríos y Benito Luna", ["Ana Ríos", "Benito Luna"]),
        ("Di Anna Rossi e Bruno Luna", ["Anna Rossi", "Bruno Luna"]),
        ("Door Anna de Vries en Bram Lund", ["Anna de Vries", "Bram Lund"]),
        ("Av Anna Røed og Bjørn Lund", ["Anna Røed", "Bjørn Lund"]),
        ("Af Anna Røed, journalist", ["Anna Røed"]),
        ("Автор: Анна Рощина, Борис Лунин", ["Анна Рощина", "Борис Лунин"]),
        ("Текст: Анна Рощина и Борис Лунин", ["Анна Рощина", "Борис Лунин"]),
        ("بقلم سالم الراوي", ["سالم الراوي"]),
        ("文/山田花子", ["山田花子"]),
        ("山田花子記者、佐藤一郎", ["山田花子", "佐藤一郎"]),
        ("记者 李小华", ["李小华"]),
        ("김하늘 기자 hn.kim@daily.example", ["김하늘"]),
        ("Ana Roe, Washington correspondent", ["Ana Roe"]),
        ("Washington correspondent Ana Roe", ["Ana Roe"]),
        ("Ana Roe Senior Political Editor", ["Ana Roe"]),
        ("Anke Roth Redakteurin", ["Anke Roth"]),
        ("Ana Roe in Valencia and Ben Lund in Cape Town", ["Ana Roe", "Ben Lund"]),
        ("By Ana Roe, New York", ["Ana Roe"]),
        ("Von Anke Roth, Lille", ["Anke Roth"]),
        ("Ana Roe | Friday May 3, 2024 10:15 am", ["Ana Roe"]),
        ("Ana Roe Friday, May 3, 2024", ["Ana Roe"]),
        ("By Ana Roe (@anaroe) ana.roe@daily.example", ["Ana Roe"]),
        ("Ana Roe/Ben Lund", ["Ana Roe", "Ben Lund"]),
        ("Ana Roe Reuters", ["Ana Roe"]),
        ("By Ana Roe with Reuters", ["Ana Roe"]),
        ("José Ruiz y Luna", ["José Ruiz y Luna"]),
        ("Ludwig van den Berg", ["Ludwig van den Berg"]),
        ("Text: Anke Roth, Foto: Bernd Lund", ["Anke Roth"]),
        ("Staff", []),
        ("Daily Staff", []),
        ("Guardian of the harbour", []),
        ("Reuters", []),
        ("dpa", []),
        ("AP National Security Writer", []),
        ("Redaktion", []),
        ("La rédaction", []),
        ("редакция", []),
        ("港新聞社", []),
        ("admin", []),
        ("https://daily.example/author/ana", []),
        ("@anaroe", []),
        ("Share", []),
        ("", []),
    ],
)
def test_persons_are_read_from_a_line(line: str, persons: list[str]) -> None:
    assert list(read_names(line).persons) == persons


def test_agencies_desks_and_the_site_are_bodies() -> None:
    names = read_names("Ana Roe, dpa, Daily Staff, The Harbour Post", own=["the harbour post"])
    assert names.persons == ("Ana Roe",)
    assert names.bodies == ("dpa", "Daily Staff", "The Harbour Post")


def test_a_stated_author_may_be_one_word() -> None:
    assert read_names("Regine", stated=True).persons == ("Regine",)
    assert read_names("Regine").persons == ()


def test_lead_ins_are_taken_off_only_before_a_name() -> None:
    assert without_lead_in("Words by Ana Roe") == "Ana Roe"
    assert without_lead_in("Di Rossi") == "Di Rossi"
    assert has_lead_in("By Ana")
    assert not has_lead_in("Byron Ana")


def test_a_line_of_names_is_told_from_a_sentence() -> None:
    assert covers("By Ana Roe and Ben Lund", read_names("By Ana Roe and Ben Lund"))
    sentence = "With reports from Ana Roe"
    assert not covers(sentence, read_names(sentence))


def test_layout_selectors_come_first() -> None:
    body = '<a class="name">Ana Roe</a><a class="name">Ben Lund</a><p>By Cleo Marsh</p>'
    byline, evidence = _choose(_person("Cleo Marsh"), body=body, selectors=(".none", "a.name"))
    assert byline == Byline("Ana Roe, Ben Lund", ("Ana Roe", "Ben Lund"))
    assert (evidence.source, evidence.rule) == ("css a.name", "layout")


def test_a_profiles_own_names_are_never_authors() -> None:
    profile = Profile("daily", "The Daily", URL, own_names=("Daily Staff",))
    authors = [_person("Ana Roe"), _person("The Daily"), _person("Daily Staff")]
    assert _choose(authors, profile=profile)[0].authors == ("Ana Roe",)
    assert _choose(authors[1:], profile=profile)[0].authors == ()
    linked = '<a class="name">Daily Staff</a>'
    assert _choose(body=linked, selectors=(".name",), profile=profile)[0] == Byline("Daily Staff", ())


def test_the_printed_line_is_kept_verbatim() -> None:
    body = '<div class="byline">By <a>Ana Roe</a>, Harbour Correspondent</div>' + LONG
    byline, evidence = _choose(_person("Ana Roe"), body=body)
    assert byline == Byline("By Ana Roe , Harbour Correspondent", ("Ana Roe",))
    assert evidence.source == "json-ld author"


def test_a_line_that_says_more_than_the_body_is_not_its_byline() -> None:
    body = '<p class="byline">Source: Reuters Sport</p>' + LONG
    assert _choose(_person("Reuters"), body=body)[0] == Byline("Reuters", ("Reuters",))
    assert _choose(_person("Reuters"), body='<p class="byline">By Reuters</p>' + LONG)[0].line == "By Reuters"


def test_a_name_in_a_caption_is_not_the_byline() -> None:
    body = "<figure><figcaption>Photo: Ana Roe</figcaption></figure><p>By <b>Ana Roe</b></p>" + LONG
    assert _choose(_person("Ana Roe"), body=body)[0].line == "By Ana Roe"


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ({"givenName": "Ana", "familyName": "Roe"}, ("Ana Roe",)),
        (["Ana Roe", _person("Ben Lund")], ("Ana Roe", "Ben Lund")),
        (_person("Ana Roe and Ben Lund"), ("Ana Roe", "Ben Lund")),
        ([_person("Ana Roe"), _person("ANA ROE")], ("Ana Roe",)),
        ([_person("Ana Roe"), {"@type": "Organization", "name": "Harbour Wire"}], ("Ana Roe",)),
    ],
)
def test_json_ld_authors_in_their_shapes(author: Any, expected: tuple[str, ...]) -> None:
    assert _choose(author)[0].authors == expected


def test_the_site_as_author_gives_way_to_a_person_named_elsewhere() -> None:
    site = {"@type": "Organization", "name": "The Daily"}
    assert _choose(site, '<meta name="author" content="Ana Roe">')[0].authors == ("Ana Roe",)
    assert _choose(site, body='<span class="article-author">Von Anke Roth</span>' + LONG)[0].authors == ("Anke Roth",)
    assert _choose(site, body="<p>By Ana Roe</p>" + LONG)[0].authors == ("Ana Roe",)
    assert _choose(site, body=LONG + "<ul><li><b>Autorin</b> Anke Roth</li></ul>")[0].authors == ("Anke Roth",)
    assert _choose(site, body=LONG * 2 + '<p style="text-align:right"><b>Ana Roe</b></p>')[0].authors == ("Ana Roe",)


def test_the_label_of_a_card_names_its_author() -> None:
    head = '<meta name="twitter:label1" content="Written by"><meta name="twitter:data1" content="Ana Roe">'
    assert _choose(head=head)[0].authors == ("Ana Roe",)
    other = (
        '<meta name="twitter:label1" content="Est. reading time"><meta name="twitter:data1" content="Three Minutes">'
    )
    assert _choose(head=other)[0].authors == ()


def test_the_body_that_signs_stands_in_when_nobody_is_named() -> None:
    byline, evidence = _choose(_person("Associated Press"))
    assert byline.authors == ("Associated Press",)
    assert evidence.rule == "nobody named: the body that signs"


def test_an_agency_stated_elsewhere_comes_before_the_publisher() -> None:
    site = {"@type": "Organization", "name": "The Daily"}
    assert _choose(site, '<meta name="author" content="Reuters">')[0].authors == ("Reuters",)


def test_addresses_and_handles_are_no_authors() -> None:
    head = '<meta property="article:author" content="https://social.example/ana"><meta name="author" content="@ana">'
    assert _choose(head=head)[0] == Byline()


@given(st.text(max_size=120), st.booleans())
@settings(max_examples=80, deadline=None)
def test_no_line_breaks_the_reading(line: str, stated: bool) -> None:
    names = read_names(line, stated=stated)
    assert all(name.strip() for name in (*names.persons, *names.bodies))


@given(
    st.lists(
        st.sampled_from(["By", "Ana", "Roe", ",", "and", "-", "Staff", "in", "Writer", "12", "|", "y", "@a"]),
        max_size=14,
    )
)
@settings(max_examples=80, deadline=None)
def test_persons_are_made_of_the_lines_own_words(words: list[str]) -> None:
    line = " ".join(words)
    for person in read_names(line).persons:
        assert set(person.split()) <= {word.strip(",-|") for word in line.split()}
