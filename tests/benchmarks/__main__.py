"""Lists the benchmarks: what each measures and the command that runs it."""

from __future__ import annotations

import ast
from pathlib import Path

HERE = Path(__file__).parent


def main() -> None:
    """Print one line a benchmark."""
    for path in sorted(HERE.iterdir()):
        source = path / "__main__.py" if path.is_dir() else path
        if not source.is_file() or source.suffix != ".py" or path.name.startswith("__"):
            continue
        said = ast.get_docstring(ast.parse(source.read_text(encoding="utf-8"))) or ""
        print(f"python -m tests.benchmarks.{path.stem:<14} {said.splitlines()[0] if said else ''}")


if __name__ == "__main__":
    main()
