"""What readers ask of several archives served together: addresses drawn from what the first of them holds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.benchmarks.large.asking import addresses

_NEEDLESS = ("article", "author", "busiest authors", "section")
_FILTERS = ("section", "author", "outlet", "type")


def addresses_together(roots: tuple[Path, ...], count: int, seed: str) -> Mapping[str, list[str]]:
    """Draw `count` addresses of each kind of page of the library: its landing page and its search."""
    asked = addresses(roots[-1], count, seed)
    kinds = {kind: paths for kind, paths in asked.items() if kind not in _NEEDLESS}
    return {kind: paths for kind, paths in kinds.items() if not any(f"{name}=" in paths[0] for name in _FILTERS)}
