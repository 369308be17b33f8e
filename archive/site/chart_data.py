"""What the charts show, read from views that anybody can query. Must not know HTTP, HTML or how a chart is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from sqlite3 import Connection

from archive.site.charts import months_between
from archive.site.listings import LISTINGS
from archive.site.lists import whole
from archive.site.queries import Row, rows
from archive.site.standing import standing

_STRIPS = 8
_RUNS = 90
_ARTICLES = "SELECT month, section, articles FROM articles_by_month ORDER BY month"
_LENGTH = "SELECT month, articles, shortest, middle, longest FROM length_by_month ORDER BY month"
_OUTLETS = "SELECT year, outlet, host, links, articles FROM outlets_by_year WHERE host IN ({}) ORDER BY year"
_EDITS = "SELECT month, kind, edits, silent FROM edits_by_month ORDER BY month"
_CRAWLS = f"SELECT * FROM (SELECT * FROM run_history ORDER BY id DESC LIMIT {_RUNS}) ORDER BY id"


@dataclass(frozen=True, slots=True)
class Strip:
    """One row of a chart: a value for each place, None where there is none; `dark` is the part that is marked.

    `says` is its figure in words, shown beside it.
    """

    name: str
    values: Sequence[int | None]
    says: str
    dark: Sequence[int | None] = ()
    path: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart as rows of bars over the same places, and the table that says the same. `sql` gives its numbers."""

    name: str
    title: str
    lead: str
    view: str
    sql: str
    places: Sequence[str]
    strips: Sequence[Strip]
    columns: Sequence[str]
    table: Sequence[Sequence[str | int | None]]
    shared: bool = False
    line: bool = False


def charts(connection: Connection) -> list[Chart]:
    """Read all charts that there is something to show in."""
    return [found for found in (chart(connection, name) for name in CHARTS) if found]


def chart(connection: Connection, name: str) -> Chart | None:
    """Read one chart; None when there is none of this name, or nothing to show in it."""
    read = CHARTS.get(name)
    if read is None:
        return None
    found = standing(connection, f"chart {name}", read)
    return found if found.places else None


def _articles(connection: Connection) -> Chart:
    found = rows(connection, _ARTICLES)
    places = months_between(row["month"] for row in found)
    totals = _summed(found, "section", "articles")
    every = _by_place(found, "month", "articles", places)
    strips = [Strip("All articles", every, f"{sum(every):,}")]
    for section in [name for name in totals if name][:_STRIPS]:
        values = _by_place([row for row in found if row["section"] == section], "month", "articles", places)
        strips.append(Strip(section, values, f"{totals[section]:,}", path=f"/search?section={section}"))
    table = [[month, *(strip.values[at] for strip in strips)] for at, month in enumerate(places)]
    columns = ["Month", *(strip.name for strip in strips)]
    lead = "Articles published in each month, all of them and in the sections with most. Rows have their own scale."
    return Chart(
        "articles",
        "Articles by month and section",
        lead,
        "articles_by_month",
        _ARTICLES,
        places,
        strips,
        columns,
        table,
    )


def _outlets(connection: Connection) -> Chart:
    most = sorted(whole(connection, LISTINGS["outlets"]), key=lambda row: (-row["articles"], row["outlet"]))
    hosts = [row["host"] for row in most[: _STRIPS + 2]]
    listed = ", ".join("'" + host.replace("'", "''") + "'" for host in hosts)
    sql = _OUTLETS.format(listed)
    found = rows(connection, sql)
    years = [int(row["year"]) for row in found if row["year"].isdigit()]
    places = [f"{year:04d}" for year in range(min(years), max(years) + 1)] if years else []
    strips = []
    for row in most[: _STRIPS + 2]:
        values = _by_place([each for each in found if each["host"] == row["host"]], "year", "articles", places)
        strips.append(Strip(row["outlet"], values, f"{row['articles']:,}", path=f"/outlet/{row['host']}"))
    table = [[year, *(strip.values[at] for strip in strips)] for at, year in enumerate(places)]
    columns = ["Year", *(strip.name for strip in strips)]
    lead = "Articles that link to the ten outlets cited most, by year of publication. All rows have one scale."
    return Chart(
        "outlets", "Outlets cited over time", lead, "outlets_by_year", sql, places, strips, columns, table, shared=True
    )


