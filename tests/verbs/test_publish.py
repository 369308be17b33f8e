"""`publish` as a command, and what Datasette's own publishing makes of the folder."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from datasette.app import Datasette
from datasette.cli import cli

from archive.publishing.folder import is_published
from archive.verbs.publish import publish
from tests.archive_support import make_archive

COMMAND = [sys.executable, "-m", "scraper.cli", "publish"]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_archive(tmp_path_factory.mktemp("publish") / "archive")


def test_it_says_what_was_published(root: Path, tmp_path: Path) -> None:
    said = CliRunner().invoke(publish, [str(tmp_path / "public"), "--root", str(root), "--json"])
    told = json.loads(said.output)
    assert said.exit_code == 0 and is_published(tmp_path / "public")
    assert told["rows"]["articles"] == 32 and told["text"] == "excerpt" and told["bytes"] > 100_000
    plain = CliRunner().invoke(publish, [str(tmp_path / "public"), "--root", str(root), "--text", "none"])
    assert "32 articles (text: none)" in plain.output and told["release"] not in plain.output


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_it_and_leaves_nothing_half(root: Path, tmp_path: Path, number: int, status: int) -> None:
    process = subprocess.Popen([*COMMAND, str(tmp_path / "public"), "--root", str(root)], stderr=subprocess.DEVNULL)
    while not (tmp_path / ".public.draft").exists():
        assert process.poll() is None
        time.sleep(0.002)
    process.send_signal(number)
    assert process.wait(20) == status
    assert not (tmp_path / ".public.draft").exists() and not (tmp_path / "public").exists()


def test_datasette_publish_finds_what_it_needs(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    CliRunner().invoke(publish, [str(tmp_path / "public"), "--root", str(root)])
    (tmp_path / "bin").mkdir()
    gcloud = tmp_path / "bin" / "gcloud"
    gcloud.write_text(f'#!/bin/sh\ncase "$*" in *submit*) cp -r . {tmp_path}/image;; esac\n')
    gcloud.chmod(0o755)
    monkeypatch.setenv("PATH", f"{gcloud.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.chdir(tmp_path)
    told = ["--metadata", "public/metadata.json", "--install", "press-archive", "--service", "archive"]
    result = CliRunner().invoke(cli, ["publish", "cloudrun", "public/archive.db", *told])
    assert result.exit_code == 0, result.output
    image = tmp_path / "image"
    assert "pip install -U datasette press-archive" in (image / "Dockerfile").read_text()
    metadata = json.loads((image / "metadata.json").read_text())
    assert asyncio.run(asked(image / "archive.db", metadata)) == [200, 200, 403, 403]


async def asked(database: Path, metadata: dict[str, object]) -> list[int]:
    """Serve the image's database as its Dockerfile does and ask for pages."""
    datasette = Datasette([], immutables=[str(database)], metadata=metadata, settings={"num_sql_threads": 1})
    await datasette.invoke_startup()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(datasette.app()), base_url="http://localhost") as client:
        paths = ("/", "/archive/articles", "/archive?sql=select+1", "/-/databases.json")
        return [(await client.get(path)).status_code for path in paths]
