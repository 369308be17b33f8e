"""A report's files: hostile text stays text, numbers are as people write them, nothing half written stays behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archive.errors import UsageError
from archive.facts import RunFacts
from archive.models import Outcome
from archive.reports.report import Told, report_of
from archive.reports.writing import check_report, html_of, number, share, write_report

HOSTILE = "</style><script>alert(1)</script>"


def told() -> Told:
    facts = RunFacts("nightly", "2026-05-05T03:00:00+00:00")
    facts.settle([Outcome(f"javascript:alert(1)//{HOSTILE}", "failed", "", f"HTTP 500 {HOSTILE}")])
    row = {"started_at": facts.started_at, "mode": "nightly", "remarks": json.dumps([HOSTILE]), "exit_status": 3}
    return Told(HOSTILE, row, facts, ())


def test_hostile_text_stays_text_and_no_address_runs() -> None:
    page = html_of(report_of(told()))
    assert "<script" not in page and "&lt;script&gt;" in page
    assert 'href="javascript' not in page


def test_files_are_replaced_whole(tmp_path: Path) -> None:
    folder = check_report(tmp_path / "new" / "r")
    assert list(folder.iterdir()) == []
    (folder / "report.html").write_text("of yesterday")
    write_report(folder, report_of(told()))
    assert sorted(path.name for path in folder.iterdir()) == ["report.html", "report.json"]
    assert json.loads((folder / "report.json").read_text("utf-8"))["remarks"] == [HOSTILE]
    assert (folder / "report.html").read_text("utf-8").startswith("<!DOCTYPE html>")


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "r").write_text("")
    with pytest.raises(UsageError, match="cannot take the report"):
        check_report(tmp_path / "r")
    with pytest.raises(UsageError, match="kept"):
        write_report(tmp_path / "r", report_of(told()))


@pytest.mark.parametrize(
    ("value", "text"), [(None, "–"), (0.0, "0 %"), (1.0, "100 %"), (0.998, "99.8 %"), (0.001, "0.1 %"), (0.5, "50 %")]
)
def test_shares_that_are_nearly_all_are_not_all(value: float | None, text: str) -> None:
    assert share(value) == text


def test_numbers() -> None:
    assert (number(None), number(1234567), number(1.5)) == ("–", "1,234,567", "1.50")
