"""Reads one credit expression ("NAME/AGENCY via AGENCY", "AGENCY photo by RANK NAME") into names and agencies.

Must not look for credits inside a caption: whoever calls gives a piece of text that is a credit or is nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from scraper.extraction import credit_names as names
from scraper.extraction.agencies import Agency, agency_named, name_key
from scraper.extraction.credit_labels import STRENGTH, LabelKind, label_at_start, without_side
from scraper.extraction.credit_pieces import EDGES, Part, holds_a_credit, read_piece

MAX_LENGTH = 250

_SEPARATOR = re.compile(
    r"""
    (?P<bracket>\([^()]*\)|\[[^\[\]]*\])
    | \s*(?P<comma>,(?!\s*(?:jr|sr|ii|iii|iv|inc|ltd|llc|s\.a|a\.s)\b)|、|，)\s*
    | \s*(?:[/／|｜•·;；\\—]|\s[-–]{1,2}\s|-(?=(?:pool|file|handout)\b)|＝)[\s/|;—–-]*
    | \s*(?<![\w@])(?:via(?!\s+(?:the|our|a)\s)|vía|przez|tramite|through|user|special\sto|exclusive\sto)(?!\w):?\s*
    | \.\s+(?=[^\W\d_][\w\s-]{0,24}:)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_BRACKET = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")


@dataclass(frozen=True, slots=True)
class Expression:
    """What one credit expression names.

    `known`: its agencies from the table; `label`: the strongest label inside it; `words`: a single word was taken for a
    name; `several`: it has more than one part.
    """

    photographers: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    known: tuple[Agency, ...] = ()
    label: LabelKind | None = None
    words: bool = False
    several: bool = False

    @property
    def is_empty(self) -> bool:
        """Say whether it credits nobody by name."""
        return not self.photographers and not self.agencies


def read_expression(text: str, announced: LabelKind | None = None) -> Expression | None:
    """Read text that is wholly a credit; return None when any piece of it is something else.

    `announced` is the label that stood before the text.
    """
    if not text or len(text) > MAX_LENGTH or _holds_a_credit_in_brackets(text):
        return None
    text, label = _without_labels(text)
    label = _stronger(announced, label)
    parts: list[Part] = []
    skipping = label == "other"
    for piece, comma in _pieces(text):
        piece, inner = _without_labels(piece)
        if inner and inner != "other" and not label and any(part.kind != "agency" for part in parts):
            return None  # What stands before the first label is the caption.
        label = _stronger(label, inner)
        skipping = inner == "other" if inner else skipping
        if skipping:
            continue
        read = read_piece(piece, comma, label == "by")
        given = (inner or label) == "courtesy"
        if read and read[0].kind == "text" and read[0].text.count(" ") > 3:
            return None
        if comma or given:
            read = tuple(replace(part, comma=comma and not index, given=given) for index, part in enumerate(read))
        parts += read
    return _assembled(parts, label)


def _holds_a_credit_in_brackets(text: str) -> bool:
    insides = [match[0][1:-1] for match in _BRACKET.finditer(text)] if "(" in text or "[" in text else []
    return any(
        "/" in inside or " via " in inside or label_at_start(inside) or holds_a_credit(inside) for inside in insides
    )


def _without_labels(text: str) -> tuple[str, LabelKind | None]:
    strongest: LabelKind | None = None
    text = without_side(text.lstrip(EDGES + ")"))
    for _ in range(4):
        if not (label := label_at_start(text)):
            break
        strongest = _stronger(strongest, label.kind)
        text = text[label.end :].lstrip(" -:,/")
    return text, strongest


def _stronger(one: LabelKind | None, other: LabelKind | None) -> LabelKind | None:
    return max(one, other, key=STRENGTH.index)


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Split at separators outside brackets; say of each piece whether a comma stood before it."""
    begin, comma = 0, False
    held: tuple[str, bool] | None = None
    for match in (*_SEPARATOR.finditer(text), None):
        if match and match["bracket"]:
            continue
        piece = text[begin : match.start() if match else None]
        if held and (joined := agency_named(f"{held[0]}/{piece}")) and "/" in joined.name:
            held = (joined.name, held[1])
        else:
            if held:
                yield held
            held = (piece, comma)
        if match:
            begin, comma = match.end(), match["comma"] is not None
    if held:
        yield held


def _assembled(parts: list[Part], label: LabelKind | None) -> Expression | None:
    known = tuple(part.agency for part in parts if part.agency)
    people: dict[str, str] = {}
    houses: dict[str, str] = {}
    words = False
    for index, part in enumerate(parts):
        role = _role(part, parts[:index], known, label, bool(people))
        if role is None:
            return None
        words |= part.kind == "word"
        if role == "photographer":
            name = names.title_case(part.text) if part.kind == "text" and " " in part.text else part.text
            people.setdefault(name_key(name), name)
        elif role == "agency" and name_key(part.text) not in people:
            houses.setdefault(name_key(part.text), part.text)
    return Expression(tuple(people.values()), tuple(houses.values()), known, label, words, len(parts) > 1)


def _role(
    part: Part, before: list[Part], known: tuple[Agency, ...], label: LabelKind | None, has_person: bool
) -> str | None:
    """Say what a piece is credited as: photographer, agency, nothing ("") or, for text that is no credit, None."""
    if part.kind == "agency":
        return "agency"
    if part.kind == "organisation":
        # After a soldier's name and a comma stands his unit.
        return "" if part.comma and any(other.kind == "ranked" for other in before) else "agency"
    stock = any(agency.kind == "stock" for agency in known)
    if stock and (part.kind in ("person", "ranked", "word") or names.is_handle(part.text)):
        return "photographer"
    if part.kind == "text":
        # One stray word beside an agency (an editor's initials, a file name) takes nothing from it.
        return "" if known and " " not in part.text else None
    if part.given and part.kind != "word":
        return ""
    if part.kind == "ranked":
        return "photographer"
    return _unknown_role(part, before, label, has_person)


def _unknown_role(part: Part, before: list[Part], label: LabelKind | None, has_person: bool) -> str | None:
    previous = before[-1] if before else None
    after_wire = previous is not None and previous.agency is not None and previous.agency.kind == "wire"
    if part.kind == "word":
        if names.is_uncased(part.text):
            return "" if label else None
        alone = after_wire and not part.comma and not has_person and names.is_mononym(part.text)
        return "photographer" if alone else "agency"
    wire_first = bool(before) and before[0].agency is not None and before[0].agency.kind == "wire"
    if not has_person or names.has_given_name(part.text) or (part.comma and wire_first):
        return "photographer"
    return "agency"
