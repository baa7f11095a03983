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
_BLOCK = 250  # draws at a time: what a core's own memory holds, and few for a series whose p is large
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


class Null:
    """What the largest score of a search is when nothing changes in a series with these answers per period.

    Seeded simulation: means of answers are taken as normal with variance 1/n; windows that hold, or leave, fewer than
    `min_answers` are not tried. Blocks of draws are made when they are first needed: 0.01 s for all of 52 periods.
    """

    def __init__(self, weights: tuple[float, ...], min_answers: int) -> None:
        n = np.array(weights)
        windows = windows_of(n.size)
        held, rest = windows.inside_and_rest(n)
        tried = np.minimum(held, rest) >= min_answers
        inside = held[tried] / n.sum()
        self._starts, self._ends, self._asked = windows.starts[tried], windows.ends[tried], windows.asked[tried]
        self._scale = _single(1 / np.sqrt(inside * (1 - inside)))
        self._step = _single(np.sqrt(n / n.sum()))
        self._share = _single(np.concatenate([[0.0], np.cumsum(n)]) / n.sum())
        self._noise = _noise(n.size, int(np.clip(_WORK // tried.size, *_DRAWS)))
        self._blocks: dict[int, npt.NDArray[np.float32]] = {}

    def p(self, score: float, level: float) -> float:
        """The chance of a largest score at least this high: the simulated share, or Bonferroni's bound if smaller.

        Simulation ends as soon as so many draws have reached the score that the share of all cannot be below `level`
        (Besag & Clifford 1991, Biometrika 78:301–304): which side of it p is on is what all draws would say.
        """
        draws = self._noise.shape[1]
        reached = seen = 0
        for start in range(0, draws, _BLOCK):
            block = self._block(start)
            reached += int(np.count_nonzero(block >= score))
            seen += block.size
            if 1 + reached >= level * (1 + draws):
                break
        return min((1 + reached) / (1 + seen), self._bound(score), 1.0)

    def critical(self, level: float) -> float:
        """The score above which, and only above which, `p` is below `level`."""
        blocks = [self._block(start) for start in range(0, self._noise.shape[1], _BLOCK)]
        maxima = np.sort(np.concatenate(blocks)).astype(np.float64)
        reach_it = int(np.ceil(level * (1 + maxima.size) - 1)) - 1  # simulated maxima that may, at most
        simulated = float(maxima[-1 - reach_it]) if reach_it >= 0 else _HIGHEST
        if self._bound(simulated) >= level:
            return simulated
        excess = bracketed_root(
            lambda scores: np.array([level - self._bound(float(score)) for score in scores]),
            np.array([-_HIGHEST]),
            np.array([simulated]),
        )
        return float(excess[0])

    def _bound(self, score: float) -> float:
        return float(2 * ndtr(-(score + self._asked)).sum())

    def _block(self, start: int) -> npt.NDArray[np.float32]:
        """The largest scores of the draws from `start` on."""
        if start not in self._blocks:
            noise = self._noise[:, start : start + _BLOCK]
            path = np.zeros((noise.shape[0] + 1, noise.shape[1]), dtype=np.float32)
            np.cumsum(noise * self._step, axis=0, out=path[1:])
            path -= self._share * path[-1]
            z = path[self._ends]
            z -= path[self._starts]
            np.abs(z, out=z)
            z *= self._scale
            z -= _single(self._asked)
            self._blocks[start] = z.max(axis=0, initial=-np.inf)
        return self._blocks[start]


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
    """The null distribution of the search in a series with these answers per period."""
    return Null(weights, min_answers)


@lru_cache(maxsize=4)
def _noise(periods: int, draws: int) -> npt.NDArray[np.float32]:
    """The draws that every series of so many periods shares."""
    noise = np.random.default_rng(_SEED).standard_normal((periods, draws), dtype=np.float32)
    noise.flags.writeable = False
    return noise


def _inside_lengths(periods: int) -> frozenset[int]:
    powers = [2**power for power in range(periods.bit_length())]
    return frozenset([*powers, *(3 * power for power in powers)])


def _single(column: FloatArray) -> npt.NDArray[np.float32]:
    return column.astype(np.float32)[:, None]
