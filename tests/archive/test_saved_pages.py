"""Saved HTML: where a page is from and when it was saved, by whatever tells it."""

from __future__ import annotations

import csv
import gzip
import json
import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.captures import adopt
from archive.errors import UsageError
from archive.judging import OTHER_FILES
from archive.records import Record
from archive.saved_pages import MISSING, NO_ADDRESS
from archive.urls import host_of
from tests.foreign_captures import SITE, brought_in, captures_in, page, read_by_warcio, records_in
from tests.loopback import LoopbackSite, Served

MTIME = datetime(2021, 3, 4, 5, 6, 7, tzinfo=UTC)


def save(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (MTIME.timestamp(), MTIME.timestamp()))
    return path


def marked(mark: str, words: str = "p") -> bytes:
    return page(words).replace(b"<title>", f"{mark}<title>".encode())


def kept_from(tmp_path: Path, *inputs: Path) -> dict[str, Record]:
    root = tmp_path / "archive"
    return {each.url.removeprefix(SITE): each for each in captures_in(root, brought_in(root, *inputs))}


def test_a_saved_page_is_a_resource_never_an_invented_answer(tmp_path: Path) -> None:
    content = marked(f'<link rel="canonical" href="{SITE}/a/">')
    save(tmp_path / "pages", "a.html", content)
    root = tmp_path / "archive"
    adopted = brought_in(root, tmp_path / "pages")
    (kept,) = captures_in(root, adopted)
    assert (kept.kind, kept.header("Content-Type"), kept.block) == ("resource", "text/html", content)
    assert kept.at == "2021-03-04T05:06:07+00:00"
    assert ("resource", f"{SITE}/a/", content) in read_by_warcio(root, adopted)
    (known,) = (each.fields() for each in records_in(root, adopted) if each.concurrent_to)
    assert known == {
        "imported-from": "a.html",
        "address": f"{SITE}/a/",
        "address-from": "the page's canonical address",
        "time-from": "the file's time",
    }


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
@pytest.mark.parametrize("given", ["folder", "manifest"])
def test_a_manifest_says_address_and_time(tmp_path: Path, kind: str, given: str) -> None:
    folder = tmp_path / "pages"
    rows = [
        {"file": "one.txt", "url": f"{SITE}/1/", "fetched_at": "2019-01-02T03:04:05+02:00"},
        {"file": "deep/two.html", "url": f"{SITE}/2/", "fetched_at": "20190203040506"},
        {"file": "three.html", "url": f"{SITE}/3/", "fetched_at": ""},
        {"file": "lost.html", "url": f"{SITE}/4/", "fetched_at": ""},
    ]
    for row in rows[:3]:
        save(folder, row["file"], marked(f'<link rel=canonical href="{SITE}/wrong/">'))
    save(folder, "unlisted.html", marked(f'<link rel=canonical href="{SITE}/unlisted/">'))
    with (folder / f"manifest.{kind}").open("w", encoding="utf-8", newline="") as stream:
        if kind == "csv":
            writer = csv.DictWriter(stream, ["file", "url", "fetched_at"])
            writer.writeheader()
            writer.writerows(rows)
        else:
            stream.writelines(json.dumps(row) + "\n" for row in rows)
    root = tmp_path / "archive"
    adopted = brought_in(root, folder if given == "folder" else folder / f"manifest.{kind}")
    times = {each.url.removeprefix(SITE): each.at for each in captures_in(root, adopted)}
    listed = {
        "/1/": "2019-01-02T01:04:05+00:00",
        "/2/": "2019-02-03T04:05:06+00:00",
        "/3/": "2021-03-04T05:06:07+00:00",
    }
    assert times == listed | ({"/unlisted/": "2021-03-04T05:06:07+00:00"} if given == "folder" else {})
    assert adopted.left_out == {MISSING: 1}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"file": "../secret", "url": "https://quay.example/1/"}', "outside"),
        ('{"file": "a.html"}', "line 1 "),
        ('\n{"file": "a.html", "url": "ftp://quay.example/1/"}', "line 2 "),
        ('{"file": "a.html", "url": "https://quay.example/1/", "fetched_at": "long ago"}', "line 1 "),
        ('["a.html"]', "line 1 "),
        ('{"file": ', "correct it"),
    ],
)
def test_a_bad_manifest_is_refused_with_its_line(tmp_path: Path, content: str, said: str) -> None:
    save(tmp_path / "pages", "a.html", page("a"))
    (tmp_path / "secret").write_bytes(page("secret"))
    (tmp_path / "pages" / "manifest.jsonl").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=said):
        brought_in(tmp_path / "archive", tmp_path / "pages")
    assert list((tmp_path / "archive").iterdir()) == []


