"""Takes from a body's blocks the lines that are not its text: repeated headlines, notices, biographies, lead credits.

Must not read the page: it knows only the blocks and what the other fields say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape

from scraper.extraction.blocks import Anchor, Block
from scraper.extraction.choice import headline_key

_HEAD_BLOCKS = 6
_LONG_PREFIX = 25
_SHORT_LINE_WORDS = 9
_CREDIT_WORDS = 130
_CAPTION_WORDS = 45
_BIO_WORDS = 120

_PICTURE = (
    r"(?:photo(?:graph)?s?|images?|pictures?|pics?|graphics?|illustrations?)(?:\s+(?:illustration|composite|collage))?"
)
_MARKED = re.compile(
    rf"^[\W_]*(?:(?:top|lead|main|cover|featured?|header|hero|banner|title)\s+)?{_PICTURE}"
    r"(?:\s+(?:credits?|by|courtesy|via|source)\b\s*(?:of\b)?|\s*(?=[:/]))\s*[:,/–—-]?\s*\S"
    r"|^[\W_]*credits?\s*:\s*\S|^[\W_]*courtesy of\b|^[\W_]*screen ?(?:shot|grab)\s*(?:[:,/]|via\b|from\b)",
    re.IGNORECASE,
)
_EXPLICIT = re.compile(
    r"(?<=[.!?…”\"’)\s])(?=(?:Top|Lead|Main) (?:photo|image|picture|graphic)s?(?: credits?)?\s*:)", re.IGNORECASE
)
_AGENCIES = (
    r"REUTERS|Reuters|AFP|AP|EPA|EFE|DPA|dpa|ANSA|TASS|Xinhua|XINHUA|UPI|Sipa(?: USA)?|ZUMA(?: Press)?(?: Wire)?"
    r"|NurPhoto|Anadolu(?: Agency)?|Abaca(?:press)?|Alamy|Imago|IMAGO|Getty(?: Images)?|GETTY(?: IMAGES)?"
    r"|[Ss]hutterstock(?:\.com)?|SHUTTERSTOCK|iStock|Bloomberg(?: News)?|[Ff]lickr|Wikimedia(?: Commons)?|DVIDS"
    r"|Unsplash|Pexels|Pixabay|Creative Commons|U\.?S\.? (?:Army|Navy|Air Force|Marine Corps|Space Force|Coast Guard)"
)
_AGENCY = rf"(?:{_AGENCIES})"
_NAME = r"[^\s.;:!?()/][^.;:!?()/]{0,60}(?:\b[A-Z]\.[^.;:!?()/]{0,40})?"
_INSIDE = r"(?:[^()]|\([^()]*\))*"
_FORMS = (
    rf"\b{_AGENCY}(?:\s+(?:[Pp]hoto|PHOTO))?\s?/\s?(?:via\s+)?{_NAME}",
    rf"/\s?{_AGENCY}(?:\s?/\s?{_AGENCY})*",
    rf"\bvia\s+{_AGENCY}",
    rf"\({_INSIDE}(?:\b(?:[Pp]hoto|PHOTO|[Ii]mage|[Ii]llustration)(?:\s+[Cc]redit|\s+[Bb]y\b|\s*[:/]|\s+courtesy)"
    rf"|\bCC[ -]BY|\b{_AGENCY}\s?/|/\s?{_AGENCY}|\bvia\s+{_AGENCY}|^{_AGENCY}){_INSIDE}\)",
    r"[.!?]\s+(?:[Pp]hoto\s+|[Ii]mage\s+)?[Cc]redits?\s*[,:]\s*[A-Z][^.;:!?]{2,60}",
    rf"^{_AGENCY}",
    r"^[\W_]*(?:Photo |Image )?[Cc]redits?\s*,\s*[A-Z@][^.;:!?,]{2,50}",
)
_FILE = r"[\s.)\]]*(?:[,/]?\s*(?:File|FILE|Pool|POOL|Handout)(?: [Pp]hoto)?[.)\s]*)?(?:(?:hide|toggle) caption)?\s*$"
_WIRE = re.compile(f"(?:{'|'.join(_FORMS)}){_FILE}")
_BARE = re.compile(rf"(?:\(\s*{_AGENCY}\s*\)|[.!?,–—|-]\s+{_AGENCY}){_FILE}")
_BIO_VERB = re.compile(
    r"^,?\s*(?:(?:Ph\.?D\.?|Jr\.?|Sr\.?|\([^)]*\)),?\s*)?(?:\S+ ){0,2}?"
    r"(?:is|was|are|were|has|have|serves?|served|works?|worked|writes?|teaches|covers?|reports?|holds?|leads?|directs?|specializes?)\b"
)


@dataclass(frozen=True, slots=True)
class Trimmed:
    """A body's own blocks, and the lines found in it that belong to the lead image."""

    blocks: tuple[Block, ...]
    credits: tuple[str, ...] = ()


def trim(
    blocks: Sequence[Block],
    *,
    headline: str | None = None,
    dek: str | None = None,
    authors: Sequence[str] = (),
    labels: Sequence[str] = (),
    never: Sequence[str] = (),
) -> Trimmed:
    """Return the body without repeated headline and dek, notices, biographies, link lists and the lead's credit."""
    kept = _without_notices(list(blocks), never)
    kept, before = _without_head(kept, headline, dek, (*authors, *labels))
    kept, after = _without_tail(kept, authors)
    return Trimmed(tuple(kept), (*before, *after))


