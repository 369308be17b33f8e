"""What robots.txt files allow `press-archive`, written down from RFC 9309 before any reader was asked.

Each case: what it shows, the file, the path asked for, and whether it may be fetched. Must not know the reader.
"""

from __future__ import annotations

from typing import NamedTuple


class Case(NamedTuple):
    """One question to one file."""

    shows: str
    file: bytes
    path: str
    allowed: bool


def between(record: str) -> bytes:
    """Write a file with a record between the agents of one group."""
    return f"User-agent: press-archive\n{record}\nUser-agent: x\nDisallow: /a\n".encode()


def all_agents(*rules: str) -> bytes:
    """Write a file with one group for every agent."""
    return "\n".join(("User-agent: *", *rules, "")).encode()


_TWO_GROUPS = b"User-agent: *\nDisallow: /\n\nUser-agent: press-archive\nDisallow: /closed/\n"
_MERGED = (
    b"User-agent: press-archive\nDisallow: /a\n\nUser-agent: *\nDisallow: /b\n\nUser-agent: PRESS-ARCHIVE\nDisallow: /c"
)
_STARS = b"User-agent: *\nDisallow: /a\n\nUser-agent: other\nDisallow: /b\n\nUser-agent: *\nDisallow: /c\n"
_LONG = b"User-agent: *\n" + b"# filler\n" * 60_000 + b"Disallow: /late/\n"
_CUT = b"User-agent: *\nDisallow: /a/\n" + b"#" * (2 * 1024 * 1024 - 48) + b"\nDisallow: /articles-private/\n"
_RULES = all_agents("Disallow: /page", "Allow: /page$")
_EXAMPLE = all_agents("Allow: /example/page/", "Disallow: /example/page/disallowed.gif")

