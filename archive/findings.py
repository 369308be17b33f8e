"""What a check found: the damages, the remarks, how much was looked at. Must not check anything."""

from __future__ import annotations

from dataclasses import dataclass, field

from archive.records import Damage


@dataclass(slots=True)
class Findings:
    """What a check found; a remark is no damage."""

    damages: list[Damage] = field(default_factory=list)
    files: int = 0
    records: int = 0
    rows: int = 0
    remarks: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Say whether nothing is wrong."""
        return not self.damages

    def add(self, file: str, offset: int, what: str) -> None:
        """Note a damage."""
        self.damages.append(Damage(file, offset, what))
