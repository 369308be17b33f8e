"""Correction and editor's notes: found in the body by their label or by what they say, and left where they stand.

Must not change the body, and must not take a sentence about corrections for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from archive.models import Notice, NoticeKind
from scraper.extraction.blocks import Block

_HEAD, _TAIL = 4, 8
"""So many lines at the start and the end of a body may be notices for their label alone."""
_FEWEST_WORDS = 2
_LONG_RUN = 12
_LONGEST_LABEL = 80

# The labels as printed, in some twenty languages, with their kinds.
_LABELS: tuple[tuple[NoticeKind, str], ...] = (
    (
        "editor's note",
        r"editor(?:[’']s|s[’']|s|ial)? notes?|ed(?:itor)?\.? note|(?:a )?note (?:from the editors?"
        r"|to (?:our )?readers)|publisher[’']s note"
        r"|anm(?:erkung|\.) (?:der|d\.) red(?:aktion|\.)|hinweis der redaktion|redaktioneller hinweis"
        r"|note de la rédaction|n\.?d\.?l\.?r\.?|nota del? (?:editor|director)|nota de (?:la )?redacción"
        r"|nota d[oa] (?:editor|redação)"
        r"|nota (?:della redazione|del direttore)|n\.?d\.?r\.?|(?:noot|opmerking) van de redactie|redactionele noot"
        r"|redaktion(?:ens|ell) (?:anmärkning|kommentar)|redaksjonens (?:merknad|kommentar)|red(?:aktionens"
        r"|aktørens|\.) (?:note|anm\.?|bemærkning)"
        r"|toimituksen huomautus|od redakcji|nota redakcyjna|poznámka redakce|от редакции|примечание редакции"
        r"|від редакції|editörün notu"
        r"|編集部注|編集部より|编者按|編者按|편집자 ?주|ملاحظة المحرر",
    ),
    (
        "correction",
        r"correct(?:ions?|ed)(?: (?:appended|added|issued|to this \w+))?"
        r"|corrigend(?:um|a)|errat(?:um|a)(?: corrige)?|korrektur|berichtigung|richtigstellung"
        r"|rectificatif|correctif"
        r"|fe de (?:errores|erratas)|rectificación|corrección|correção|retificação|correzione|rettifica"
        r"|rectificatie|correctie|rättelse|rettelse"
        r"|korrigering|oikaisu|sprostowanie|oprava|helyreigazítás|исправление|поправка|виправлення|düzeltme"
        r"|διόρθωση|訂正|更正|정정|تصحيح",
    ),
    (
        "clarification",
        r"clarifications?|klarstellung|précision|clarificación|aclaración|esclarecimento|precisazione"
        r"|verduidelijking|förtydligande"
        r"|presisering|præcisering|tarkennus|уточнение|уточнення|توضيح",
    ),
    (
        "update",
        r"updated?|aktualisierung|mise à jour|actualización|atualização|aggiornamento|uppdatering|oppdatering"
        r"|opdatering|päivitys"
        r"|обновление|aktualizacja|güncelleme|追記|تحديث",
    ),
)
_MONTH = (
    r"(?:jan|feb|f[ée]v|m[aä]r|apr|abr|avr|ma[ijy]|mag|giu|j[uú][nl]|juin|juil|lug|aug|ago|aoû|sep|set|o[ck]t"
    r"|out|ott|nov|de[czs]|dic|déc|gen|ene"
    r"|янв|фев|мар|апр|ма[йя]|ию[нл]|авг|сен|окт|ноя|дек)\w*\.?"
)
_DATE = (
    rf"(?:(?:on|at|of|vom|du|del|de|van|den|от)\s)?(?:\w+day,?\s)?(?:{_MONTH}\s\d"
    rf"|\d{{1,2}}\.?\s(?:de\s)?{_MONTH}|\d{{1,2}}[/.:]\d|\d{{1,2}}\s[ap]\.?m|\d{{4}}[-/年])"
    r"[^\n]{0,40}?"
)
_LABEL = re.compile(
    rf"^[\W_]{{0,4}}(?:{'|'.join(f'({words})' for _, words in _LABELS)})(?:\s(?:and|&|et|y|und)\s\w+|/\w+)?"
    rf"(?:\s?[,(（\[–—-]?\s?{_DATE}[)）\]]?)?[*_]{{0,2}}\s?(?:[:：.]|[–—-]\s|[)\]】）]|$)[*_]{{0,2}}",
    re.IGNORECASE,
)

# What a publication says of its own text, at the start of a sentence.
_NOUN = r"article|story|post|piece|page|essay|column|headline|op-?ed|text|live ?blog|interview|review|obituary"
_THIS = rf"(?:this|the) (?:{_NOUN}|report|analysis)(?:[’']s headline)?"
_OWN = rf"this (?:{_NOUN})(?:[’']s headline)?"
_STATEMENTS = (
    rf"the headline of {_THIS} (?:has been|was) (?:changed|updated|corrected|amended)|"
    rf"an? (?:earlier|previous|prior|original|initial) version of {_THIS}|(?:in )?an? (?:earlier"
    rf"|previous) (?:version|headline) of {_THIS}"
    rf"|the original version of {_THIS}|{_OWN} (?:originally|initially|previously|at first) (?:misstated"
    rf"|misidentified|misspelled|said|stated|gave|referred|incorrectly)"
    rf"|{_OWN} (?:has been|was|has since been) (?:updated|corrected|amended|clarified|revised|edited to)"
    r"|in einer (?:früheren|vorherigen|ersten|vorigen|ursprünglichen) (?:version|fassung)|dies(?:er"
    r"|e) (?:artikel|text|beitrag|meldung) wurde (?:\S+ ){0,5}?"
    r"(?:aktualisiert|korrigiert|ergänzt|geändert|berichtigt)"
    r"|(?:dans )?une (?:première|précédente|ancienne) version d[eu] |(?:dans )?une version (?:antérieure"
    r"|précédente|initiale) de|cet article a été (?:\w+ )?(?:corrigé|modifié|mis à jour|actualisé|amendé)"
    r"|(?:en )?una versión (?:anterior|previa) de est|est[ea] (?:artículo|texto|nota|noticia) (?:ha sido"
    r"|fue) (?:corregid|actualizad|modificad)[oa]"
    r"|(?:em )?uma versão anterior (?:deste|desta|do|da) |est[ea] (?:artigo|texto|reportagem"
    r"|matéria) foi (?:corrigid|atualizad|alterad)[oa]"
    r"|(?:in )?una (?:precedente versione|versione precedente) d|questo articolo è stato (?:corretto|aggiornato"
    r"|modificato)"
    r"|(?:in )?een eerdere versie van (?:dit|deze)|dit (?:artikel|stuk|bericht) is (?:\w+ ){0,3}?(?:aangepast"
    r"|gecorrigeerd|geactualiseerd|bijgewerkt)"
    r"|(?:i )?en (?:tidigare|tidligere) (?:version|versjon|utgave) (?:av|af)|artikeln har (?:uppdaterats"
    r"|korrigerats|rättats)"
    r"|(?:denne )?(?:artikkelen|artiklen|saken) er (?:oppdatert|opdateret|rettet|korrigert)"
    r"|в (?:предыдущей|более ранней|первой|первоначальной|ранней) версии|(?:статья|материал"
    r"|текст) (?:был[а]? )?(?:обновл[её]н|исправлен)"
    r"|w (?:poprzedniej|pierwotnej|wcześniejszej) wersji|当初の記事|初出時|記事の一部を(?:修正|訂正|更新)"
)
_STATEMENT = re.compile(rf"(?:^|[.!?”\")\]]\s|(?<=[(\[]))[\W_]{{0,3}}(?P<said>{_STATEMENTS})", re.IGNORECASE)
# Each statement holds one of these in lower case: looked for first, being much the faster search.
_HINTS = (
    *(
        "headline",
        "version",
        "versjon",
        "versión",
        "versão",
        "versie",
        "utgave",
        "fassung",
        "верси",
        "wersji",
        "初出",
        "記事",
    ),
    *("updated", "corrected", "amended", "clarified", "revised", "edited to", "originally", "initially", "previously"),
    *(
        "at first",
        "aktualisiert",
        "korrigiert",
        "ergänzt",
        "geändert",
        "berichtigt",
        "corrigé",
        "modifié",
        "mis à jour",
    ),
    *("actualis", "amendé", "corregid", "actualizad", "modificad", "corrigid", "atualizad", "alterad", "corrett"),
    *("aggiornat", "modificat", "aangepast", "gecorrigeerd", "geactualiseerd", "bijgewerkt", "uppdaterats", "korriger"),
    *("rättats", "oppdatert", "opdateret", "rettet", "обновл", "исправл"),
)
_WRONG = re.compile(
    r"correct|misstat|misidentif|misspel|mistak|erro|wrong|amend|inaccura|korrig|bericht|falsch|irrtüm|fälsch"
    r"|corrig|erreur|erron|erróne|verkeerd|correg|corret|sbagliat"
    r"|gecorrig|fout|onjuist|rätt|felakt|rett|fejl|feil|исправ|ошиб|невер|błęd|訂正|修正|誤|earlier version"
    r"|previous version|original(?:ly)?|initially",
    re.IGNORECASE,
)
_CLEARER = re.compile(
    r"clarif|klarstell|präzis|précis|aclar|esclarec|precisa|verduidelijk|förtydlig|уточн", re.IGNORECASE
)
_COLON = re.compile(r"[:：]")
_WORD = re.compile(r"[^\W\d_]{3,}")
_MONTH_NAME = re.compile(_MONTH, re.IGNORECASE)


def read_notices(blocks: Sequence[Block]) -> tuple[Notice, ...]:
    """List a body's notices in order, counted from 1. A label on a line of its own takes the next line too."""
    return tuple(
        Notice(kind, " ".join(text.split()), position) for position, (kind, text) in enumerate(_found(blocks), start=1)
    )


