"""Captures by real tools: wget, warcprox, warcit, the wacz tool; and the habits of others."""

from __future__ import annotations

import gzip
import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
import zstandard

from archive.captures import adopt
from archive.judging import NOT_GET, OTHER_FILES
from archive.urls import host_of
from tests.foreign_captures import (
    HTML,
    SITE,
    adopted_from,
    answer,
    brought_in,
    captures_in,
    packed,
    page,
    read_by_warcio,
    record,
    records_in,
    sha1,
)
from tests.loopback import LoopbackSite, Served

IMPORTS = Path(__file__).parent.parent / "fixtures" / "imports"
QUAY = "http://127.0.0.1:8123"


@pytest.mark.skipif(shutil.which("wget") is None, reason="wget is not installed")
@pytest.mark.parametrize("compressed", [True, False], ids=["gzip", "plain"])
def test_wget(tmp_path: Path, compressed: bool) -> None:
    pages = {
        "/": Served(
            b'<html><a href="/a/">a</a> <a href="/old/">old</a> <img src="/i.png"> <a href="/no/">no</a></html>'
        ),
        "/a/": Served(gzip.compress(page("a")), headers={"Content-Encoding": "gzip"}),
        "/old/": Served(status=301, headers={"Location": "/a/?moved"}),
        "/a/?moved": Served(page("a, moved")),
        "/i.png": Served(b"\x89PNG", "image/png"),
        "/robots.txt": Served(b"User-agent: *\nDisallow:", "text/plain"),
    }
    with LoopbackSite(pages) as site:
        options = ["--recursive", "--page-requisites", "--no-verbose", "--warc-file", "wget", "--compression=none"]
        if not compressed:
            options.append("--no-warc-compression")
        subprocess.run(["wget", *options, f"{site.base_url}/"], cwd=tmp_path, check=False, capture_output=True)
        host = host_of(site.base_url)
        paths = set(site.paths)
    (warc,) = tmp_path.glob("wget.warc*")
    assert (b"<http://" in warc.read_bytes()) is not compressed, "wget writes addresses in angle brackets"
    root = tmp_path / "archive"
    adopted = adopt([warc], root, "quay", lambda url: host_of(url) == host, {})
    kept = captures_in(root, adopted)
    assert {each.url.removeprefix(site.base_url) for each in kept} == paths - {"/i.png"}
    assert adopted.roles == {"page": 3, "redirect": 1, "gone": 1, "robots": 1}
    assert (adopted.left_out, adopted.damages) == ({OTHER_FILES: 1}, ())
    for each in kept:
        path = each.url.removeprefix(site.base_url)
        assert each.stored().body == pages.get(path, Served(b"not here")).body
    assert len(read_by_warcio(root, adopted)) == len(records_in(root, adopted))


@pytest.mark.parametrize("name", ["warcprox.warc.gz", "quay.wacz"])
def test_warcprox_and_wacz(tmp_path: Path, name: str) -> None:
    adopted = brought_in(tmp_path, IMPORTS / name)
    kept = captures_in(tmp_path, adopted)
    assert [(each.kind, each.url.removeprefix(QUAY), each.stored().status) for each in kept] == [
        ("response", "/", 200),
        ("response", "/old/cranes/", 301),
        ("response", "/2024/05/cranes/", 200),
        ("response", "/2024/06/ferries/", 200),
        ("response", "/feed/", 200),
        ("response", "/gone/", 404),
        ("revisit", "/2024/06/ferries/", 200),
    ]
    assert b"The cranes stand still" in gzip.decompress(kept[2].stored().body)
    assert kept[3].block.endswith(b"\r\n0\r\n\r\n"), "the chunks are kept"
    assert b"Two ferries, one timetable" in kept[3].stored().body
    assert kept[6].digest == kept[3].digest
    assert kept[6].header("WARC-Refers-To-Date") == kept[3].header("WARC-Date")
    assert adopted.left_out == {NOT_GET: 1, OTHER_FILES: 1}
    came_from = {each.fields()["imported-from"] for each in records_in(tmp_path, adopted) if each.concurrent_to}
    assert came_from == {name if name.endswith(".gz") else "quay.wacz/warcprox.warc.gz"}


