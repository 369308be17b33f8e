"""What an import brought, in numbers and names. Must not read or write anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from archive.capture import moment_of
from archive.clock import stamp

_MOST_NAMED = 1000
"""How many hosts and damages are named one by one."""


@dataclass(frozen=True, slots=True)
class Adopted:
    """What an import brought. `files` are finished WARC files, named as in the database; `hosts` those of strangers.

    `found` counts the publication's captures that could be kept: `kept` + `held` before + `duplicates` among them.
    `roles` says what the kept ones are, `left_out` why others are not, `damages` where bytes are not what they were.
    """

    files: tuple[str, ...] = ()
    kept: int = 0
    held: int = 0
    duplicates: int = 0
    strangers: int = 0
    damaged: int = 0
    roles: Mapping[str, int] = field(default_factory=dict)
    hosts: Mapping[str, int] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)
    damages: tuple[str, ...] = ()
    first_at: str | None = None
    last_at: str | None = None

    @property
    def found(self) -> int:
        """Count the publication's captures that could be kept."""
        return self.kept + self.held + self.duplicates


@dataclass(slots=True)
class Tally:
    """Counts while captures are read and written."""

    counts: Counter[str] = field(default_factory=Counter)
    roles: Counter[str] = field(default_factory=Counter)
    hosts: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    damages: list[str] = field(default_factory=list)
    times: list[int] = field(default_factory=list)

    def damage(self, where: str) -> None:
        """Note a damage."""
        self.counts["damaged"] += 1
        if len(self.damages) < _MOST_NAMED:
            self.damages.append(where)

    def stranger(self, host: str) -> None:
        """Count a record of another site."""
        self.counts["strangers"] += 1
        if host in self.hosts or len(self.hosts) < _MOST_NAMED:
            self.hosts[host] += 1

    def keep(self, role: str, micros: int) -> None:
        """Count a capture that was written."""
        self.counts["kept"] += 1
        self.roles[role] += 1
        self.times[:] = [min(micros, *self.times[:1]), max(micros, *self.times[1:])] if self.times else [micros, micros]

    def adopted(self, files: Sequence[str]) -> Adopted:
        """Return the result."""
        first, last = (stamp(moment_of(micros)) for micros in self.times) if self.times else (None, None)
        return Adopted(
            tuple(files),
            **{name: self.counts[name] for name in ("kept", "held", "duplicates", "strangers", "damaged")},
            roles=dict(self.roles),
            hosts=dict(self.hosts.most_common()),
            left_out=dict(self.left_out.most_common()),
            damages=tuple(self.damages),
            first_at=first,
            last_at=last,
        )
