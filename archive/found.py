"""What a run found each article to be, every article counted once. Must not decide it."""

from __future__ import annotations

from collections import Counter

from archive.models import Filing

_RANK: dict[Filing, int] = {"unchanged": 0, "changed": 1, "new": 2}


class Found:
    """Articles by id, each as the most that was found of it: new, else changed, else unchanged."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._filings: dict[int, Filing] = {}

    def note(self, article_id: int, filing: Filing) -> None:
        """Take what one page of an article brought; a second one the same night makes no second article."""
        before = self._filings.get(article_id)
        if before is not None and _RANK[before] >= _RANK[filing]:
            return
        self.drop(article_id)
        self._filings[article_id] = filing
        self.counts[filing] += 1

    def drop(self, article_id: int) -> Filing | None:
        """Forget an article that has become part of another one; return what was found of it."""
        filing = self._filings.pop(article_id, None)
        if filing is not None:
            self.counts[filing] -= 1
            self.counts = +self.counts
        return filing
