"""The command: runs one examination of the archive as evidence.

Must not examine anything itself.
"""

from __future__ import annotations

import argparse
import sys

from . import extractor, imports, kills, nights, rebuild, refusals, stops, takedown

EXAMINATIONS = {
    "nights": nights,
    "rebuild": rebuild,
    "extractor": extractor,
    "takedown": takedown,
    "import": imports,
    "kills": kills,
    "refusals": refusals,
    "stops": stops,
}


def main() -> int:
    """Run the examination that the arguments name; the exit status is 1 when something is off."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.evidence", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    for name, module in EXAMINATIONS.items():
        module.add_options(
            verbs.add_parser(name, description=module.__doc__, help=(module.__doc__ or "").splitlines()[0])
        )
    options = parser.parse_args()
    return int(EXAMINATIONS[options.verb].main(options))


if __name__ == "__main__":
    sys.exit(main())
