"""Reads an image's credit line, caption or alt text into caption, photographers, agencies and licence.

Must not invent: what may be anything else than a credit is left unread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from archive.models import Credit, CreditBasis
from scraper.extraction import credit_names as names
from scraper.extraction.agencies import Agency, agency_named, is_ignored_host, name_key
from scraper.extraction.credit_grammar import MAX_LENGTH, Expression, read_expression
from scraper.extraction.credit_labels import Label, LabelKind, label_at_start, labels_inside
from scraper.extraction.credit_text import (
    CLOSING,
    OPENING,
    brackets,
    single_spaced,
    with_hosts_named,
    without_interface,
)
from scraper.extraction.licences import inferred_licence, take_licence

Place = Literal["credit", "caption", "alt"]
MAX_LINE = 5_000

_OWN_WORK_BY = re.compile(r"^(?:[\"“][^\"”]{0,200}[\"”]\s+)?[Bb]y (?=\S)")
_FILE_NAME = re.compile(
    r"^([a-z]+(?:[ _-]?(?:images?|stock|photo))?)[-_ ]*(?:photo[-_])?\d{5,}[\w-]*(?:\.[a-z]{3,4})?$", re.IGNORECASE
)
_SENTENCE_END = re.compile(
    r"(?<![\s.(][A-ZÀ-ÞА-Я])(?<!\b[SD][rt])(?<!\bM[rs])[.!?…。][\"”’»)\]]*\s+|(?<=[a-zà-ÿ0-9][.!?])(?=[A-Z])"
)
_BRACKET_END = re.compile(r"[)\]”\"»«](?!\s*via\b)\s*(?=\S)|[＝=]")
_DASHES = re.compile(r"\s[|/•–—·]\s*|\s-\s")
_IMAGE_WORD = re.compile(r"(?:photo|foto|beeld|bild|pic) (?=\S)", re.IGNORECASE)
_WORD = re.compile(r"\S+")
_CAPTION_EDGES = " \t\n|/–—-•,;:([=＝（"


@dataclass(frozen=True, slots=True)
class CreditReading:
    """One reading of a line. `licence_basis`: the licence is printed or follows; `rule`: what read the line."""

    caption: str | None = None
    photographers: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    licence: str | None = None
    licence_basis: CreditBasis | None = None
    rule: str = "none"


@dataclass(frozen=True, slots=True)
class _Found:
    """Credits found in a line, and what of the line remains as its caption (`unbroken`: in one piece)."""

    expressions: tuple[Expression, ...]
    caption: str
    rule: str
    unbroken: bool = True


def read_credit_line(line: str, place: Place = "credit") -> CreditReading:
    """Read a line printed with an image; `place` says where: its credit, its caption, or its alt text.

    A caption's bare words are never a name. An alt text is read only when it is surely a credit; it gives no caption.
    Only the first 5,000 characters are looked at.
    """
    text = single_spaced(line[:MAX_LINE])
    if file_name := _file_name(text):
        return _reading(_Found((file_name,), "", "file name"), None)
    if place == "alt":
        return _read_alt(text)
    return _read(text, place)


def to_credits(reading: CreditReading) -> tuple[Credit, ...]:
    """List a reading's photographers, agencies and licence as credits, each once."""
    credits = [Credit("photographer", name, "stated", reading.rule) for name in dict.fromkeys(reading.photographers)]
    credits += [Credit("agency", name, "stated", reading.rule) for name in dict.fromkeys(reading.agencies)]
    if reading.licence:
        credits.append(Credit("licence", reading.licence, reading.licence_basis or "stated", reading.rule))
    return tuple(credits)


def _read_alt(text: str) -> CreditReading:
    reading = _read(text, "caption")
    if not reading.photographers or not any(_is_known(agency) for agency in reading.agencies):
        return CreditReading()
    return CreditReading(
        None, reading.photographers, reading.agencies, reading.licence, reading.licence_basis, reading.rule
    )


def _is_known(name: str) -> bool:
    return agency_named(name) is not None


def _file_name(text: str) -> Expression | None:
    match = _FILE_NAME.match(text) if len(text) < 120 else None
    agency = agency_named(match[1].replace("_", " ")) if match else None
    return Expression(agencies=(agency.name,), known=(agency,)) if agency and agency.kind in ("stock", "wire") else None


