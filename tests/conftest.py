"""Options of the test run, and its compiled modules. Must not hold fixtures that only some tests use."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what tests ask of the command line."""
    parser.addoption("--update-golden", action="store_true", help="write the golden fixtures' answers anew")


def pytest_configure(config: pytest.Config) -> None:
    """Keep compiled modules for as long as the run lasts where Python is told to keep none.

    Else every process that a test starts compiles Scrapy, trafilatura and Datasette anew: three of its four seconds.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
        folder = tempfile.mkdtemp(prefix="press-archive-compiled-")
        config.add_cleanup(lambda: _forget(folder))
        os.environ["PYTHONPYCACHEPREFIX"] = folder
        sys.dont_write_bytecode, sys.pycache_prefix = False, folder


def _forget(compiled: str) -> None:
    sys.dont_write_bytecode = True
    shutil.rmtree(compiled, ignore_errors=True)
