"""Options of the test run. Must not hold fixtures that only some tests use."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what tests ask of the command line."""
    parser.addoption("--update-golden", action="store_true", help="write the golden fixtures' answers anew")
