"""Quantiles of many groups at once, from the distinct values of each with their counts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr, bdtrik, ndtri

from cxcore.stats.results import FloatArray


class Quantiles(NamedTuple):
    """A quantile of each group with the ends of its interval, in the unit of the values; NaN where not known."""

    value: FloatArray
    low: FloatArray
    high: FloatArray


def order_ranks(n: npt.ArrayLike, q: float, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
    """The ranks (1 = smallest) whose order statistics hold a quantile with at least `level` coverage.

    qbinom(α/2, n, q) and qbinom(1−α/2, n, q) + 1: the binomial interval of Conover 1999 (Practical Nonparametric
    Statistics, 3rd ed., 3.2). A rank of 0 or n + 1 means that no value bounds that side.
    """
    sizes, place = np.unique(np.asarray(n, np.float64), return_inverse=True)  # many groups, fewer sizes
    tail = (1 - level) / 2
    return _qbinom(tail, sizes, q)[place], (_qbinom(1 - tail, sizes, q) + 1)[place]


def _qbinom(p: float, n: FloatArray, q: float) -> FloatArray:
    """The smallest count whose binomial distribution function reaches p, as R's qbinom."""
    with np.errstate(invalid="ignore"):
        guess = np.ceil(np.nan_to_num(bdtrik(p, np.maximum(n, 1), q)))
        guess = np.clip(guess, 0, n)
        below = np.maximum(guess - 1, 0)
        found: FloatArray = np.where(
            (guess > 0) & (bdtr(below, np.maximum(n, 1).astype(np.int64), q) >= p), below, guess
        )
    return found


def quantiles(
    values: npt.ArrayLike, counts: npt.ArrayLike, starts: npt.ArrayLike, q: float, level: float = 0.95
) -> Quantiles:
    """The quantile `q` of each group with its binomial order-statistic interval.

    `values` are the distinct values, ascending within each group, `counts` how often each stands, `starts` the index
    of each group's first value (ascending; no group is empty). Between two order statistics the value is interpolated
    (Hyndman & Fan 1996, type 7, as numpy, R and DuckDB's quantile_cont).
    """
    found, first = np.asarray(values, np.float64), np.asarray(starts, np.int64)
    total = np.cumsum(np.asarray(counts, np.float64))
    before = np.where(first > 0, total[np.maximum(first - 1, 0)], 0.0)
    n = np.append(before[1:], total[-1]) - before

    def ranked(rank: FloatArray) -> FloatArray:
        place = np.searchsorted(total, before + np.clip(rank, 1, n), side="left")
        return np.asarray(found[np.minimum(place, len(found) - 1)], np.float64)

    position = (n - 1) * q
    under = np.floor(position)
    lower = ranked(under + 1)
    value = lower + (position - under) * (ranked(np.minimum(under + 2, n)) - lower)
    low, high = order_ranks(n, q, level)
    return Quantiles(
        value, np.where(low >= 1, ranked(low), np.nan), np.where(high <= n, ranked(high), np.nan)
    )  # fmt: skip


def probes(n: float, q: float, level: float = 0.95) -> tuple[float, float]:
    """Two further quantiles to ask an engine for, from which `spread_interval` makes the interval of groups of about
    `n` values."""
    reach = float(ndtri((1 + level) / 2)) * np.sqrt(q * (1 - q) / max(n, 1.0))
    return max(q - reach, q / 2), min(q + reach, (1 + q) / 2)


def spread_interval(
    n: npt.ArrayLike, q: float, asked: tuple[float, float], found: tuple[FloatArray, FloatArray, FloatArray],
    level: float = 0.95,
) -> Quantiles:  # fmt: skip
    """The interval of a quantile from the values at it and at the two probes around it, for groups of sizes `n`.

    The ranks of the order-statistic interval are turned into values along the group's own quantile function, taken as
    straight between the probes on the scale of normal scores and logarithms (of plain values where some are not above
    0): exact where n is what the probes were made for, and within a few percent of the width for half or twice it.
    """  # fmt: skip
    sizes = np.asarray(n, np.float64)
    # Ranks of many sizes cost more than the engine's answer: those of sizes to three figures are moved in proportion.
    figures = 10.0 ** (np.floor(np.log10(np.maximum(sizes, 1))) - 2)
    about = np.where(sizes < 1000, sizes, np.round(sizes / figures) * figures)
    low, high = (rank * sizes / np.maximum(about, 1) for rank in order_ranks(about, q, level))
    under, value, above = (np.asarray(side, np.float64) for side in found)
    positive = under > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        ends = []
        for rank, probe, side in ((low, asked[0], under), (high, asked[1], above)):
            # A rank r of n stands for the part (r − 1) / (n − 1), as in type 7.
            part = np.clip((rank - 1) / np.maximum(sizes - 1, 1), 1e-9, 1 - 1e-9)
            ratio = (ndtri(part) - ndtri(q)) / (ndtri(probe) - ndtri(q))
            logs = np.exp(np.log(value) + ratio * (np.log(side) - np.log(value)))
            ends.append(np.where(positive, logs, value + ratio * (side - value)))
    return Quantiles(
        value, np.where(low >= 1, ends[0], np.nan), np.where(high <= sizes, ends[1], np.nan)
    )  # fmt: skip