def _length(connection: Connection) -> Chart:
    found = rows(connection, _LENGTH)
    places = months_between(row["month"] for row in found)
    by_month = {row["month"]: row for row in found}
    strips = []
    for field, name in (("middle", "The middle half"), ("longest", "The longest")):
        values = [by_month[month][field] if month in by_month else None for month in places]
        known = [value for value in values if value is not None]
        strips.append(Strip(name, values, f"up to {max(known, default=0):,} words"))
    table = [[row[name] for name in ("month", "articles", "shortest", "middle", "longest")] for row in found]
    columns = ("Month", "Articles", "Shortest", "Mean of the middle half", "Longest")
    lead = "Words of an article: the mean of the middle half of each month’s articles, and the month’s longest."
    return Chart(
        "length", "How long articles are", lead, "length_by_month", _LENGTH, places, strips, columns, table, line=True
    )


def _edits(connection: Connection) -> Chart:
    found = rows(connection, _EDITS)
    places = months_between(row["month"] for row in found)
    strips = []
    for kind in ("", *_summed(found, "kind", "edits")):
        own = [row for row in found if not kind or row["kind"] == kind]
        silent = _by_place(own, "month", "silent", places)
        said = f"{sum(row['edits'] for row in own):,}" + (f", {sum(silent):,} silent" if sum(silent) else "")
        path = f"/edits?kind={kind}" if kind else "/edits"
        strips.append(
            Strip(kind.capitalize() or "All edits", _by_place(own, "month", "edits", places), said, silent, path)
        )
    table = [[row["month"], row["kind"], row["edits"], row["silent"]] for row in found]
    columns = ("Month", "Kind", "Edits", "Silent")
    lead = "Edits by the month in which they were first seen here. Dark: silent ones, that changed the text unsaid."
    return Chart("edits", "Edits", lead, "edits_by_month", _EDITS, places, strips, columns, table)


def _crawls(connection: Connection) -> Chart:
    found = rows(connection, _CRAWLS)
    fields = ("fetched", "new", "changed", "failed")
    strips = []
    for field in fields:
        values = [row[field] or 0 for row in found]
        strips.append(Strip(field.capitalize(), values, f"{values[-1]:,} in the last" if values else ""))
    seconds = [round(row["seconds"] or 0) for row in found]
    strips.append(Strip("Seconds", seconds, f"{seconds[-1]:,} for the last" if seconds else ""))
    shown = ("started_at", "mode", "ended_why", *fields, "seconds")
    table = [[row.get(name) for name in shown] for row in found]
    columns = ("Started", "Mode", "Ended", "Fetched", "New", "Changed", "Failed", "Seconds")
    lead = f"The last {_RUNS} runs of the crawler, oldest first: what each fetched, found and could not read."
    places = [row["started_at"][:10] for row in found]
    return Chart("crawls", "Crawl health", lead, "run_history", _CRAWLS, places, strips, columns, table)


CHARTS: Mapping[str, Callable[[Connection], Chart]] = {
    "articles": _articles,
    "outlets": _outlets,
    "length": _length,
    "edits": _edits,
    "crawls": _crawls,
}


def _summed(found: Sequence[Row], name: str, value: str) -> dict[str, int]:
    """Add up a value by name, the greatest first."""
    sums: dict[str, int] = {}
    for row in found:
        sums[row[name] or ""] = sums.get(row[name] or "", 0) + row[value]
    return dict(sorted(sums.items(), key=lambda item: (-item[1], item[0])))


def _by_place(found: Sequence[Row], place: str, value: str, places: Sequence[str]) -> list[int]:
    sums: dict[str, int] = {}
    for row in found:
        sums[row[place]] = sums.get(row[place], 0) + row[value]
    return [sums.get(each, 0) for each in places]
