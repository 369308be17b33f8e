"""`serve` as a process of its own: over a socket, until a signal."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import click
import pytest
from click.testing import CliRunner

from archive.errors import ArchiveError, DamagedArchive, UsageError
from archive.verbs.export import export
from archive.verbs.serve import listening, serve
from tests.site.libraries import make_quay

PROGRAM = "from archive.verbs.serve import serve; serve()"


def start(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "error", "-c", PROGRAM, *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture(scope="module")
def site_address(root: Path) -> Iterator[str]:
    with start("--root", str(root), "--port", "0") as process:
        assert process.stdout
        yield process.stdout.readline().strip()
        process.terminate()


def test_it_says_where_it_is_and_ends_quietly_on_a_signal(root: Path) -> None:
    signals = {signal.SIGINT: 130, signal.SIGTERM: 143}
    processes = {one: start("--root", str(root), "--port", "0") for one in signals}
    for one, process in processes.items():
        try:
            assert process.stdout and process.stderr
            address = process.stdout.readline().strip()
            assert address.startswith("http://127.0.0.1:") and address.endswith("/")
            with urlopen(address + "search?q=truce", timeout=10) as answer:
                assert answer.status == 200 and "A <mark>truce</mark> holds, signed" in answer.read().decode()
            process.send_signal(one)
            assert process.wait(timeout=10) == signals[one]
            assert (process.stdout.read(), process.stderr.read()) == ("", "")
        finally:
            process.kill()
            process.communicate()


def test_several_end_as_quietly(root: Path, tmp_path: Path) -> None:
    process = start(str(root), str(make_quay(tmp_path / "quay")), "--port", "0")
    try:
        assert process.stdout and process.stderr
        with urlopen(process.stdout.readline().strip() + "quay/", timeout=10) as answer:
            assert answer.status == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 130
        assert (process.stdout.read(), process.stderr.read()) == ("", "")
    finally:
        process.kill()
        process.communicate()


def test_no_answer_waits_for_the_acknowledgement_of_its_first_half() -> None:
    with listening("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize(
    "nonsense", [b"no http\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"GET /%s HTTP/1.1\r\nA: b\r\nA\r\n\r\n"]
)
def test_what_is_no_http_is_refused_with_the_headers_of_every_answer(site_address: str, nonsense: bytes) -> None:
    where = urlsplit(site_address)
    with socket.create_connection((str(where.hostname), where.port or 0), timeout=10) as connection:
        connection.sendall(nonsense)
        answer = HTTPResponse(connection)
        answer.begin()
        assert answer.status == 400 and answer.read() == b"Invalid HTTP request received."
    assert str(answer.getheader("content-security-policy")).startswith("default-src 'self'; script-src 'self';")
    assert (answer.getheader("x-content-type-options"), answer.getheader("x-frame-options")) == ("nosniff", "DENY")


def test_a_port_in_use_is_said_so(root: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = CliRunner().invoke(serve, ["--root", str(root), "--port", str(port)])
    assert isinstance(result.exception, ArchiveError) and result.exception.exit_status == 1
    assert f"port {port} is in use" in str(result.exception)


def test_a_root_without_an_archive_is_not_served(tmp_path: Path) -> None:
    assert isinstance(CliRunner().invoke(serve, ["--root", str(tmp_path)]).exception, UsageError)
    (tmp_path / "archive.db").write_bytes(b"no database" * 1000)
    assert isinstance(CliRunner().invoke(serve, ["--root", str(tmp_path)]).exception, DamagedArchive)


@pytest.mark.parametrize("command", [serve, export, *export.commands.values()], ids=lambda command: str(command.name))
def test_every_verb_explains_itself_with_an_example(command: click.Command) -> None:
    result = CliRunner().invoke(command, ["--help"])
    assert result.exit_code == 0 and "press-archive " in result.output
