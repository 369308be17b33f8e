"""How templates write times, numbers and addresses. Must not read anything."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from archive.exports.citations import MONTHS, long_date
from archive.site.markup import marked, web_address
from archive.urls import name_slug


def day(moment: str | None) -> Markup:
    """Write a time's day as a `time` element; nothing for None."""
    return _time(moment, long_date(moment)) if moment else Markup()


def minute(moment: str | None) -> Markup:
    """Write a time to the minute, in UTC, as a `time` element; nothing for None."""
    return _time(moment, f"{long_date(moment)}, {moment[11:16]} UTC") if moment else Markup()


def local_minute(moment: str | None, offset: str | None) -> Markup:
    """Write a time to the minute as the page claimed it: at the claimed offset, in UTC without one."""
    if not moment or not offset:
        return minute(moment)
    sign = -1 if offset.startswith("-") else 1
    shift = sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[4:6]))
    there = datetime.fromisoformat(moment).astimezone(timezone(shift))
    text = f"{long_date(there.isoformat())}, {there:%H:%M} (UTC{offset.replace('-', '−')})"
    return _time(moment, text)


def month(text: str) -> str:
    """Write `2026-02` as `February 2026`."""
    return f"{MONTHS[int(text[5:7]) - 1]} {text[:4]}"


def commas(number: int | None) -> str:
    """Write a number with commas; 0 for None."""
    return f"{number or 0:,}"


def field_names(listed: str) -> str:
    """Write a JSON list of field names in words."""
    return ", ".join(json.loads(listed))


def article_path(slug: str) -> str:
    """Return the path of an article's page here."""
    return f"/article/{quote(slug, safe='/')}"


def _time(moment: str, text: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(moment, text)


FILTERS: dict[str, Callable[..., Any]] = {
    "day": day,
    "minute": minute,
    "local_minute": local_minute,
    "month": month,
    "commas": commas,
    "field_names": field_names,
    "article_path": article_path,
    "name_slug": name_slug,
    "web_address": web_address,
    "marked": marked,
}
