"""The process that reads pages for a crawl: pages in on stdin, articles out on stdout. Must not fetch or store.

It ends when its input does, and when one page takes far too long, so that it never outlives the crawl that started it.
"""

from __future__ import annotations

import logging
import pickle
import resource
import signal
import sys
from typing import IO

from archive.garbage import look_seldom
from scraper.lifeline import die_with_parent
from scraper.reading import LENGTH, Terms, read_page, widen


def main() -> None:
    """Read the terms, then pages until the input ends."""
    # A signal to the whole group is the crawl's to answer: it still waits for the pages being read.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    # Also in the middle of a page; where there is no such call, the alarm does it.
    die_with_parent()
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    # What was read must not wait for a crawl that is busy filing.
    widen(sink.fileno())
    # A library that prints would break the messages.
    sys.stdout = sys.stderr
    logging.disable()
    first = _receive(source)
    if first is None:
        return
    terms: Terms = pickle.loads(first)
    resource.setrlimit(resource.RLIMIT_AS, (terms.memory, terms.memory))
    import scraper.extraction.article  # noqa: F401 - while the first page is still on its way

    look_seldom()
    while (message := _receive(source)) is not None:
        # Nobody may be left to kill this process: unanswered, the alarm ends it.
        signal.setitimer(signal.ITIMER_REAL, terms.patience)
        answer = pickle.dumps(read_page(pickle.loads(message), terms.profile), pickle.HIGHEST_PROTOCOL)
        signal.setitimer(signal.ITIMER_REAL, 0)
        sink.write(LENGTH.pack(len(answer)) + answer)
        sink.flush()


def _receive(source: IO[bytes]) -> bytes | None:
    head = source.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    body = source.read(LENGTH.unpack(head)[0])
    return body if len(body) == LENGTH.unpack(head)[0] else None


if __name__ == "__main__":
    main()
