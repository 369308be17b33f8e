"""People are told what is off, once, by a command or apprise; no address is ever shown, and no alert changes a run."""

from __future__ import annotations

import importlib.util
import json
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from archive.alerting import CALLED
from archive.alerts import Alerts, alerts_of
from archive.delivery import Message, deliver
from archive.errors import UsageError
from archive.reminders import SENT
from tests.command import one_sentence, press_archive, press_archive_forked, press_archive_here
from tests.evidence.test_status import ALARM, run_again
from tests.nights import Archive

SECRET = "hunter2secret"
ALARMED = "2026-12-04T04:10:00+00:00"
NOW = "2026-12-04T06:00:00+00:00"
TEST = Message("a test", "of messages", {})
# Writes what it was given where its first word says: a target that takes everything.
TAKER = """
import json, os, sys
said = {"text": sys.stdin.read(), "words": sys.argv[2:], "environment": dict(os.environ)}
with open(sys.argv[1], "a", encoding="utf-8") as stream:
    stream.write(json.dumps(said) + "\\n")
"""
needs_apprise = pytest.mark.skipif(
    importlib.util.find_spec("apprise") is None, reason="pip install press-archive[alerts]"
)


@dataclass(frozen=True)
class Listener:
    """Someone who is told by a command, and has what was said on file."""

    folder: Path

    @property
    def command(self) -> list[str]:
        program = self.folder / "taker.py"
        program.write_text(TAKER, encoding="utf-8")
        return [sys.executable, str(program), str(self.folder / "heard.jsonl")]

    @property
    def heard(self) -> list[dict[str, object]]:
        path = self.folder / "heard.jsonl"
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []

    def tune(self, archive: Archive, *words: str, **more: object) -> None:
        """Write the archive's alerts.toml."""
        table = {"command": [*self.command, *words], **more}
        path = archive.root / "alerts.toml"
        path.write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in table.items()), encoding="utf-8")
        path.chmod(0o600)


@pytest.fixture
def listener(tmp_path: Path) -> Listener:
    return Listener(tmp_path)


def alert(archive: Archive, *words: str, now: str = NOW, **environment: str) -> int:
    result = press_archive_here("alert", "--root", archive.root, *words, PRESS_ARCHIVE_NOW=now, **environment)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code


def test_it_says_nothing_when_nothing_is_off(copy: Archive, listener: Listener) -> None:
    assert alert(copy) == 0
    listener.tune(copy)
    assert alert(copy) == 0
    assert listener.heard == []


def test_an_open_alarm_is_told_once_and_again_when_it_stays(copy: Archive, listener: Listener) -> None:
    listener.tune(copy, "$(touch /tmp/never); a 'word'", remind_days=3)
    run_again(copy, ALARMED, [ALARM])
    assert alert(copy) == 0
    (said,) = listener.heard
    assert ALARM["sentence"] in str(said["text"])
    assert said["words"] == ["$(touch /tmp/never); a 'word'"]
    environment = said["environment"]
    assert isinstance(environment, dict)
    assert environment["PRESS_ARCHIVE_ALERT_COUNT"] == "1"
    assert environment["PRESS_ARCHIVE_ALERT_KINDS"] == "field"
    assert environment["PRESS_ARCHIVE_ALERT_ROOT"] == str(copy.root)
    assert alert(copy, now="2026-12-06T04:00:00+00:00") == 0
    assert len(listener.heard) == 1, "told already, and not open for three days yet"
    run_again(copy, "2026-12-07T04:00:00+00:00", [ALARM])
    assert alert(copy, now="2026-12-07T06:00:00+00:00") == 0
    assert len(listener.heard) == 2


def test_an_alarm_that_comes_back_is_new(copy: Archive, listener: Listener) -> None:
    listener.tune(copy)
    for minute, alarms in (("10", [ALARM]), ("20", []), ("30", [ALARM])):
        run_again(copy, f"2026-12-04T04:{minute}:00+00:00", alarms)
        assert alert(copy) == 0
    assert len(listener.heard) == 2


