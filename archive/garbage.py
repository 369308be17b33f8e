"""How often Python's collector of cycles looks, in processes that work for long. Must not switch it off."""

from __future__ import annotations

import gc

# Reading or showing a page makes some 10,000 objects and hardly a cycle: by default the collector looks often at these,
# and every so often at all that was ever imported, for a twentieth of the time; a page that is asked for then waits.
_NEW_OBJECTS = 50_000


def look_seldom() -> None:
    """Never look again at what has been made so far, and at new objects when there are many."""
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, 10, 20)
