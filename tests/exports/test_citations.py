"""Citations: whole, and harmless to TeX."""

from __future__ import annotations

from dataclasses import replace

from archive.exports.citations import Citable, bibtex, key, plain_text

ARTICLE = Citable(
    headline="What 50% & $3 buy_you",
    authors=("Mara Ellingsen", "Óscar Peña", "Ada Quill"),
    publication="review.example",
    published_at="2026-02-11T15:30:05+00:00",
    url="https://review.example/a_b/",
    fetched_at="2026-03-02T04:00:00+00:00",
    digest="sha1:ABC",
)


def test_plain_text_names_the_copy() -> None:
    assert plain_text(ARTICLE) == (
        "Mara Ellingsen, Óscar Peña and Ada Quill. “What 50% & $3 buy_you.” review.example, 11 February 2026."
        " https://review.example/a_b/. Archived copy of 2 March 2026, sha1:ABC."
    )


def test_what_is_not_known_is_left_out() -> None:
    bare = replace(ARTICLE, authors=(), published_at=None, headline="Why?")
    assert plain_text(bare).startswith("“Why?” review.example, n.d. https://")
    assert "author" not in bibtex(bare) and "year" not in bibtex(bare)
    assert key(bare) == "anonnd"


def test_bibtex_escapes_what_tex_would_obey() -> None:
    entry = bibtex(ARTICLE)
    assert entry.startswith("@online{ellingsen2026what,\n") and entry.endswith("}")
    assert r"title = {{What 50\% \& \$3 buy\_you}}" in entry
    assert "author = {Mara Ellingsen and Óscar Peña and Ada Quill}" in entry
    assert "url = {https://review.example/a_b/}" in entry
    braces = entry.replace(r"\{", "").replace(r"\}", "")
    assert braces.count("{") == braces.count("}")
