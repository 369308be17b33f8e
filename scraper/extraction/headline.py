"""Chooses the headline: the wording that the printed heading and the page's structured data agree on.

Must not read the body, and must not know any one site.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from archive.models import Candidate
from scraper.extraction.choice import Choice, distinct, headline_key, printed, site_keys
from scraper.extraction.document import Document
from scraper.extraction.heading import likeness, printed_headings
from scraper.extraction.structured import StructuredData
from scraper.profile import Profile

MAX_LENGTH = 400
MAX_KICKER_WORDS = 6

# A publisher states its headline three times with care: in JSON-LD, in Open Graph, in the printed heading. The others
# are copies, useful to break a tie.
_FULL_VOTE = 1.0
_COPY_VOTE = 0.25
_LIKE = 0.3
_PRINTED = ("h1", "h2")
_COPIES = (
    "twitter:title",
    "parsely-title",
    "sailthru.title",
    "citation_title",
    "dc.title",
    "dcterms.title",
    "cxenseparse:title",
    "title",
)
_SEPARATED = re.compile(r"\s+[|·•»«*–—:-]\s+|\s*[｜|]\s*|\s+::\s+")
_TRUNCATED = re.compile(r"(?:…|\.\.\.)$")
_JSON_LD_LIMIT = range(100, 116)
"""Google's structured data guide once asked for at most 110 characters: systems cut there."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """One stated headline: as it stands (site name taken off), its comparison key, where it stands, its vote."""

    value: str
    key: str
    source: str
    vote: float


def choose_headline(
    document: Document, data: StructuredData, selectors: tuple[str, ...] = (), profile: Profile | None = None
) -> Choice:
    """Choose the article's headline. `selectors` are CSS, the first that matches wins over everything else.

    Otherwise: the wording most of JSON-LD, Open Graph and the printed heading agree on (JSON-LD first on a tie), in the
    printed form, without the site's name behind it and without a kicker that the page itself leaves off elsewhere.
    """
    claims = _claims(document, data, profile)
    candidates = distinct(Candidate(claim.value, claim.source) for claim in claims)
    for selector in selectors:
        for text in printed(document.tree, selector):
            found = Candidate(text, f"css {selector}")
            return Choice(text, found.source, "layout", (found, *candidates))
    if not claims:
        return Choice()
    votes = _votes(claims)
    best = max(claims, key=lambda claim: votes[claim.key])
    rule = "agreement" if votes[best.key] > best.vote else "first of json-ld, og:title, h1"
    bare = _without_kicker(best, claims)
    if bare is not best:
        best, rule = bare, f"{rule}, kicker left off"
    shown = _printed_form(best, claims)
    return Choice(shown.value, shown.source, rule, candidates)


def without_site_name(text: str, sites: frozenset[str]) -> str:
    """Take the site's own name off: `Site | Headline` and `Headline | Site | by A` are `Headline`.

    `sites` are the forms of the name that `site_keys` gives.
    """
    first = _SEPARATED.search(text)
    if first and headline_key(text[: first.start()]) in sites:
        text = text[first.end() :]
    for match in _SEPARATED.finditer(text, 1):
        after = _SEPARATED.split(text[match.end() :], maxsplit=1)[0]
        if headline_key(after) in sites:
            return text[: match.start()].rstrip()
    return text


def _claims(document: Document, data: StructuredData, profile: Profile | None) -> list[_Claim]:
    sites = site_keys([*data.site_names, *((*profile.own_names, profile.title) if profile else ())])
    linked, shared = data.linked("headline")[:1], data.metas("og:title")[:1]
    wordings = {headline_key(found.value) for found in (*linked, *shared, *data.properties("headline")[:1])}
    stated = [
        (_FULL_VOTE, linked),
        (_FULL_VOTE, shared),
        (_FULL_VOTE, _headings(document, wordings)),
        (_COPY_VOTE, data.properties("headline")[:1]),
        (_COPY_VOTE, data.metas(*_COPIES)),
        (_COPY_VOTE, [Candidate(data.title, "title")]),
    ]
    claims = []
    for vote, found in stated:
        for candidate in found:
            value = without_site_name(candidate.value[:MAX_LENGTH], sites)
            key = headline_key(value)
            if key and key not in sites:
                claims.append(_Claim(value, key, candidate.source, vote))
    return _untruncated(claims)


def _headings(document: Document, stated: set[str]) -> list[Candidate]:
    """List the page's `h1`, and when none of them is like a stated wording, the first `h2` that prints one."""
    headings = [Candidate(text, "h1") for _, text in printed_headings(document)]
    if any(likeness(headline_key(found.value), key) >= _LIKE for found in headings for key in stated):
        return headings
    seconds = printed_headings(document, "h2")
    printing = [text for _, text in seconds if any(_holds(headline_key(text), key) for key in stated)]
    return [*(Candidate(text, "h2") for text in printing[:1]), *headings]


def _holds(heading: str, key: str) -> bool:
    """Tell whether a printed heading is a stated wording, or such a wording with a kicker or label beside it."""
    return heading == key or (len(key) > 15 and f" {key} " in f" {heading} " and len(heading) < 2 * len(key))


def _untruncated(claims: list[_Claim]) -> list[_Claim]:
    """Let a wording that was cut short speak for the whole one that begins with it."""
    whole = []
    for claim in claims:
        longer = next((other for other in claims if _is_cut_from(claim, other)), None)
        whole.append(_Claim(longer.value, longer.key, claim.source, claim.vote) if longer else claim)
    return whole


def _is_cut_from(short: _Claim, long: _Claim) -> bool:
    if len(long.key) <= len(short.key) or not long.key.startswith(short.key) or len(short.key) < 12:
        return False
    at_quote = long.value[: len(short.value) + 2].rstrip()[-1:] in "\"'“”„«»"
    cut_in_word = long.key[len(short.key)] != " "
    marked = _TRUNCATED.search(short.value) and not _TRUNCATED.search(long.value)
    return bool(marked or at_quote or cut_in_word or len(short.value) in _JSON_LD_LIMIT)


def _votes(claims: list[_Claim]) -> dict[str, float]:
    """Add up the votes for each wording. A heading that holds a stated wording and little else votes for it."""
    votes: dict[str, float] = {}
    copies = set()
    for claim in claims:
        place = (claim.key, claim.source)
        if place in copies:
            continue
        copies.add(place)
        votes[claim.key] = votes.get(claim.key, 0.0) + claim.vote
    for heading in (claim for claim in claims if claim.source in _PRINTED):
        for key in {claim.key for claim in claims if claim.source not in _PRINTED} - {heading.key}:
            if _holds(heading.key, key):
                votes[key] += _FULL_VOTE
    return votes


def _without_kicker(best: _Claim, claims: list[_Claim]) -> _Claim:
    """Prefer a carefully stated wording that is the chosen one without the words before its first colon."""
    kicker, colon, _ = best.value.partition(": ")
    if not colon or len(kicker.split()) > MAX_KICKER_WORDS:
        return best
    bare = headline_key(best.value[len(kicker) + 1 :])
    return next((claim for claim in claims if claim.key == bare and claim.vote == _FULL_VOTE), best)


def _printed_form(best: _Claim, claims: list[_Claim]) -> _Claim:
    """Take the printed heading's own spelling of the chosen wording, unless it shouts or lost its punctuation."""
    for claim in claims:
        if claim.source in _PRINTED and claim.key == best.key and len(claim.value) >= len(best.value):
            return best if claim.value.isupper() and not best.value.isupper() else claim
    return best