CASES: tuple[Case, ...] = (
    # Section 2.2.2: the match with the most octets, and the one that allows when two are equal.
    Case("longest match allows", _EXAMPLE, "/example/page/", True),
    Case("longest match forbids", _EXAMPLE, "/example/page/disallowed.gif", False),
    Case("longest match, order reversed", all_agents("Disallow: /p", "Allow: /p/open"), "/p/open/a", True),
    Case("longest match, shorter forbids", all_agents("Allow: /p/open", "Disallow: /p"), "/p/shut", False),
    Case("equal match allows", all_agents("Disallow: /folder", "Allow: /folder"), "/folder/page", True),
    Case("equal match allows, order reversed", all_agents("Allow: /folder", "Disallow: /folder"), "/folder/x", True),
    Case("a longer pattern with a wildcard wins", all_agents("Allow: /page", "Disallow: /*.htm"), "/page.htm", False),
    Case(
        "a shorter pattern with a wildcard loses",
        all_agents("Allow: /a/long/way", "Disallow: /*/w"),
        "/a/long/way",
        True,
    ),
    Case("no rule matches", all_agents("Disallow: /a/"), "/b/", True),
    Case("a prefix is enough", all_agents("Disallow: /fish"), "/fishheads/yummy.html", False),
    Case("letters are compared as they are", all_agents("Disallow: /fish"), "/Fish.asp", True),
    Case("a closing slash counts", all_agents("Disallow: /fish/"), "/fish", True),
    Case("everything", all_agents("Disallow: /"), "/a/b?c=d", False),
    Case("nothing: an empty rule", all_agents("Disallow:"), "/a", True),
    Case("an empty rule beside another", all_agents("Disallow:", "Disallow: /a"), "/a", False),
    Case("a rule that is no path", all_agents("Disallow: fish"), "/fish", True),
    Case("allow of an index page opens no folder", all_agents("Disallow: /", "Allow: /index.html"), "/", False),
    # Section 2.2.3: special characters.
    Case("a star in the middle", all_agents("Disallow: /fish*.php"), "/fishheads/catfish.php?parameters", False),
    Case("a star that finds nothing", all_agents("Disallow: /fish*.php"), "/Fish.PHP", True),
    Case("a star first", all_agents("Disallow: *.php"), "/folder/file.php", False),
    Case("a star last changes nothing", all_agents("Disallow: /fish*"), "/fish.html", False),
    Case("several stars", all_agents("Disallow: /*/private/*/draft"), "/x/private/y/draft", False),
    Case("several stars, out of order", all_agents("Disallow: /*b*a*"), "/a/b", True),
    Case("two stars are one", all_agents("Disallow: /a**b"), "/a/x/b", False),
    Case("dollar ends", all_agents("Disallow: /*.pdf$"), "/report.pdf", False),
    Case("dollar ends, a query follows", all_agents("Disallow: /*.pdf$"), "/report.pdf?x=1", True),
    Case("dollar behind a plain path", _RULES, "/page", True),
    Case("dollar behind a plain path, more follows", _RULES, "/page.htm", False),
    Case("star and dollar overlap nothing", all_agents("Disallow: /aba*ba$"), "/aba", True),
    Case("only the front page", all_agents("Disallow: /$"), "/", False),
    Case("only the front page, another asked", all_agents("Disallow: /$"), "/a", True),
    Case("a dollar inside is a letter", all_agents("Disallow: /price$list"), "/price$list", False),
    Case("an escaped star is a letter", all_agents("Disallow: /file-%2A.html"), "/file-*.html", False),
    Case("an escaped star is no wildcard", all_agents("Disallow: /file-%2A.html"), "/file-x.html", True),
    Case("an escaped dollar is a letter", all_agents("Disallow: /a%24"), "/a$b", False),
    # Section 2.2.2: percent-encoding.
    Case("the same in the query", all_agents("Disallow: /foo/bar?baz=quz"), "/foo/bar?baz=quz", False),
    Case(
        "an address in the query, escaped in the rule",
        all_agents("Disallow: /f?b=http%3A%2F%2Ff.b"),
        "/f?b=http://f.b",
        False,
    ),
    Case(
        "an address in the query, escaped when asked",
        all_agents("Disallow: /f?b=http://f.b"),
        "/f?b=http%3A%2F%2Ff.b",
        False,
    ),
    Case("letters beyond ASCII in the rule", all_agents("Disallow: /foo/bar/ツ"), "/foo/bar/%E3%83%84", False),
    Case("letters beyond ASCII escaped in the rule", all_agents("Disallow: /foo/bar/%e3%83%84"), "/foo/bar/ツ", False),
    Case("needless escapes in the rule", all_agents("Disallow: /foo/bar/%62%61%7A"), "/foo/bar/baz", False),
    Case("needless escapes when asked", all_agents("Disallow: /foo/bar/baz"), "/foo/bar/%62%61%7a", False),
    Case("an escaped slash is no slash", all_agents("Disallow: /a/b"), "/a%2Fb", True),
    Case("a space in the rule", all_agents("Disallow: /a b"), "/a%20b", False),
    Case("dots lead to what is forbidden", all_agents("Disallow: /private/"), "/open/../private/x", False),
    Case("a fragment is not sent", all_agents("Disallow: /a$"), "/a#x", False),
    # Section 2.2.1: which groups count.
    Case("our group counts alone", _TWO_GROUPS, "/a", True),
    Case("our group forbids", _TWO_GROUPS, "/closed/a", False),
    Case("groups that name us are one, the first", _MERGED, "/a", False),
    Case("groups that name us are one, the second", _MERGED, "/c", False),
    Case("groups that name us push out the others", _MERGED, "/b", True),
    Case("groups for all are one, the first", _STARS, "/a", False),
    Case("groups for all are one, the second", _STARS, "/c", False),
    Case("another agent's group", _STARS, "/b", True),
    Case("no group speaks of us", b"User-agent: other\nDisallow: /\n", "/a", True),
    Case("several agents share rules", b"User-agent: other\nUser-agent: press-archive\nDisallow: /a\n", "/a", False),
    Case("letters of the agent", b"User-agent: Press-Archive\nDisallow: /a\n", "/a", False),
    Case("a version behind the agent", b"User-agent: press-archive/1.0\nDisallow: /a\n", "/a", False),
    Case("the beginning of our name is another agent", b"User-agent: press\nDisallow: /\n", "/a", True),
    Case("a letter of our name is another agent", b"User-agent: p\nDisallow: /\n", "/a", True),
    Case("a longer name is another agent", b"User-agent: press-archive-image\nDisallow: /\n", "/a", True),
    Case("our name inside another one", b"User-agent: not-press-archive\nDisallow: /\n", "/a", True),
    Case("our group without rules", b"User-agent: *\nDisallow: /\n\nUser-agent: press-archive\n", "/a", True),
    Case("rules before any agent", b"Disallow: /a\n\nUser-agent: *\nDisallow: /b\n", "/a", True),
    Case("empty lines end no group", b"User-agent: *\n\nDisallow: /a\n\n\nDisallow: /b\n", "/b", False),
    Case("a sitemap ends no group", b"User-agent: *\nSitemap: https://r.example/s.xml\nDisallow: /a\n", "/a", False),
    Case(
        "a sitemap between agents",
        between("Sitemap: https://r.example/s"),
        "/a",
        False,
    ),
    Case(
        "a delay between agents",
        between("Crawl-delay: 5"),
        "/a",
        False,
    ),
    Case(
        "an unknown record between agents",
        between("Noindex: /x"),
        "/a",
        False,
    ),
    Case(
        "an unknown record between rules", b"User-agent: *\nDisallow: /a\nHost: r.example\nDisallow: /b\n", "/b", False
    ),
    # Section 2.3, 2.4: how the file is written.
    Case("byte order mark", b"\xef\xbb\xbfUser-agent: *\nDisallow: /a\n", "/a", False),
    Case("CR LF", b"User-agent: *\r\nDisallow: /a\r\nAllow: /a/b\r\n", "/a/b", True),
    Case("CR alone", b"User-agent: *\rDisallow: /a\rAllow: /a/b\r", "/a", False),
    Case("no line end at the end", b"User-agent: *\nDisallow: /a", "/a", False),
    Case("a form feed ends no line", b"User-agent: *\nAllow: /x\x0cDisallow: /\n", "/a", True),
    Case("U+2028 ends no line", "User-agent: *\nAllow: /x\u2028Disallow: /\n".encode(), "/a", True),
    Case("remarks", b"# all\nUser-agent: * # any\nDisallow: /a # not this\n", "/a/b", False),
    Case("spaces around the colon", b"  User-agent : *\n\tDisallow\t:\t/a\n", "/a", False),
    Case("capitals in the keys", b"USER-AGENT: *\nDISALLOW: /a\n", "/a", False),
    Case("a prohibition without its colon", b"User-agent: *\nDisallow /a\n", "/a", False),
    Case("a misspelt prohibition", b"User-agent: *\nDissallow: /a\n", "/a", False),
    Case("bytes that are no UTF-8", b"User-agent: *\nDisallow: /caf\xe9/\n", "/caf%E9/x", False),
    Case("empty file", b"", "/a", True),
    Case("a page instead of the file", b"<!doctype html>\n<title>Not found</title>\n<p>Nothing: here\n", "/a", True),
    Case("a page around rules", b"<pre>\nUser-agent: *\nDisallow: /a\n</pre>\n", "/a", False),
    Case("zero bytes", b"User-agent: *\nDisallow: /a\n\x00\x00\x00", "/a", False),
    # Section 2.5: at least 500 kibibytes.
    Case("a rule behind 500 kibibytes", _LONG, "/late/a", False),
    Case("a rule cut at the limit is none", _CUT, "/articles/", True),
    Case("rules before the cut", _CUT, "/a/b", False),
    # Section 2.2.2: the file itself.
    Case("robots.txt itself", all_agents("Disallow: /"), "/robots.txt", True),
)
