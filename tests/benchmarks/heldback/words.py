"""The made-up prose: every sentence holds a name of one article, so that a word in the wrong place has an owner.

Must not know any markup.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

SYLLABLES = [
    "ba",
    "be",
    "dor",
    "du",
    "fen",
    "ga",
    "go",
    "hal",
    "i",
    "jo",
    "ka",
    "kel",
    "lo",
    "lu",
    "mar",
    "mi",
    "na",
    "nor",
    "o",
    "pra",
    "ri",
    "ro",
    "sa",
    "sul",
    "ta",
    "ten",
    "u",
    "va",
    "ver",
    "vi",
    "zan",
    "ze",
]
ENDINGS = ["ria", "stan", "via", "mir", "grad", "dova", "lund", "que", "shan", "thal", "bek"]
NOUNS = [
    "ceasefire",
    "sanctions package",
    "basing agreement",
    "arms transfer",
    "budget request",
    "air defense contract",
    "border commission",
    "prisoner exchange",
    "naval patrol",
    "export licence",
    "trade corridor",
    "nuclear file",
    "intelligence estimate",
    "aid tranche",
    "status-of-forces accord",
    "drone program",
    "grain shipment",
    "pipeline dispute",
    "maritime claim",
    "inspection regime",
]
VERBS = [
    "collapse",
    "outlast the summit",
    "reach the floor",
    "cost twice the estimate",
    "survive a veto",
    "stall in committee",
    "widen the war",
    "reassure no one",
    "divide the alliance",
    "return to the table",
    "drain the reserve",
    "expire unnoticed",
]
TIMES = [
    "before the recess",
    "by late autumn",
    "on Tuesday",
    "within ninety days",
    "after the election",
    "in the spring of 2031",
    "during the third round",
    "at midnight",
    "over the weekend",
    "once the audit closed",
    "by Jan. 15",
    "at 6 a.m.",
]
ROLES = [
    "deputy minister",
    "retired colonel",
    "senior fellow",
    "former ambassador",
    "staff director",
    "defense attaché",
    "budget analyst",
    "regional envoy",
    "committee counsel",
    "opposition lawmaker",
    "arms inspector",
    "port official",
]
TEMPLATES = (
    "Officials in {place} said the {noun} would {verb} {time}.",
    "“The {noun} was never going to {verb},” said {person}, a {role} who left {org} last year.",
    "{person} told reporters that {place} had “no plan, no map and no money” for the {noun}.",
    "According to a memo seen by {org}, the {noun} cost ${n} million {time}.",
    "That leaves {place} with {n} soldiers, {m} aircraft and a {noun} that may {verb}.",
    "Nobody at {org} expected the {noun} to {verb} {time}.",
    "Critics of {org} — among them {person} — warn that the {noun} could {verb}.",
    "In {place}, the {role}’s office confirmed {n} violations of the {noun} {time}.",
    "“We are not at war,” {person} insisted; {place}’s parliament voted {n}–{m} anyway.",
    "The {noun} with {place} would, if {org} is right, {verb} {time}.",
    "Washington’s answer to {place} has been a {noun}, a second {noun2} and a promise to {verb}.",
    "Why would {org} defend a {noun} that is bound to {verb}?",
    "{org} estimates that {n} percent of the {noun2} never left {place}.",
    "Only {person}, the {role}, asked what the {noun} was for.",
    "Two years ago {place} signed a {noun}; today, {person} says, it is a {noun2} in all but name.",
    "The U.S. has paid {place} ${n} billion for a {noun} that {org} calls “a rumor with a flag.”",
    "Even so, {person} and {org} agree on one thing: the {noun} must not {verb}.",
    "{place} sits {n} miles from the strait, and its {noun} has begun to {verb}.",
    "For {org}, the lesson of {place} is that a {noun} cannot {verb} without a {noun2}.",
    "A {role} close to {person} put it more bluntly {time}: “The {noun} is dead.”",
    "Those who keep reading the {noun} closely, as {person} does, find {place} mentioned {n} times.",
    "Congress gave {org} until {m} p.m. to explain how the {noun} came to {verb}.",
    "It was {person} who first told Reuters that {place} wanted the {noun} back.",
    "Trade between {place} and its neighbors fell by {n}.{m} percent {time}.",
)
FIRST = [
    "Amara",
    "Benedikt",
    "Çağla",
    "Dmytro",
    "Eleni",
    "Farid",
    "Gwen",
    "Håkon",
    "Ines",
    "Jorge",
    "Katarína",
    "Lamar",
    "Mairéad",
    "Nils",
    "Oumou",
    "Petra",
    "Quentin",
    "Rosalind",
    "Søren",
    "Thandiwe",
    "Ulrich",
    "Vivek",
    "Wren",
    "Xiomara",
    "Yusuf",
    "Zofia",
]
LAST = [
    "Abernathy",
    "Brandvold",
    "Castellanos",
    "Dąbrowska",
    "Eze",
    "Fairweather",
    "Grünwald",
    "Hollingsed",
    "Iwu",
    "Jankovic",
    "Kirkbride",
    "Lindqvist",
    "Maddox",
    "Nwosu",
    "O’Rourke",
    "Pellegrin",
    "Quispe",
    "Rautio",
    "Sandoval",
    "Tamm",
    "Ueland",
    "van der Meer",
    "Whitlock",
    "Ximenes",
    "Yardley",
    "Zapata-Ruiz",
]
STANDING = (
    "The Pentagon did not respond to a request for comment.",
    "Such is the price of a policy without an end.",
    "None of this was inevitable.",
)
ONE_WORD = ("No.", "Why?", "Silence.", "Hardly.", "Enough.", "Maybe", "2031.", "Wrong.")


@dataclass
class Pen:
    """Writes sentences that hold the names of one article. `taken` are the names used on the whole site."""

    rng: random.Random
    taken: set[str]
    place: str = field(init=False)
    org: str = field(init=False)
    person: str = field(init=False)

    def __post_init__(self) -> None:
        self.place = self.coin()
        self.org = f"the {self.coin()} {self.rng.choice(['Institute', 'Council', 'Bureau', 'Ministry', 'Fund'])}"
        self.person = f"{self.rng.choice(FIRST)} {self.coin()}"

    def coin(self) -> str:
        """Coin a name that no article on the site has yet."""
        while True:
            name = (
                "".join(self.rng.choices(SYLLABLES, k=self.rng.randint(2, 3))) + self.rng.choice(ENDINGS)
            ).capitalize()
            if name not in self.taken:
                self.taken.add(name)
                return name

    def sentence(self) -> str:
        """Write one sentence."""
        text = self.rng.choice(TEMPLATES).format(
            place=self.place,
            org=self.org,
            person=self.person,
            role=self.rng.choice(ROLES),
            noun=self.rng.choice(NOUNS),
            noun2=self.rng.choice(NOUNS),
            verb=self.rng.choice(VERBS),
            time=self.rng.choice(TIMES),
            n=self.rng.randint(2, 980),
            m=self.rng.randint(1, 12),
        )
        return text[0].upper() + text[1:]

    def sentences(self, least: int, most: int) -> str:
        """Write a paragraph of `least` to `most` sentences."""
        return " ".join(self.sentence() for _ in range(self.rng.randint(least, most)))

    def phrase(self) -> str:
        """Write a few words without a full stop, for headings and list items."""
        noun, verb = self.rng.choice(NOUNS), self.rng.choice(VERBS)
        return self.rng.choice(
            [
                f"{self.place} and the {noun}",
                f"What {self.place} wants",
                f"A {noun} may {verb} in {self.place}",
                f"{self.person}’s {noun}",
                f"How {self.place} learned to {verb}",
            ]
        )


def full_name(rng: random.Random) -> str:
    """Make up a person's name."""
    middle = rng.choice(["", "", "", " J.", " El-Amin"])
    return f"{rng.choice(FIRST)}{middle} {rng.choice(LAST)}"
