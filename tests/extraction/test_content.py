"""The body of a page nobody described: the right element, without what is not the article, and never a crash."""

from __future__ import annotations

import random
import time

import pytest

from scraper.extraction.content import Content, find_content
from scraper.extraction.document import read_document
from scraper.extraction.fallback import read_with_trafilatura

FIRST = "The harbour council voted on Monday to keep the old crane where it has stood since the war."
SECOND = "Two of its members had wanted to sell it, and said so at length, but nobody joined them in the end."
THIRD = "The crane will be painted in the spring, if the weather allows, and opened to visitors after that."
BODY = f"<p>{FIRST}</p><p>{SECOND}</p><h2>What follows</h2><p>{THIRD}</p>"
TEXT = [FIRST, SECOND, "What follows", THIRD]


def content_of(body: str, **known: str) -> Content:
    return find_content(read_document(f"<html><body>{body}</body></html>", "https://paper.example/crane"), **known)


def lines_of(body: str, **known: str) -> list[str]:
    return content_of(body, **known).text.split("\n")


def test_the_body_is_found_between_menus_teasers_and_the_footer() -> None:
    page = f"""
    <nav><ul>{"".join(f'<li><a href="/{n}">Section number {n}</a></li>' for n in range(30))}</ul></nav>
    <div><h1>The crane stays</h1><div>{BODY}</div></div>
    <div>{'<div><a href="/t"><h3>Another headline of the day</h3></a><p>Short teaser.</p></div>' * 12}</div>
    <div>The publisher, its address and a great many words about the use of cookies and of rights.</div>"""
    assert lines_of(page) == TEXT


@pytest.mark.parametrize(
    "box",
    [
        "<aside><p>An aside of more than eighty letters stands here, and is not about the crane at all.</p></aside>",
        '<div class="related-articles"><h3>Related</h3><p>A teaser of some length for another article.</p></div>',
        '<div class="c-newsletterSignup"><p>Get our letter every morning, with all that matters.</p></div>',
        '<div class="infobox"><h3>The crane</h3><p>Built before the war, it is forty metres tall.</p></div>',
        '<div role="complementary"><p>Words of a complementary kind, long enough for prose.</p></div>',
        "<div hidden><p>Words that nobody is shown, long enough to be taken for a text of some kind.</p></div>",
        '<div style="display: none"><p>Words that nobody is shown, long enough to be a text of some kind.</p></div>',
        '<figure><img src="a.jpg"><figcaption>The crane in the morning light, from the bridge.</figcaption></figure>',
        '<div><img src="a.jpg"><span>The crane at noon</span></div>',
        '<p><span class="media-caption">The crane at noon, from the bridge</span></p>',
        '<ul><li><a href="/1">The first of others</a></li><li><a href="/2">The second</a></li></ul>',
        '<h3>More on this</h3><ul><li>Harbour: <a href="/1">what the sale would bring</a></li>'
        '<li>City: <a href="/2">who pays for all this</a></li></ul>',
        '<p><a href="/x">A headline of another article that the reader may like</a></p>',
        "<p>Advertisement</p>",
        '<p><strong>Lesen Sie auch:</strong> <a href="/x">Der alte Kran und seine Freunde</a></p>',
        '<p>À lire aussi : <a href="/x">La grue du port</a></p>',
        '<p>Leia também: <a href="/x">O guindaste do porto</a></p>',
        '<p>Читайте также: <a href="/x">Старый кран</a></p>',
    ],
)
def test_what_stands_among_the_paragraphs_and_is_not_the_article_is_cut(box: str) -> None:
    text = f"<p>{FIRST}</p>{box}<p>{SECOND}</p><h2>What follows</h2><p>{THIRD}</p>"
    assert lines_of(f"<h1>The crane stays</h1><article>{text}</article>") == TEXT


@pytest.mark.parametrize(
    "line",
    [
        "© 2024 The Harbour Paper",
        "Reporting by A. Writer; editing by B. Editor",
        "mit dpa",
        "<em>A. Writer is the paper's harbour reporter</em>",
        "Follow us on our channels for more",
    ],
)
def test_closing_lines_are_cut(line: str) -> None:
    assert lines_of(f"<article>{BODY * 3}<p>{line}</p></article>") == TEXT * 3


@pytest.mark.parametrize(
    "line",
    [
        "<em>Correction: an earlier version gave the wrong height of the crane</em>",
        "They went home.",
    ],
)
def test_corrections_and_short_last_sentences_stay(line: str) -> None:
    assert len(lines_of(f"<article>{BODY * 3}<p>{line}</p></article>")) == len(TEXT * 3) + 1


def test_list_items_quotations_and_linked_sentences_stay() -> None:
    page = f"""<article><p>{FIRST}</p>
    <ul><li>Keep the crane</li><li>Paint it <a href="/how">soon</a></li><li>Open it</li></ul>
    <blockquote>It is ours.</blockquote><p>{SECOND} <a href="/x">Minutes</a> of the session are public.</p></article>"""
    lines = lines_of(page)
    assert lines[1:5] == ["Keep the crane", "Paint it soon", "Open it", "It is ours."]
    assert lines[5].endswith("Minutes of the session are public.")


def test_paragraphs_that_only_breaks_part_are_read() -> None:
    assert lines_of(f'<h1>The crane</h1><div class="x">{FIRST}<br><br>{SECOND}<br><br>{THIRD}</div>') == [
        FIRST,
        SECOND,
        THIRD,
    ]


def test_a_body_in_several_parts_is_read_whole() -> None:
    part = '<div class="part"><p>{}</p></div>'
    parts = f"{part.format(FIRST)}<div class='ad'>Ad</div>{part.format(SECOND)}{part.format(THIRD)}"
    assert lines_of(f"<article><h1>The crane</h1>{parts}</article>") == [FIRST, SECOND, THIRD]


