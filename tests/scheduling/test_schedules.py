"""What a schedule writes is taken by the systems it is written for, says the same night, and overwrites nothing."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from datetime import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from archive.errors import UsageError
from scraper.cli import main
from scraper.scheduling import cron, github, systemd
from scraper.scheduling.schedule import Schedule, checked
from tests.command import one_sentence

PROGRAM = (shutil.which("true") or "/bin/true",)
HARD = ("a b", "100%", "50%h", "it's", 'say "so"', "$HOME", "${USER}", "back\\slash", "semi;colon", "#x", "-dash", "é")
SYSTEMD = shutil.which("systemd-analyze")
CRONTAB = shutil.which("crontab")


def schedule_of(root: Path, *options: str, program: tuple[str, ...] = PROGRAM) -> Schedule:
    """Return a schedule for an archive at `root`."""
    return Schedule("sample", root, root.with_name(f"{root.name} public"), time(3, 7), 20, program, options)


def said(*words: str | Path) -> Result:
    """Run `press-archive schedule` in this process."""
    return CliRunner().invoke(main, ["schedule", *map(str, words)])


@pytest.mark.skipif(SYSTEMD is None, reason="systemd-analyze is not here: apt-get install systemd")
@pytest.mark.parametrize("system", [False, True])
def test_systemd_takes_the_units(tmp_path: Path, system: bool) -> None:
    words = ["systemd", "sample", "--root", tmp_path / "a 50%h $HOME", "--executable", PROGRAM[0], "--into", tmp_path]
    result = said(*words, "--install", *(("--system", "--user", "daemon") if system else ()))
    assert result.exit_code == 0, result.output
    units = sorted(map(str, tmp_path.glob("press-archive-sample*")))
    assert len(units) == 3
    command = [str(SYSTEMD), "verify", *(() if system else ("--user",)), *units]
    environment = os.environ | {"XDG_RUNTIME_DIR": str(tmp_path), "SYSTEMD_LOG_LEVEL": "warning"}
    verified = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert (verified.returncode, verified.stdout, verified.stderr) == (0, "", "")


def test_units_say_what_a_night_needs(tmp_path: Path) -> None:
    service, alert, timer = (unit.text for unit in systemd.units(schedule_of(tmp_path), tmp_path, system=False))
    for line in ("OnFailure=press-archive-sample-alert.service", "SuccessExitStatus=143", "KillMode=mixed"):
        assert f"\n{line}\n" in service
    for line in ("OnCalendar=*-*-* 03:07:00", "RandomizedDelaySec=20min", "Persistent=true"):
        assert f"\n{line}\n" in timer
    assert f" alert --root {tmp_path} --because " in alert
    # A user's manager may be forbidden the namespaces that these need.
    assert not re.search("Protect|Private|ReadWritePaths|CapabilityBoundingSet", service + alert)


def test_a_folder_under_tmp_is_not_hidden_from_a_system_unit() -> None:
    for root, is_private in (("/tmp/archives/sample", False), ("/srv/archives/sample", True)):
        service = systemd.units(schedule_of(Path(root)), Path("/"), system=True)[0].text
        assert ("PrivateTmp=yes" in service) is is_private
        assert f"ReadWritePaths={Path(root).parent}" in service


def unquoted(line: str) -> list[str]:
    """Read a line as systemd.syntax(7) and systemd.service(5) say: quotes, escapes, specifiers, variables."""
    words = re.findall(r'"((?:\\.|[^"\\])*)"|(\S+)', line)
    plain = [re.sub(r"\\(.)", r"\1", quoted) if quoted else bare for quoted, bare in words]
    assert not [word for word in plain if re.search(r"(?<!%)(%%)*%(?!%)", word)]
    return [word.replace("%%", "%") for word in plain]


@pytest.mark.parametrize("hard", HARD)
def test_hard_names_come_through_systemd(hard: str) -> None:
    night = schedule_of(Path("/srv") / hard, "--contact", hard).night()
    words = unquoted(systemd.command(night))
    assert words[0] == night[0]
    assert not [word for word in words[1:] if re.search(r"(?<!\$)(\$\$)*\$(?!\$)", word)]
    assert tuple(word.replace("$$", "$") for word in words) == night


def shell_of(line: str) -> tuple[str, str]:
    """Return a crontab line's times and command, as crontab(5) says: an unescaped percent sign would end it."""
    *times, command = line.rstrip("\n").split(" ", 5)
    assert not re.search(r"(?<!\\)%", command)
    return " ".join(times), command.replace("\\%", "%")


@pytest.mark.parametrize("hard", HARD)
def test_hard_names_come_through_cron_and_its_shell(hard: str, tmp_path: Path) -> None:
    root = tmp_path / hard
    times, command = shell_of(cron.line(schedule_of(root, "--contact", hard, program=("printf", r"%s\n"))))
    assert times == "7 3 * * *"
    printed = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True).stdout.splitlines()
    assert printed[:4] == ["night", "sample", "--root", str(root)]
    assert printed[-2:] == ["--contact", hard] and "--quiet" in printed and "--alert" in printed


def test_what_no_line_can_hold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="control character"):
        checked(schedule_of(tmp_path, "a\nb"))
    with pytest.raises(UsageError, match="backslash"):
        cron.line(schedule_of(tmp_path / "a\\%b"))
    for root in ("/srv/x", "../x", "a'b", "a{{b", "-x"):
        with pytest.raises(UsageError, match="below the checkout"):
            github.workflow(schedule_of(Path(root)), ".")
    with pytest.raises(UsageError, match="evaluate"):
        github.workflow(schedule_of(Path("x"), "--contact", "${{ secrets.x }}"), ".")


