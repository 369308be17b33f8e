"""The security headers of every answer, and where it may lead. Must not know pages."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any
from urllib.parse import quote

from jinja2 import Environment

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

_SHARED = "img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
STRICT = f"default-src 'self'; script-src 'self'; style-src 'self'; {_SHARED}"
OURS = {"content-security-policy": STRICT}
EVERYWHERE = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"x-frame-options": b"DENY",
    b"cross-origin-opener-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
}
"""The headers of every answer, the content security policy apart."""
_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_VARIABLE = "{{ datasette_allow_facet }}"
"""The only variable in a script of Datasette's own templates: true or false."""
_UNSAFE = re.compile(r"[^!-\[\]-~]")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def lenient_policy(environment: Environment) -> bytes:
    """Return the policy for Datasette's own pages: their inline scripts, each by its hash, and their inline styles.

    A script in a template that is not the same on every page has no hash and does not run.
    """
    hashes = sorted({_hash(script) for script in _inline_scripts(environment)})
    scripts = " ".join(["script-src 'self'", *hashes])
    return f"default-src 'self'; {scripts}; style-src 'self' 'unsafe-inline'; {_SHARED}".encode()


def _inline_scripts(environment: Environment) -> Iterator[str]:
    assert environment.loader is not None
    for name in environment.loader.list_templates():
        if not name.endswith(".html"):
            continue
        source = environment.loader.get_source(environment, name)[0]
        for script in _SCRIPT.findall(source):
            for said in ("true", "false") if _VARIABLE in script else ("",):
                known = script.replace(_VARIABLE, said)
                if "{{" not in known and "{%" not in known:
                    yield known


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def with_headers(app: App, policy: bytes, base: str = "/") -> App:
    """Wrap an ASGI application so that every answer has the headers it did not set itself, and none leads off site.

    A site whose addresses all begin with `base` is not left either.
    """
    added = {**EVERYWHERE, b"content-security-policy": policy}

    async def wrapped(scope: Message, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _completed(message["headers"], added, base)}
            await send(message)

        await app(scope, receive, send_with_headers)

    return wrapped


def _completed(headers: Any, added: dict[bytes, bytes], base: str) -> list[tuple[bytes, bytes]]:
    kept = [(name, local(value, base) if name.lower() == b"location" else value) for name, value in headers]
    present = {name.lower() for name, _ in kept}
    return [*kept, *((name, value) for name, value in added.items() if name not in present)]


def local(location: bytes, base: str = "/") -> bytes:
    """Return where a redirect leads as a path of this site, whatever was asked for.

    A path that begins with two slashes, or backslashes, which browsers read as slashes, is another site's address.
    Some of Datasette's own redirects forget the base of its addresses.
    """
    text = location.decode("latin-1")
    if _SCHEME.match(text) or text.startswith(("//", "/\\", "\\")) or not text.startswith("/"):
        text = "/" + _SCHEME.sub("", text, count=1).lstrip("/\\ ")
    if not f"{text}/".startswith(base):
        text = base + text.lstrip("/")
    path = "".join(
        character if " " < character < "\x7f" and character != "\\" else quote(character) for character in text
    )
    return path.encode("latin-1")
