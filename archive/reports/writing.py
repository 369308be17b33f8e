"""Writes a run's report into a folder: `report.json` for programs, `report.html` for people. Must not gather it."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader

from archive.errors import UsageError
from archive.reports.drawing import bars_of, line_of
from archive.whole_files import finished

HTML, JSON = "report.html", "report.json"
_KINDS = {
    "seconds": lambda value: f"{value:,.1f} s",
    "bytes": lambda value: _bytes(value),
}


def check_report(folder: Path) -> Path:
    """Make a report's folder and see that files can be written there. Raises UsageError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise UsageError(
            f"{folder} cannot take the report ({error.strerror}): name a folder that can be written"
        ) from error
    return folder


def write_report(folder: Path, report: dict[str, Any]) -> None:
    """Write both files, each whole or not at all. Raises UsageError when the folder has become unwritable."""
    texts = {JSON: json.dumps(report, ensure_ascii=False, indent=1) + "\n", HTML: html_of(report)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            _replace(folder / name, text)
    except OSError as error:
        raise UsageError(
            f"the crawl is over and kept, but {folder} cannot take its report ({error.strerror}): name another folder"
        ) from error


def _replace(path: Path, text: str) -> None:
    with finished(path, path.with_name(f".{path.name}.{os.getpid()}")) as draft:
        draft.write_text(text, encoding="utf-8", errors="backslashreplace")


def html_of(report: dict[str, Any]) -> str:
    """Return the report as one page that asks for nothing else."""
    environment = Environment(
        loader=PackageLoader("archive.reports"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(number=number, share=share, line=line_of, bars=bars_of, measured=measured)
    return environment.get_template("report.html").render(report=report)


def number(value: float | None) -> str:
    """Write a number for people, a dash for none."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def share(value: float | None) -> str:
    """Write a share in percent, a dash for none; what is nearly all is not all."""
    if value is None:
        return "–"
    text = f"{100 * value:.0f}"
    return f"{100 * value:.1f} %" if text in ("0", "100") and value not in (0, 1) else f"{text} %"


def measured(value: float | None, name: str) -> str:
    """Write a figure in its unit."""
    return number(value) if value is None or name not in _KINDS else _KINDS[name](value)


def _bytes(value: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            return f"{value:,.0f} {unit}" if unit == "B" else f"{value:,.1f} {unit}"
        value /= 1000
    raise AssertionError("every number ends")
