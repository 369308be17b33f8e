"""Takes out of a chosen container what its build shows to be no article text: lists of links, teasers, picture boxes.

Must not read words: those are `boilerplate`'s and `phrases`'.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from scraper.extraction.survey import HEADINGS, PROSE, SENTENCE_ENDS, Node, end_of

_LISTS = frozenset({"ul", "ol", "dl"})
_TEXT_TAGS = frozenset({"p", "li", "blockquote", "td", "th", "dd", "dt", "pre", "q"}) | HEADINGS
_FREE_PARENTS = frozenset({"blockquote", "li", "td"})
_STRICT_SHARE = 0.75
"""With this share of a container's prose in paragraphs, its short lines outside of paragraphs are none of its text."""
_OWN_SHARE = 0.1
_ALL_OWN = 0.6
_BOX_SHARE = 0.2
_BOX_TEXT = 500
_BOX_LINES = 3
_LINKED = 0.5
_LINKED_ITEMS = 0.3
_LINKED_LINE = 0.6
_ALL_LINKED = 0.85
_SCRAP = 3 * PROSE
_HEAD_LINES = 40
_HEAD_SHARE = 0.1
_OPENING = 40


@dataclass(slots=True)
class _Sum:
    """What a block holds with all blocks inside it."""

    text: int = 0
    linked: int = 0
    prose: int = 0
    pictures: int = 0
    lines: int = 0
    items: int = 0
    linked_items: int = 0

    def add(self, other: _Sum) -> None:
        self.text += other.text
        self.linked += other.linked
        self.prose += other.prose
        self.pictures += other.pictures
        self.lines += other.lines
        self.items += other.items
        self.linked_items += other.linked_items


def prune(nodes: list[Node], top: int) -> None:
    """Mark what is to be cut among the blocks under `nodes[top]`."""
    inside = [place for place in range(top + 1, end_of(nodes, top)) if not nodes[place].cut]
    sums = _sums(nodes, top, inside)
    leaves = set(inside) - {nodes[place].parent for place in inside}
    pointing = _spread(nodes, inside, _pointing(nodes, sums, inside, leaves, sums[top].prose or 1))
    gone = _spread(nodes, inside, pointing | _apart(nodes, sums, inside, leaves, sums[top].prose or 1))
    lines = [place for place in inside if nodes[place].text]
    gone.update(leaves.intersection(_leading(nodes, [place for place in lines if place not in gone])))
    gone.update(
        before
        for before, after in pairwise(lines)
        if after in pointing and before in leaves and _introduces(nodes[before])
    )
    for place in gone:
        nodes[place].cut = True


def _sums(nodes: list[Node], top: int, inside: Sequence[int]) -> dict[int, _Sum]:
    """Add up, from the leaves, what each block holds."""
    sums = {place: _Sum() for place in (top, *inside)}
    for place in reversed([top, *inside]):
        node, sum_ = nodes[place], sums[place]
        sum_.add(_Sum(node.text, node.linked, node.text if _is_prose(node) else 0, node.pictures, node.text > 0))
        if node.element.tag == "li" and sum_.text:
            sum_.add(_Sum(items=1, linked_items=sum_.linked > 0))
        if place != top:
            sums[node.parent].add(sum_)
    return sums


def _is_prose(node: Node) -> bool:
    return node.text >= PROSE and node.linked < _LINKED * node.text and node.element.tag not in HEADINGS


def _spread(nodes: list[Node], inside: Sequence[int], chosen: set[int]) -> set[int]:
    """Add to the chosen blocks all blocks inside them."""
    spread = set(chosen)
    for place in inside:
        if nodes[place].parent in spread:
            spread.add(place)
    return spread


def _pointing(
    nodes: list[Node], sums: dict[int, _Sum], inside: Sequence[int], leaves: set[int], whole: int
) -> set[int]:
    """Choose what leads to other pages: lists and small boxes of links, and lines that are links."""
    chosen = set()
    for place in inside:
        node, sum_ = nodes[place], sums[place]
        if not sum_.text:
            continue
        if node.element.tag in _LISTS:
            all_linked = 1 < sum_.items == sum_.linked_items and sum_.linked >= _LINKED_ITEMS * sum_.text
            points = all_linked or sum_.linked >= _LINKED * sum_.text
        elif place in leaves:
            points = _is_link_line(node)
        else:
            points = node.element.tag != "li" and sum_.prose < _BOX_SHARE * whole and sum_.linked >= _LINKED * sum_.text
        if points:
            chosen.add(place)
    return chosen


