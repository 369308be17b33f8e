"""`press-archive import`, through the command: into a new archive, again, more of it, and bad input."""

from __future__ import annotations

import json
import random
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from archive.captures import adopt
from archive.root import open_database
from scraper.cli import main
from tests.command import one_sentence, press_archive_here
from tests.foreign_captures import HTML, by_warcio
from tests.wordpress_site import SITE, answers, pages

IMPORTS = Path(__file__).parent.parent / "fixtures" / "imports"
DAYS = [f"2024-03-{day:02d}T04:00:00Z" for day in range(1, 20)]


def captured(path: Path, *captures: tuple[str, str, bytes]) -> Path:
    """Write a WARC file of (page, time, content)."""
    by_warcio(path, [(SITE + page, at, content, HTML) for page, at, content in captures])
    return path


def summary(*words: str | Path, status: int = 0) -> dict[str, Any]:
    result = CliRunner().invoke(main, ["import", *map(str, words), "--json"])
    assert result.exit_code == status, result.output
    return dict(json.loads(result.stdout))


def rows(root: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(open_database(root)) as db:
        return list(db.execute(query).fetchall())


@pytest.fixture(scope="module")
def captures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Capture every page of the Quarterdeck once, out of order, and one twice with other words."""
    found = list(zip(pages(), DAYS, pages().values(), strict=False))
    path, _, content = found[0]
    headline = answers()[path]["headline"]
    found.append((path, DAYS[-1], content.replace(headline.encode(), f"{headline}, again".encode())))
    random.Random(1).shuffle(found)
    return captured(tmp_path_factory.mktemp("captures") / "site.warc.gz", *found)


def test_a_new_archive_has_the_articles_with_their_own_times_and_revisions(tmp_path: Path, captures: Path) -> None:
    root = tmp_path / "archive"
    told = summary(captures, "--publication", "quarterdeck", "--root", root)
    assert (told["publication"], told["kept"], told["roles"]) == (
        "quarterdeck",
        len(pages()) + 1,
        {"page": len(pages()) + 1},
    )
    assert (told["first_at"], told["last_at"]) == ("2024-03-01T04:00:00+00:00", "2024-03-19T04:00:00+00:00")
    held = dict(rows(root, "SELECT url, first_seen_at FROM articles"))
    times = dict(zip((SITE + path for path in pages()), DAYS, strict=False))
    assert held == {answer["url"]: times[answer["url"]].replace("Z", "+00:00") for answer in answers().values()}
    ((first, revised),) = rows(
        root, "SELECT min(seen_at), max(seen_at) FROM revisions GROUP BY article_id HAVING count(*) > 1"
    )
    assert (first, revised) == ("2024-03-01T04:00:00+00:00", "2024-03-19T04:00:00+00:00")
    assert rows(root, "SELECT name FROM publication") == [("quarterdeck",)]


def test_importing_again_changes_nothing(tmp_path: Path, captures: Path) -> None:
    root = tmp_path / "archive"
    summary(captures, "--publication", "quarterdeck", "--root", root)
    before = rows(root, "SELECT * FROM articles ORDER BY id"), rows(root, "SELECT * FROM snapshots ORDER BY id")
    files = sorted(path.name for path in (root / "warc").iterdir())
    told = summary(captures, captures.parent, "--root", root)
    assert (told["kept"], told["held"], told["duplicates"]) == (0, len(pages()) + 1, 0), "named twice, read once"
    assert before == (
        rows(root, "SELECT * FROM articles ORDER BY id"),
        rows(root, "SELECT * FROM snapshots ORDER BY id"),
    )
    assert files == sorted(path.name for path in (root / "warc").iterdir())


@pytest.mark.parametrize("day", [1, 28], ids=["before-all", "behind-all"])
def test_what_a_killed_import_kept_is_filed_first_and_not_kept_again(tmp_path: Path, captures: Path, day: int) -> None:
    root = tmp_path / "archive"
    summary(captures, "--publication", "quarterdeck", "--root", root)
    path, content = next(iter(pages().items()))
    headline = answers()[path]["headline"]
    other = content.replace(headline.encode(), f"{headline}, otherwise".encode())
    late = captured(tmp_path / "late.warc.gz", (path, f"2024-{1 if day == 1 else 4:02d}-{day:02d}T00:00:00Z", other))
    adopt([late], root, "quarterdeck", lambda url: True, {"isPartOf": "quarterdeck", "base-url": SITE})
    told = summary(late, "--root", root)
    assert (told["kept"], told["held"]) == (0, 1)
    (revisions,) = rows(
        root,
        "SELECT count(*) FROM revisions WHERE article_id IN (SELECT article_id FROM revisions"
        " WHERE seen_at LIKE '2024-0%' GROUP BY article_id HAVING count(*) > 1)",
    )
    assert revisions == (3,)


def test_what_is_left_out_and_damaged_is_said_and_asks_for_a_look(tmp_path: Path, captures: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    content = captures.read_bytes()
    (folder / "cut.warc.gz").write_bytes(content[: len(content) - 100])
    result = CliRunner().invoke(
        main, ["import", str(folder), str(IMPORTS), "--publication", "quarterdeck", "--root", str(tmp_path / "a")]
    )
    assert result.exit_code == 3, result.output
    assert f"pages {len(pages())}" in " ".join(result.output.split())
    assert "Look: cut.warc.gz at " in result.output
    assert "of other sites" in result.output
    assert "press-archive serve --root" in result.output


def test_bad_input_is_one_sentence(tmp_path: Path, captures: Path) -> None:
    (tmp_path / "words.txt").write_text("only words")
    root = tmp_path / "archive"
    cases = (
        (("missing.warc.gz", "--publication", "quarterdeck"), 2, "missing.warc.gz is not there"),
        ((tmp_path / "words.txt", "--publication", "quarterdeck"), 2, "words.txt is no WARC"),
        ((captures, "--publication", "quarterdesk"), 2, "did you mean quarterdeck"),
        ((captures,), 2, "holds no archive"),
        ((captures, "--publication", "quarterdeck", "--base-url", "nowhere"), 2, "is no web address"),
        ((IMPORTS / "quay.wacz", "--publication", "quarterdeck"), 1, "whose hosts are 127.0.0.1:8123"),
        ((captures, "--publication", "sample"), 1, "whose hosts are quarterdeck.example"),
    )
    for words, status, said in cases:
        result = CliRunner().invoke(main, ["import", *map(str, words), "--root", str(root)])
        assert result.exit_code == status, result.output
        assert said in one_sentence(result.stderr, result.stdout)
        assert not root.exists(), said


def test_an_archive_takes_only_its_own_publication(tmp_path: Path, captures: Path) -> None:
    root = tmp_path / "archive"
    root.mkdir()
    with closing(open_database(root, write=True)) as db:
        db.execute("INSERT INTO publication (name, title, url) VALUES ('quarterdeck', 'The Quarterdeck', '/')")
    result = press_archive_here("import", captures, "--publication", "sample", "--root", root)
    assert result.exit_code == 2
    assert "an archive of quarterdeck" in one_sentence(result.stderr, result.stdout)
