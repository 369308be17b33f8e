"""What people decided about an archive: `decisions.jsonl` in its root, one decision a line. Must not act on any.

A line is a JSON object with one kind as its key, and beside it whatever else people want to note down (`at`, `why`):
`{"series": {"prefix": "Sanctions Watch", "name": "Watching sanctions"}, "why": "as the site's menu has it"}`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from archive.errors import UsageError

DECISIONS = "decisions.jsonl"
DecisionKind = Literal["takedown", "series", "agency", "outlet", "normal"]


@dataclass(frozen=True, slots=True)
class Decision:
    """One line of the file: `value` is what stands under the kind, `line` counts from 1."""

    kind: DecisionKind
    value: Mapping[str, Any]
    line: int

    def text(self, key: str) -> str:
        """Return the text under a key of the value. Raises UsageError when there is none."""
        value = self.value.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
        raise UsageError(f'{DECISIONS}, line {self.line}: "{self.kind}" needs "{key}" with a text')


def read_decisions(root: Path, kind: DecisionKind | None = None) -> tuple[Decision, ...]:
    """Read the decisions of an archive's folder in their order, all or those of one kind; none without the file.

    A later line overrules an earlier one on the same matter. Raises UsageError, naming the line that cannot be read.
    """
    try:
        text = (root / DECISIONS).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except UnicodeDecodeError as error:
        raise UsageError(f"{root / DECISIONS} is not UTF-8: save it as UTF-8") from error
    lines = enumerate(text.removeprefix("\ufeff").split("\n"), start=1)
    found = (_decision(line, number) for number, line in lines if line.strip())
    return tuple(decision for decision in found if kind is None or decision.kind == kind)


def _decision(line: str, number: int) -> Decision:
    try:
        said = json.loads(line)
    except ValueError as error:
        raise UsageError(f"{DECISIONS}, line {number} is no JSON ({error}): mend or delete it") from error
    kinds = [kind for kind in get_args(DecisionKind) if isinstance(said, dict) and kind in said]
    if len(kinds) != 1:
        known = ", ".join(get_args(DecisionKind))
        raise UsageError(f"{DECISIONS}, line {number} must be an object with one of the keys {known}")
    if not isinstance(said[kinds[0]], dict):
        raise UsageError(f'{DECISIONS}, line {number}: what stands under "{kinds[0]}" must be an object')
    return Decision(kinds[0], said[kinds[0]], number)
