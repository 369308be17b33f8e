"""Holds README to the commands, options, tables and files that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click import Command, Context, Group
from sqlite_utils import Database

from archive.schema import migrate
from scraper import publications
from scraper.cli import VERBS, main

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = sorted(set(re.findall(r"press-archive [a-z][a-z-]+[^`\n#&|]*", README)))


def verb_of(line: str) -> Command:
    verb = main.get_command(Context(main), line.split()[1])
    assert verb is not None, f"README names a verb that is not there: {line}"
    words = line.split()
    if isinstance(verb, Group) and len(words) > 2:
        return verb.commands[words[2]]
    return verb


@pytest.mark.parametrize("line", COMMANDS)
def test_commands_and_their_options_exist(line: str) -> None:
    known = {name for parameter in verb_of(line).params for name in parameter.opts} | {"--help"}
    assert set(re.findall(r"--[a-z-]+", line)) <= known


def test_publications_named_in_commands_exist() -> None:
    named = {words[2] for words in map(str.split, COMMANDS) if words[1] == "crawl" and len(words) > 2}
    assert named - {"NAME", "PUBLICATION"} <= set(publications.names())


def test_every_verb_is_in_the_readme() -> None:
    assert [verb for verb in VERBS if f"press-archive {verb}" not in README] == []


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"make ([a-z]+)", README)) <= targets | {"sure"}


def test_tables_and_queries_exist() -> None:
    db = Database(memory=True)
    migrate(db)
    names = {*db.table_names(), *db.view_names()}
    (table,) = re.findall(r"\| table or view \| one row is \|\n.*\n((?:\|.*\n)+)", README)
    for row in table.splitlines():
        for name in re.findall(r"`([a-z_]+)`", row.split("|")[1]):
            assert name in names, name
    for query in re.findall(r'sqlite-utils \S+ "(select [^"]+)"', README):
        db.execute(query).fetchall()
    db.close()


def test_files_named_in_the_readme_exist() -> None:
    for path in re.findall(r"`((?:scraper|archive|tests)/[\w./]+)`", README):
        assert (ROOT / path).exists(), path
    for picture in re.findall(r"!\[[^]]*\]\(([^)]+)\)", README):
        assert (ROOT / picture).is_file(), picture
        assert (ROOT / picture).stat().st_size < 300_000, picture
