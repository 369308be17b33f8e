"""Licences in credit lines: found as printed and taken out, or inferred from who made the image.

Must not judge whether a licence is valid or what it allows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from scraper.extraction.agencies import Agency

US_GOVERNMENT_WORK = "public domain (US federal government work)"

_VERSION = r"(?:[ -]?v?\d(?:\.\d)?)"
_LICENCE = re.compile(
    r"""
    [(\[]?
    (?:(?:is|are)\ (?:licen[cs]ed|marked|used)\s)?
    (?:(?:licen[cs]ed\s)?(?:under|with|via|through)\s(?:an?\s|the\s)?)?
    (?P<licence>
        (?<![\w])CC[ -]?(?:BY(?:[ -](?:NC|SA|ND))*|0|PDM|SA|PD)(?![A-Za-z])VERSION?(?:\ [A-Z]{2}(?![A-Za-z]))?
        (?:\ (?:International|IGO|Deed|Unported|Generic))?
      | (?<![\w])Creative[ ]Commons
        (?:[ ](?:CC[ -]?)?(?:Attribution|BY|Zero|0)
           (?:[- ](?:NonCommercial|ShareAlike|Share[ ]Alike|NoDerivs|NC|SA|ND))*VERSION?)?
        (?:[ ](?:International|Unported|Generic|licen[cs]e))*
      | (?<![\w])(?:in[ ]the[ ])?public[ ]domain(?:[ ](?:mark|dedication)VERSION?)?
      | (?<![\w])(?:gemeinfrei|domaine[ ]public|dominio[ ]p[úu]blico|dom[íi]nio[ ]p[úu]blico)
      | (?<![\w])GFDL(?:[ ]\d\.\d)?
      | (?<![\w])Crown[ ]copyright(?:[ ]\d{4})?
      | (?<![\w])(?:Open[ ]Government[ ]Licen[cs]e|OGL)(?:[ ]v?\d(?:\.\d)?)?
      | (?<![\w])(?:Unsplash|Pexels|Pixabay)[ ]licen[cs]e
    )(?![\w])
    (?:\ (?:via|on|from)\ (?=[(\[]|$))?
    [)\]]?
    """.replace("VERSION", _VERSION),
    re.IGNORECASE | re.VERBOSE,
)
_BARE_CC = re.compile(r"(?<=[/,|(])\s*\(?CC\)?\s*(?=[),.]|$)")
# What stood on the two sides of a licence or an address is not one name.
_APART = " | "
_HINT = re.compile(r"cc|common|domain|domin|gemein|gfdl|crown|ogl|licen|open gov")


def take_licence(line: str) -> tuple[str, str | None]:
    """Take every licence out of a credit line: the line without it, and the first licence as printed (or None)."""
    if not _HINT.search(line.lower()):
        return line, None
    if not (found := _LICENCE.search(line)):
        rest = _BARE_CC.sub(_APART, line, count=1)
        return rest, None if rest == line else "Creative Commons"
    # A sentence that speaks of the public domain is no licence; a licence ends its line or its clause.
    if line[found.end() :].lstrip()[:1].islower() and not re.match(r"\s*(?:via|on|from)\b", line[found.end() :]):
        return line, None
    return _LICENCE.sub(_APART, line), _spelling(found["licence"])


def _spelling(printed: str) -> str:
    spaced = re.sub(
        r"(?i)\bCC[ -]?(?=BY|0)", lambda m: "CC0" if printed[m.end() : m.end() + 1] == "0" else "CC ", printed
    )
    return re.sub(r"CC00", "CC0", spaced).strip()


def inferred_licence(agencies: Iterable[Agency]) -> str | None:
    """Name the licence that follows from an agency: U.S. government works (17 U.S.C. § 105) and free stock sites."""
    for agency in agencies:
        if agency.kind == "us-government":
            return US_GOVERNMENT_WORK
        if agency.licence:
            return agency.licence
    return None
