"""A site on loopback that answers byte for byte as a test wants, broken or slow. Must not assert anything.

Each path has a sequence of answers, the last of which is given from then on. An answer is bytes, or a function that is
given the connection and does with it what it likes.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import NamedTuple, Self

Script = Callable[[socket.socket], None]
Answer = bytes | Script


class Arrival(NamedTuple):
    """One request: its path with the query, its Host header, and when its head was complete (monotonic seconds)."""

    path: str
    host: str
    at: float
    headers: Mapping[str, str]


def answer(
    body: bytes = b"",
    status: str = "200 OK",
    kind: str = "text/html; charset=utf-8",
    close: bool = False,
    **headers: str,
) -> bytes:
    """Write a whole answer; `_` in a header's name stands for `-`, and a length that is given replaces the true one."""
    said = {"Content-Type": kind, "Content-Length": str(len(body))}
    said |= {name.replace("_", "-"): value for name, value in headers.items()}
    if close:
        said["Connection"] = "close"
    head = "".join(f"{name}: {value}\r\n" for name, value in said.items() if value)
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1") + body


class RawSite:
    """Serves `answers` by path until the end of the `with` block; another path answers 404."""

    def __init__(
        self,
        answers: Mapping[str, Answer | Sequence[Answer]],
        *,
        host: str = "127.0.0.1",
        tls: ssl.SSLContext | None = None,
        port: int = 0,
    ) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.answers = dict(answers)
        self.arrivals: list[Arrival] = []
        self.connections = 0
        self._served: Counter[str] = Counter()
        self._tls = tls
        self._listener = socket.create_server((host, port), family=family, backlog=128)
        self.port: int = self._listener.getsockname()[1]
        shown = f"[{host}]" if ":" in host else host
        self.base_url = f"{'https' if tls else 'http'}://{shown}:{self.port}"
        self._open: set[socket.socket] = set()
        self._over = threading.Event()

    @property
    def paths(self) -> list[str]:
        """List the paths that were asked for, in order."""
        return [arrival.path for arrival in self.arrivals]

    def times(self, path: str) -> list[float]:
        """List when a path was asked for."""
        return [arrival.at for arrival in self.arrivals if arrival.path == path]

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                connection = self._listener.accept()[0]
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError, ValueError):
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            self._open.add(connection)
            while (head := self._read_head(connection)) is not None:
                self._answer(connection, head)
        with suppress(OSError):
            connection.close()
        self._open.discard(connection)

    def _read_head(self, connection: socket.socket) -> list[str] | None:
        data = b""
        while b"\r\n\r\n" not in data:
            more = connection.recv(65536)
            if not more:
                return None
            data += more
        return data.decode("latin-1").split("\r\n")

    def _answer(self, connection: socket.socket, head: list[str]) -> None:
        path = head[0].split(" ")[1]
        fields = (line.partition(":") for line in head[1:] if line)
        headers = {name.lower(): value.strip() for name, _, value in fields}
        self.arrivals.append(Arrival(path, headers.get("host", ""), time.monotonic(), headers))
        given = self.answers.get(path, answer(b"not here", "404 Not Found"))
        if isinstance(given, Sequence) and not isinstance(given, bytes):
            self._served[path] += 1
            given = given[min(self._served[path], len(given)) - 1]
        if isinstance(given, bytes):
            connection.sendall(given)
            if b"\r\nConnection: close" in given.partition(b"\r\n\r\n")[0]:
                raise ConnectionAbortedError
        else:
            given(connection)
