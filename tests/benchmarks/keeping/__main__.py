"""Stops a night in each stage, by SIGTERM and Ctrl-C at a terminal; backs up a living archive; kills backups.

python -m tests.benchmarks.keeping [nights] [backups] [kills] [size]
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.keeping import backups, nights

PARTS: dict[str, Callable[[Path], bool]] = {
    "nights": nights.stop_in_each_stage,
    "backups": backups.back_up_while_crawling,
    "kills": backups.kill_backups,
    "size": backups.measure_memory,
}


def main() -> None:
    """Run the parts that are named, or all; exit with 1 when one missed its figure."""
    missed = []
    for name in sys.argv[1:] or PARTS:
        print(f"== {name}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            if not PARTS[name](Path(folder)):
                missed.append(name)
    print(f"missed: {', '.join(missed)}" if missed else "all figures are held")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
