"""When two addresses are one article: keys, slugs and stable ids. Must not fetch anything."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urljoin, urlsplit, urlunsplit

_TRACKING = re.compile(
    r"^(utm_\w+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|igshid|mc_[ce]id|mkt_tok|_hs(enc|mi)|ref_src|ref_url"
    r"|cmpid|ocid|smid|smtyp|xtor|at_(medium|campaign|custom\d)|ns_(mchannel|source|campaign)|wt\.mc_id|s_cid|share|sref"
    r"|ito|cid_share|spm|vero_id|oly_(enc|anon)_id|_ga|trk|guccounter|guce_\w+)$",
    re.IGNORECASE,
)
# What tells one visitor from another tells no articles apart.
_SESSION = re.compile(
    r"^(phpsessid|jsessionid|aspsessionid\w*|session_?id|sessid|cfid|cftoken|zenid|oscsid)$", re.IGNORECASE
)
_SESSION_PATH = re.compile(r";jsessionid=[^/?#;]*|\(S\([a-z0-9]{24}\)\)/", re.IGNORECASE)
_SAFE_PATH = "/:@!$&'()*+,;=-._~"


def clean_url(url: str) -> str:
    """Drop the fragment, tracking parameters and session ids from an address; all else stays as written."""
    parts = urlsplit(_SESSION_PATH.sub("", url.strip()))
    if not parts.query:
        return urlunsplit(parts._replace(fragment=""))
    kept = [piece for piece in parts.query.split("&") if not _is_idle(piece.partition("=")[0])]
    return urlunsplit(parts._replace(query="&".join(kept), fragment=""))


def _is_idle(name: str) -> bool:
    """Say whether a parameter of the query changes nothing of what is shown."""
    return bool(_TRACKING.match(name) or _SESSION.match(name))


def absolute_url(href: str, page_url: str) -> str:
    """Return where a link on a page leads (RFC 3986, section 5). Raises ValueError.

    A link to another host that leaves out its scheme means https, also on a mirror that is served over plain http.
    """
    url = urljoin(page_url, href.strip())
    if href.lstrip().startswith("//") and host_of(url) != host_of(page_url):
        return urlunsplit(urlsplit(url)._replace(scheme="https"))
    return url


def host_of(url: str) -> str:
    """Return an address's host in lower case, with its port when one is written, without `www.`."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").removeprefix("www."), parts.port
    except ValueError:
        return ""
    return f"{host}:{port}" if port and not _is_default(parts, port) else host


def _is_default(parts: SplitResult, port: int) -> bool:
    return (parts.scheme, port) in {("http", 80), ("https", 443)}


def address_key(url: str, own_hosts: Collection[str]) -> str:
    """Return what is the same for every spelling of one address.

    Scheme, `www.`, the closing slash, fragment, tracking parameters and percent-encoding make no difference (RFC 3986,
    section 6.2). `own_hosts` (as `host_of` gives them) are names of one site: their keys begin with `/`.
    """
    host, rest = _key_parts(url)
    return rest if host in own_hosts else host + rest


@lru_cache(maxsize=4096)
def _key_parts(url: str) -> tuple[str, str]:
    """Return an address's host, and what is behind it; every address is asked about some thirty times in a run."""
    parts = urlsplit(clean_url(url))
    path = quote(unquote(re.sub(r"/{2,}", "/", parts.path)), safe=_SAFE_PATH).rstrip("/") or "/"
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return host_of(url), path + (f"?{query}" if query else "")


def slug_of(url: str) -> str:
    """Return the address's path without its outer slashes; a query that tells articles apart stays behind it."""
    parts = urlsplit(url)
    path = parts.path.strip("/")
    return f"{path}?{parts.query}" if parts.query else path


def stable_id(text: str) -> int:
    """Return the first 52 bits of the SHA-256 of `text`: the same on every machine, exact in a JavaScript number."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:7]) >> 4


def name_slug(name: str) -> str:
    """Write a name so that it can stand in an address: letters and digits of any script, joined by `-`."""
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(mark for mark in plain if not unicodedata.combining(mark)).casefold()
    return re.sub(r"[^\w]+", "-", plain).strip("-_") or "-"