def test_warcit(tmp_path: Path) -> None:
    adopted = brought_in(tmp_path, IMPORTS / "warcit.warc.gz")
    kept = captures_in(tmp_path, adopted)
    assert [each.kind for each in kept] == ["resource"] * 3 + ["revisit"] * 3
    assert {each.at for each in kept[:3]} == {"2023-04-05T06:07:08+00:00"}
    assert {each.header("Content-Type") for each in kept[:3]} == {"text/html"}
    assert [each.digest for each in kept[:3]] == [each.digest for each in kept[3:]]


def test_several_files_and_a_folder_of_them(tmp_path: Path) -> None:
    folder = tmp_path / "captures" / "2024"
    folder.mkdir(parents=True)
    shutil.copy(IMPORTS / "quay.wacz", folder)
    shutil.copy(IMPORTS / "warcit.warc.gz", folder)
    (folder / "notes.txt").write_text("nothing")
    adopted = brought_in(tmp_path / "archive", tmp_path / "captures", IMPORTS / "warcprox.warc.gz")
    assert (adopted.kept, adopted.duplicates) == (7 + 6, 7)


def test_a_wacz_whose_files_are_deflated(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.wacz", "w", zipfile.ZIP_DEFLATED) as wacz:
        wacz.writestr("datapackage.json", "{}")
        wacz.writestr("archive/data.warc.gz", packed(answer("/a/", page("a"))))
        wacz.writestr("archive/data.warc", answer("/b/", page("b")))
    assert brought_in(tmp_path / "archive", tmp_path / "x.wacz").kept == 2


def whole_gzip(records: list[bytes]) -> bytes:
    return gzip.compress(b"".join(records))


def zstd_records(records: list[bytes]) -> bytes:
    return b"".join(zstandard.compress(each) for each in records)


def zstd_with_dictionary(records: list[bytes]) -> bytes:
    dictionary = zstandard.train_dictionary(4096, [answer(f"/{n}/", page(f"page {n}")) for n in range(400)])
    compressor = zstandard.ZstdCompressor(dict_data=dictionary)
    content = zstandard.compress(dictionary.as_bytes())
    frame = b"\x5d\x2a\x4d\x18" + len(content).to_bytes(4, "little") + content
    return frame + b"".join(compressor.compress(each) for each in records)


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("x.warc", b"".join),
        ("x.warc.gz", lambda records: packed(*records)),
        ("whole.warc.gz", whole_gzip),
        ("x.warc.zst", zstd_records),
        ("dictionary.warc.zst", zstd_with_dictionary),
        ("plain-in-spite-of-its-name.warc.gz", b"".join),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_way_of_packing_gives_the_same_records(tmp_path: Path, name: str, pack: object) -> None:
    written = [answer(f"/{n}/", page(f"page {n}") * 40, f"2024-05-06T00:00:{n:02d}Z") for n in range(50)]
    adopted = adopted_from(tmp_path, pack(written), name)  # type: ignore[operator]
    kept = captures_in(tmp_path / "archive", adopted)
    assert [each.stored().body for each in kept] == [page(f"page {n}") * 40 for n in range(50)]
    assert adopted.damages == ()


def test_common_crawl_and_heritrix_and_browsertrix_habits(tmp_path: Path) -> None:
    crawl_headers = (*HTML, ("X-Crawl-Content-Encoding", "gzip"), ("X-Crawl-Content-Length", "40"))
    body = page("news")
    common_crawl = answer("/news/", body, headers=crawl_headers, warc=[("WARC-Payload-Digest", sha1(body))])
    long_gone = packed(
        record([("WARC-Type", "warcinfo"), ("WARC-Date", "2009-08-07T06:05:04Z")], b"software: Heritrix/1.14"),
        common_crawl,
        answer("/spaced/", body, warc=[("WARC-Date", "2009-08-07T06:05:05Z"), ("WARC-IP-Address", "192.0.2.7")]),
        answer("/h2/", body, status="HTTP/2 200 "),
        record([("WARC-Type", "metadata"), ("WARC-Target-URI", f"{SITE}/news/")], b"via: /\r\n"),
        answer("urn:pageinfo:https://quay.example/news/", b"{}", kind="resource"),
    )
    adopted = adopted_from(tmp_path, long_gone)
    kept = captures_in(tmp_path / "archive", adopted)
    assert {each.url.removeprefix(SITE): each.stored().body for each in kept} == {
        "/news/": body,
        "/spaced/": body,
        "/h2/": body,
    }
    assert (adopted.left_out, adopted.damages) == ({}, ())


def test_digests_of_every_kind_are_understood(tmp_path: Path) -> None:
    import base64
    import hashlib

    body = page("a")
    coded = gzip.compress(body)
    chunks = f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
    coded_headers = (*HTML, ("Content-Encoding", "gzip"))
    chunked = (*HTML, ("Transfer-Encoding", "chunked"))
    label = "WARC-Payload-Digest"
    written = packed(
        answer("/hex/", body, warc=[(label, f"sha1:{hashlib.sha1(body).hexdigest()}")]),
        answer("/sha256/", body, warc=[(label, f"sha-256:{hashlib.sha256(body).hexdigest()}")]),
        answer("/md5/", body, warc=[(label, f"md5:{base64.b64encode(hashlib.md5(body).digest()).decode()}")]),
        answer("/unknown/", body, warc=[(label, "blake3:abcdef")]),
        answer("/decoded/", coded, headers=coded_headers, warc=[(label, sha1(body))]),
        answer("/as-kept/", chunks, headers=chunked, warc=[(label, sha1(chunks))]),
        answer("/joined/", chunks, headers=chunked, warc=[(label, sha1(body))]),
    )
    adopted = adopted_from(tmp_path, written)
    assert (adopted.kept, adopted.damages) == (7, ())
    assert len(read_by_warcio(tmp_path / "archive", adopted)) == 7 * 2 + 2
    assert len(captures_in(tmp_path / "archive", adopted)) == 7


def test_lines_that_end_without_a_carriage_return(tmp_path: Path) -> None:
    body = page("old")
    block = b"HTTP/1.0 200 OK\nContent-Type: text/html\n\n" + body
    head = f"WARC/0.18\nWARC-Type: response\nWARC-Target-URI: {SITE}/old/\nWARC-Date: 2008-01-02T03:04:05Z\n"
    written = head.encode() + f"Content-Length: {len(block)}\n\n".encode() + block + b"\n\n"
    adopted = adopted_from(tmp_path, gzip.compress(written) + packed(answer("/new/", body)))
    assert (adopted.kept, adopted.damages) == (2, ())
    kept = captures_in(tmp_path / "archive", adopted)
    assert [each.stored().body for each in kept] == [body, body]


def test_a_record_too_large_to_be_a_page_is_left_out_in_bounded_memory(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with gzip.GzipFile(fileobj=stream, mode="wb", compresslevel=1) as member:
        size = (1 << 26) + 1
        head = f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {SITE}/film/\r\nContent-Length: {size}"
        member.write(f"{head}\r\n\r\n".encode())
        for _ in range(64):
            member.write(bytes(1 << 20))
        member.write(b"\0\r\n\r\n")
    adopted = adopted_from(tmp_path, stream.getvalue() + packed(answer("/a/", page("a"))))
    assert (adopted.kept, adopted.left_out, adopted.damages) == (1, {"larger than 64 MiB": 1}, ())
