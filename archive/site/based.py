"""A Datasette all of whose addresses begin with one path, and with it once. Must not know pages."""

from __future__ import annotations

from datasette.app import Datasette
from datasette.url_builder import Urls
from datasette.utils import PrefixedUrlString


class _Urls(Urls):
    """Datasette's own, which puts the base a second time before what it makes of a request's path."""

    def path(self, path: str, format: str | None = None) -> PrefixedUrlString:
        """Return a path of the site, with the base before it."""
        base = self.ds.setting("base_url")
        is_whole = base != "/" and f"{path}/".startswith(base)
        return super().path(PrefixedUrlString(path) if is_whole else path, format)


class Based(Datasette):
    """A Datasette with a setting for `base_url`. No name under it may be the base's own, but a database's."""

    @property
    def urls(self) -> _Urls:
        """Make addresses."""
        return _Urls(self)
