"""One archive of several nights, crawled once. Tests that change it take a copy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.nights import Archive, crawl_nights


@pytest.fixture(scope="session")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Give the archive to read."""
    root = tmp_path_factory.mktemp("nights") / "sample"
    crawl_nights(root)
    return Archive(root)


@pytest.fixture
def copy(nights: Archive, tmp_path: Path) -> Archive:
    """Give a copy to change."""
    return Archive(shutil.copytree(nights.root, tmp_path / "copy"))
