"""Makes a library of folders: of archives, or of what was published, in bounds that hold for all together.

Must not know pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from archive.library.application import Library
from archive.library.naming import names
from archive.library.volume import Volume
from archive.site.following import Following, Share
from archive.site.mounted import Mounted
from archive.site.opened import Options


def library_of(roots: Sequence[Path]) -> Library:
    """Return a library of archives. Raises UsageError where their names do not tell them apart."""
    named = zip(names(roots), roots, strict=True)
    return Library([Volume(name, Mounted(root, f"/{name}/")) for name, root in named])


def public_library_of(folders: Sequence[Path], options: Options) -> Library:
    """Return a library of published folders. Raises UsageError where their names do not tell them apart.

    What one site may take, all of them take together: two dear requests and four files at a time, as many processes
    for dear requests as that, one memory of pages, and the threads divided among them. The search over all is answered
    in this process, in each archive's bounds of time, and where it is dear it waits for a place like any other.
    """
    share = Share()
    part = share.part(len(folders))
    volumes = [
        Volume(name, Following(folder, replace(options, base=f"/{name}/"), part))
        for name, folder in zip(names(folders), folders, strict=True)
    ]
    return Library(volumes, share.limits, options.trust_proxy)
