"""Fills the sample's templates. Must not know what the pages say."""

from __future__ import annotations

from email.utils import format_datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from scraper.publications.sample import PROFILE
from scraper.sample.articles import slug


def render(template: str, **facts: Any) -> str:
    """Fill a template of the package; every value is escaped unless it is Markup."""
    return ENVIRONMENT.get_template(template).render(**facts)


def render_part(name: str, *arguments: object) -> Markup:
    """Fill one macro of `parts.html`."""
    part: partial[str] = partial(getattr(ENVIRONMENT.get_template("parts.html").module, name), *arguments)
    return Markup(part())


ENVIRONMENT = Environment(
    loader=PackageLoader("scraper.sample"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
    auto_reload=False,
)
ENVIRONMENT.globals |= {
    "title": PROFILE.title,
    "site_url": PROFILE.url,
    "host": urlsplit(PROFILE.url).netloc,
    "placeholder": "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7",
}
ENVIRONMENT.filters["handle"] = slug
ENVIRONMENT.filters["rfc822"] = format_datetime
