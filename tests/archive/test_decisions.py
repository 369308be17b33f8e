"""The file of people's decisions: read line by line, and refused with the line that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.decisions import DECISIONS, read_decisions
from archive.errors import UsageError

SERIES = '{"series": {"prefix": "Sanctions Watch", "name": "Watching sanctions"}, "why": "as the menu has it"}'
TAKEDOWN = '{"at": "2026-03-01", "takedown": {"url": "https://review.example/a/"}}'


def written(root: Path, text: str) -> Path:
    (root / DECISIONS).write_bytes(text.encode())
    return root


def test_without_the_file_nothing_is_decided(tmp_path: Path) -> None:
    assert read_decisions(tmp_path) == ()


def test_decisions_are_read_in_order_by_kind(tmp_path: Path) -> None:
    root = written(tmp_path, f"\ufeff{SERIES}\r\n\n{TAKEDOWN}\n{SERIES}")
    assert [(decision.kind, decision.line) for decision in read_decisions(root)] == [
        ("series", 1),
        ("takedown", 3),
        ("series", 4),
    ]
    (takedown,) = read_decisions(root, "takedown")
    assert takedown.text("url") == "https://review.example/a/"


def test_a_line_separator_inside_a_text_ends_no_line(tmp_path: Path) -> None:
    root = written(tmp_path, '{"outlet": {"host": "x.example", "name": "X\u2028Y"}}\n')
    assert read_decisions(root)[0].text("name") == "X\u2028Y"


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "3",
        '{"sereis": {}}',
        '{"series": {}, "takedown": {}}',
        '{"series": "Sanctions Watch"}',
        "{'series': {}}",
    ],
)
def test_a_line_that_is_none_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(UsageError, match="line 2"):
        read_decisions(written(tmp_path, f"{SERIES}\n{line}\n"))


def test_bytes_that_are_no_utf_8_are_said_to_be(tmp_path: Path) -> None:
    (tmp_path / DECISIONS).write_bytes(SERIES.encode("utf-16"))
    with pytest.raises(UsageError, match="UTF-8"):
        read_decisions(tmp_path)


@pytest.mark.parametrize("value", ["null", "3", '"  "', "[]"])
def test_a_text_that_is_missing_is_named_with_its_line(tmp_path: Path, value: str) -> None:
    (decision,) = read_decisions(written(tmp_path, f'{{"agency": {{"name": {value}}}}}'))
    with pytest.raises(UsageError, match='line 1: "agency" needs "name"'):
        decision.text("name")
