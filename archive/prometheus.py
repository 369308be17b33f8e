"""How archives are, in Prometheus' text format, for node_exporter's textfile collector. Must not read an archive.

Format: https://prometheus.io/docs/instrumenting/exposition_formats/ (text, 0.0.4). Every value is a gauge: it is so
now, and may fall after a rebuild.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archive import clock
from archive.coverage import STATES
from archive.status import Status

Sample = tuple[dict[str, str], float]


@dataclass(frozen=True, slots=True)
class _Metric:
    """One name with its help and the values that have it."""

    name: str
    help: str
    samples: tuple[Sample, ...]


def exposition(statuses: Iterable[Status]) -> str:
    """Write archives as one text; each metric's HELP and TYPE stand once, before its values."""
    merged: dict[str, _Metric] = {}
    for status in statuses:
        for metric in _metrics(status):
            before = merged[metric.name].samples if metric.name in merged else ()
            merged[metric.name] = _Metric(metric.name, metric.help, before + metric.samples)
    return "".join(line for metric in merged.values() for line in _lines(metric))


def _lines(metric: _Metric) -> Iterator[str]:
    name = f"press_archive_{metric.name}"
    yield f"# HELP {name} {_escaped(metric.help, quotes=False)}\n"
    yield f"# TYPE {name} gauge\n"
    for labels, value in metric.samples:
        pairs = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        yield f"{name}{{{pairs}}} {value!r}\n"


def _escaped(text: str, quotes: bool = True) -> str:
    """Escape a label's value, or a help text, as the format wants it; what UTF-8 cannot hold is replaced."""
    text = text.replace("\\", "\\\\").replace("\n", "\\n").encode("utf-8", "replace").decode("utf-8")
    return text.replace('"', '\\"') if quotes else text


def _metrics(status: Status) -> Iterator[_Metric]:
    labels = {"root": str(status.root.resolve()), "publication": status.publication}

    def metric(name: str, help_text: str, value: float | None) -> Iterator[_Metric]:
        if value is not None:
            yield _Metric(name, help_text, ((labels, float(value)),))

    def family(name: str, help_text: str, label: str, values: dict[str, int | None]) -> _Metric:
        found = ((labels | {label: key}, float(value)) for key, value in values.items() if value is not None)
        return _Metric(name, help_text, tuple(found))

    yield from metric("readable", "Whether the archive can be read: 1 or 0.", 0 if status.error else 1)
    yield from metric("open_alarms", "Things that a person should look at.", len(status.troubles))
    yield from metric("last_healthy_run_timestamp_seconds", "When the last healthy run ended.", _seconds(status))
    yield from metric("running", "Whether a run is at work: 1 or 0.", 1 if status.running else 0)
    if run := status.last_run:
        ended = run["ended_at"]
        yield from metric("last_run_timestamp_seconds", "When the last run ended.", ended and _moment(ended))
        yield from metric("last_run_duration_seconds", "How long the last run took.", run["seconds"])
        yield from metric("last_run_exit_status", "The last run's exit status: 0 done, 3 look.", run["exit_status"])
        kinds = ("announced", "fetched", "new", "changed", "unchanged", "excluded", "failed")
        counts = {kind: run[kind] for kind in kinds}
        yield family("last_run_counts", "What the last run counted, by kind.", "kind", counts)
    if status.totals:
        addresses: dict[str, int | None] = {state: getattr(status.totals.counts, state) for state in STATES}
        yield family("addresses", "Addresses in the ledger, by state.", "state", addresses)
        yield from metric("articles", "Articles that addresses lead to.", status.totals.articles)
        for figure in status.totals.completeness[:1]:
            yield from metric("completeness_ratio", f"The share of {figure.words}.", figure.share)
        due = {"now": status.due.now, "day": status.due.day, "week": status.due.week}
        yield family("due_addresses", "Stored addresses to look at again, by when at the latest.", "within", dict(due))
    if disk := status.disk:
        yield from metric("database_size_bytes", "Size of the database with its log.", disk.database)
        yield from metric("warc_size_bytes", "Size of all WARC files.", disk.warc)
        yield from metric("disk_free_bytes", "Bytes free on the archive's file system.", disk.free)


def _seconds(status: Status) -> float | None:
    return _moment(status.last_healthy_at) if status.last_healthy_at else None


def _moment(text: str) -> float:
    return clock.parse(text).timestamp()