def _read(text: str, place: Place) -> CreditReading:
    text, licence = take_licence(with_hosts_named(text))
    text = single_spaced(without_interface(text))
    label = label_at_start(text)
    body = text[label.end :] if label else _OWN_WORK_BY.sub("Photo by ", text) if place == "credit" else text
    found = (
        _whole(body, label, place, bool(licence))
        or _in_brackets(body, label, place)
        or _after_label(body, place)
        or _at_end(body)
        or _after_caption(body, label, place)
        # After "Photo by" or "Courtesy of" stands a name; when it cannot be read it is no caption either.
        or _Found((), "" if label and label.kind in ("by", "courtesy") else body, "none")
    )
    return _reading(_with_more(found, label), licence)


def _whole(text: str, label: Label | None, place: Place, licensed: bool) -> _Found | None:
    """Read a line that is nothing but a credit."""
    unlabelled = None if label else _IMAGE_WORD.match(text)
    expression = read_expression(
        _unwrapped(text[unlabelled.end() :] if unlabelled else text), label.kind if label else None
    )
    if expression is None or (unlabelled and not expression.known):
        return None
    if not _is_credit(expression, expression.label, place, licensed):
        return None
    if not expression.known and " and " in text and expression.label in ("image", "credit"):
        return None  # "Photo credit: NAME and NAME" shows two as often as two took it.
    return _Found((expression,), "", "whole line")


def _unwrapped(text: str) -> str:
    text = text.strip()
    if text[:1] in OPENING and text[:1]:
        spans = brackets(text)
        if spans and spans[0][0] == 0 and spans[0][1] >= len(text.rstrip(" .")):
            return text[1 : spans[0][1] - 1] if text[spans[0][1] - 1] in CLOSING else text[1:]
    return text


def _is_credit(expression: Expression, kind: LabelKind | None, place: Place, licensed: bool = False) -> bool:
    """Decide whether an expression that fills its whole place is a credit there."""
    if (kind and kind != "caption") or licensed:
        return not _is_bare_host(expression)
    if expression.known:
        return (
            place == "credit"
            or bool(expression.photographers)
            or any(agency.sells_images for agency in expression.known)
        )
    bare = expression.words or expression.is_empty or _has_host(expression)
    return place == "credit" and kind is None and not bare


def _has_host(expression: Expression) -> bool:
    return not expression.photographers and any(names.is_domain(name) for name in expression.agencies)


def _is_bare_host(expression: Expression) -> bool:
    return any(is_ignored_host(name) for name in expression.agencies)


def _in_brackets(text: str, label: Label | None, place: Place) -> _Found | None:
    """Read the brackets of a caption that hold a credit."""
    expressions: list[Expression] = []
    kept: list[str] = []
    end = 0
    for start, stop in brackets(text):
        if start < end or stop - start > MAX_LENGTH + 2:
            continue
        inside = text[start + 1 : stop - 1] if text[stop - 1] in CLOSING else text[start + 1 : stop]
        expression = read_expression(inside)
        if expression and _is_bracketed_credit(expression, label, text[:start], text[stop:]):
            expressions.append(expression)
            kept.append(text[end:start])
            end = stop
    pieces = [piece for piece in (*kept, text[end:]) if piece.strip(_CAPTION_EDGES + ".)")]
    return (
        _Found(tuple(expressions), _joined((*kept, text[end:])), "brackets", len(pieces) < 2) if expressions else None
    )


def _is_bracketed_credit(expression: Expression, label: Label | None, before: str, after: str) -> bool:
    if expression.label:
        return expression.label not in ("caption", "other") or bool(expression.known)
    ends = not after.strip(" .)]") or after.lstrip()[:1] in tuple("([")
    if expression.known:
        if expression.photographers or expression.several:
            return True
        return any(agency.sells_images for agency in expression.known) or (
            ends and not _abbreviates(expression, before)
        )
    if not (label and label.kind in ("credit", "by") and ends) or expression.is_empty or _has_host(expression):
        return False
    return not expression.photographers and not expression.words and not any(map(names.is_acronym, expression.agencies))


