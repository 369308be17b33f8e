"""Which columns Datasette's page of a table shows before anybody asks for others. Must not answer for data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from datasette.utils.asgi import Request, Response

from archive.site.holding import archive_name

# Datasette loads plugins while its own modules are half loaded.
if TYPE_CHECKING:
    from datasette.app import Datasette

ALL_COLUMNS = "?_size=100"
"""An address that asks for something, and so for all columns."""
SHOWN: Mapping[str, str] = {
    "articles": "headline slug type section byline published_at word_count status revision_count series_id",
    "article_list": "headline slug type section authors published_at word_count status revision_count series",
    "links": "article_id anchor_text sentence url outlet_id internal target_article_id",
    "revisions": "article_id number seen_at kind silent changed_fields snapshot_id",
    "snapshots": "url fetched_at status digest warc_file warc_offset warc_length",
    "ledger": "url state reason sources first_announced_at last_announced_at checked_at article_id",
}


PATTERN = rf"^/(?P<database>[^/.]+)/(?P<table>{'|'.join(SHOWN)})(\.(?P<format>\w+))?$"


async def page(datasette: Datasette, request: Request) -> Response:
    """Answer as Datasette does; a page that nobody asked anything of shows the columns that people read first."""
    from datasette.views.table import TableView

    name = archive_name(datasette)
    ours = name is not None and request.url_vars["database"] == datasette.get_database(name).route
    if ours and request.url_vars["format"] is None and not request.query_string:
        columns = urlencode([("_col", name) for name in SHOWN[request.url_vars["table"]].split()])
        request = Request(dict(request.scope, query_string=columns.encode()), request.receive)
    return await TableView(datasette).get(request)
