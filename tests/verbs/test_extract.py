"""`press-archive extract`: a card or JSON for one page, one line out for each line of a manifest."""

from __future__ import annotations

import gzip
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner, Result

from scraper.cli import main

FOLDER = Path(__file__).parents[1] / "fixtures" / "responsible-statecraft" / "head-and-body"
HEADLINE = "Talks on the strait resume without a mediator"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["extract", *map(str, arguments)])


def test_the_card_shows_values_and_where_they_came_from() -> None:
    result = run(FOLDER / "page.html", "--publication", "responsible-statecraft")
    assert result.exit_code == 0
    assert HEADLINE in " ".join(result.output.split())
    assert "Ilse Marten" in result.output
    assert "Traceback" not in result.output


def test_json_holds_the_fields_and_their_evidence() -> None:
    result = run(FOLDER / "page.html", "--publication", "responsible-statecraft", "--json")
    record = json.loads(result.output)
    assert record["headline"] == HEADLINE
    assert record["url"] == "https://responsiblestatecraft.org/strait-talks/"
    assert record["evidence"]["headline"]["source"].startswith("css ")


def test_every_line_of_a_manifest_gives_one_line(tmp_path: Path) -> None:
    page = (FOLDER / "page.html").read_bytes()
    (tmp_path / "page.html.gz").write_bytes(gzip.compress(page))
    (tmp_path / "cut.html.gz").write_bytes(gzip.compress(page)[:200])
    (tmp_path / "empty.html").write_bytes(b"")
    lines = [
        json.dumps({"id": "good", "file": "page.html.gz", "url": "https://responsiblestatecraft.org/strait-talks/"}),
        json.dumps({"id": "missing", "file": "nowhere.html", "url": "https://example.org/"}),
        json.dumps({"id": "cut", "file": "cut.html.gz", "url": "https://example.org/"}),
        json.dumps({"id": "empty", "file": "empty.html", "url": "https://example.org/"}),
        "not json",
        "[]",
        json.dumps({"id": "no file"}),
    ]
    (tmp_path / "manifest.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    result = run("--batch", tmp_path / "manifest.jsonl")
    records = [json.loads(line) for line in result.output.splitlines()]
    assert result.exit_code == 0
    assert [record["id"] for record in records] == ["good", "missing", "cut", "empty", None, None, "no file"]
    assert records[0]["headline"] == HEADLINE
    assert all(record["error"] for record in records[1:])
    assert records[3]["error"] == "empty shell"


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ((), 2),
        (("nowhere.html",), 2),
        ((FOLDER / "page.html", "--publication", "responsible-statecraf"), 2),
        (("https://example.org/a",), 2),
        ((FOLDER / "meta.json",), 1),
    ],
)
def test_what_cannot_be_read_ends_in_one_sentence(
    arguments: tuple[str | Path, ...], status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PRESS_ARCHIVE_CONTACT", raising=False)
    result = run(*arguments)
    assert result.exit_code == status
    assert result.output.startswith("Error: ")
    assert len(result.output.strip().splitlines()) == 1


class _Site(BaseHTTPRequestHandler):
    """One page, one path that robots.txt forbids, and nothing else."""

    def do_GET(self) -> None:
        bodies = {
            "/robots.txt": b"User-agent: *\nDisallow: /private/",
            "/strait-talks/": (FOLDER / "page.html").read_bytes(),
            "/private/a": b"<p>secret</p>",
        }
        body = bodies.get(self.path)
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""


@pytest.fixture(scope="module")
def site() -> object:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_page_is_fetched_when_robots_allows(site: str) -> None:
    found = run(f"{site}/strait-talks/", "--publication", "responsible-statecraft", "--json")
    assert json.loads(found.output)["headline"] == HEADLINE
    forbidden = run(f"{site}/private/a")
    assert (forbidden.exit_code, "robots.txt" in forbidden.output) == (1, True)
    assert run(f"{site}/gone").exit_code == 1
