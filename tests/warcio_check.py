"""What `warcio check` says of a WARC file, read strictly. Must not read files itself.

warcio 1.7.5 prints a zlib error inside a record, takes what came before it for the whole record, leaves the digest of
such a record unchecked and exits with 0: only a record of which it says that its digest passed was checked.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Collection, Sequence
from pathlib import Path

_RECORD = re.compile(r"^  offset (\d+) ")
_FINE = ("digest pass", "digest present but not checked (revisit)")


def passes(command: Sequence[str | Path], path: Path, offsets: Collection[int]) -> bool:
    """Say whether warcio passes every record of a file, those at `offsets` among them."""
    done = subprocess.run([*command, "check", "-v", path], capture_output=True, check=False)
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    checked, at = set(), None
    for line in lines:
        if found := _RECORD.match(line):
            at = int(found[1])
        elif at is not None and line.strip() in _FINE:
            checked.add(at)
            at = None
        elif line.strip() != str(path):
            return False
    return done.returncode == 0 and at is None and set(offsets) <= checked and bool(checked)
