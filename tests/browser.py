"""A real browser, headless Chromium, driven over its debugging pipe. Must not know what pages show.

`apt-get install chromium` brings it; tests that need it skip where it is not there. Every request that does not go to
this machine goes to a proxy that is not there, so that nothing leaves, and is noted.
"""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
MISSING = "needs Chromium: apt-get install chromium"
BINDING = "ran"
_PATIENCE_S = 30.0
_FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-extensions", "--remote-debugging-pipe",
    "--proxy-server=http://127.0.0.1:9", "--proxy-bypass-list=127.0.0.1",
)  # fmt: skip

# Chromium reads its orders from descriptor 3 and answers on 4.
_BEGIN = "import os, sys; [os.dup2(int(sys.argv[n]), n + 2) for n in (1, 2)]; os.execv(sys.argv[3], sys.argv[3:])"
# Focus, pointer and toggling are what some payloads wait for.
_STIR = """
for (const e of document.querySelectorAll('*')) {
  if (e.focus) e.focus();
  for (const t of ['mouseover', 'toggle', 'mouseenter', 'focus']) e.dispatchEvent(new Event(t));
}
for (const e of document.querySelectorAll('a')) if (/^\\s*javascript/i.test(e.href)) e.click();
"""


@dataclass
class Visit:
    """What happened while a page was open: scripts that called `ran`, and requests to other hosts than its own."""

    ran: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    status: int = 0
    policy: str = ""


class Browser:
    """One tab of Chromium."""

    def __init__(self) -> None:
        assert CHROMIUM
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 20) for end in (theirs_in, theirs_out)]
        command = [CHROMIUM, *_FLAGS, f"--user-data-dir={self._profile.name}", "about:blank"]
        self._process = subprocess.Popen(
            [sys.executable, "-S", "-c", _BEGIN, *map(str, ends), *command], pass_fds=ends, stderr=subprocess.DEVNULL
        )
        for end in (theirs_in, theirs_out, *ends):
            os.close(end)
        self._ids = itertools.count(1)
        self._read = b""
        self._events: list[dict[str, Any]] = []
        targets = self._call("Target.getTargets")["targetInfos"]
        target = next(one["targetId"] for one in targets if one["type"] == "page")
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network"):
            self._call(f"{domain}.enable")
        self._call("Runtime.addBinding", name=BINDING)

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the browser."""
        self._process.kill()
        self._process.wait()
        os.close(self._in)
        os.close(self._out)
        self._profile.cleanup()

    def visit(self, url: str, settle_s: float = 0.05) -> Visit:
        """Open a page, wait until it is loaded and a moment longer, and say what happened."""
        self._events.clear()
        answer = self._call("Page.navigate", url=url)
        deadline = time.monotonic() + _PATIENCE_S
        # A file that is saved, or an address that cannot be opened, loads no page.
        is_page = "errorText" not in answer
        while is_page and time.monotonic() < deadline and not self._seen("Page.loadEventFired"):
            self._pump(0.1)
        # A page that leads elsewhere by itself is gone by now; that it did is among the events.
        with contextlib.suppress(RuntimeError):
            self.run(_STIR)
        end = time.monotonic() + settle_s
        while time.monotonic() < end:
            self._pump(0.02)
        return self._told(url)

    def run(self, script: str) -> Any:
        """Run a script in the page, as the browser itself, whatever the page's policy forbids."""
        return self._call("Runtime.evaluate", expression=script, returnByValue=True)["result"].get("value")

    def _told(self, url: str) -> Visit:
        visit, host = Visit(), urlsplit(url).netloc
        for event in self._events:
            told = event["params"]
            if event["method"] == "Runtime.bindingCalled":
                visit.ran.append(told["payload"])
            elif event["method"] == "Network.requestWillBeSent":
                where = urlsplit(told["request"]["url"])
                if where.netloc != host and where.scheme not in ("data", "about", "blob", "chrome"):
                    visit.outside.append(told["request"]["url"])
            elif event["method"] == "Network.responseReceived" and told["type"] == "Document":
                visit.status = told["response"]["status"]
                headers = {name.lower(): value for name, value in told["response"]["headers"].items()}
                visit.policy = headers.get("content-security-policy", "")
            elif event["method"] == "Page.javascriptDialogOpening":
                visit.ran.append("dialog")
        return visit

    def _seen(self, method: str) -> bool:
        return any(event["method"] == method for event in self._events)

    def _call(self, method: str, **params: Any) -> Any:
        number = next(self._ids)
        order: dict[str, Any] = {"id": number, "method": method, "params": params}
        if hasattr(self, "_session"):
            order["sessionId"] = self._session
        os.write(self._out, json.dumps(order).encode() + b"\0")
        deadline = time.monotonic() + _PATIENCE_S
        while time.monotonic() < deadline:
            answer = self._pump(0.1, number)
            if answer is not None:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
        raise TimeoutError(f"the browser did not answer {method}")

    def _pump(self, wait_s: float, number: int = 0) -> dict[str, Any] | None:
        """Take what the browser says: note its events, return the answer to an order."""
        answer = None
        if select.select([self._in], [], [], wait_s)[0]:
            self._read += os.read(self._in, 1 << 20)
        *whole, self._read = self._read.split(b"\0")
        for text in whole:
            said = json.loads(text)
            if said.get("method") == "Page.javascriptDialogOpening":
                self._events.append(said)
                order = {"id": 0, "method": "Page.handleJavaScriptDialog", "params": {"accept": True}}
                os.write(self._out, json.dumps(order | {"sessionId": self._session}).encode() + b"\0")
            elif "method" in said:
                self._events.append(said)
            elif said.get("id") == number:
                answer = said
        return answer
