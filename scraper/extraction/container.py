"""Finds the element that holds an article's body on a page nobody wrote a profile for.

Weighs prose against links and scraps. Must not read or change the text itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from scraper.extraction.boilerplate import Foreign
from scraper.extraction.document import Element
from scraper.extraction.pruning import prune
from scraper.extraction.survey import HEADINGS, PROSE, Node, end_of, survey

_KEPT_SHARE = 0.5
"""An element with this much prose against the seed's is not cut for a word in its class."""
_DOMINANT_SHARE = 0.6
_MARK_BONUS = 1.5
_WITHIN_BONUS = 1.5
_MARK_SHARE = 0.85
_SOLE_SHARE = 0.3
_SCRAP_COST = 1.0
_LINK_COST = 3.0
_STRANGE_WEIGHT = 0.3
_ITEM_WEIGHT = 0.5
_NO_SENTENCE_WEIGHT = 0.4
_GRANDCHILD_WEIGHT = 0.5
_OPENING = 50
_OPENING_LINKED = 0.3
_OPENING_BLOCKS = 40
_STOPS = tuple('.!?…。！？”"“»')
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Container:
    """The element that holds the body, what stands inside and is cut, and its prose (in bytes) of all on the page.

    `opening` is the paragraph between headline and body, when one stands outside of `element`.
    """

    element: Element
    cut: frozenset[Element]
    prose: float
    page_prose: float
    opening: Element | None = None


def find_container(root: Element) -> Container | None:
    """Choose the element under `root` that holds the article. None when there is no prose.

    The seed is the block whose lines and near descendants hold most prose; of the blocks around it that one is taken
    whose prose, in the seed's kinds of line, outweighs its scraps and links by most.
    """
    nodes = survey(root)
    _cut_surely_foreign(nodes)
    seed = _seed(nodes)
    if seed is None:
        return None
    chain = _chain(nodes, seed)
    _score(nodes, seed, set(chain))
    top = _top(nodes, chain)
    prune(nodes, top)
    cut = frozenset(node.element for node in nodes if node.cut)
    return Container(nodes[top].element, cut, nodes[top].prose, nodes[0].prose, _opening(nodes, top))


def _cut_surely_foreign(nodes: list[Node]) -> None:
    """Cut what is surely foreign, unless the page's headline or article stands in it."""
    for node in nodes:
        node.prose = _prose(node)
    _add_up(nodes, "prose")
    total = nodes[0].prose if nodes else 0.0
    holding = _holding(nodes)
    for place, node in enumerate(nodes):
        if node.foreign == Foreign.SURELY and (place in holding if holding else node.prose > _DOMINANT_SHARE * total):
            node.foreign = Foreign.LIKELY
        node.cut = _above(nodes, node) or node.foreign == Foreign.SURELY
        node.prose = 0.0 if node.cut else _prose(node)


def _holding(nodes: list[Node]) -> set[int]:
    """List the places of the blocks around the page's headings, main parts and article bodies."""
    holding = {
        node.parent
        for node in nodes
        if node.element.tag in ("h1", "main") or node.element.get("itemprop") == "articleBody"
    }
    for place in range(len(nodes) - 1, 0, -1):
        if place in holding:
            holding.add(nodes[place].parent)
    return holding


def _above(nodes: list[Node], node: Node) -> bool:
    """Tell whether the block around a block is cut."""
    return node.parent >= 0 and nodes[node.parent].cut


def _seed(nodes: list[Node]) -> int | None:
    """Find the block whose own lines, children and grandchildren hold most prose."""
    near = [0.0] * len(nodes)
    for place, node in enumerate(nodes):
        if node.prose:
            near[place] += node.prose
            if node.parent >= 0:
                near[node.parent] += node.prose
                above = nodes[node.parent].parent
                if above >= 0:
                    near[above] += _GRANDCHILD_WEIGHT * node.prose
    within: set[int] = set()
    for place, node in enumerate(nodes):
        if node.element.tag in ("article", "main") or node.parent in within:
            within.add(place)
            near[place] *= _WITHIN_BONUS
        if node.marked:
            near[place] *= _MARK_BONUS
    best = max(range(len(nodes)), key=lambda place: (near[place], place), default=None)
    return best if best is not None and near[best] else None


