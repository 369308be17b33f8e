"""Where an image element's picture is: the best of the addresses it offers, and what identifies the picture.

Must not judge whether the picture is the article's.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from scraper.extraction.boilerplate import MAX_ATTRIBUTES
from scraper.extraction.document import Element
from scraper.extraction.figures import identity_of
from scraper.profile import Profile

_SMALL = 90
_MAX_SET = 20_000
_ADDRESS = re.compile(r"^(?:data-[\w-]*)?(?:(srcset)|src|original|lazyload|hires|full|large|image|img-hd|url)$")
_SET_END = re.compile(r" (\d{1,5}(?:\.\d{1,3})?)[wx] ?(?:,|$)")
_SIZE_IN_NAME = re.compile(r"[-_]\d{2,4}[x_]\d{2,4}(?=\.\w{3,4}$)")
_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|bmp|tiff?)$", re.IGNORECASE)
_SIZE_PARAMETER = re.compile(
    r"(?:w|h|width|height|q|quality|fit|crop\w*|format|fm|auto|dpr|resize|size|s|x|y|scale|mode|imwidth|impolicy|ve|tl|fl"
    r"|g|sharp\w*|op\w*|v|ver|ts|t|cb)=",
    re.IGNORECASE,
)
_TINY_IN_NAME = re.compile(r"[?&/_-]w(?:idth)?[=_-]?\d{1,2}(?!\d)", re.IGNORECASE)
_USELESS = re.compile(
    r"(?:^|[/_.-])(?:blank|spacer|placeholder|pixel|1x1|transparent|loader|loading|lazy|avatars?|gravatar|logos?|icons?|favicon"
    r"|emoji|sprites?|badge|button|arrow|author|authors|byline|tracking|beacon|share|facebook|twitter|whatsapp"
    r"|default[-_]image|newsletter)(?=[/_.-]|$)|\.svg(?:$|\?)|doubleclick|scorecard",
    re.IGNORECASE,
)


def best_source(element: Element, base: str) -> str | None:
    """Return the widest picture that an `img` or `picture` offers, None when it offers only placeholders and icons."""
    best: tuple[float, str] | None = None
    for part in (element, *element.iter("img", "source", "amp-img")):
        for name, value in part.items() if len(part.attrib) < MAX_ATTRIBUTES else ():
            match = _ADDRESS.match(name)
            for width, address in _offers(value, is_set=match[1] is not None) if match and value else ():
                url = full_address(address, base)
                if url is not None and not is_useless(url) and (best is None or width > best[0]):
                    best = (width, url)
    return best[1] if best else None


def _offers(value: str, is_set: bool) -> list[tuple[float, str]]:
    """Read a source or a set of them: addresses with their widths in pixels, or their densities; 0 when not stated.

    Addresses may hold commas, so a set is parted at its sizes.
    """
    if not is_set:
        return [(0.0, value)]
    parts = _SET_END.split(" ".join(value[:_MAX_SET].split()))
    pairs = zip(parts[::2], [*parts[1::2], "0"], strict=False)
    return [(float(size), address.strip(" ,")) for address, size in pairs if address.strip(" ,")]


def is_useless(url: str) -> bool:
    """Tell an address whose words say placeholder, icon, portrait or tracker, or whose width is below 100 pixels."""
    return _USELESS.search(url) is not None or _TINY_IN_NAME.search(url) is not None


def is_small(element: Element) -> bool:
    """Tell an icon from a picture by its stated size. Zero is what scripts write before they know better."""
    sizes = (element.get(name, "") for name in ("width", "height"))
    return any(size.isdecimal() and 0 < int(size[:6]) < _SMALL for size in sizes)


def full_address(address: str, base: str) -> str | None:
    """Return an absolute http(s) address, None for anything else."""
    try:
        url = urljoin(base, address.strip())
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def identity(url: str, profile: Profile) -> str:
    """Return what stays the same when a picture is resized: by the profile's rule, else the address without sizes."""
    if profile.image_id:
        return identity_of(url, profile)
    path, _, query = url.partition("?")
    path = _SIZE_IN_NAME.sub("", path)
    if _FILE.search(path):
        return path
    kept = "&".join(pair for pair in query.split("&") if pair and not _SIZE_PARAMETER.match(pair))
    return f"{path}?{kept}" if kept else path