def test_classes_that_tell_of_other_things_do_not_cut_the_body() -> None:
    page = f'<body class="has-sidebar"><div class="sidebar-grid"><div class="paywall social">{BODY * 2}</div></div>'
    assert lines_of(page) == TEXT * 2


def test_comments_longer_than_the_article_are_not_taken_for_it() -> None:
    comments = "".join(f"<div><p>{SECOND} I have always said so, number {n}.</p></div>" for n in range(40))
    page = f'<main><h1>The crane stays</h1><div>{BODY}</div></main><div id="comments">{comments}</div>'
    assert lines_of(page) == TEXT


def test_a_consent_dialog_longer_than_the_article_is_not_taken_for_it() -> None:
    dialog = f'<div class="cookie-consent">{"".join(f"<p>{THIRD}</p>" for _ in range(30))}</div>'
    assert lines_of(f"{dialog}<h1>The crane stays</h1><div>{BODY}</div>") == TEXT


def test_headline_and_dek_are_not_repeated_and_the_lines_over_the_text_go() -> None:
    page = (
        f"<article><p>Harbour</p><h1>The crane stays</h1><p>A vote with consequences.</p><p>12 May</p>{BODY}</article>"
    )
    assert lines_of(page, headline="The crane stays", dek="A vote with consequences.") == TEXT


def test_the_opening_paragraph_above_the_container_is_part_of_the_body() -> None:
    opening = "A vote in the harbour council has consequences for one and all."
    head = f"<header><h1>The crane stays</h1><p>{opening}</p></header>"
    assert lines_of(f"<main>{head}<div>{BODY * 2}</div><ul><li><a>x</a></li></ul></main>")[:2] == [opening, FIRST]


def test_lines_that_a_profile_names_are_never_text() -> None:
    page = (
        f"<article>{BODY}<p>Subscribe now to our letter. It is free of charge, and always will be.</p>{BODY}</article>"
    )
    document = read_document(page, "https://paper.example/")
    assert find_content(document, never=("subscribe NOW to",)).text.split("\n") == TEXT * 2


def test_languages_without_spaces_or_latin_letters_are_weighed_alike() -> None:
    japanese = (
        "港の評議会は月曜日、戦争以来そこに立っている古いクレーンを残すことを決めた。反対した議員は二人だけだった。"
    )
    menu = "<div><a href='/a'>政治</a> <a href='/b'>経済</a></div>"
    assert lines_of(f"{menu}<div><h1>クレーン</h1>{f'<p>{japanese}</p>' * 2}</div>") == [japanese, japanese]


def test_a_claimed_text_reveals_the_wrong_container_and_trafilatura_reads_the_page() -> None:
    rule = "Rule {}: whoever enters the harbour does so at his own risk, and at his own peril as well."
    rules = "".join(f"<p>{rule.format(number)}</p>" for number in range(12))
    menu = "<ul>" + '<li><a href="/s">A section of the paper</a></li>' * 20 + "</ul>"
    page = f'<section>{rules}</section>{menu}<div class="post-content">{BODY}</div>'
    claimed = " ".join((FIRST, SECOND, THIRD)) * 2
    mistaken, corrected = content_of(page), content_of(page, claimed=claimed)
    assert (mistaken.evidence.source, FIRST in mistaken.text) == ("container", False)
    assert (corrected.evidence.source, FIRST in corrected.text) == ("trafilatura", True)


def test_the_fallback_gives_blocks_with_structure_and_spares_the_tree() -> None:
    page = f'<article><h1>The crane</h1><h2>Why</h2>{BODY * 3}<p>{FIRST} <a href="/m">Minutes</a></p></article>'
    document = read_document(f"<html><body>{page}</body></html>", "https://paper.example/crane")
    before = len(list(document.tree.iter()))
    blocks = read_with_trafilatura(document, document.tree.find("body"))
    assert FIRST in [block.text for block in blocks]
    assert "https://paper.example/m" in [anchor.url for block in blocks for anchor in block.anchors]
    assert len(list(document.tree.iter())) == before


def test_evidence_says_how_much_of_the_prose_was_kept() -> None:
    assert content_of(f"<article>{BODY}</article>").evidence.rule == "100% of the page's prose"


@pytest.mark.parametrize(
    "body", ["", "<p></p>", "<script>x()</script>", "<div><a href='/'>Home</a></div>", "<frameset>"]
)
def test_a_page_without_text_has_no_body(body: str) -> None:
    found = content_of(body)
    assert (found.blocks, found.text, found.evidence.source) == ((), "", "none")


def test_many_links_and_deep_nesting_take_linear_time() -> None:
    links = "".join(f'<div class="ad"><a href="/{n}">link {n}</a></div>and {n} ' for n in range(4_000))
    started = time.process_time()
    assert FIRST in content_of(f"<h1>x</h1><article>{BODY * 4}{links}</article>").text
    assert FIRST in content_of("<article>" + "<div class='dialog'>" * 1_500 + BODY + "</div>" * 1_500).text
    assert time.process_time() - started < 2


def test_no_mutation_of_a_page_raises() -> None:
    rng = random.Random(7)
    page = f'<nav>menu</nav><main><h1>T</h1><div class="share">s</div><div itemprop="articleBody">{BODY}</div></main>'
    for _ in range(120):
        at, length = rng.randrange(len(page)), rng.randrange(1, 60)
        junk = "".join(rng.choice("<>\"'&/= ap\x00é") for _ in range(rng.randrange(8)))
        found = find_content(read_document(page[:at] + junk + page[at + length :], "https://paper.example/"))
        assert found.text == "\n".join(found.text.split("\n"))
