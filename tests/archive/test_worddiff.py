"""The word diff: exact in both directions, in order, fast, and readable."""

from __future__ import annotations

import json
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.worddiff import Diff, as_text, changes_in, diff_texts, diff_words, texts_of

PARAGRAPHS = (
    "The depot on the north quay has been empty since the spring.",
    "Nobody at the ministry would say who had ordered it closed.",
    "A former clerk kept copies of all the invoices in a shoe box.",
    "The invoices are signed with initials that no employee has.",
    "Two guards still come to work there every morning at seven.",
)
WORDS = [f"word{number}" for number in range(4000)]

any_paragraph = st.one_of(st.sampled_from(PARAGRAPHS), st.text(alphabet="ab é,.日本\u00a0\t’", max_size=12))
any_text = st.one_of(st.none(), st.lists(any_paragraph, max_size=7).map("\n".join), st.text(max_size=30))


def body(*paragraphs: str) -> str:
    return "\n".join(paragraphs)


def long_article(seed: int, words: int = 20_000, paragraph: int = 60) -> str:
    chosen = random.Random(seed)
    return "\n".join(" ".join(chosen.choices(WORDS, k=paragraph)) + "." for _ in range(words // paragraph))


def seconds(before: str, after: str) -> float:
    started = time.process_time()
    rows = diff_texts(before, after)
    spent = time.process_time() - started
    assert texts_of(rows) == (before, after)
    return spent


@given(any_text, any_text)
def test_both_texts_come_back_from_the_json(before: str | None, after: str | None) -> None:
    assert texts_of(json.loads(json.dumps(diff_texts(before, after)))) == (before, after)


@given(any_text)
def test_a_text_against_itself_has_kept_paragraphs_only(text: str | None) -> None:
    assert {row[0] for row in diff_texts(text, text)} <= {"="}


def test_a_rewritten_paragraph_shows_its_words_in_order() -> None:
    after = PARAGRAPHS[0].replace("north", "south").replace("spring", "early spring")
    assert diff_texts(body(*PARAGRAPHS), body(after, *PARAGRAPHS[1:]))[0] == [
        "~",
        [
            ["=", "The depot on the "],
            ["-", "north"],
            ["+", "south"],
            ["=", " quay has been empty since the"],
            ["+", " early"],
            ["=", " spring."],
        ],
    ]


def test_a_moved_paragraph_is_told_from_a_rewritten_one() -> None:
    first, second, third, fourth, fifth = PARAGRAPHS
    touched = second.replace("closed", "shut")
    rows = diff_texts(body(*PARAGRAPHS), body(first, third, fourth, fifth, touched))
    assert [row[0] for row in rows] == ["=", "<", "=", "=", "=", ">"]
    assert rows[1][1] == rows[5][1]
    assert ["-", "closed"] in rows[5][2] and ["+", "shut"] in rows[5][2]


def test_inserted_and_deleted_paragraphs_stand_in_their_places() -> None:
    rows = diff_texts(body(*PARAGRAPHS[:3]), body(PARAGRAPHS[0], PARAGRAPHS[4], PARAGRAPHS[2]))
    assert [row[0] for row in rows] == ["=", "-", "+", "="]


def test_a_paragraph_split_in_two_is_one_row_without_a_word_changed() -> None:
    whole = f"{PARAGRAPHS[0]} {PARAGRAPHS[2]}"
    rows = diff_texts(body(whole, PARAGRAPHS[1]), body(PARAGRAPHS[0], PARAGRAPHS[2], PARAGRAPHS[1]))
    assert [row[0] for row in rows] == ["~", "="]
    assert [text for mark, text in rows[0][1] if mark != "="] == [" ", "\n"]


def test_a_sentence_put_in_is_one_piece() -> None:
    before = f"{PARAGRAPHS[0]} {PARAGRAPHS[1]}"
    after = f"{PARAGRAPHS[0]} {PARAGRAPHS[2]} {PARAGRAPHS[1]}"
    added = [text for mark, text in diff_texts(before, after)[0][1] if mark == "+"]
    assert len(added) == 1
    assert "former clerk kept copies of all the invoices" in added[0]


@pytest.mark.parametrize(
    ("before", "after", "went", "came"),
    [
        ("代表团昨天抵达北京。", "代表团今天抵达北京。", "昨", "今"),
        ("सरकार ने नई योजना बनाई।", "सरकार ने पुरानी योजना बनाई।", "नई", "पुरानी"),
        ("مغلق منذ الربيع", "مغلق منذ الصيف", "الربيع", "الصيف"),
        ("It cost 10 000 crowns", "It cost 12 000 crowns", "10 000", "12 000"),
        ("She didn’t go", "She didn't go", "didn’t", "didn't"),
    ],
)
def test_words_and_numbers_are_whole_in_every_script(before: str, after: str, went: str, came: str) -> None:
    marked = [piece for piece in diff_texts(before, after)[0][1] if piece[0] != "="]
    assert marked == [["-", went], ["+", came]]


def test_two_hundred_edits_in_twenty_thousand_words_take_well_under_a_second() -> None:
    before = long_article(1)
    words = before.split(" ")
    for place in random.Random(2).sample(range(len(words)), 200):
        words[place] = "edited"
    assert seconds(before, " ".join(words)) < 1


@pytest.mark.parametrize("paragraph", [8, 60, 20_000])
def test_wholly_different_articles_take_two_seconds_at_most(paragraph: int) -> None:
    assert seconds(long_article(1, paragraph=paragraph), long_article(2, paragraph=paragraph)) < 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a " * 20_000, "a " * 15_000 + "b " * 5_000),
        ("a b " * 10_000, "b a c " * 7_000),
        ("same\n" * 5_000, "same\n" * 4_000 + "other\n" * 1_000),
        ("的一是在不了有和人这" * 2_000, "这人和有了不在是一的" * 2_000),
    ],
)
def test_repeated_words_do_not_make_it_slow(before: str, after: str) -> None:
    assert seconds(before, after) < 2


def test_the_terminal_text_marks_words_and_counts_what_stayed() -> None:
    after = body(PARAGRAPHS[0].replace("north", "south"), *PARAGRAPHS[1:])
    diff = diff_words({"body": body(*PARAGRAPHS), "dek": None}, {"body": after, "dek": "New"}, ["dek", "body"])
    assert as_text(diff) == (
        "dek\n  {+New+}\n\n"
        "body\n  The depot on the [-north-]{+south+} quay has been empty since the spring.\n"
        "  … 4 paragraphs unchanged"
    )


def test_a_page_can_loop_over_fields_and_paragraphs() -> None:
    first, second, third, fourth, fifth = PARAGRAPHS
    touched = fourth.replace("signed", "marked")
    diff: Diff = {"body": diff_texts(body(*PARAGRAPHS), body(third, first, second, touched, fifth))}
    (change,) = changes_in(json.loads(json.dumps(diff)))
    assert change.field == "body"
    assert [(shown.kind, shown.move) for shown in change.paragraphs] == [
        ("moved", 1),
        ("kept", None),
        ("kept", None),
        ("moved", 1),
        ("rewritten", None),
        ("kept", None),
    ]
    assert change.paragraphs[0].pieces == (("=", third),)
    assert change.paragraphs[3].pieces == ()
