"""Which changes are revisions, and what kind of edit each is: the labelled pairs are the rules' yardstick."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any, get_args

import pytest

from archive.edit_kinds import EditKind
from archive.models import Article, Byline, Image, Notice
from archive.revisions import changed_fields, describe_edit, fingerprint, notices_of, words_of
from archive.worddiff import texts_of

FIXTURE = Path(__file__).parents[1] / "fixtures" / "edits" / "pairs.jsonl"
PAIRS: list[dict[str, Any]] = [json.loads(line) for line in FIXTURE.read_text("utf-8").splitlines()]


def article(body: str, **fields: Any) -> Article:
    return Article(
        url="https://review.example/a/",
        headline=fields.pop("headline", "A yard"),
        body_text=body,
        body_html="",
        layout="plain",
        extractor="1",
        **fields,
    )


def read(fields: dict[str, Any], notices: list[str]) -> Article:
    lines = (fields.get("credits") or "").splitlines()
    images = tuple(
        Image(url=f"{place}.jpg", identity=str(place), role="inline", position=place, credit_line=line)
        for place, line in enumerate(lines)
    )
    return article(
        fields.get("body") or "",
        headline=fields.get("headline") or "",
        dek=fields.get("dek"),
        section=fields.get("section"),
        byline=Byline(fields.get("byline")),
        images=images,
        notices=tuple(Notice("correction", text, 0) for text in notices),
    )


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair['kind']}-{pair['language']}-{pair['why'] or 'other'}")
def test_a_labelled_edit_is_told_right(pair: dict[str, Any]) -> None:
    before = read(pair["before"], pair.get("notices_before", []))
    after = read(pair["after"], pair.get("notices_after", []))
    edit = describe_edit(words_of(before), words_of(after), notices_of(before), notices_of(after))
    assert (edit.kind, edit.silent) == (pair["kind"], pair["silent"])
    assert set(edit.changed_fields) == {
        field
        for field in pair["after"].keys() | pair["before"].keys()
        if pair["before"].get(field) != pair["after"].get(field)
    }


def test_the_labelled_edits_are_many_and_of_every_kind() -> None:
    kinds = Counter(pair["kind"] for pair in PAIRS)
    assert len(PAIRS) >= 120
    assert set(kinds) == set(get_args(EditKind))
    assert min(kinds.values()) >= 8
    assert len({pair["language"] for pair in PAIRS}) >= 12


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The cafe\u0301 is shut.", "The caf\u00e9 is shut."),
        ("The harbour\u00admaster left.", "The harbourmaster left."),
        ("The\u200b harbour left.\ufeff", "The harbour left."),
        ("10\u00a0000 crowns\u2009paid", "10 000 crowns paid"),
        ("The  harbour\tleft. ", "The harbour left."),
        ("One.\n\nTwo.", "One.\nTwo."),
        ("One. Two.", "One.\nTwo."),
        ("\u202aThe harbour\u202c left.", "The harbour left."),
        ("The har\u200cbour left.", "The harbour left."),
    ],
)
def test_what_readers_cannot_see_is_no_change(one: str, other: str) -> None:
    assert changed_fields(words_of(article(one)), words_of(article(other))) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('"No"', "“No”"),
        ("1914-18", "1914–18"),
        ("No.", "No!"),
        ("it's", "it’s"),
        ("می\u200cشود", "میشود"),
        ("any one", "anyone"),
        ("said,and", "said, and"),
        ("Yes", "yes"),
    ],
)
def test_punctuation_capitals_and_joiners_that_shape_letters_count(one: str, other: str) -> None:
    before, after = words_of(article(one)), words_of(article(other))
    assert changed_fields(before, after) == ["body"]
    assert fingerprint(before) != fingerprint(after)


def test_invisible_marks_leave_the_fingerprint_alone() -> None:
    assert fingerprint(words_of(article("a\u00adb\u00a0c"))) == fingerprint(words_of(article("ab c")))


def test_fields_that_are_no_words_are_no_change() -> None:
    before = article("One.", modified_at="2026-01-01T00:00:00+00:00", tags=("a",))
    after = article("One.", modified_at="2026-02-01T00:00:00+00:00", tags=("b",))
    assert changed_fields(words_of(before), words_of(after)) == []


def test_the_diff_of_an_edit_holds_both_texts_of_each_changed_field() -> None:
    before = words_of(article("One.\nTwo is here.", headline="Old", dek="Same"))
    after = words_of(article("One.\nTwo was here.\nThree.", headline="New", dek="Same"))
    edit = describe_edit(before, after)
    assert edit.changed_fields == ("headline", "body")
    stored = json.loads(json.dumps(edit.diff))
    assert {field: texts_of(rows) for field, rows in stored.items()} == {
        field: (before[field], after[field]) for field in ("headline", "body")
    }


def test_a_misspelling_is_told_by_letters_the_article_never_has_together() -> None:
    text = FIXTURE.with_name("article.txt").read_text("utf-8")
    wrong = text.replace("paid twice", "paqd twice")
    assert wrong != text
    assert describe_edit({"body": wrong}, {"body": text}).kind == "typo"
    # Without the article around it, one letter of a short word may make another word.
    assert describe_edit({"body": "They live."}, {"body": "They like."}).kind == "substantive"