def test_what_nobody_took_is_told_again(copy: Archive, listener: Listener) -> None:
    run_again(copy, ALARMED, [ALARM])
    assert alert(copy, PRESS_ARCHIVE_ALERT_COMMAND="/nowhere/at/all") == 1
    assert not (copy.root / SENT).exists()
    listener.tune(copy)
    assert alert(copy) == 0
    assert len(listener.heard) == 1


def test_where_nothing_can_be_written_people_are_told_all_the_same(copy: Archive, listener: Listener) -> None:
    listener.tune(copy)
    run_again(copy, ALARMED, [ALARM])
    (copy.root / SENT).mkdir()
    result = press_archive_here("alert", "--root", copy.root, PRESS_ARCHIVE_NOW=NOW)
    assert (result.exit_code, len(listener.heard)) == (0, 1)
    assert "may be told again" in result.stderr


def test_something_off_and_nobody_to_tell_is_an_error(copy: Archive) -> None:
    run_again(copy, ALARMED, [ALARM])
    result = press_archive_here("alert", "--root", copy.root, PRESS_ARCHIVE_NOW=NOW)
    assert result.exit_code == 2
    assert "alerts.toml" in one_sentence(result.stderr, result.stdout)


def test_a_schedule_says_what_else_failed(copy: Archive, listener: Listener) -> None:
    listener.tune(copy)
    unit = {"MONITOR_UNIT": "press-archive.service", "MONITOR_SERVICE_RESULT": "exit-code"}
    assert alert(copy, **unit, MONITOR_EXIT_STATUS="75") == 0
    assert listener.heard == [], "another run held the archive, and that is all"
    assert alert(copy, **unit, MONITOR_EXIT_STATUS="1") == 0
    assert alert(copy, "--because", "verify found damage") == 0
    first, second = (str(said["text"]) for said in listener.heard)
    assert "press-archive.service failed" in first
    assert "verify found damage" in second
    assert all(key.startswith(CALLED) for key in json.loads((copy.root / SENT).read_text(encoding="utf-8")))


def test_a_crawl_that_fails_tells_by_itself_and_ends_as_it_would(copy: Archive, listener: Listener) -> None:
    listener.tune(copy, urls=[f"json://user:{SECRET}@127.0.0.1:9/{SECRET}"])
    # Nothing listens at the port for "discard".
    crawl = press_archive_forked("crawl", "sample", "--root", copy.root, "--base-url", "http://127.0.0.1:9")
    assert crawl.returncode == 1
    not_taken, error = crawl.stderr.splitlines()
    assert not_taken.startswith("An alert was not taken by address 1 (json): ")
    assert error.startswith("Error: 127.0.0.1:9 cannot be crawled now")
    (heard,) = listener.heard
    assert "cannot be crawled now" in str(heard["text"])
    assert SECRET not in crawl.stdout + crawl.stderr
    assert SECRET.encode() not in b"".join(path.read_bytes() for path in copy.root.glob("archive.db*"))


def test_a_test_message_says_which_targets_took_it(copy: Archive, listener: Listener) -> None:
    listener.tune(copy, urls=[f"json://user:{SECRET}@127.0.0.1:9/{SECRET}", SECRET])
    result = press_archive("alert", "--test", "--root", copy.root)
    assert result.returncode == 1
    lines = result.stdout.splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "address 1 (json)",
        "address 2 (address without a kind)",
        f"command {Path(sys.executable).name}",
    ]
    assert [": taken" in line for line in lines] == [False, False, True]
    assert SECRET not in result.stdout + result.stderr
    assert "This is a test" in str(listener.heard[0]["text"])
    (copy.root / "alerts.toml").unlink()
    result = press_archive_here("alert", "--test", "--root", copy.root)
    assert result.exit_code == 2
    assert "no alert is configured" in one_sentence(result.stderr, result.stdout)


def test_a_target_that_hangs_is_ended_with_all_it_started(tmp_path: Path) -> None:
    beats = tmp_path / "beats"
    program = f"(while :; do echo . >> {beats}; sleep 0.05; done) & sleep 60"
    began = time.monotonic()
    (delivery,) = deliver(Alerts(command=("sh", "-c", program), timeout=0.5), TEST)
    assert time.monotonic() - began < 10
    assert (delivery.taken, delivery.why) == (False, "it took longer than 0.5 s")
    size = beats.stat().st_size
    time.sleep(0.3)
    assert beats.stat().st_size == size


