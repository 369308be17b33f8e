"""The process that reads pages for a crawl: pages in on stdin, articles out on stdout. Must not fetch or store.

It ends when its input does, so that it never outlives the crawl that started it.
"""

from __future__ import annotations

import pickle
import resource
import sys
from typing import IO

from scraper.reading import LENGTH, read_page


def main() -> None:
    """Read the profile and the memory limit in bytes, then pages until the input ends."""
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    # A page that prints would break the messages.
    sys.stdout = sys.stderr
    first = _receive(source)
    if first is None:
        return
    profile, limit = pickle.loads(first)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    import scraper.extraction.article  # noqa: F401 - while the first page is still on its way

    while (message := _receive(source)) is not None:
        answer = pickle.dumps(read_page(pickle.loads(message), profile), pickle.HIGHEST_PROTOCOL)
        sink.write(LENGTH.pack(len(answer)) + answer)
        sink.flush()


def _receive(source: IO[bytes]) -> bytes | None:
    head = source.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    return source.read(LENGTH.unpack(head)[0])


if __name__ == "__main__":
    main()
