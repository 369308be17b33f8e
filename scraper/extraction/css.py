"""CSS selectors as compounds and what stands between them, for those that need no more. Must not look at any tree."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from cssselect import parser


@dataclass(frozen=True, slots=True)
class Test:
    """What an attribute must be: there (`exists`), a value (`=`), with it inside (`*=`) or at its beginning (`^=`)."""

    name: str
    operator: str
    value: str = ""

    def holds(self, value: str) -> bool:
        """Say whether a value of the attribute is what is wanted."""
        match self.operator:
            case "=":
                return value == self.value
            case "*=":
                return self.value in value
            case "^=":
                return value.startswith(self.value)
        return True


@dataclass(frozen=True, slots=True, eq=False)
class Compound:
    """What one element must be: its tag (None for any), its classes, its attributes. Each is equal to itself alone."""

    tag: str | None = None
    classes: tuple[str, ...] = ()
    tests: tuple[Test, ...] = ()


@dataclass(frozen=True, slots=True)
class Chain:
    """A compound and, from right to left, what must stand around it: a combinator (` ` or `>`) and a compound each."""

    compound: Compound
    around: tuple[tuple[str, Compound], ...] = ()


class _Other(Exception):
    """The selector asks for what a chain cannot say."""


@lru_cache(maxsize=1024)
def chains(selector: str) -> tuple[Chain, ...] | None:
    """Read a list of selectors, None where one of them needs more than chains: `:not()`, `+`, `#id` and the like.

    Raises cssselect.SelectorError for bad CSS.
    """
    try:
        return tuple(_chain(each) for each in parser.parse(selector))
    except _Other:
        return None


def _chain(selector: parser.Selector) -> Chain:
    if selector.pseudo_element:
        raise _Other
    around: list[tuple[str, Compound]] = []
    tree = selector.parsed_tree
    last: Compound | None = None
    while isinstance(tree, parser.CombinedSelector):
        if tree.combinator not in (" ", ">"):
            raise _Other
        right = _compound(tree.subselector)
        if last is None:
            last = right
        else:
            around[-1] = (around[-1][0], right)
        around.append((tree.combinator, Compound()))
        tree = tree.selector
    if last is None:
        return Chain(_compound(tree))
    around[-1] = (around[-1][0], _compound(tree))
    return Chain(last, tuple(around))


def _compound(tree: parser.Tree) -> Compound:
    classes: list[str] = []
    tests: list[Test] = []
    while not isinstance(tree, parser.Element):
        match tree:
            case parser.Class():
                classes.append(tree.class_name)
            case parser.Attrib(namespace=None, operator="exists" | "=" | "*=" | "^="):
                tests.append(_test(tree))
            case _:
                raise _Other
        tree = tree.selector
    if tree.namespace:
        raise _Other
    return Compound(tree.element and tree.element.lower(), tuple(classes[::-1]), tuple(tests[::-1]))


def _test(tree: parser.Attrib) -> Test:
    value = tree.value.value if tree.value is not None else ""
    if tree.operator in ("*=", "^=") and not value:
        # It matches nothing (Selectors Level 4, section 6.2), which XPath knows.
        raise _Other
    return Test(tree.attrib.lower(), tree.operator, value or "")