def _abbreviates(expression: Expression, before: str) -> bool:
    initials = "".join(word[0] for word in before.split()[-6:] if word[0].isupper()).casefold()
    return any(initials.endswith(name_key(name)) for name in expression.agencies) and bool(initials)


def _joined(pieces: tuple[str, ...]) -> str:
    return single_spaced(" ".join(piece.strip() for piece in pieces))


def _after_label(text: str, place: Place) -> _Found | None:
    """Read what follows a label inside the line, to the line's end."""
    for label in labels_inside(text):
        if label.kind == "other":
            continue
        start = _house_start(text, label.start) if label.kind == "by" else label.start
        expression = read_expression(text[start:])
        if expression and _is_credit(expression, label.kind, place):
            return _Found((expression,), text[:start], "label in the line")
    return None


def _at_end(text: str) -> _Found | None:
    """Read a credit without a label: after the caption's last sentence, or from an agency's name before a slash."""
    for start in _tail_starts(text):
        expression = read_expression(text[start:])
        if expression and expression.known and _is_tail(expression, text[:start]):
            return _Found((expression,), text[:start], "end of the line")
    return None


def _is_tail(expression: Expression, before: str) -> bool:
    if expression.photographers or expression.several:
        return True
    return any(agency.sells_images for agency in expression.known) and before.rstrip()[-1:] in tuple('.!?…)»”"|。/＝=')


def _tail_starts(text: str) -> Iterator[int]:
    begin = max(0, len(text) - MAX_LENGTH)
    yield from reversed([match.end() for match in _SENTENCE_END.finditer(text, begin)][-5:])
    yield from reversed([match.end() for match in _BRACKET_END.finditer(text, begin)][-5:])
    yield from [match.end() for match in _DASHES.finditer(text, begin)][-5:]
    for index in [match.start() for match in re.finditer("/", text[begin:])][-6:]:
        start = _house_start(text, begin + index)
        if start < begin + index:
            yield start


def _house_start(text: str, end: int) -> int:
    """Find where an agency's name begins that stands just before `end`; `end` itself when there is none."""
    begin = max(0, end - 60)
    for word in [*_WORD.finditer(text, begin, end)][-5:]:
        if agency_named(text[word.start() : end].strip()):
            return word.start()
    return end


def _after_caption(text: str, label: Label | None, place: Place) -> _Found | None:
    """Read "CAPTION via AGENCY" and "CAPTION/AGENCY": what is before names nobody, what is after is in the table."""
    if place != "credit":
        return None
    head, _, tail = text.rpartition(" via ") if " via " in text else text.rpartition("/")
    expression = read_expression(tail) if head.strip() else None
    if expression is None or not expression.known or expression.photographers:
        return None
    return _Found((expression,), head, "after the caption")


def _with_more(found: _Found, label: Label | None) -> _Found:
    """Read also a credit that stands before the brackets: "CAPTION / AFP PHOTO / NAME (Photo by NAME/AFP)"."""
    if found.rule != "brackets" or not (found.caption and found.unbroken):
        return found
    whole = read_expression(found.caption)
    named = whole is not None and (bool(whole.known) or (label is not None and label.kind == "by"))
    more = _Found((whole,), "", "") if whole and named else _at_end(found.caption) if "/" in found.caption else None
    return _Found((*more.expressions, *found.expressions), more.caption, found.rule) if more else found


def _reading(found: _Found, licence: str | None) -> CreditReading:
    people = _once(name for expression in found.expressions for name in expression.photographers)
    houses = _once(name for expression in found.expressions for name in expression.agencies)
    known: list[Agency] = [agency for expression in found.expressions for agency in expression.known]
    inferred = None if licence else inferred_licence(known)
    basis: CreditBasis | None = "stated" if licence else "inferred" if inferred else None
    return CreditReading(_caption(found.caption), people, houses, licence or inferred, basis, found.rule)


def _once(printed: Iterator[str]) -> tuple[str, ...]:
    by_key: dict[str, str] = {}
    for name in printed:
        by_key.setdefault(name_key(name), name)
    return tuple(by_key.values())


def _caption(text: str) -> str | None:
    text = text.strip(_CAPTION_EDGES)
    return None if names.is_nobody(text) or names.is_domain(text) else text
