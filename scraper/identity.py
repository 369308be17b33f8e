"""Who we say we are to the sites that we ask. Must not ask them anything."""

from __future__ import annotations

import os

from archive.errors import UsageError
from scraper.addresses import is_loopback
from scraper.robots import AGENT
from scraper.settings import VERSION

CONTACT_VARIABLE = "PRESS_ARCHIVE_CONTACT"


def user_agent(url: str, contact: str | None) -> str:
    """Return the User-Agent header for a site; `contact` None means the environment's. Raises UsageError.

    A site on the internet must be able to reach a person; an address on this machine needs nobody.
    """
    contact = contact or os.environ.get(CONTACT_VARIABLE)
    if not contact and not is_loopback(url):
        raise UsageError(
            f"{url} is on the internet: say whom its owner can reach, with --contact MAIL-OR-URL or {CONTACT_VARIABLE}"
        )
    return f"{AGENT}/{VERSION} (+{contact or 'local'})"