def is_credit(text: str, soft: bool = False) -> bool:
    """Tell whether a line of a body is a photo credit, by its first words or by the wire form at its end."""
    if len(text.split()) > _CREDIT_WORDS:
        return False
    if _MARKED.match(text) or _WIRE.search(text):
        return True
    return soft and _BARE.search(text) is not None


def _without_notices(blocks: list[Block], never: Sequence[str]) -> list[Block]:
    prefixes = [prefix.casefold() for prefix in never]
    kept: list[Block] = []
    for place, block in enumerate(blocks):
        grade = _notice(block.text, prefixes)
        if grade == "start" and all(_is_link_only(other) for other in blocks[place + 1 :]):
            return kept
        if grade != "whole":
            kept.append(block)
    return kept


def _notice(text: str, prefixes: Sequence[str]) -> str:
    """Grade a line: `whole` when it is a notice, `start` when it may head a list of links, else empty."""
    line = " ".join(text.casefold().split())
    rest = line
    while rest:
        prefix = next((prefix for prefix in prefixes if rest.startswith(prefix)), None)
        if prefix is None:
            break
        if len(prefix) >= _LONG_PREFIX:
            return "whole"
        rest = rest[len(prefix) :].lstrip(" :.…›»>|[]")
    if rest == line:
        return ""
    if not rest:
        return "whole"
    return "start" if len(line.split()) <= _SHORT_LINE_WORDS and line[-1] not in '.!?”"' else ""


def _is_link_only(block: Block) -> bool:
    covered = sum(anchor.end - anchor.start for anchor in block.anchors)
    return covered >= 0.8 * len(block.text)


def _without_head(
    blocks: list[Block], headline: str | None, dek: str | None, known: Sequence[str]
) -> tuple[list[Block], list[str]]:
    """Take a headline repeated at the start, with the lines set around it, and a caption that precedes the text."""
    head = blocks[:_HEAD_BLOCKS]
    keys = [headline_key(block.text) if not block.path else "" for block in head]
    repeated = headline_key(headline or "")
    end = keys.index(repeated) + 1 if repeated and repeated in keys else 0
    credits = [block.text for block in head[: max(end - 1, 0)]]
    if end > 1 and not (any(map(is_credit, credits)) and all(map(_is_caption, credits))):
        end = 0
    if end == 0:
        first = len(blocks) > 2 and not head[0].path and is_credit(head[0].text, head[0].soft)
        return (blocks[1:], [head[0].text]) if first else (blocks, [])
    around = {headline_key(text) for text in (headline or "", dek or "", " ".join(known), ", ".join(known), *known)}
    while end < len(keys) and keys[end].removeprefix("by ") in around:
        end += 1
    return blocks[end:], credits


def _is_caption(line: str) -> bool:
    return is_credit(line) or len(line.split()) <= _CAPTION_WORDS


def _without_tail(blocks: list[Block], authors: Sequence[str]) -> tuple[list[Block], list[str]]:
    """Take biographies and the lead's credit off the end."""
    credits: list[str] = []
    kept = list(blocks)
    while kept:
        last = kept[-1]
        if len(kept) > 1 and _is_biography(last.text, authors):
            kept.pop()
            continue
        body, credit = (last, None) if credits else _credit_behind(last)
        if credit is None:
            break
        credits.append(credit)
        kept[-1:] = [body] if body is not None else []
    return kept, credits


def _is_biography(text: str, authors: Sequence[str]) -> bool:
    """Tell a closing line about an author: it begins with the whole name and a verb of office."""
    if len(text.split()) > _BIO_WORDS:
        return False
    named = (author for author in authors if " " in author and text.startswith(author))
    return any(_BIO_VERB.match(text[len(author) :]) for author in named)


def _credit_behind(block: Block) -> tuple[Block | None, str | None]:
    """Part a closing block into its text and the credit behind it; either may be None."""
    if block.kind != "p" or block.is_in("table"):
        return block, None
    if is_credit(block.text, block.soft):
        return _split_at(block, block.text.rfind("\n"), whole=_MARKED.match(block.text) is not None)
    line_start = block.text.rfind("\n")
    if line_start > 0 and is_credit(block.text[line_start + 1 :]):
        return _split_at(block, line_start)
    explicit = _EXPLICIT.search(block.text)
    if explicit is not None and is_credit(block.text[explicit.end() :]):
        if len(block.text.split()) <= _CAPTION_WORDS and block.soft:
            return None, block.text
        return _split_at(block, explicit.start())
    return block, None


def _split_at(block: Block, place: int, whole: bool = False) -> tuple[Block | None, str]:
    """Cut a block's text at a place; what is behind it is the credit. The front's markup is written anew, plain."""
    if whole or place <= 0:
        return None, " ".join(block.text.split())
    front, back = block.text[:place].rstrip(), " ".join(block.text[place:].split())
    anchors = tuple(anchor for anchor in block.anchors if anchor.end <= len(front))
    return replace(block, text=front, html=_marked_up(front, anchors), anchors=anchors), back


def _marked_up(text: str, anchors: Sequence[Anchor]) -> str:
    parts, place = [], 0
    for anchor in anchors:
        parts.append(escape(text[place : anchor.start], quote=False))
        parts.append(f'<a href="{escape(anchor.url)}">{escape(text[anchor.start : anchor.end], quote=False)}</a>')
        place = anchor.end
    parts.append(escape(text[place:], quote=False))
    return "".join(parts).replace("\n", "<br>")
