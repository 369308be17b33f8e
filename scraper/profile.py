"""All that a publication's profile can say: its addresses, sources, layouts and words. Frozen data, nothing else.

Must not fetch, parse or know any one publication.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """A section page. `sure` False: a guess, whose 404 is no alarm."""

    path: str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Sitemap:
    """A sitemap or sitemap index. With `{n}` in the path it is read from 0 until one is missing."""

    path: str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Feed:
    """An RSS or Atom feed. `page` is the query parameter that asks for older items, None when there is none."""

    path: str
    page: str | None = "page"
    sure: bool = True


Source = Section | Sitemap | Feed


@dataclass(frozen=True, slots=True)
class Layout:
    """One page design, recognised by a CSS marker. Every selector tuple is tried in order; the first match wins.

    `marker` finds the design; `scope` the blocks of the current article (several blocks may hold one article);
    `cut` what stands inside them and is not the article; `media` images with their captions, cut once they are read.
    Empty tuples mean: use the generic reader's own way.

    Where several articles share a page, `story` finds the blocks that each belong to one, `story_id` is the attribute
    that names which, and `widget` the boxes around such blocks. `note` finds elements that state a story's address
    and headline (attributes `data-post-url`, `data-headline`). `body` and `labels` take all matches, not the first.
    `echo` finds pull quotes and the like: cut only when their words stand in the body a second time.
    `label_attribute` is read when no label is printed.

    `stacked` finds areas with other whole articles, `unfolded` what only an article shown with its text has;
    `stacked_headline` their headlines. `around` and `read_more` find boxes of links to other articles.
    """

    name: str
    marker: str
    scope: tuple[str, ...] = ()
    story: str | None = None
    story_id: str | None = None
    widget: str | None = None
    note: str | None = None
    cut: tuple[str, ...] = ()
    echo: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    headline: tuple[str, ...] = ()
    dek: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    label_attribute: str | None = None
    byline: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    modified: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    lead_image: tuple[str, ...] = ()
    caption: tuple[str, ...] = ()
    credit: tuple[str, ...] = ()
    inline_image: tuple[str, ...] = ()
    inline_caption: tuple[str, ...] = ()
    inline_credit: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    stacked: tuple[str, ...] = ()
    stacked_headline: tuple[str, ...] = ()
    unfolded: tuple[str, ...] = ()
    around: tuple[str, ...] = ()
    read_more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cards:
    """How section pages list articles: the cards' links, and the block that loads more of them by script.

    `any_links` are looked for on pages on which `links` find none: a design that is not quite the one we know.
    """

    links: tuple[str, ...] = ()
    any_links: tuple[str, ...] = ()
    more_block: str | None = None
    more_paths: tuple[str, ...] = ()
    first_page: int = 0
    section_links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A regular expression over an address's path (searched) that no article has, and the reason to write down."""

    pattern: str
    reason: str


@dataclass(frozen=True, slots=True)
class Profile:
    """What we know of one publication. `name` is its name on the command line, `title` the printed one.

    `url` is the site's own base address; `hosts` are all host names that are the same site. `types` are the labels that
    are a type rather than a section (compared without case). `never` are lines that are no part of any text (prefixes,
    compared without case). `image_id` is a regular expression whose first group is an image's identity.
    A stored page is looked at again after `first_check_hours`, then ever more rarely, up to every `last_check_days`.
    `image_hosts` are the hosts that its images are kept from, `https` unless one is written with its scheme.
    `delay` is in seconds between requests to the site, `max_requests` the most that one run makes.
    Every `sweep_days` a run reads all sources to their end, not just to what is known. `server` is the
    dotted path of a context manager with a `base_url` that serves the publication on this machine; a publication with
    one is not on the internet.
    """

    name: str
    title: str
    url: str
    hosts: tuple[str, ...] = ()
    language: str | None = None
    sources: tuple[Source, ...] = ()
    cards: Cards = Cards()
    exclusions: tuple[Exclusion, ...] = ()
    layouts: tuple[Layout, ...] = ()
    types: tuple[str, ...] = ()
    own_names: tuple[str, ...] = ()
    own_hosts: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    image_id: str | None = None
    image_hosts: tuple[str, ...] = ()
    delay: float = 2.0
    max_requests: int = 100_000
    concurrency: int = 4
    server: str | None = None
    first_check_hours: float = 6.0
    last_check_days: float = 90.0
    sweep_days: float = 7.0


GENERIC = Profile(name="generic", title="", url="")
