"""Citations read back by other programs: `python -m tests.benchmarks.citations`.

Each of many hard articles is written as BibTeX, RIS and CSL JSON and read with bibtexparser, pybtex, rispy, citeproc-py
and, with `--schema csl-data.json` (from the CSL project's repository `schema`), jsonschema. They are no dependencies:
`pip install bibtexparser pybtex rispy citeproc-py jsonschema` into an environment of its own, with this package on
PYTHONPATH. Exits with 1 when a parser misses an article, loses an author, or reads other words.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import random
import sys
import unicodedata
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from archive.exports.citations import Citable, bibtex, csl, key, ris

NEEDED = ("bibtexparser", "pybtex", "rispy", "citeproc", "jsonschema")
AUTHORS = (
    "Mara Ellingsen", "Ursula von der Leyen", "Martin Luther King Jr.", "Sammy Davis, Jr.", "José Ortega y Gasset",
    "Jean-Claude Van Damme", "Mohammed bin Salman", "Seán O’Brien", "Reuters", "The Editors", "Marks and Spencer",
    "AT&T Newsroom", "Human Rights Watch", "习近平", "山田 太郎", "Владимир Набоков", "محمد عبد الله",
    "Nguyễn Thị Minh Khai",
    "R. {Odd} Brace", "A. B. C. D'Souza", "Plato", "Muammar al-Gaddafi", "Zoë Ünal-Ångström", "X_1 #Team%",
)  # fmt: skip
PIECES = (
    "Why", "50%", "& more", "$3", "{braced}", "}", "{", "\\", "~tilde", "^", "_under_", "#tag", '"quoted"', "“so”",
    "@article{",
    "the Élysée", "الهدنة", "北京", "Ω", "<b>bold</b>", "comma, and", "'s", "--", "-", "n°", "🙂", "=", "% end",
)  # fmt: skip


def hard_articles(count: int, seed: int) -> list[Citable]:
    """Make articles whose names, headlines and dates are each as hard as they come."""
    draw = random.Random(seed)
    made = []
    for number in range(count):
        headline = " ".join(draw.choices(PIECES, k=draw.choice((1, 3, 8, 300)))) + f" {number}"
        dated = draw.random() < 0.8
        article = Citable(
            headline=headline,
            authors=tuple(draw.sample(AUTHORS, draw.choice((0, 1, 1, 2, 5)))),
            publication=draw.choice(("The Review", "Journal of {Braces} & 5%", "评论")),
            published_at=f"20{draw.randint(10, 26)}-{draw.randint(1, 12):02d}-11T23:30:05+00:00" if dated else None,
            published_offset=draw.choice((None, "-05:00", "+05:30")),
            url=f"https://review.example/{number}/a_b%20c/?q={{x}}&y=#",
            fetched_at="2026-03-02T04:00:00+00:00",
            digest="sha1:ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
            dek=draw.choice((None, "Two\nlines of {dek}")),
            tags=tuple(draw.sample(("truce", "a, b", "C&A"), draw.randint(0, 3))),
            language=draw.choice((None, "en", "ar")),
        )
        made.append(replace(article, revision=draw.choice((None, 2)), archive_url="https://archive.example/article/x"))
    return made


def check_bibtexparser(articles: Sequence[Citable]) -> list[str]:
    """Read all entries as one file with bibtexparser."""
    import bibtexparser

    written = "\n\n".join(map(bibtex, articles))
    if hasattr(bibtexparser, "loads"):
        by_key = {entry["ID"]: entry for entry in bibtexparser.loads(written).entries}
    else:
        read = bibtexparser.parse_string(written)
        if read.failed_blocks:
            return [str(block.error) for block in read.failed_blocks]
        by_key = {entry.key: {field.key: field.value for field in entry.fields} for entry in read.entries}
    faults = [f"{key(article)} is lost" for article in articles if key(article) not in by_key]
    for article in articles:
        entry = by_key.get(key(article), {})
        names = entry.get("author", "").split(" and ")
        whole = sum(name.count(" and ") for name in article.authors)
        if article.authors and len(names) != len(article.authors) + whole:
            faults.append(f"{key(article)}: {len(names)} authors")
    return faults


def check_pybtex(articles: Sequence[Citable]) -> list[str]:
    """Read all entries with pybtex, strictly, and compare names and titles as TeX would print them."""
    from pybtex.database import parse_string

    entries = parse_string("\n\n".join(map(bibtex, articles)), "bibtex").entries
    faults = []
    for article in articles:
        entry = entries.get(key(article))
        if entry is None:
            faults.append(f"{key(article)} is lost")
            continue
        if len(entry.persons.get("author", [])) != len(article.authors):
            faults.append(f"{key(article)}: authors {entry.persons['author']}")
        for person, name in zip(entry.persons.get("author", []), article.names, strict=False):
            read = " ".join(person.prelast_names + person.last_names)
            if name.family and _plain(read) != _plain(f"{name.particle} {name.family}"):
                faults.append(f"{key(article)}: {read} is not {name}")
        if _plain(entry.fields["title"]) != _plain(article.headline):
            faults.append(f"{key(article)}: {entry.fields['title'][:80]}")
    return faults


def _plain(tex: str) -> str:
    """Read back what was escaped, leaving out white space and the braces that only group."""
    for command, character in (("textbackslash", "\\"), ("textasciitilde", "~"), ("textasciicircum", "^")):
        tex = tex.replace(f"\\{command}{{}}", character)
    tex = tex.replace("\\textbraceleft{}", "\x01").replace("\\textbraceright{}", "\x02")
    kept = (character for character in tex if not character.isspace() and character not in "{}\\")
    return unicodedata.normalize("NFC", "".join(kept)).replace("\x01", "").replace("\x02", "")


def check_rispy(articles: Sequence[Citable]) -> list[str]:
    """Read all records as one file with rispy."""
    import rispy

    found = {record["id"]: record for record in rispy.loads("".join(map(ris, articles)))}
    faults = []
    for article in articles:
        record = found.get(key(article))
        if record is None:
            faults.append(f"{key(article)} is lost")
        elif record.get("title") != " ".join(article.headline.split()):
            faults.append(f"{key(article)}: {record.get('title')}")
        elif len(record.get("authors", [])) != len(article.authors):
            faults.append(f"{key(article)}: {record.get('authors')}")
    return faults


def check_citeproc(articles: Sequence[Citable]) -> list[str]:
    """Read all items as one CSL JSON source with citeproc-py, which warns of what it does not know."""
    from citeproc.source.json import CiteProcJSON

    known = {"keyword", "archive_location"}
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        source = CiteProcJSON([csl(article) for article in articles])
    strange = {str(each.message) for each in said if not any(name in str(each.message) for name in known)}
    # citeproc-py looks entries up in lower case.
    lost = [key(article) for article in articles if key(article).lower() not in source]
    return [*lost, *strange]


def check_schema(articles: Sequence[Citable], schema: Path | None) -> list[str]:
    """Hold all items to the CSL project's schema."""
    import jsonschema

    if schema is None:
        return []
    rules: Any = json.loads(schema.read_text(encoding="utf-8"))
    found = jsonschema.Draft7Validator(rules).iter_errors([csl(article) for article in articles])
    return [error.message for error in found]


def main() -> int:
    """Run all parsers and print a table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--articles", type=int, default=2_000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--schema", type=Path)
    options = asked.parse_args()
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        print(f"skipped: {', '.join(missing)} not installed; see python -m tests.benchmarks.citations --help")
        return 0
    articles = hard_articles(options.articles, options.seed)
    checks: dict[str, Callable[[], list[str]]] = {
        "BibTeX, bibtexparser": lambda: check_bibtexparser(articles),
        "BibTeX, pybtex": lambda: check_pybtex(articles),
        "RIS, rispy": lambda: check_rispy(articles),
        "CSL JSON, citeproc-py": lambda: check_citeproc(articles),
        f"CSL JSON, {options.schema or 'no schema given'}": lambda: check_schema(articles, options.schema),
    }
    failed = False
    for name, check in checks.items():
        faults = check()
        failed |= bool(faults)
        print(f"{name:<44}{len(articles):>8,} articles {len(faults):>6} faults")
        for fault in faults[:5]:
            print(f"    {fault[:150]}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
