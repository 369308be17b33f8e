"""A night as a line of a crontab (crontab(5)), and a crontab with and without it. Must not read or write one."""

from __future__ import annotations

import re
import shlex

from archive.errors import UsageError
from scraper.scheduling.schedule import MARK, Schedule


def line(schedule: Schedule) -> str:
    """Return the line. cron has no jitter of its own, and mails what is printed: only what stopped the night is."""
    waiting = ("--jitter", str(schedule.jitter)) if schedule.jitter else ()
    words = shlex.join(schedule.night("--quiet", "--alert", *waiting))
    if re.search(r"\\%", words):
        raise UsageError("cron cannot take a backslash before a percent sign: choose another path")
    user = f"{schedule.user} " if schedule.user else ""
    # An unescaped percent sign ends the command, also in quotes.
    return f"{schedule.at.minute} {schedule.at.hour} * * * {user}{words.replace('%', chr(92) + '%')}\n"


def block(schedule: Schedule) -> str:
    """Return the lines by which the schedule is found again."""
    return f"{_begin(schedule)}\n{line(schedule)}{_end(schedule)}\n"


def found_block(crontab: str, schedule: Schedule) -> str | None:
    """Return what an earlier schedule wrote into a crontab."""
    found = _pattern(schedule).search(crontab)
    return found[0] if found else None


def with_block(crontab: str, schedule: Schedule) -> str:
    """Return a crontab with the schedule in it, in an earlier one's place; all else stays as it is."""
    if found_block(crontab, schedule) is not None:
        return _pattern(schedule).sub(lambda found: block(schedule), crontab, count=1)
    gap = "" if not crontab or crontab.endswith("\n") else "\n"
    return crontab + gap + block(schedule)


def without_block(crontab: str, schedule: Schedule) -> str:
    """Return a crontab without the schedule."""
    return _pattern(schedule).sub("", crontab)


def _begin(schedule: Schedule) -> str:
    return f"{MARK}: {schedule.name}"


def _end(schedule: Schedule) -> str:
    return f"# End of {schedule.name}"


def _pattern(schedule: Schedule) -> re.Pattern[str]:
    begin, end = re.escape(_begin(schedule)), re.escape(_end(schedule))
    return re.compile(rf"^{begin}\n.*?^{end}(\n|\Z)", re.MULTILINE | re.DOTALL)
