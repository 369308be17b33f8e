"""Holds the import rules of the design."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
_FORBIDDEN_NAMES = {"utils.py", "helpers.py", "base.py", "manager.py"}


def modules(folder: str) -> list[Path]:
    found = sorted((ROOT / folder).rglob("*.py"))
    assert found, f"no modules in {folder}"
    return found


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module
            yield node.module


def offenders(folder: str, forbidden: set[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(folder)
        for name in imports(path)
        if any(name == word or name.startswith(f"{word}.") for word in forbidden)
    ]


def test_archive_never_imports_the_side_that_reads_the_web() -> None:
    assert offenders("archive", {"scraper", "scrapy", "parsel", "trafilatura", "twisted"}) == []


def test_extraction_is_pure() -> None:
    forbidden = {
        "scrapy",
        "twisted",
        "sqlite3",
        "sqlite_utils",
        "urllib.request",
        "httpx",
        "requests",
        "socket",
        "time",
    }
    assert offenders("scraper/extraction", forbidden) == []
    upwards = {
        "scraper.spiders",
        "scraper.discovery",
        "scraper.run",
        "scraper.verbs",
        "scraper.sample",
        "archive.store",
    }
    assert offenders("scraper/extraction", upwards) == []


def test_only_declared_packages_are_imported() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8").lower().replace("-", "_")
    own = {"scraper", "archive"} | set(sys.stdlib_module_names)
    # Twisted comes with Scrapy, whose reactor the crawl must hold; pluggy and uvicorn are Datasette's own interface,
    # and uvicorn's HTTP is h11.
    ours = own | {"twisted", "uvicorn", "h11"}
    missing = {
        name.partition(".")[0]
        for folder in ("archive", "scraper")
        for path in modules(folder)
        for name in imports(path)
        if name.partition(".")[0] not in ours and f'"{name.partition(".")[0]}' not in text
    }
    assert missing == set()


@pytest.mark.parametrize("path", [p for p in modules("scraper/publications") if p.name != "__init__.py"], ids=str)
def test_a_publication_is_data(path: Path) -> None:
    allowed = {"scraper.profile", "scraper.cms", "re", "dataclasses", "__future__"}
    strangers = [n for n in imports(path) if n not in allowed and not n.startswith("scraper.publications.")]
    assert strangers == []
    functions = [n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.FunctionDef)]
    assert functions == []


def test_modules_are_named_for_nouns_and_say_what_they_own() -> None:
    for path in modules("archive") + modules("scraper"):
        assert path.name not in _FORBIDDEN_NAMES, path
        if path.name != "__init__.py":
            assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), f"{path} has no docstring"
