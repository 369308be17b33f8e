"""Whether an answer is all that it says it is."""

from __future__ import annotations

import pytest

from scraper.wholeness import missing_part


@pytest.mark.parametrize(
    ("status", "headers", "size", "flags", "missing"),
    [
        (200, {"content-length": "10"}, 10, [], None),
        (200, {}, 10, [], None),
        (200, {}, 10, ["partial"], None),
        (404, {"content-length": "0"}, 0, [], None),
        (304, {"content-length": "999"}, 0, [], None),
        (204, {"content-length": "999"}, 0, [], None),
        (200, {"content-length": "999", "transfer-encoding": "chunked"}, 10, [], None),
        (200, {"content-length": "many"}, 10, [], None),
        (200, {"content-length": "11"}, 10, [], "10 bytes came of 11"),
        (200, {"content-length": "9"}, 10, [], "10 bytes came of 9"),
        (200, {}, 10, ["dataloss"], "the connection broke"),
        (200, {"content-length": "10"}, 10, ["download_stopped"], "it was not read to its end"),
        (206, {"content-length": "10"}, 10, [], "a part only was sent"),
    ],
)
def test_missing_part(status: int, headers: dict[str, str], size: int, flags: list[str], missing: str | None) -> None:
    assert missing_part(status, headers, size, flags) == missing
