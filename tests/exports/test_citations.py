"""Citations: whole, read back by other programs' rules, and harmless to TeX."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from archive.exports.citations import FORMATS, Citable, bibtex, csl, key, plain, ris
from archive.exports.names import Name, parse_name
from archive.urls import stable_id

ARTICLE = Citable(
    headline="What 50% & $3 buy_you",
    authors=("Mara Ellingsen", "Óscar Peña", "Ada Quill"),
    publication="review.example",
    published_at="2026-02-11T15:30:05+00:00",
    url="https://review.example/a_b/",
    fetched_at="2026-03-02T04:00:00+00:00",
    digest="sha1:ABC",
)
BARE = replace(ARTICLE, authors=(), published_at=None, headline="Why?")
REVISION = replace(ARTICLE, revision=2, archive_url="https://archive.example/article/a_b/revision/2")
NASTY = (
    "A {brace", "}", "Back\\slash\\", "100% #1 ~ ^ _ & $", "one\ntwo\r\nER  - ", '"quoted" “so”', "\x00\x1b[0m",
    "x" * 5_000,    "@article{x,", "الهدنة التي لم يوقعها أحد", "习近平", "<script>", "% comment", "a, b = {c}",
)  # fmt: skip
# The properties that csl-data.json of the CSL schema 1.0.2 allows an item, and the kinds of their values.
CSL_TEXTS = {
    "id", "type", "title", "container-title", "URL", "abstract", "section", "language", "keyword", "archive_location",
    "version", "note",
}  # fmt: skip
CSL_NAME = {"family", "given", "non-dropping-particle", "suffix", "literal"}


def test_plain_text_names_the_copy() -> None:
    assert plain(ARTICLE) == (
        "Mara Ellingsen, Óscar Peña and Ada Quill. “What 50% & $3 buy_you.” review.example, 11 February 2026."
        " https://review.example/a_b/. Archived copy of 2 March 2026, sha1:ABC."
    )
    assert plain(replace(ARTICLE, headline="He said “no”")).count("‘no’.”") == 1


def test_a_revision_is_cited_with_its_day_and_where_it_can_be_read() -> None:
    copy = "Revision 2, archived copy of 2 March 2026, https://archive.example/article/a_b/revision/2, sha1:ABC"
    assert plain(REVISION).endswith(copy + ".")
    assert csl(REVISION)["archive_location"] == REVISION.archive_url and csl(REVISION)["version"] == "revision 2"
    assert f"L2  - {REVISION.archive_url}\r\n" in ris(REVISION) and f"N1  - {copy}\r\n" in ris(REVISION)
    assert key(REVISION) == key(ARTICLE) + "r2"


def test_what_is_not_known_is_left_out() -> None:
    assert plain(BARE).startswith("“Why?” review.example, n.d. https://")
    assert not {"author", "issued", "abstract", "version"} & set(csl(BARE))
    assert not re.search(r"^  (author|year|date|month)", bibtex(BARE), re.MULTILINE)
    assert not re.search(r"^(AU|PY|DA|AB)", ris(BARE), re.MULTILINE)
    assert key(BARE).startswith("anonnd")


def test_the_day_is_the_one_that_the_page_claims() -> None:
    late = replace(ARTICLE, published_at="2026-02-12T03:30:00+00:00", published_offset="-05:00")
    assert "11 February 2026" in plain(late) and "date = {2026-02-11}" in bibtex(late)
    assert csl(late)["issued"] == {"date-parts": [[2026, 2, 11]]} and "DA  - 2026/02/11\r\n" in ris(late)


def test_a_name_of_an_entry_is_its_own() -> None:
    other = replace(ARTICLE, url="https://review.example/another/")
    assert key(ARTICLE) == f"ellingsen2026what-{stable_id(ARTICLE.url):013x}"[:24]
    assert key(ARTICLE) != key(other)


def test_bibtex_escapes_what_tex_would_obey() -> None:
    entry = bibtex(ARTICLE)
    assert entry.startswith("@article{ellingsen2026what-") and entry.endswith("}")
    assert r"title = {{What 50\% \& \$3 buy\_you}}" in entry
    assert "author = {Ellingsen, Mara and Peña, Óscar and Quill, Ada}" in entry
    assert "url = {https://review.example/a_b/}" in entry


@pytest.mark.parametrize("text", NASTY)
def test_no_text_breaks_a_format(text: str) -> None:
    article = replace(ARTICLE, headline=text, authors=(text, f"Ada {text}"), publication=text, dek=text, tags=(text,))
    entry = bibtex(article)
    # BibTeX counts every brace, escaped or not.
    depths = [entry[: place + 1].count("{") - entry[: place + 1].count("}") for place in range(len(entry))]
    assert min(depths) == 0 and depths[-1] == 0 and depths.index(0, entry.index("{")) == len(entry) - 1
    lines = ris(article).split("\r\n")
    assert lines[0] == "TY  - MGZN" and lines[-2:] == ["ER  - ", ""]
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - [^\r\n]*", line) for line in lines[:-1])
    assert sum(line.startswith("ER") for line in lines) == 1
    assert "\n" not in plain(article)
    assert json.loads(FORMATS["csl.json"].file(article)) == [csl(article)]


def test_csl_items_hold_what_the_schema_allows() -> None:
    for article in (ARTICLE, BARE, REVISION, replace(ARTICLE, authors=("Reuters",), tags=("a", "b"), dek="D")):
        item = csl(article)
        for name, value in item.items():
            if name == "author":
                assert all(set(author) <= CSL_NAME and all(author.values()) for author in value)
            elif name in ("issued", "accessed"):
                assert list(value) == ["date-parts"] and all(isinstance(part, int) for part in value["date-parts"][0])
            else:
                assert name in CSL_TEXTS and isinstance(value, str)


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("Mara Ellingsen", Name("Ellingsen", "Mara")),
        ("Ludwig van Beethoven", Name("Beethoven", "Ludwig", "van")),
        ("Ursula von der Leyen", Name("Leyen", "Ursula", "von der")),
        ("Charles de Gaulle", Name("Gaulle", "Charles", "de")),
        ("Jean-Claude Van Damme", Name("Damme", "Jean-Claude", "Van")),
        ("José Ortega y Gasset", Name("Ortega y Gasset", "José")),
        ("Mohammed bin Salman", Name("Salman", "Mohammed", "bin")),
        ("Martin Luther King Jr.", Name("King", "Martin Luther", "", "Jr.")),
        ("Sammy Davis, Jr.", Name("Davis", "Sammy", "", "Jr.")),
        ("Robert Downey III", Name("Downey", "Robert", "", "III")),
        ("Van Morrison", Name("Morrison", "Van")),
        ("Владимир Набоков", Name("Набоков", "Владимир")),
        ("Reuters", Name(literal="Reuters")),
        ("The Editors", Name(literal="The Editors")),
        ("Human Rights Watch", Name(literal="Human Rights Watch")),
        ("Marks and Spencer", Name(literal="Marks and Spencer")),
        ("习近平", Name(literal="习近平")),
        ("山田 太郎", Name(literal="山田 太郎")),
        ("محمد عبد الله", Name(literal="محمد عبد الله")),
    ],
)
def test_a_name_is_divided_where_it_can_be(printed: str, name: Name) -> None:
    assert parse_name(printed) == name


def test_an_organisation_stays_whole_in_every_format() -> None:
    article = replace(ARTICLE, authors=("Marks and Spencer", "Jean-Claude Van Damme"))
    assert "author = {{Marks and Spencer} and {Van Damme}, Jean-Claude}" in bibtex(article)
    assert "AU  - Marks and Spencer\r\nAU  - Van Damme, Jean-Claude\r\n" in ris(article)
    assert csl(article)["author"][0] == {"literal": "Marks and Spencer"}
