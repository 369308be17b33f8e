"""Runs `press-archive` as its user does, in a process of its own, or quicker where many runs are too many starts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner, Result

from scraper.cli import main
from tests import preloaded


def press_archive(*words: str | Path, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "scraper.cli", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=cwd,
        env=os.environ | {"COLUMNS": "120"} | environment,
    )


def press_archive_forked(*words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end in a process of its own that has Scrapy imported already: for crawls."""
    environment = {"COLUMNS": "120"} | environment
    return preloaded.run(_command, [str(word) for word in words], environment=environment)


def _command(words: list[str]) -> None:
    main(words, prog_name="press-archive")


def press_archive_here(*words: str | Path, **environment: str) -> Result:
    """Run the command to its end in this process. Raises whatever the command does not turn into a sentence."""
    environment = {"COLUMNS": "120"} | environment
    return CliRunner().invoke(main, [str(word) for word in words], env=environment, catch_exceptions=False)


def one_sentence(stderr: str, stdout: str) -> str:
    """Return what an error said, after checking that it said one line and no traceback."""
    lines = [line for line in stderr.splitlines() if line and not line.startswith(("Usage:", "Try "))]
    assert len(lines) == 1, stderr
    assert lines[0].startswith("Error: ")
    assert "Traceback" not in stderr
    assert stdout == ""
    return lines[0]
