"""A WACZ is packed by a command that is not ours; the check with the validator is the benchmark `replay`."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import pytest

from tests.command import one_sentence, press_archive
from tests.nights import GONE, Archive


def test_without_the_command_a_sentence_says_how_to_get_it(nights: Archive, tmp_path: Path) -> None:
    if Path(shutil.which("wacz") or "/usr").is_file():
        pytest.skip("the command wacz is here")
    result = press_archive("export", "wacz", "--root", nights.root, "--output", tmp_path / "x.wacz")
    assert result.returncode == 1
    assert "pip install press-archive[wacz]" in one_sentence(result.stderr, result.stdout)
    assert list(tmp_path.iterdir()) == []


def test_a_wacz_lists_the_pages_of_all_articles(nights: Archive, tmp_path: Path) -> None:
    if shutil.which("wacz") is None:
        pytest.skip("pip install press-archive[wacz] brings the command wacz")
    target = tmp_path / "x.wacz"
    assert press_archive("export", "wacz", "--root", nights.root, "--output", target).returncode == 0
    with zipfile.ZipFile(target) as packed:
        lines = packed.read("pages/pages.jsonl").decode().splitlines()
        assert len([name for name in packed.namelist() if name.endswith(".warc.gz")]) == len(nights.warcs)
    titles = [json.loads(line)["title"] for line in lines[1:]]
    assert sorted(titles) == sorted(headline for (headline,) in nights.rows("SELECT headline FROM articles"))
    assert GONE.headline in titles
    assert [path.name for path in tmp_path.iterdir()] == ["x.wacz"]
