"""Attributions without a link: the outlets that a body's sentences name as their source, and the wording that shows it.

Must not guess: a sentence whose wording is not one of the rules here gives nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from archive.models import Attribution
from archive.urls import host_of
from scraper.extraction.blocks import Block
from scraper.extraction.links import clean_link, outlet_of
from scraper.extraction.mentions import DAYS, MONTHS, Mention, find_mentions, host_of_outlet
from scraper.extraction.sentences import sentence_at

_WINDOW = 120
_LONGEST_SENTENCE = 1000
_MOST_MENTIONS = 1000
"""A page that names more outlets is no article but an attempt on our time: the rest is left unread."""
_WHEN = (
    rf"(?:on )?(?:{'|'.join(sorted(DAYS))})|in (?:{'|'.join(sorted(MONTHS))})(?: \d{{4}})?|in \d{{4}}|yesterday|today"
    r"|(?:last|this|that|earlier this|earlier that) (?:week|month|year|spring|summer|autumn|fall|winter|\w+day)"
    r"|at the time"
)
_PRINTED = (
    r"(?:reports?|reporting|investigations?|analys[ie]s|articles?|stor(?:y|ies)|pieces?|op-?eds?|columns?"
    r"|editorials?|essays?"
    r"|accounts?|scoops?|surveys?|polls?|polling|tall(?:y|ies)|counts?|profiles?|dispatch(?:es)?|commentar(?:y"
    r"|ies)|documentar(?:y|ies)"
    r"|exposés?|interviews?|reviews?|headlines?|database|segments?|broadcasts?)"
)

# What stands right before a name, behind which there is its article and perhaps a word on what it is.
_BEFORE: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("told OUTLET", re.compile(r"\b(?:told|tells)\s$", re.IGNORECASE)),
    (
        "according to OUTLET",
        re.compile(
            r"\b(?:[Aa]ccording to|[Pp]er|in the (?:words|pages) of)\s$"
            r"|\b[Aa]ccording to (?:[A-Z][\w’.-]*\s){1,4}(?:of|at|from|with)\s$",
        ),
    ),
    (
        "interview with OUTLET",
        re.compile(
            rf"(?<!job )\b(?:interview|interviews|conversation|podcast|Q&A) (?:(?:{_WHEN}|published|aired"
            rf"|broadcast|recorded)\s)?"
            r"(?:with|on|for|in|by|to)\s$|\binterviewed (?:by|on|in|for)\s$",
            re.IGNORECASE,
        ),
    ),
    (
        "said to OUTLET",
        re.compile(
            r"\b(?:(?:spoke|spoken|speaking|talked|talking) (?:\w+ly )?(?:to|with)|(?:spoke|speaking|appeared"
            r"|appearing|appearance) on"
            r"|(?:comments?|remarks|statements?|e-?mail|message|confirmed|acknowledged|admitted|explained"
            r"|conceded|insisted|complained"
            r"|revealed|disclosed|denied|leaked|said) to|(?:said|argued|warned|claimed|declared|boasted) on)\s$",
            re.IGNORECASE,
        ),
    ),
    (
        "reported by OUTLET",
        re.compile(
            r"\b(?:reported|revealed|published|quoted|cited|obtained|seen|reviewed|viewed|uncovered|disclosed"
            r"|compiled|analy[sz]ed|verified"
            r"|documented|conducted|aired|broadcast|released|exposed|detailed|described|noted|translated)"
            r"(?: (?:first|exclusively|earlier|widely|recently))? by\s$",
            re.IGNORECASE,
        ),
    ),
    (
        "report by OUTLET",
        re.compile(
            rf"\b{_PRINTED} (?:(?:{_WHEN}|published|that appeared|which appeared|printed|compiled) )*(?:by|in"
            rf"|from)\s$|\b(?:reports?|reporting|polls?|polling|surveys?|analysis|investigations?) for\s$",
            re.IGNORECASE,
        ),
    ),
    (
        "written in OUTLET",
        re.compile(
            rf"\b(?:wrote|writing|writes|written|argued|arguing|argues|published|appeared|appearing|reported"
            rf"|printed|quoted|warned)"
            rf"(?: (?:{_WHEN}|recently|earlier|first))* in\s$|\bwriting for\s$|\bput it in\s$",
            re.IGNORECASE,
        ),
    ),
    ("citing OUTLET", re.compile(r"\b(?:citing|quoting)\s$", re.IGNORECASE)),
    (
        "OUTLET reported",
        re.compile(r"[,?!]?[”\"’»] (?:said|wrote|reported|reports|noted|writes|says|argued|concluded)\s$"),
    ),
    (
        "wording in another language",
        re.compile(
            r"\b(?:[Ll]aut|[Ss]elon|[Ss]egún|[Ss]econdo|[Ss]egundo|[Vv]olgens|[Ee]nligt|[Ii]følge|gegenüber"
            r"|(?:[Aa]ngaben|[Ii]nformationen) von"
            r"|[Dd]’après|(?:dijo|declaró|afirmó|aseguró|explicó|disse|afirmou) (?:a|à|ao)|(?:ha detto"
            r"|ha dichiarato) a|(?:zei|vertelde) tegen|vertelde aan"
            r"|sagte|a (?:déclaré|dit|confié|affirmé) à|entretien(?: (?:à|avec|au|accordé à))?"
            r"|entrevista (?:con|a|com|à|ao)"
            r"|(?:Gespräch|Interview) mit|intervista (?:a|con)|interview met|informó|citado por|cité par"
            r"|zitiert von)\s$"
        ),
    ),
)
_NEWS = (
    r"(?:agency|newspaper|paper|broadcaster|channel|network|magazine|weekly|daily|outlet|outlets|website|site"
    r"|service|station|publication|tabloid|wire"
    r"|Nachrichtenagentur|Zeitung|Magazin|Nachrichtenmagazin|Sender|Zeitschrift|agence|quotidien|journal|chaîne"
    r"|agencia|diario|periódico|cadena|agenzia"
    r"|quotidiano|giornale|krant|persbureau|jornal|agência)"
)
# "the Russian state news agency", "London-based", "Israel's", "both".
_DESCRIPTION = re.compile(
    rf"(?:(?<!\w)(?:[Tt]he|[Aa]n?|die|der|das|dem|le|la|l’|el|il|lo|het|de|au|à l’|o)\s?)?(?:(?:[A-Z][\w’-]*"
    rf"|[a-z]\w*-\w+|state|news|private|public|independent|daily|local"
    rf"|weekly|liberal|conservative|business|financial|official|opposition|online|military|trade|pan-Arab"
    rf"|leading|influential)\s)*{_NEWS}\s$"
    r"|(?:(?<!\w)[Tt]he\s)?(?:[A-Z][\w-]*’s?|\w[\w-]*-(?:based|backed|owned|funded|run|aligned|controlled))\s$"
    r"|\bboth\s$",
)
_NEGATED = re.compile(r"\b(?:not|never|\w+n’t|nobody|none|without|refus\w+|declin\w+)\b[^.;,]{0,25}$", re.IGNORECASE)

# What begins right behind a name, and is not the outlet as a source but its people, its property or another name.
_INSIDERS = (
    r"(?:staff|staffers?|employees|workers|executives?|managers|lawyers?|attorneys|bosses|chiefs?|management"
    r"|owners?|board|editors|shareholders"
    r"|investors|subscribers|readers|viewers|audiences?|union|newsroom|offices?|headquarters|building|parent"
    r"|company|publisher"
    r"|stock|shares|crews?|colleagues|contributors?|bestsell\w+|bestseller list|standards|style|guidelines"
    r"|studios?|listeners|advertisers)"
)
_NOT_SOURCE = re.compile(
    rf"(?:’s?)?\s{_INSIDERS}\b|’s?\s(?!(?:\w+\s)?(?:reporting|{_PRINTED}|sources|correspondents?|reporters?"
    rf"|columnists?|anchors?|hosts?)\b)[a-z]"
    r"|’s?(?:\s[\w’-]+){1,3}\s(?:summit|conference|forum|festival|events?|dinner|gala|committee|department)\b"
    r"|\s(?:not )?to [a-z]"
)

_AS_EXAMPLE = re.compile(r"\sas (?!saying|reporting|the source|its source)")

_SUBJECT = re.compile(
    rf"(?:^|[.!?,;:—–(\[“\"‘…]\s?|\b(?:as|and|but|or|while|when|that|which|what|where|because|since|although"
    rf"|though|after|before|if|yet|so|then|later"
    rf"|how|why|whom|until|also|now|however|meanwhile|indeed|recently|wie|comme|como|come|zoals|{_WHEN}|ago|day"
    rf"|week|weekend|month|year|morning|evening"
    r"|night|\d{4}|\d{1,2}))\s?$",
    re.IGNORECASE,
)
_ASIDE = r"(?:, (?:which|citing|quoting|in|on|whose|for|like|among|the|a|an) ?[^,.;]{0,70},)?"
_ADVERBS = (
    rf"(?: (?:has|had|have|also|first|recently|since|already|later|then|itself|similarly|correctly|separately"
    rf"|exclusively|just|once|only|both|all|subsequently|{_WHEN}))*"
)
_VERBS = (
    r"(?:reported|reports?(?! of)|is reporting|was reporting|are reporting|were reporting|said|says|wrote"
    r"|written|writes|noted|notes|found|revealed|reveals|disclosed|quoted|quotes|cited"
    r"|cites|described|describes|confirmed|claimed|claims|alleged|alleges|estimated|estimates|published"
    r"|observed|argued|argues|explained|explains|suggested|suggests|calculated|documented"
    r"|documents|detailed|details|uncovered|learned|obtained|recounted|points out|pointed out|puts it|put it"
    r"|has it|had it|broke the (?:news|story)"
    r"|was (?:the )?first to report|were (?:the )?first to report|was told|berichtet|berichtete|schreibt"
    r"|schrieb|meldet|meldete|informó|reportó|publicó|rapporte|a rapporté|rivela|scrive|schrijft|meldt)"
)
_PERSON = (
    r"(?:’s?(?: [a-z]+){0,3}(?: [A-Z][\w’.-]*){1,3}"
    r"| (?:reporters?|correspondents?|columnists?)(?: [A-Z][\w’.-]*){1,3})?"
)
_SAYS = re.compile(rf"{_PERSON}{_ASIDE}(?:,? which)?{_ADVERBS} {_VERBS}\b(?P<rest>[^.;]*)")
_OWN_AFFAIR = re.compile(
    rf"(?: (?:{_WHEN}))?(?: that)? (?:it|its|it’s|they|their) (?:will|would|has|had|is|was|does|did|plans?"
    rf"|planned|stood|stands|could|may|intends?|and)\b"
    rf"|(?: (?:{_WHEN}))?,? in (?:a|its|an) (?:\w+ )?(?:statement|filing|press release)\b| (?:its|his|her|my"
    rf"|our) (?:own )?\w+"
    r"| (?:a|an|record|net|quarterly|annual|higher|lower|strong|falling|rising)(?: [\w-]+){0,3} (?:profits?"
    r"|loss|losses|earnings|revenues?|sales|growth|subscribers|income)\b"
    r"| (?:by|itself|guilty|liable|to|were|are)\b"
)
_PIECE = re.compile(rf"(?:’s?)?(?: [a-z][\w-]*){{0,2}}? {_PRINTED}\b(?! (?:board|writers?|staff|page|room|editor))")
_ONE = re.compile(
    r"(?:^|[\s“(])(?:an?|another|this|that|one|recent|the same|earlier)(?: [a-z][\w-]*){0,2}\s$", re.IGNORECASE
)
_JOINED = re.compile(r"(?:,|,? and|,? or|,? as well as)(?: by| in| to| with)?\s(?:the\s)?$", re.IGNORECASE)


def read_attributions(
    blocks: Sequence[Block], own_hosts: Collection[str] = (), own_names: Collection[str] = ()
) -> tuple[Attribution, ...]:
    """List the outlets that a body names as its source without a link; positions count from 1, once a sentence each.

    `own_hosts` and `own_names` are the publication's own, which is no source to itself.
    """
    own = {outlet_of(host) for host in own_hosts} | set(own_names)
    lines = [block for block in blocks if not block.kind.startswith("h")]
    found: dict[tuple[str, str], str] = {}
    left = _MOST_MENTIONS
    for block, named in zip(lines, find_mentions([block.text for block in lines]), strict=True):
        mentions = named[:left]
        left -= len(mentions)
        sources = [(mention, rule) for mention, rule in _sources(block.text, mentions) if mention.outlet not in own]
        linked = _linked(block, mentions) if sources else frozenset()
        for mention, rule in sources:
            said = (mention.outlet, _sentence(block, mention.start, mention.end))
            if said not in linked:
                found.setdefault(said, rule)
    return tuple(
        Attribution(outlet, host_of_outlet(outlet), sentence, position, rule)
        for position, ((outlet, sentence), rule) in enumerate(found.items(), start=1)
    )


def _sources(text: str, mentions: Sequence[Mention]) -> Iterator[tuple[Mention, str]]:
    """Give the mentions that are sources with their rules; names joined by "and" share one."""
    text = text.replace("'", "’")
    rules = [_rule(text, mention) for mention in mentions]
    for place, (one, other) in enumerate(pairwise(mentions)):
        joined = _JOINED.fullmatch(text, one.end, other.start) is not None
        if (
            joined
            and rules[place + 1] is None
            and rules[place] in _SPREADING
            and not _NOT_SOURCE.match(text, other.end)
        ):
            rules[place + 1] = rules[place]
    for place in range(len(mentions) - 2, -1, -1):
        one, other = mentions[place], mentions[place + 1]
        joined = _JOINED.fullmatch(text, one.end, other.start) is not None
        if joined and rules[place] is None and rules[place + 1] == "OUTLET reported" and _is_subject(text, one):
            rules[place] = rules[place + 1]
    return ((mention, rule) for mention, rule in zip(mentions, rules, strict=True) if rule is not None)


_SPREADING = frozenset(rule for rule, _ in _BEFORE)


def _rule(text: str, mention: Mention) -> str | None:
    """Return the rule that shows an outlet to be the source, None when there is none."""
    before = text[max(0, mention.begin - _WINDOW) : mention.begin].rpartition("\n")[2]
    after = text[mention.end : mention.end + _WINDOW].partition("\n")[0]
    if _NOT_SOURCE.match(after):
        return None
    heads = (before, _DESCRIPTION.sub("", before))
    for rule, pattern in _BEFORE:
        matches = (match for head in heads if (match := pattern.search(head)))
        if any(not _NEGATED.search(match.string[: match.start()]) for match in matches):
            return None if rule == "citing OUTLET" and _AS_EXAMPLE.match(after) else rule
    if mention.doubtful:
        return None
    if _ONE.search(before) and _PIECE.match(after):
        return "OUTLET report"
    said = _SAYS.match(after)
    return "OUTLET reported" if said and not _OWN_AFFAIR.match(said["rest"]) and _is_subject(text, mention) else None


def _is_subject(text: str, mention: Mention) -> bool:
    """Tell whether a name begins a statement, rather than ending a phrase such as `a spokesman for …`."""
    before = text[max(0, mention.begin - _WINDOW) : mention.begin].rpartition("\n")[2]
    return any(_SUBJECT.search(head) for head in (before, _DESCRIPTION.sub("", before)))


def _linked(block: Block, mentions: Sequence[Mention]) -> frozenset[tuple[str, str]]:
    """List the outlets that a block's links lead to or have in their words, each with the link's sentence."""
    starts = [anchor.start for anchor in block.anchors]
    sentences = [_sentence(block, anchor.start, anchor.end) for anchor in block.anchors]
    found = {
        (outlet_of(host_of(clean_link(anchor.url))) or "", sentence)
        for anchor, sentence in zip(block.anchors, sentences, strict=True)
    }
    for mention in mentions:
        place = bisect_right(starts, mention.start) - 1
        if place >= 0 and mention.start < block.anchors[place].end:
            found.add((mention.outlet, sentences[place]))
    return frozenset(found)


def _sentence(block: Block, start: int, end: int) -> str:
    first = max(0, start - _LONGEST_SENTENCE)
    return sentence_at(block.text[first : end + _LONGEST_SENTENCE], start - first, end - first)
