"""How unlikely a count is, given counts of the same kind on earlier nights. Pure arithmetic; must not know what counts.

Nights differ more than chance alone would have it: the spread between them is estimated, too, and a share that was
always whole is still not taken for certain.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

_HEAVIEST = 100
"""A night with more counts than these weighs no more than they do: one backfill is not thirty nights."""
_USUAL_SPREAD = 0.01
_DOUBT = 1000.0
"""The intra-class correlation that is assumed, and how many pairs of counts it takes to be told better."""
_LEAST_SPREAD, _MOST_SPREAD = 0.002, 0.3
_MAD_TO_SIGMA = 1.4826
_ENOUGH_NIGHTS = 5


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of how many."""

    good: int
    bad: int

    @property
    def all(self) -> int:
        """Return how many there were."""
        return self.good + self.bad

    @property
    def share(self) -> float:
        """Return the good ones' share; 0 of nothing."""
        return self.good / self.all if self.all else 0.0


@dataclass(frozen=True, slots=True)
class Expectation:
    """A beta distribution of the share of good ones that a night may have."""

    good: float
    bad: float

    @property
    def share(self) -> float:
        """Return the share that is expected."""
        return self.good / (self.good + self.bad)


def expect(
    nights: Sequence[Tally], before: Tally | Expectation | None = None, least_spread: float = 0.0
) -> Expectation:
    """Return what to expect after `nights`; `before` is what to think without any (default: next to nothing).

    The spread between nights is the moment estimate of the intra-class correlation (Kleinman 1973), held to its usual
    value where few counts speak.
    """
    prior = before or Expectation(0.5, 0.5)
    weights = [min(1.0, _HEAVIEST / night.all) if night.all else 0.0 for night in nights]
    good = prior.good + sum(night.good * weight for night, weight in zip(nights, weights, strict=True))
    every = prior.good + prior.bad + sum(night.all * weight for night, weight in zip(nights, weights, strict=True))
    share = good / every
    spread = max(_spread(nights, share), least_spread)
    concentration = 1 / (1 / (1 / spread - 1) + 1 / every)
    return Expectation(share * concentration, (1 - share) * concentration)


def _spread(nights: Sequence[Tally], share: float) -> float:
    """Estimate how alike two counts of one night are: 0 not more than those of two nights, 1 the same."""
    noise = share * (1 - share)
    squares = sum((night.good - night.all * share) ** 2 for night in nights)
    pairs = sum(night.all * (night.all - 1) for night in nights)
    excess = squares / noise - sum(night.all for night in nights)
    return min(max((excess + _USUAL_SPREAD * _DOUBT) / (pairs + _DOUBT), _LEAST_SPREAD), _MOST_SPREAD)


def chance_of_so_few(tonight: Tally, expected: Expectation) -> float:
    """Return how likely a night is that has no more good ones than `tonight`, by the beta-binomial distribution."""
    if tonight.share >= expected.share:
        return 1.0
    every, a, b = tonight.all, expected.good, expected.bad
    term = math.lgamma(b + every) + math.lgamma(a + b) - math.lgamma(b) - math.lgamma(a + b + every)
    total = math.exp(term)
    for good in range(tonight.good):
        term += math.log((every - good) * (a + good)) - math.log((good + 1) * (b + every - good - 1))
        total += math.exp(term)
    return min(total, 1.0)


def chance_of_silence(count: int, nights: Sequence[int]) -> float:
    """Return how likely a source names no more than `count` addresses, after what it named on earlier `nights`.

    By the negative binomial distribution about their median; what has happened before is no surprise.
    """
    usual = median(nights) if nights else 0.0
    if count >= usual or (len(nights) >= _ENOUGH_NIGHTS and count >= min(nights)):
        return 1.0
    if len(nights) < _ENOUGH_NIGHTS and count:
        # The first night may have read everything, a later one the newest page.
        return 1.0
    size = _size(usual, nights)
    term = size * math.log(size / (size + usual))
    total = math.exp(term)
    for named in range(count):
        term += math.log((size + named) / (named + 1)) + math.log(usual / (size + usual))
        total += math.exp(term)
    return min(total, 1.0)


def _size(usual: float, nights: Sequence[int]) -> float:
    """Return the distribution's size: the larger, the less the nights differ."""
    if len(nights) < _ENOUGH_NIGHTS:
        return 2.0 + 2 * len(nights)
    deviation = median(abs(count - usual) for count in nights) * _MAD_TO_SIGMA
    return usual**2 / max(deviation**2 - usual, usual**2 / 50)
