"""A night as systemd units: a service, its timer, and what runs when it fails. Must not write them.

The syntax is that of systemd.syntax(7), systemd.service(5) and systemd.unit(5).
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from scraper.scheduling.schedule import Planned, Schedule

_TMP = ("/tmp", "/var/tmp")
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-:=@+,")
_SERVICE = """{mark}
[Unit]
Description=A night of {publication}: crawl, verify, publish
{network}OnFailure={name}-alert.service

[Service]
Type=oneshot
ExecStart={night}
# SIGTERM ends a night early, and nothing is lost. 3 (a person should look) and 75 (busy) do count as failures.
SuccessExitStatus=143
# The night itself ends its stage, within ten seconds.
KillMode=mixed
TimeoutStopSec=30
Nice=10
{hardening}"""
_TIMER = """{mark}
[Unit]
Description=Nights of {publication}

[Timer]
OnCalendar=*-*-* {at:%H:%M}:00
RandomizedDelaySec={jitter}
# A night that was missed since the machine was off is made up for.
Persistent=true

[Install]
WantedBy=timers.target
"""
_ALERT = """{mark}
[Unit]
Description=Tell that a night of {publication} needs a person
{network}
[Service]
Type=oneshot
ExecStart={alert}
{hardening}"""
_NETWORK = "Wants=network-online.target\nAfter=network-online.target\n"
_HARDENING = """NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
SystemCallArchitectures=native
"""
# A user's manager may not make namespaces everywhere, and a unit that asks for one would fail there.
_NAMESPACES = """ProtectSystem=strict
ReadWritePaths={writable}
ProtectHome=read-only
{tmp}PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictNamespaces=yes
CapabilityBoundingSet=
"""


def units(schedule: Schedule, folder: Path, system: bool) -> list[Planned]:
    """Return the units, to be written into `folder`."""
    fields = {
        "mark": schedule.mark,
        "publication": schedule.publication,
        "name": schedule.name,
        "at": schedule.at,
        "jitter": f"{schedule.jitter}min",
        "network": _NETWORK if system else "",
        "night": command(schedule.night()),
        "alert": command(schedule.alert()),
        "hardening": _hardening(schedule, system),
    }
    texts = {".service": _SERVICE, "-alert.service": _ALERT, ".timer": _TIMER}
    return [Planned(folder / f"{schedule.name}{kind}", text.format(**fields)) for kind, text in texts.items()]


def folder_of(system: bool) -> Path:
    """Return where units belong (systemd.unit(5), unit file load path)."""
    if system:
        return Path("/etc/systemd/system")
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"


def next_steps(schedule: Schedule, system: bool) -> list[str]:
    """Return the commands that start it."""
    systemctl = "systemctl" if system else "systemctl --user"
    steps = [
        f"{systemctl} daemon-reload && {systemctl} enable --now {schedule.name}.timer",
        f"{systemctl} start {schedule.name}.service   # a first night now",
    ]
    return steps if system else ["loginctl enable-linger   # nights while nobody is logged in", *steps]


def last_steps(schedule: Schedule, system: bool) -> list[str]:
    """Return the commands that make systemd forget it."""
    systemctl = "systemctl" if system else "systemctl --user"
    return [f"{systemctl} stop {schedule.name}.timer; {systemctl} daemon-reload"]


def command(words: Iterable[str]) -> str:
    """Write a command line for ExecStart=: quoted, with neither specifiers nor variables.

    Variables are not replaced in the program's own path.
    """
    program, *arguments = words
    return " ".join([quoted(program), *(quoted(word).replace("$", "$$") for word in arguments)])


def quoted(word: str) -> str:
    """Quote one word; `%` would begin a specifier."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return escaped if word and set(word) <= _PLAIN else f'"{escaped}"'


def _hardening(schedule: Schedule, system: bool) -> str:
    if not system:
        return _HARDENING
    # Both are written beside themselves and swapped in: it is the folders above that must be writable.
    above = dict.fromkeys(path.parent for path in (schedule.root, schedule.publish))
    # A private one would hide what is kept there.
    is_private = not any(path.is_relative_to(tmp) for path in above for tmp in _TMP)
    writable = " ".join(quoted(str(path)) for path in (*above, *(() if is_private else _TMP)))
    user = f"User={quoted(schedule.user)}\n" if schedule.user else ""
    return user + _HARDENING + _NAMESPACES.format(writable=writable, tmp="PrivateTmp=yes\n" if is_private else "")
