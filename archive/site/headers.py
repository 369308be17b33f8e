"""The security headers of every answer. Must not know pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

_SHARED = "img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
STRICT = f"default-src 'self'; script-src 'self'; style-src 'self'; {_SHARED}"
# Datasette's own templates hold inline scripts and styles.
LENIENT = f"default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; {_SHARED}"
OURS = {"content-security-policy": STRICT}
_EVERYWHERE = {
    b"content-security-policy": LENIENT.encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"x-frame-options": b"DENY",
}


def with_headers(app: App) -> App:
    """Wrap an ASGI application so that every answer has the headers it did not set itself."""

    async def wrapped(scope: Message, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                added = [(name, value) for name, value in _EVERYWHERE.items() if name not in present]
                message = {**message, "headers": [*message["headers"], *added]}
            await send(message)

        await app(scope, receive, send_with_headers)

    return wrapped
