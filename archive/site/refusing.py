"""What a public site refuses: queries, too many dear requests, addresses that ask for nonsense. Must not know pages."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from datasette.utils.asgi import Base400, Forbidden, NotFound, Response

from archive.errors import Replaced
from archive.site import headers
from archive.site.guard import Guard, Limits
from archive.site.holding import public_release

# Datasette loads plugins while its own modules are half loaded.
if TYPE_CHECKING:
    from datasette.app import Datasette

PLUGIN = "press-archive"
_WORDS = "This address asks for something that cannot be read: change it, or begin at the front page."
_TOO_MUCH = "This asks for more than one request may take: ask for less."
delegates: WeakKeyDictionary[Datasette, headers.App] = WeakKeyDictionary()
"""Who answers a Datasette's dear requests in its stead."""
limits: WeakKeyDictionary[Datasette, Limits] = WeakKeyDictionary()
"""What a Datasette may take, where it shares that with others."""


def allows_sql(datasette: Datasette) -> bool:
    """Say whether visitors of a public site may ask queries of their own: only where its metadata says so."""
    config = datasette.plugin_config(PLUGIN) or {}
    return bool(config.get("allow_sql"))


def is_among(datasette: Datasette) -> bool:
    """Say whether an archive is served among others, whose common front page is at `/`."""
    config = datasette.plugin_config(PLUGIN) or {}
    return bool(config.get("among"))


def wrapped(datasette: Datasette) -> Callable[[headers.App], headers.App]:
    """Return what wraps a site: headers on every answer, and the guard where it is public."""
    release = public_release(datasette)
    policy, base = headers.lenient_policy(datasette.jinja_env), datasette.setting("base_url")
    config = datasette.plugin_config(PLUGIN) or {}
    if release is None or config.get("inner"):
        return lambda app: headers.with_headers(app, policy, base)
    names = frozenset(database.route for database in datasette.databases.values())

    def guarded(app: headers.App) -> headers.App:
        guard = Guard(
            app,
            release.id,
            names,
            allow_sql=allows_sql(datasette),
            dear=delegates.get(datasette),
            trust_proxy=bool(config.get("trust_proxy")),
            base=base,
            limits=limits.get(datasette),
        )
        return headers.with_headers(guard, policy, base)

    return guarded


def blame_the_address(exception: Exception) -> None:
    """Give Datasette's complaints about parameters, such as a column to sort by that is not there, the status 400."""
    from datasette.views.base import DatasetteError

    # What SQLite could not do comes in the same class, and may well be the server's fault.
    by_sqlite = isinstance(exception.__context__, sqlite3.Error)
    if isinstance(exception, DatasetteError) and exception.status == 500 and not by_sqlite:
        exception.status = 400


def refusal(request: Any, exception: Exception) -> Any:
    """Return what answers a request that failed because of what it asked for; None where it did not.

    Datasette reads many parameters without looking at them; what then fails is no fault of the server.
    """
    if isinstance(exception, Replaced):
        return lambda: Response.text("This release was replaced just now: ask again.\n", status=429)
    status = getattr(exception, "status", 500)
    asked = (
        bool(request.query_string)
        or isinstance(exception, (sqlite3.Error, MemoryError))
        or hasattr(exception, "status")
    )
    if isinstance(exception, (NotFound, Forbidden, Base400)) or status < 500 or not asked:
        return None
    too_much = isinstance(exception, (MemoryError, sqlite3.DataError)) or "interrupted" in str(exception)
    return lambda: Response.text((_TOO_MUCH if too_much else _WORDS) + "\n", status=400)