@pytest.mark.skipif(CRONTAB is None, reason="crontab is not here: apt-get install cron")
def test_cron_takes_the_line_and_keeps_all_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program checks a crontab's syntax when it takes it."""
    spool = tmp_path / "crontab"
    (tmp_path / "bin").mkdir()
    wrapper = tmp_path / "bin" / "crontab"
    wrapper.write_text(
        f"#!/bin/sh\nif [ $1 = -l ]; then cat {spool} 2>/dev/null || {{ echo no crontab for x >&2; exit 1; }}\n"
        f"else cat >{spool}.new && {CRONTAB} -n {spool}.new && mv {spool}.new {spool}; fi\n"
    )
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{wrapper.parent}:{os.environ['PATH']}")
    words = ("cron", "sample", "--root", tmp_path / "50% of it", "--publish", tmp_path / "public")
    assert said(*words, "--install").exit_code == 0
    spool.write_text(f"MAILTO=me\n{spool.read_text()}5 5 * * * true\n")
    assert "already" in said(*words, "--install").output
    changed = said(*words, "--install", "--at", "4:30")
    assert "in the place of" in changed.output
    lines = spool.read_text().splitlines()
    assert (lines[0], sum("press-archive" in line and not line.startswith("#") for line in lines)) == ("MAILTO=me", 1)
    assert "5 5 * * * true" in lines and any(line.startswith("30 4 * * * ") for line in lines)
    assert said(*words, "--uninstall").exit_code == 0
    assert spool.read_text() == "MAILTO=me\n5 5 * * * true\n"


def test_the_workflow_is_one(tmp_path: Path) -> None:
    text = github.workflow(schedule_of(Path("archives/the sample"), "--contact", "it's: me #1"), ".").text
    # PyYAML reads YAML 1.1, where a bare `on` is true.
    read: dict[Any, Any] = yaml.safe_load(text)
    assert read[True]["schedule"] == [{"cron": "7 3 * * *"}] and "workflow_dispatch" in read[True]
    assert read["permissions"] == {"contents": "read", "actions": "read"}
    assert read["concurrency"] == {"group": "press-archive-sample", "cancel-in-progress": False}
    (job,) = read["jobs"].values()
    steps = job["steps"]
    assert all(re.fullmatch(r"[\w/-]+@v\d+\.\d+\.\d+", step["uses"]) for step in steps if "uses" in step)
    assert all(("uses" in step) != ("run" in step) for step in steps)
    for step in steps:
        subprocess.run(["bash", "-n", "-c", step.get("run", "")], check=True)
    names = [step.get("name") for step in steps]
    chain = shlex.split(steps[names.index("Crawl, verify, publish")]["run"])
    assert chain[chain.index("--root") + 1] == "archives/the sample" and chain[-1] == "it's: me #1"
    # What is crawled is kept whatever the night says; what is published only when the night is good.
    after = {step["name"]: step.get("if", "") for step in steps[names.index("Crawl, verify, publish") + 1 :]}
    assert {name for name, when in after.items() if "always()" not in when} == {"Keep what is published"}
    known = {step["id"] for step in steps if "id" in step}
    assert set(re.findall(r"steps\.(\w+)", text)) <= known


def test_nothing_is_overwritten_in_silence(tmp_path: Path) -> None:
    words = ("systemd", "sample", "--root", tmp_path / "a" / "sample", "--publish", tmp_path / "p", "--into", tmp_path)
    timer = tmp_path / "press-archive-sample.timer"
    timer.write_text("# my own\n")
    refused = said(*words, "--install")
    assert refused.exit_code == 2
    assert f"{timer} is there" in one_sentence(refused.stderr, refused.stdout) and "--replace" in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == [timer.name]
    replaced = said(*words, "--install", "--replace")
    assert f"{timer} is replaced" in replaced.stdout and "Next: loginctl" in replaced.stdout
    assert replaced.stdout.count("is there already") == 0
    assert said(*words, "--install").stdout.count("is there already") == 3
    changed = said(*words, "--install", "--at", "5:00")
    assert (changed.stdout.count("is replaced"), changed.stdout.count("is there already")) == (1, 2)
    timer.write_text("# my own\n")
    removed = said(*words, "--uninstall")
    assert removed.stdout.count("is removed") == 2 and f"{timer} was left" in removed.stdout
    assert timer.exists()


def test_all_three_run_the_same_night(tmp_path: Path) -> None:
    rest = ("--contact", "me@example.org", "--json", "--", "--images", "lead")
    texts = ["".join(json.loads(said(kind, "sample", *rest).stdout).values()) for kind in ("systemd", "cron", "github")]
    for text in texts:
        found = re.search(r"press-archive night sample (.*)", text) or re.search(r"scraper.cli night sample (.*)", text)
        assert found and found[1].endswith("--contact me@example.org -- --images lead")


def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    for words, what in (
        (("systemd", "sample", "--at", "25:00"), "no time of day"),
        (("systemd", "sample", "--system"), "--user NAME"),
        (("systemd", "sample", "--executable", "/none/at/all"), "there is no program"),
        (("anacron", "sample"), "anacron"),
        (("cron", "simple"), "sample"),
    ):
        result = said(*words)
        assert result.exit_code == 2
        assert what in one_sentence(result.stderr, result.stdout), words
