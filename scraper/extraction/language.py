"""Chooses the language an article is written in. Must not read any other field."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from archive.models import Candidate
from scraper.extraction.choice import Choice
from scraper.extraction.document import Document
from scraper.profile import Profile

_TAG = re.compile(r"^[A-Za-z]{2,3}(?=$|[-_])")
_SAMPLE = 2_000


def choose_language(document: Document, text: str, profile: Profile) -> Choice:
    """Choose the language as its two or three letters (BCP 47): stated by the page, else the profile, else guessed."""
    stated = document.tree.get("lang") or document.tree.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    match = _TAG.match(stated.strip())
    if match:
        return Choice(match.group().lower(), "html lang", "stated", (Candidate(stated, "html lang"),))
    if profile.language:
        return Choice(profile.language, "profile", "stated")
    identifier = _identifier()
    if not text or identifier is None:
        return Choice()
    return Choice(identifier.classify(text[:_SAMPLE])[0], "body", "py3langid")


@cache
def _identifier() -> Any:
    """Load the model when a page first needs it, None where the extra `language` is not installed.

    It takes a while, and most pages state their language.
    """
    try:
        import py3langid
    except ImportError:
        return None
    return py3langid