def _chain(nodes: list[Node], place: int) -> list[int]:
    """List a block and those around it, inside out."""
    chain = []
    while place >= 0:
        chain.append(place)
        place = nodes[place].parent
    return chain


def _score(nodes: list[Node], seed: int, held: set[int]) -> None:
    """Cut what is likely foreign and small against the seed, and weigh what every block holds."""
    kinds = {_kind(node) for node in nodes[seed : end_of(nodes, seed)] if not node.cut and _prose(node)}
    _add_up(nodes, "prose")
    limit = _KEPT_SHARE * nodes[seed].prose
    for place, node in enumerate(nodes):
        small = node.foreign == Foreign.LIKELY and node.prose < limit
        node.cut = place not in held and (_above(nodes, node) or node.foreign == Foreign.SURELY or small)
        prose = 0.0 if node.cut else _prose(node)
        if node.cut:
            node.score = 0.0
        elif prose:
            node.score = prose if _kind(node) in kinds else _STRANGE_WEIGHT * prose
        else:
            node.score = -_scraps(node)
    _add_up(nodes, "score")


def _kind(node: Node) -> str:
    """Name the kind of line a block is: its tag and class, numbers left out."""
    return _DIGITS.sub("", f"{node.element.tag} {node.element.get('class') or ''}")


def _top(nodes: list[Node], chain: list[int]) -> int:
    """Choose among the blocks around the seed, then prefer one that calls itself the article's body."""
    best = max(chain, key=lambda place: (nodes[place].score, place))
    marked = [
        place
        for place in chain
        if place >= best and nodes[place].marked and nodes[place].score > _MARK_SHARE * nodes[best].score
    ]
    best = min(marked, default=best)
    bodies = [
        place for place, node in enumerate(nodes) if not node.cut and node.element.get("itemprop") == "articleBody"
    ]
    apart = len(bodies) == 1 and bodies[0] not in _chain(nodes, best)
    if apart and nodes[bodies[0]].prose > _SOLE_SHARE * nodes[best].prose:
        return bodies[0]
    return best


def _opening(nodes: list[Node], top: int) -> Element | None:
    """Find the first sentence between the page's headline and the container."""
    titles = [place for place in range(top) if nodes[place].element.tag == "h1" and not nodes[place].cut]
    if not titles:
        return None
    chain = set(_chain(nodes, top))
    for place in range(titles[-1] + 1, min(top, titles[-1] + _OPENING_BLOCKS)):
        node = nodes[place]
        if place in chain or node.cut or node.element.tag in ("li", "td", "blockquote"):
            continue
        if node.text >= _OPENING and node.linked < _OPENING_LINKED * node.text and node.ending.endswith(_STOPS):
            return node.element
    return None


def _prose(node: Node) -> float:
    """Weigh a block's own text as prose: links count against it, list items and what is no sentence count less."""
    if node.text < PROSE or node.element.tag in HEADINGS or node.linked >= 0.5 * node.text:
        return 0.0
    weight = _ITEM_WEIGHT if node.element.tag == "li" else 1.0
    return weight * (node.text - 2 * node.linked) * (1.0 if node.is_sentence else _NO_SENTENCE_WEIGHT)


def _scraps(node: Node) -> float:
    """Weigh a block's own text as scraps. A table's cells cost nothing, nor do a heading's words."""
    free = node.element.tag in HEADINGS or node.element.tag in ("td", "th")
    return (0.0 if free else _SCRAP_COST) * (node.text - node.linked) + _LINK_COST * node.linked


def _add_up(nodes: list[Node], name: str) -> None:
    """Add every block's figure to that of the block around it, from the leaves up."""
    for node in reversed(nodes):
        if node.parent >= 0:
            parent = nodes[node.parent]
            setattr(parent, name, getattr(parent, name) + getattr(node, name))
