"""Sends one message through apprise: a program of its own, so that it can be ended. Must not print anything.

Standard input is a JSON object with `url`, `title` and `body`. Ends with 0 when the target took the message, else 1.
"""

from __future__ import annotations

import json
import logging
import sys


def main() -> int:
    """Read the message, send it, and say by the exit status whether it was taken."""
    import apprise

    logging.disable(logging.CRITICAL)
    said = json.load(sys.stdin)
    target = apprise.Apprise.instantiate(said["url"], suppress_exceptions=True)
    if target is None:
        return 1
    taken = target.notify(
        title=said["title"],
        body=said["body"],
        notify_type=apprise.NotifyType.WARNING,
        body_format=apprise.NotifyFormat.TEXT,
    )
    return 0 if taken else 1


if __name__ == "__main__":
    sys.exit(main())
