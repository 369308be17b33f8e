"""What a front page says of its site."""

from __future__ import annotations

import pytest

from scraper.discovery.front import read_front, system_of

PAGE = """<html lang="pt-BR"><head><title>O Cais | Portos e gente</title>
<link rel="alternate" type="application/atom+xml" href="/atom.xml">
<link rel="alternate" type="application/rss+xml" href="/comments/feed/"></head><body>
<nav><a href="/portos/">P</a><a href="https://cais.example/navios">N</a><a href="/sobre/?x=1">q</a>
<a href="/2024/05/um-texto/">t</a><a href="/um-titulo-muito-muito-longo-mesmo/">t</a><a href="/contact/">C</a>
<a href="https://other.example/x/">o</a><a href="/">H</a><a href="mailto:a@b.c">m</a><a href="http://[bad">b</a></nav>
<main><a href="/not-in-a-menu/">x</a></main></body></html>"""


def test_a_front_page_names_its_sections_pages_beside_feeds_and_language() -> None:
    front = read_front(PAGE, "https://cais.example/")
    assert front.title == "O Cais"
    assert front.language == "pt"
    assert front.sections == ("/portos/", "/navios")
    assert front.beside == ("/contact/",)
    assert front.feeds == ("https://cais.example/atom.xml",)
    assert (front.canonical, front.system) == (None, None)


@pytest.mark.parametrize(
    ("html", "system"),
    [
        ('<meta name="generator" content="WordPress 6.7">', "WordPress"),
        ('<img src="/wp-content/a.jpg"><link href="/wp-includes/b.css">', "WordPress"),
        ('<article elid="1"><h2 class="widget__headline">', "RebelMouse"),
        ('<article elid="1"><h2 class="widget__headline h2"><img src="/wp-content/old.jpg"><a href="/wp-json/">', None),
        ('<meta name="generator" content="Hugo 0.1"><img src="/wp-content/a.jpg">', None),
    ],
)
def test_the_system_is_the_one_that_several_signs_name(html: str, system: str | None) -> None:
    found = system_of(f"<html>{html}")
    if system is None and found:
        assert found.name in ("RebelMouse", "WordPress") and len(found.signs) >= 2
    else:
        assert (found.name if found else None) == system
