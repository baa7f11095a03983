"""Shares: counts in, proportions (0 … 1) out."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from cxcore.stats.mover import mover
from cxcore.stats.results import Difference, Interval, Intervals

EXACT_UP_TO = 100  # answers per arm (STATISTICS.md): above this the exact test only costs time


def share_interval(count: float, n: float, level: float = 0.95) -> Interval | None:
    """The Wilson interval of one share, 0 … 1; None when n is 0. See `share_intervals`."""
    if n == 0:
        return None
    found = share_intervals(count, n, level)
    return Interval(float(found.low), float(found.high))


def share_intervals(count: npt.ArrayLike, n: npt.ArrayLike, level: float = 0.95) -> Intervals:
    """Wilson score intervals of many shares, 0 … 1; NaN where n is 0 (Wilson 1927, JASA 22:209–212)."""
    counts, sizes = np.broadcast_arrays(np.asarray(count, np.float64), np.asarray(n, np.float64))
    if np.any(counts < 0) or np.any(counts > sizes):
        raise ValueError("a count must lie between 0 and n")
    z2 = float(ndtri((1 + level) / 2)) ** 2
    missing = sizes - counts
    with np.errstate(invalid="ignore"):
        half = np.sqrt(z2 * (counts * missing / sizes + z2 / 4))
    # Each end is computed from the side where it cannot fall below 0: 0 of n gives exactly 0, n of n exactly 1.
    low = np.where(counts == 0, 0.0, (counts + z2 / 2 - half) / (sizes + z2))
    high = np.where(missing == 0, 1.0, 1 - (missing + z2 / 2 - half) / (sizes + z2))
    return Intervals(np.where(sizes > 0, low, np.nan), np.where(sizes > 0, high, np.nan))


def share_difference(
    control: tuple[int, int], treatment: tuple[int, int], level: float = 0.95, *, with_p: bool = False
) -> Difference:
    """Treatment − control as a proportion, from (count, n) of each arm.

    Interval: Newcombe 1998 (Stat. Med. 17:873–890, method 10), `mover` on the two Wilson intervals. p only when asked
    for: Boschloo's exact test up to 100 answers per arm (it imports scipy.stats), above that the pooled z-test.
    """
    (count_c, n_c), (count_t, n_t) = control, treatment
    if min(n_c, n_t) < 2:
        return Difference(None, None, None, None, "too_few")
    share_c, share_t = count_c / n_c, count_t / n_t
    lows, highs = share_intervals([count_c, count_t], [n_c, n_t], level)
    value = share_t - share_c
    low, high = map(float, mover(share_c, Interval(lows[0], highs[0]), share_t, Interval(lows[1], highs[1])))
    if count_c + count_t in (0, n_c + n_t):
        return Difference(value, low, high, None, "no_variation")
    if not with_p:
        return Difference(value, low, high, None)
    if max(n_c, n_t) <= EXACT_UP_TO:
        return Difference(value, low, high, _boschloo(control, treatment))
    return Difference(value, low, high, float(2 * ndtr(-abs(pooled_z(control, treatment) or 0.0))))


def _boschloo(control: tuple[int, int], treatment: tuple[int, int]) -> float:
    from scipy.stats import boschloo_exact  # noqa: PLC0415  1.2 s that only this p-value should cost

    (count_c, n_c), (count_t, n_t) = control, treatment
    return float(boschloo_exact([[count_t, count_c], [n_t - count_t, n_c - count_c]]).pvalue)


def pooled_z(control: tuple[int, int], treatment: tuple[int, int]) -> float | None:
    """z of treatment − control with the pooled share: `proportions_ztest` without its 1.6 s of import.

    None where nothing varies."""
    (count_c, n_c), (count_t, n_t) = control, treatment
    pooled = (count_c + count_t) / (n_c + n_t)
    error = math.sqrt(pooled * (1 - pooled) * (1 / n_c + 1 / n_t))
    return (count_t / n_t - count_c / n_c) / error if error else None
