"""Our pages in Datasette: this package is the plugin, and this module its hooks. Must not hold anything else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from datasette import hookimpl
from datasette.utils.asgi import NotFound
from jinja2 import Environment
from markupsafe import Markup

from archive.site import connections, files, formats, pages, refusing, settings, showing, warming
from archive.site.holding import archive_name, public_release
from archive.site.metadata import metadata

# Datasette loads plugins while its own modules are half loaded.
if TYPE_CHECKING:
    from datasette.app import Datasette

Hook = TypeVar("Hook", bound=Callable[..., Any])
Routes = list[tuple[str, Any]]
hook: Callable[[Hook], Hook] = hookimpl


@hook
def startup(datasette: Datasette) -> None:
    """Give Datasette settings that suit an archive."""
    name = archive_name(datasette)
    if name:
        settings.suit(datasette, public=public_release(datasette) is not None)
        warming.warm(str(Path(datasette.get_database(name).path).resolve()))


@hook
def prepare_connection(conn: Any, database: str, datasette: Datasette) -> None:
    """Confine connections to a database that was published."""
    release = public_release(datasette)
    if release and database == archive_name(datasette):
        connections.confine(conn, release, refusing.allows_sql(datasette))


@hook
def permission_allowed(datasette: Datasette, action: str) -> bool | None:
    """Answer nobody's own queries on a database that was published, unless that was asked for."""
    if action == "execute-sql" and public_release(datasette) and not refusing.allows_sql(datasette):
        return False
    return None


@hook
def extra_template_vars(datasette: Datasette) -> dict[str, Any]:
    """Tell templates what was published, None where nothing was, and whether this archive is served among others."""
    return {"release": public_release(datasette), "among": refusing.is_among(datasette)}


@hook
def get_metadata(datasette: Datasette) -> dict[str, Any]:
    """Describe the archive's tables."""
    name = archive_name(datasette)
    return metadata(name) if name else {}


@hook
def register_routes(datasette: Datasette) -> Routes:
    """Serve our pages when there is an archive."""
    return [*pages.routes(), (files.ROUTE, files.whole_file)] if archive_name(datasette) else []


@hook
def prepare_jinja2_environment(env: Environment) -> None:
    """Let our templates write times, numbers and addresses."""
    env.filters |= formats.FILTERS


@hook
def asgi_wrapper(datasette: Datasette) -> Any:
    """Put security headers on every answer when there is an archive, and a guard before a public one."""
    return refusing.wrapped(datasette) if archive_name(datasette) else lambda app: app


@hook
def extra_css_urls(database: str | None, datasette: Datasette) -> list[str]:
    """Dress Datasette's own pages like ours."""
    return [showing.static(datasette, "tables.css")] if archive_name(datasette) else []


@hook
def menu_links(datasette: Datasette) -> list[dict[str, str]]:
    """Lead from Datasette's own pages back to ours."""
    if not archive_name(datasette):
        return []
    links = (("/", "The archive"), ("/search", "Search"), ("/data", "What the tables mean"))
    shown = [{"href": datasette.urls.path(path), "label": label} for path, label in links]
    return [{"href": "/", "label": "All archives"}, *shown] if refusing.is_among(datasette) else shown


@hook
def render_cell(value: Any, column: str, table: str | None, database: str, datasette: Datasette) -> Markup | None:
    """Link slugs in tables and query results to our pages."""
    if column != "slug" or not isinstance(value, str) or database != archive_name(datasette):
        return None
    path = pages.path_of_slug(table, value)
    return Markup('<a href="{}">{}</a>').format(datasette.urls.path(path), value) if path else None


@hook
def handle_exception(datasette: Datasette, request: Any, exception: Exception) -> Any:
    """Answer for addresses that nothing is at with our own page."""
    if isinstance(exception, NotFound) and archive_name(datasette) and not request.path.endswith(".json"):
        return lambda: pages.missing(datasette, request)
    if public_release(datasette):
        return refusing.refusal(request, exception)
    refusing.blame_the_address(exception)
    return None
