"""A table of what was expected and what was found. Must not know what is examined."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Checks:
    """Collects comparisons, prints each as it comes; a `quiet` one only collects what failed."""

    failed: list[str] = field(default_factory=list)
    quiet: bool = False

    def same(self, what: str, got: object, expected: object) -> bool:
        """Compare for equality."""
        fine = got == expected
        return self._add(what, fine, _short(got) if fine else f"{_short(got)}, not {_short(expected)}")

    def true(self, what: str, holds: bool, seen: object = "") -> bool:
        """Note whether something holds, with what was seen."""
        return self._add(what, holds, _short(seen))

    def none(self, what: str, found: object) -> bool:
        """Note that a collection should be empty."""
        return self._add(what, not found, _short(found) if found else "none")

    def title(self, text: str) -> None:
        """Print a heading."""
        print(f"\n--- {text}", flush=True)

    def status(self) -> int:
        """Print the result; return the exit status."""
        print(
            f"\n{len(self.failed)} failed" + "".join(f"\n  {what}" for what in dict.fromkeys(self.failed)), flush=True
        )
        return int(bool(self.failed))

    def _add(self, what: str, fine: bool, seen: str) -> bool:
        if not fine:
            self.failed.append(f"{what}: {seen}" if self.quiet else what)
        if not self.quiet:
            print(f"{'ok  ' if fine else 'FAIL'} {what:66} {seen}", flush=True)
        return fine


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 400 else f"{text[:400]} …"
