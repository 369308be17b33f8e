"""Image files are kept on demand, once, and shown by the article's page from the WARC."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from datasette.app import Datasette

from scraper.sample.articles import load_articles
from scraper.sample.server import SampleServer
from tests.command import press_archive_here
from tests.contents import contents_of
from tests.nights import Archive, crawl_night

ARTICLES = load_articles()[:4]


def page(archive: Archive, *paths: str) -> list[httpx.Response]:
    async def ask() -> list[httpx.Response]:
        datasette = Datasette([str(archive.root / "archive.db")])
        await datasette.invoke_startup()
        return [await datasette.client.get(path) for path in paths]

    return asyncio.run(ask())


def test_lead_images_are_kept_once_and_found_again(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "sample")
    with SampleServer(articles=ARTICLES) as server:
        crawl_night(archive.root, server, 1)
        assert not [request for request in server.requests if "/media-library/" in request.path]
        assert archive.rows("SELECT count(snapshot_id) FROM images") == [(0,)]
        shutil.rmtree(archive.root)
        crawl_night(archive.root, server, 2, "--images", "lead")
        asked = [urlsplit(request.path) for request in server.requests if "/media-library/" in request.path]
        crawl_night(archive.root, server, 3, "--images", "lead")
        again = [request for request in server.requests if "/media-library/" in request.path]
    assert len(asked) == len({part.query for part in asked}) == len(again) > 0
    kept = archive.rows(
        "SELECT i.id, a.slug, s.digest FROM images i JOIN snapshots s ON s.id = i.snapshot_id"
        " JOIN article_images x ON x.image_id = i.id JOIN articles a ON a.id = x.article_id WHERE x.role = 'lead'"
    )
    assert len(kept) == len(asked)
    image_id, slug, digest = kept[0]
    assert digest.startswith("sha1:")
    shown, image, other = page(archive, f"/article/{slug}", f"/-/image/{image_id}", "/-/image/1")
    assert f'src="/-/image/{image_id}"' in shown.text
    assert image.status_code == 200 and image.headers["content-type"].startswith("image/")
    assert image.content and image.headers["x-content-type-options"] == "nosniff"
    assert other.status_code == 404
    before = contents_of(archive.root)
    assert press_archive_here("rebuild", "--root", archive.root).exit_code == 0
    assert contents_of(archive.root) == before