def _found(blocks: Sequence[Block]) -> Iterator[tuple[NoticeKind, str]]:
    lines = [(line.strip(), block) for block in blocks for line in block.text.split("\n")]
    whole = "\n".join(line for line, _ in lines).lower()
    hints = [hint for hint in _HINTS if hint in whole]
    skip = False
    for place, (line, block) in enumerate(lines):
        if skip:
            skip = False
            continue
        outside = place < _HEAD or place >= len(lines) - _TAIL or block.soft or line.startswith(("[", "(", "*"))
        label = _LABEL.match(line) if outside or _COLON.search(line, 0, _LONGEST_LABEL) else None
        kind = _LABELS[label.lastindex - 1][0] if label and label.lastindex else None
        if label and kind and (outside or kind == "editor's note"):
            following = lines[place + 1][0] if place + 1 < len(lines) else ""
            skip = label.end() == len(line) and bool(following)
            text = f"{line} {following}" if skip else line
            if _says_something(text[label.end() :]):
                yield kind, text
                continue
        statement = _statement(line, hints)
        if statement is not None:
            yield _kind_said(statement), statement


def _says_something(text: str) -> bool:
    """Tell words from a mere time stamp: some in lower case that are no month, or a run of a script without case."""
    words = [word for word in _WORD.findall(text) if not _MONTH_NAME.fullmatch(word)]
    return sum(word.islower() for word in words) >= _FEWEST_WORDS or any(len(word) >= _LONG_RUN for word in words)


def _statement(line: str, hints: Sequence[str]) -> str | None:
    """Return what a line says of the publication's own text: all of it, or from that sentence or bracket on."""
    lower = line.lower()
    if not any(hint in lower for hint in hints):
        return None
    found = _STATEMENT.search(line)
    if found is None:
        return None
    start = found.start("said")
    while start > 0 and line[start - 1] in '([*_“"':
        start -= 1
    text = line[start:]
    closing = {"(": ")", "[": "]"}.get(text[0])
    return text[: text.index(closing) + 1] if closing and closing in text else text


def _kind_said(text: str) -> NoticeKind:
    if _CLEARER.search(text):
        return "clarification"
    return "correction" if _WRONG.search(text) else "update"