def _is_link_line(node: Node) -> bool:
    if node.element.tag == "li" or node.linked < _LINKED_LINE * node.text:
        return False
    if node.linked >= _ALL_LINKED * node.text:
        return True
    return not node.ending.endswith(SENTENCE_ENDS) and node.element.tag not in ("td", "th")


def _apart(nodes: list[Node], sums: dict[int, _Sum], inside: Sequence[int], leaves: set[int], whole: int) -> set[int]:
    """Choose what stands apart from the text: small boxes with pictures, and scraps unlike the article's paragraphs."""
    own = _own_kinds(nodes, inside)
    in_tags = sum(
        nodes[place].text for place in inside if nodes[place].element.tag in _TEXT_TAGS and nodes[place].text >= PROSE
    )
    strict = in_tags >= _STRICT_SHARE * whole
    chosen = set()
    for place in inside:
        node, sum_ = nodes[place], sums[place]
        if place in leaves:
            apart = bool(node.text) and _is_scrap(nodes, node, own, strict)
        else:
            small = 0 < sum_.text < _BOX_TEXT and sum_.lines < _BOX_LINES and sum_.prose < _BOX_SHARE * whole
            apart = small and sum_.pictures > 0 and node.element.tag not in _TEXT_TAGS
        if apart:
            chosen.add(place)
    return chosen


def _own_kinds(nodes: list[Node], inside: Sequence[int]) -> set[tuple[str, str]]:
    """List the kinds of lines that hold a tenth of the prose or more; empty when they are too many to tell."""
    held: Counter[tuple[str, str]] = Counter()
    for place in inside:
        node = nodes[place]
        if node.text >= PROSE and node.element.tag not in HEADINGS:
            held[_kind(nodes, node)] += node.text
    whole = sum(held.values())
    own = {kind for kind, size in held.items() if size >= _OWN_SHARE * whole}
    return own if sum(held[kind] for kind in own) >= _ALL_OWN * whole else set()


def _kind(nodes: list[Node], node: Node) -> tuple[str, str]:
    """Name the kind of line a block is: tag and class, its own and those of the block around it."""
    above = nodes[node.parent].element
    return f"{node.element.tag} {node.element.get('class') or ''}", f"{above.tag} {above.get('class') or ''}"


def _is_scrap(nodes: list[Node], node: Node, own: set[tuple[str, str]], strict: bool) -> bool:
    """Tell a line that is no sentence and stands unlike the article's paragraphs."""
    tag = node.element.tag
    if (tag in _TEXT_TAGS and tag != "p") or nodes[node.parent].element.tag in _FREE_PARENTS:
        return False
    if tag != "p" and strict and node.text < PROSE:
        return True
    return bool(own) and not node.is_sentence and node.text < _SCRAP and _kind(nodes, node) not in own


def _leading(nodes: list[Node], lines: Sequence[int]) -> Sequence[int]:
    """List the lines set over the text: all before the page's headline, it, and scraps up to the first sentence."""
    titles = [number for number, place in enumerate(lines[:_HEAD_LINES]) if nodes[place].element.tag == "h1"]
    start = titles[0] + 1 if titles else 0
    if sum(nodes[place].text for place in lines[:start]) > _HEAD_SHARE * sum(nodes[place].text for place in lines):
        start = 0
    while start < len(lines) and not _may_open(nodes[lines[start]]):
        start += 1
    return lines[:start] if start < len(lines) else ()


def _may_open(node: Node) -> bool:
    """Tell whether a line may be the first of a text."""
    sentence = node.text >= _OPENING and node.ending.endswith(SENTENCE_ENDS)
    return sentence or node.text >= 2 * PROSE or node.element.tag == "li" or node.element.tag in HEADINGS


def _introduces(node: Node) -> bool:
    """Tell whether a line is set over what follows: a sub-heading, or a short line that ends in a colon."""
    return node.element.tag in HEADINGS or (node.text < PROSE and node.ending.endswith((":", "：")))