def test_what_a_page_tells_of_its_address(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    long = f"{SITE}/browser/"
    save(
        folder,
        "browser.html",
        f"<!DOCTYPE html>\n<!-- saved from url=({len(long):04d}){long} -->\n".encode() + page("b"),
    )
    internet = b"<!-- saved from url=(0014)about:internet -->"
    save(folder, "old.htm", internet + marked(f"<meta property='og:url' content='{SITE}/og/'>"))
    single = (
        f"<!DOCTYPE html> <html><!--\n Page saved with SingleFile \n url: {SITE}/single/ \n"
        " saved date: Mon Mar 04 2019 05:06:07 GMT+0100 (Central European Standard Time)\n-->"
    )
    save(folder, "single.html", single.encode() + page("s"))
    both = f'<META PROPERTY="og:url" CONTENT="{SITE}/og-too/"><LINK HREF="{SITE}/canonical/" REL="Canonical">'
    save(folder, "canonical.xhtml", marked(both))
    save(folder, "zipped.html", gzip.compress(marked(f'<link rel="canonical" href="{SITE}/zipped/">')))
    save(folder, "blanks.html", marked(f'<link rel="canonical" href=" {SITE}/two\n words/\r\nX-Evil: 1">'))
    save(folder, "relative.html", marked('<link rel="canonical" href="/relative/">'))
    in_body = page("x").replace(b"<p>", f'<link rel="canonical" href="{SITE}/body/"><p>'.encode())
    save(folder, "body.html", in_body)
    save(folder, "stranger.html", marked('<link rel="canonical" href="https://elsewhere.example/">'))
    save(folder, "style.css", b"body {}")
    save(folder, "cut.html.gz", gzip.compress(page("c"))[:40])
    root = tmp_path / "archive"
    adopted = brought_in(root, folder)
    kept = {each.url.removeprefix(SITE): each for each in captures_in(root, adopted)}
    assert set(kept) == {"/browser/", "/og/", "/single/", "/canonical/", "/zipped/", "/two%20words/X-Evil:%201"}
    assert kept["/single/"].at == "2019-03-04T04:06:07+00:00"
    assert kept["/zipped/"].block == marked(f'<link rel="canonical" href="{SITE}/zipped/">')
    assert adopted.left_out == {NO_ADDRESS: 2, OTHER_FILES: 1}
    assert adopted.hosts == {"elsewhere.example": 1}
    assert adopted.damages == ("cut.html.gz: it cannot be unpacked",)


def test_folders_named_for_hosts_and_times_in_names(tmp_path: Path) -> None:
    folder = tmp_path / "mirror"
    save(folder, "quay.example/index.html", page("front"))
    save(folder, "quay.example/2024/05/cranes/index.html", page("cranes"))
    save(folder, "http/www.quay.example/plain", page("plain"))
    save(folder, "quay.example/list?page=2", page("list"))
    save(folder, "websites/quay.example/20180102030405/dated/index.html", page("dated"))
    save(folder, "other.example/index.html", page("other"))
    kept = kept_from(tmp_path, folder)
    assert set(kept) == {
        "/",
        "/2024/05/cranes/",
        "http://www.quay.example/plain",
        "/list?page=2",
        "/dated/",
    }
    assert kept["/dated/"].at == "2018-01-02T03:04:05+00:00"


def test_what_a_browser_puts_beside_a_page_is_no_page(tmp_path: Path) -> None:
    canonical = f'<link rel="canonical" href="{SITE}/a/">'
    save(tmp_path / "pages", "a.html", marked(canonical))
    save(tmp_path / "pages", "a_files/frame.html", marked(f'<link rel="canonical" href="{SITE}/frame/">'))
    save(tmp_path / "pages", "case_files/b.html", marked(f'<link rel="canonical" href="{SITE}/b/">'))
    assert set(kept_from(tmp_path, tmp_path / "pages")) == {"/a/", "/b/"}


def test_one_page_alone_and_a_link_that_leaves_the_folder(tmp_path: Path) -> None:
    alone = save(tmp_path, "alone.html", marked(f'<link rel="canonical" href="{SITE}/alone/">'))
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "link.html").symlink_to(alone)
    assert set(kept_from(tmp_path, alone)) == {"/alone/"}
    assert brought_in(tmp_path / "archive", folder).found == 0


@pytest.mark.skipif(shutil.which("wget") is None, reason="wget is not installed")
def test_a_mirror_by_wget(tmp_path: Path) -> None:
    pages = {
        "/": Served(b'<!doctype html><a href="/2024/a/">a</a>'),
        "/2024/a/": Served(page("a"), headers={"Last-Modified": "Mon, 01 Apr 2024 10:00:00 GMT"}),
    }
    with LoopbackSite(pages) as site:
        subprocess.run(["wget", "-q", "-r", f"{site.base_url}/"], cwd=tmp_path, check=False)
        host = host_of(site.base_url)
    adopted = adopt([tmp_path / host], tmp_path / "archive", "quay", lambda url: host_of(url) == host, {})
    kept = {each.url: each for each in captures_in(tmp_path / "archive", adopted)}
    assert set(kept) == {f"{site.base_url}/", f"{site.base_url}/2024/a/"}
    assert kept[f"{site.base_url}/2024/a/"].at == "2024-04-01T10:00:00+00:00"
