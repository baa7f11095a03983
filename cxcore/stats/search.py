"""Looking everywhere for the largest change: which windows are tried, and what the search itself makes of noise."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from cxcore.stats.results import FloatArray
from cxcore.stats.roots import bracketed_root

_SEED = 20_231
_DRAWS = (4_000, 40_000)  # at least, at most: steady series simulated for one null distribution
_WORK = 5_000_000  # windows × draws in between
_AT_ONCE = 64  # windows held in memory together, times the draws
_HIGHEST = 35.0  # normal scores beyond this have a probability of 0 in floating point


@dataclass(frozen=True, eq=False)
class Windows:
    """Every window that is tried in a series: periods starts … ends − 1, and what it is `asked` to score on top.

    Windows at either edge have any length up to half of the periods (the longer part is the rest of the shorter);
    those inside have 1, 2, 3, 4, 6, 8, 12, 16 … periods, which come within a fifth of any other length and make the
    search cheaper and a little sharper (approximating set: Arias-Castro, Donoho & Huo 2005, IEEE Trans. Inf. Theory
    51:2402–2425). The shortest are asked for more, 0.4 / length^1.5, because they are the most and the ones that noise
    picks; a level that lasts is looked for, a single odd week is for the control limits.
    """

    starts: npt.NDArray[np.intp]
    ends: npt.NDArray[np.intp]
    asked: FloatArray

    def inside_and_rest(self, amounts: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The sums of the periods' amounts in each window and outside it."""
        running = np.concatenate([[0.0], np.cumsum(amounts)])
        inside = running[self.ends] - running[self.starts]
        return inside, running[-1] - inside


@dataclass(frozen=True, eq=False)
class Null:
    """What the largest score of a search is when nothing changes: simulated maxima, ascending, and the bound."""

    maxima: FloatArray
    asked: FloatArray

    def p(self, score: float) -> float:
        """The chance of a largest score at least this high: the simulated share, or Bonferroni's bound if smaller."""
        reached = self.maxima.size - int(np.searchsorted(self.maxima, score, side="left"))
        return min((1 + reached) / (1 + self.maxima.size), self._bound(score), 1.0)

    def critical(self, level: float) -> float:
        """The score above which, and only above which, `p` is below `level`."""
        reach_it = int(np.ceil(level * (1 + self.maxima.size) - 1)) - 1  # simulated maxima that may, at most
        simulated = float(self.maxima[-1 - reach_it]) if reach_it >= 0 else _HIGHEST
        if self._bound(simulated) >= level:
            return simulated
        excess = bracketed_root(
            lambda scores: np.array([level - self._bound(float(score)) for score in scores]),
            np.array([-_HIGHEST]),
            np.array([simulated]),
        )
        return float(excess[0])

    def _bound(self, score: float) -> float:
        return float(2 * ndtr(-(score + self.asked)).sum())


@lru_cache(maxsize=32)
def windows_of(periods: int) -> Windows:
    """All windows of a series of this many periods, by start."""
    inside = _inside_lengths(periods)
    pairs = [
        (start, end)
        for start in range(periods)
        for end in range(start + 1, periods + 1)
        if (start == 0 or end == periods or end - start in inside)
        and 2 * (end - start) <= periods - (start == 0)  # of two equal halves the later one
    ]
    starts, ends = np.array(pairs, dtype=np.intp).T
    return Windows(starts, ends, 0.4 * (ends - starts) ** -1.5)


@lru_cache(maxsize=128)
def null_of(weights: tuple[float, ...], min_answers: int) -> Null:
    """The null distribution of the search in a series with these answers per period, by seeded simulation.

    Means of answers are taken as normal with variance 1/n. Windows that hold, or leave, fewer than `min_answers` are
    not tried. 0.04 s for 52 periods, 0.1 s for 365.
    """
    n = np.array(weights)
    windows = windows_of(n.size)
    held, rest = windows.inside_and_rest(n)
    tried = np.minimum(held, rest) >= min_answers
    draws = int(np.clip(_WORK // tried.size, *_DRAWS))
    share = np.concatenate([[0.0], np.cumsum(n)]) / n.sum()
    noise = np.random.default_rng(_SEED).standard_normal((n.size, draws), dtype=np.float32)
    path = np.zeros((n.size + 1, draws), dtype=np.float32)
    np.cumsum(noise * _single(np.sqrt(n / n.sum())), axis=0, out=path[1:])
    path -= _single(share) * path[-1]
    maxima = np.full(draws, -np.inf, dtype=np.float32)
    for some in np.array_split(np.flatnonzero(tried), 1 + tried.size // _AT_ONCE):
        if some.size:
            inside = held[some] / n.sum()
            z = np.abs(path[windows.ends[some]] - path[windows.starts[some]])
            z *= _single(1 / np.sqrt(inside * (1 - inside)))
            z -= _single(windows.asked[some])
            np.maximum(maxima, z.max(axis=0), out=maxima)
    return Null(np.sort(maxima).astype(np.float64), windows.asked[tried])


def _inside_lengths(periods: int) -> frozenset[int]:
    powers = [2**power for power in range(periods.bit_length())]
    return frozenset([*powers, *(3 * power for power in powers)])


def _single(column: FloatArray) -> npt.NDArray[np.float32]:
    return column.astype(np.float32)[:, None]
