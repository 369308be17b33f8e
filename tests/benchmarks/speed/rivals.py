"""The environment in which the tools live that we are compared with. Must not run them."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

PACKAGES = ("newspaper4k", "news-please", "lxml_html_clean")
_ASK = "import importlib.metadata as m, sys; print(*(f'{n} {m.version(n)}' for n in sys.argv[1:]), sep=', ')"


def prepared(folder: Path) -> Path | None:
    """Return the Python of an environment that holds the rivals, made where it is not there; None when it cannot be."""
    python = folder / "bin" / "python"
    if versions(python):
        return python
    venv.create(folder, with_pip=True)
    pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    # The pip that comes with Python 3.11 cannot resolve news-please's extras.
    for wanted in (("--upgrade", "pip"), PACKAGES):
        done = subprocess.run([*pip, *wanted], capture_output=True, text=True)
        if done.returncode:
            said = done.stderr.strip().splitlines()
            print(f"the rivals cannot be installed: {said[-1] if said else 'pip failed'}", file=sys.stderr)
            return None
    return python


def versions(python: Path) -> str:
    """Name the rivals and their versions, empty when they are not all there."""
    if not python.exists():
        return ""
    done = subprocess.run([python, "-c", _ASK, *PACKAGES[:2]], capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else ""
