"""Every kind of page under axe-core: `python -m tests.benchmarks.accessibility --tools FOLDER`.

FOLDER is made once with `mkdir FOLDER && cd FOLDER && npm init -y && npm install axe-core puppeteer-core`; node and
chromium must be installed. Each page is looked at 360 and 1280 pixels wide, in light and dark, with all that can be
opened open. Exits with 1 when axe-core finds anything serious, a page is wider than its window, or asks elsewhere.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from tests.archive_support import make_archive
from tests.benchmarks.large.serving import Server, served

PATHS = (
    "/", "/search?q=harbour", "/article/2026/02/a-truce-holds", "/article/2026/02/a-truce-holds/revision/2",
    "/article/2024/05/hudna", "/article/undated", "/article/long", "/article/hostile", "/authors", "/author/oscar-pena",
    "/sections", "/section/europe", "/series", "/tags", "/tag/truce", "/outlets", "/outlet/courier.example", "/credits",
    "/photographer/lena-brandt", "/agency/harbour-pictures", "/edits", "/charts", "/coverage", "/data", "/feeds",
    "/article/nowhere",
)  # fmt: skip
_GRAVE = ("serious", "critical")


@click.command()
@click.option("--tools", type=click.Path(path_type=Path), help="The folder with axe-core and puppeteer-core.")
def main(tools: Path | None) -> None:
    """Look at every kind of page of the test archive."""
    node, browser = shutil.which("node"), shutil.which("chromium") or shutil.which("chromium-browser")
    if not (tools and (tools / "node_modules" / "axe-core").is_dir() and node and browser):
        click.echo("skipped: needs node, chromium and, in a folder given as --tools,")
        click.echo("  npm init -y && npm install axe-core puppeteer-core")
        return
    with tempfile.TemporaryDirectory() as folder:
        root = make_archive(Path(folder) / "archive")
        listed = Path(folder) / "paths.json"
        listed.write_text(json.dumps(PATHS))
        with served(root) as server:
            found = _looked_at([node, str(Path(__file__).parent / "check.mjs"), str(tools), browser], server, listed)
    grave = _told(found)
    click.echo(f"{len(found)} looks at {len(PATHS)} pages: {grave} with serious faults")
    sys.exit(1 if grave or len(found) != 4 * len(PATHS) else 0)


def _looked_at(command: list[str], server: Server, listed: Path) -> list[dict[str, Any]]:
    base = f"http://{server.connection.host}:{server.connection.port}"
    result = subprocess.run([*command, base, str(listed)], capture_output=True, text=True, check=False)
    if result.returncode:
        raise click.ClickException(result.stderr)
    return [json.loads(line) for line in result.stdout.splitlines()]


def _told(found: list[dict[str, Any]]) -> int:
    grave = 0
    for look in found:
        serious = [fault for fault in look["found"] if fault[1] in _GRAVE]
        is_grave = bool(serious or look["away"] or look["wide"] > look["width"])
        grave += is_grave
        if is_grave or look["found"]:
            click.echo(
                f"{look['path']} {look['width']} {look['scheme']}: {look['found']} {look['away']} {look['wide']}"
            )
    return grave


if __name__ == "__main__":
    main()
