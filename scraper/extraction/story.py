"""Which blocks of a page are its own article, when several articles share the page and one article has several blocks.

Must not read any field. `isolate` takes the page's tree apart: read what stands beside the article before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from urllib.parse import unquote, urlsplit

from lxml import etree

from scraper.extraction.document import Document, Element
from scraper.extraction.selecting import drop, every, first, matches, move, outermost
from scraper.profile import Layout


@dataclass(frozen=True, slots=True)
class Story:
    """The page's own article: its id on the page (None without ids), its blocks, and the body's containers in them."""

    id: str | None
    roots: tuple[Element, ...]
    bodies: tuple[Element, ...]


def match_layout(document: Document, layouts: Iterable[Layout]) -> Layout | None:
    """Return the first layout whose marker stands on the page."""
    return next((layout for layout in layouts if first([document.tree], (layout.marker,))[0] is not None), None)


def find_story(document: Document, layout: Layout, addresses: Iterable[str]) -> Story | None:
    """Find the page's own article, `addresses` being the page's own. None when it has no body: another layout."""
    current = current_id(document.tree, layout, addresses)
    roots = _roots_by_id(document.tree, layout, current) if current else _roots_by_place(document.tree, layout)
    bodies = _bodies(roots, layout, current)
    return Story(current, tuple(roots), tuple(bodies)) if bodies else None


def path_of(url: str) -> str:
    """Return an address's path without its closing slash, decoded: the same at a mirror's address."""
    try:
        return unquote(urlsplit(url).path).rstrip("/")
    except ValueError:
        return ""


def current_id(tree: Element, layout: Layout, addresses: Iterable[str]) -> str | None:
    """Return the id of the page's own article: the one most signs agree on. Any single sign may be wrong."""
    if layout.story is None or layout.story_id is None:
        return None
    votes: Counter[str] = Counter()
    own = {path for path in map(path_of, addresses) if path}
    for note in matches([tree], layout.note) if layout.note else ():
        if path_of(note.get("data-post-url", "")) in own:
            votes[note.get(f"data-{layout.story_id}", "")] += 6
    for heading in tree.iter("h1"):
        votes.update(dict.fromkeys(_ids_around(heading, layout), 4))
    for place in every([tree], layout.scope):
        ids = list(_ids_around(place, layout)) or list(_ids_inside(place, layout))
        votes.update({id_: 4 if len(set(ids)) == 1 else 2 for id_ in ids[:1]})
    for area in every([tree], layout.stacked):
        votes.subtract(dict.fromkeys(_ids_inside(area, layout), 3))
    known = {story.get(layout.story_id) for story in matches([tree], layout.story)}
    ranked = [(id_, count) for id_, count in votes.most_common() if id_ in known and count > 0]
    return ranked[0][0] if ranked else None


def _ids_inside(element: Element, layout: Layout) -> Iterator[str]:
    if layout.story and layout.story_id:
        yield from (story.get(layout.story_id) for story in matches([element], layout.story))


def _ids_around(element: Element, layout: Layout) -> Iterator[str]:
    """Yield the id of the block that an element stands in, if it stands in one."""
    if layout.story_id:
        holders = (holder.get(layout.story_id) for holder in (element, *element.iterancestors()))
        yield from [id_ for id_ in holders if id_][:1]


def _roots_by_id(tree: Element, layout: Layout, current: str) -> list[Element]:
    """List the blocks with the current id, each with the boxes around it that hold no other article."""
    own = [story for story in _stories(tree, layout) if story.get(layout.story_id or "") == current]
    shown = [story for story in own if _is_shown(story, layout)] or own
    foreign = (story for story in _stories(tree, layout) if story.get(layout.story_id or "") != current)
    shared = {ancestor for story in foreign for ancestor in story.iterancestors()}
    boxes = set(every([tree], _boxes(layout))) - shared
    return outermost(dict.fromkeys(_box(story, boxes, shared) for story in shown))


def _stories(tree: Element, layout: Layout) -> list[Element]:
    return list(matches([tree], layout.story)) if layout.story else []


def _is_shown(story: Element, layout: Layout) -> bool:
    """Tell the article's own blocks from a card that only names it in a list."""
    signs = (*layout.body, *layout.dek, *layout.caption, *layout.credit, *layout.scope, "h1")
    if first([story], signs)[0] is not None:
        return True
    around = set(story.iterancestors())
    return any(place in around for place in every([story.getroottree().getroot()], layout.scope))


def _box(story: Element, boxes: set[Element], shared: set[Element]) -> Element:
    """Return the outermost box around a block that holds no other article's block."""
    around = takewhile(lambda ancestor: ancestor not in shared, story.iterancestors())
    return next((box for box in reversed([story, *around]) if box in boxes), story)


def _boxes(layout: Layout) -> tuple[str, ...]:
    return (*layout.scope, *((layout.widget,) if layout.widget else ()))


def _roots_by_place(tree: Element, layout: Layout) -> list[Element]:
    """List the article's blocks on a page without ids: those marked as current, else those about the h1 and a body."""
    areas = set(every([tree], layout.stacked))
    marked = [place for place in outermost(every([tree], layout.scope)) if areas.isdisjoint(place.iterancestors())]
    if _bodies(marked, layout, None):
        return marked
    boxes = set(every([tree], ("article", *_boxes(layout))))
    headings = [heading for heading in tree.iter("h1") if areas.isdisjoint(heading.iterancestors())][:1]
    bodies = [body for body in every([tree], layout.body) if areas.isdisjoint(body.iterancestors())][:1]
    return outermost(
        dict.fromkeys(
            next((holder for holder in element.iterancestors() if holder in boxes), element)
            for element in (*headings, *bodies)
        )
    )


def _bodies(roots: Iterable[Element], layout: Layout, current: str | None) -> list[Element]:
    """List the containers of the body's text: all matches of the first selector that has any, without copies."""
    roots = list(roots)
    for selector in layout.body:
        found = [body for body in outermost(matches(roots, selector)) if _is_own(body, layout, current)]
        if found:
            return _distinct(found)
    return []


def _is_own(element: Element, layout: Layout, current: str | None) -> bool:
    id_ = next(_ids_around(element, layout), None)
    inside_template = next(element.iterancestors("template"), None) is not None
    return not inside_template and (current is None or id_ in (None, current))


def _distinct(bodies: list[Element]) -> list[Element]:
    """Drop bodies that repeat an earlier one word for word: pages hold one copy for phones and one for desks."""
    seen: dict[str, Element] = {}
    for body in bodies:
        words = " ".join(" ".join(body.itertext()).split())
        if words:
            seen.setdefault(words, body)
    return list(seen.values())


def isolate(document: Document, layout: Layout, story: Story) -> Document:
    """Return a page that holds only the article's own blocks. The given page's tree loses them."""
    for root in story.roots:
        for other in list(_others(root, layout, story)):
            drop(other)
    page = etree.SubElement(etree.Element("html"), "body")
    move(story.roots, page)
    return Document(document.url, document.html, page.getparent(), document.encoding)


def _others(root: Element, layout: Layout, story: Story) -> Iterator[Element]:
    """Yield what stands inside the article's blocks and belongs to other articles, or is not shown at all."""
    yield from (element for element in root.iter("template"))
    if story.id is not None and layout.story_id:
        yield from (other for other in matches([root], layout.story or "") if other.get(layout.story_id) != story.id)
    kept = set(story.bodies)
    for area in every([root], layout.stacked):
        if area is not root and kept.isdisjoint(area.iter()) and not any(True for _ in area.iter("h1")):
            yield area