def test_a_command_does_not_inherit_addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESS_ARCHIVE_ALERT_URLS", f"json://{SECRET}")
    listener = Listener(tmp_path)
    (delivery,) = deliver(Alerts(command=tuple(listener.command)), TEST)
    assert delivery.taken
    assert SECRET not in json.dumps(listener.heard)


@pytest.mark.parametrize(
    "text",
    [
        f"urls = [{SECRET}",
        f'urls = "{SECRET}"',
        f'address = "{SECRET}"',
        f'urls = ["a", 3, "{SECRET}"]',
        f'remind_days = "{SECRET}"',
        "timeout_seconds = -1",
        "remind_days = true",
    ],
)
def test_a_file_that_cannot_be_read_is_an_error_without_what_it_holds(tmp_path: Path, text: str) -> None:
    (tmp_path / "alerts.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as error:
        alerts_of(tmp_path)
    assert SECRET not in str(error.value)
    assert error.value.__cause__ is None


def test_options_count_above_the_environment_and_that_above_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "alerts.toml").write_text('urls = ["json://file"]\nremind_days = 0.5\n', encoding="utf-8")
    assert alerts_of(tmp_path) == Alerts(("json://file",), (), timedelta(hours=12))
    monkeypatch.setenv("PRESS_ARCHIVE_ALERT_URLS", "json://one json://two")
    monkeypatch.setenv("PRESS_ARCHIVE_ALERT_COMMAND", "tell 'the maintainer'")
    assert alerts_of(tmp_path).urls == ("json://one", "json://two")
    assert alerts_of(tmp_path).command == ("tell", "the maintainer")
    assert alerts_of(tmp_path, ("json://option",), "other").urls == ("json://option",)


@dataclass
class Target:
    """A web address that apprise posts to; `status` is what it answers, `slow` makes it drip its answer."""

    port: int
    server: ThreadingHTTPServer
    status: int = 200
    slow: bool = False
    got: list[dict[str, object]] = field(default_factory=list)


@pytest.fixture
def target() -> Iterator[Target]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(found.status)
            self.end_headers()
            for _ in range(100 if found.slow else 0):
                self.wfile.write(b".")
                time.sleep(0.1)

        def log_message(self, format: str, *words: object) -> None:
            pass

        def handle(self) -> None:
            try:
                super().handle()
            except ConnectionError:
                return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found = Target(server.server_address[1], server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield found
    server.shutdown()
    server.server_close()


@needs_apprise
def test_apprise_takes_a_message_to_a_web_address(copy: Archive, target: Target) -> None:
    run_again(copy, ALARMED, [ALARM | {"sentence": "quiet <b>*since*</b> \x1b[31mthen"}])
    url = f"json://user:{SECRET}@127.0.0.1:{target.port}/"
    result = press_archive("alert", "--root", copy.root, PRESS_ARCHIVE_NOW=NOW, PRESS_ARCHIVE_ALERT_URLS=url)
    assert (result.returncode, result.stdout, result.stderr) == (0, "address 1 (json): taken\n", "")
    (said,) = target.got
    assert said["title"] == "press-archive: Meridian Review: 1 thing to look at"
    assert "quiet <b>*since*</b> [31mthen" in str(said["message"])


@needs_apprise
def test_apprise_says_when_nobody_took_it(target: Target) -> None:
    target.status = 500
    (refused,) = deliver(Alerts((f"json://127.0.0.1:{target.port}",)), TEST)
    target.status, target.slow = 200, True
    began = time.monotonic()
    (hanging,) = deliver(Alerts((f"json://127.0.0.1:{target.port}",), timeout=3), TEST)
    assert time.monotonic() - began < 8
    assert not refused.taken and len(target.got) == 2
    assert (hanging.taken, hanging.why) == (False, "it took longer than 3 s")
