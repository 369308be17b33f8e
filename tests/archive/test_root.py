"""The archive's folder: found, refused, locked, and told apart from damage."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.errors import DamagedArchive, NewerSchema, UsageError
from archive.root import check_new_root, find_root, locked, open_database


def test_the_only_archive_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="press-archive crawl"):
        find_root(None)
    for name in ("one", "two"):
        (tmp_path / "archives" / name).mkdir(parents=True)
        open_database(tmp_path / "archives" / name, write=True).close()
        if name == "one":
            assert find_root(None) == Path("archives/one")
    with pytest.raises(UsageError, match="archives/one, archives/two"):
        find_root(None)


def test_roots_that_are_none(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    for check in (find_root, check_new_root):
        with pytest.raises(UsageError, match="is a file"):
            check(file)
    with pytest.raises(UsageError, match="holds no archive"):
        find_root(tmp_path)
    with pytest.raises(UsageError, match="other files"):
        check_new_root(tmp_path)
    (tmp_path / "new").mkdir()
    check_new_root(tmp_path / "new")


def test_a_truncated_database_is_damage(tmp_path: Path) -> None:
    open_database(tmp_path, write=True).close()
    path = tmp_path / "archive.db"
    whole = path.read_bytes()
    for size in (0, 50, 4096, len(whole) // 2):
        path.write_bytes(whole[:size])
        for write in (False, True):
            if size == 0 and write:
                continue
            with pytest.raises(DamagedArchive, match="put back a backup"):
                open_database(tmp_path, write=write)
    assert path.stat().st_size == len(whole) // 2


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    db = open_database(tmp_path, write=True)
    db.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('press-archive', 'later', 'x')"
    )
    db.close()
    with pytest.raises(NewerSchema, match="upgrade"):
        open_database(tmp_path, write=True)


def test_a_run_that_makes_no_archive_leaves_nothing(tmp_path: Path) -> None:
    root = tmp_path / "deep" / "new"
    with locked(root):
        assert root.exists()
    assert not root.exists()
