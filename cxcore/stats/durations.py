"""Durations: a long right tail, so that ratios come first and differences second."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from cxcore.stats.means import mean_difference
from cxcore.stats.results import Difference, Interval


def geometric_ratio(
    control: tuple[float, float, float], treatment: tuple[float, float, float], level: float = 0.95
) -> Difference:
    """Treatment ÷ control of the geometric means, from (n, mean, sd) of the natural logarithms of each arm.

    Welch's interval on the logarithms, turned back (Olsson 2005, J. Stat. Educ. 13.1, for two arms). 1 means no
    difference; a value of 0 has no logarithm, so with zeros use `mean_difference`.
    """
    found = mean_difference(control, treatment, level)
    ends = [None if end is None else math.exp(end) for end in (found.value, found.low, found.high)]
    return Difference(ends[0], ends[1], ends[2], found.p, found.status, error=found.error, df=found.df)


def winsorised_difference(
    control: npt.ArrayLike, treatment: npt.ArrayLike, upper: float = 0.95, level: float = 0.95
) -> tuple[Difference, float]:
    """Treatment − control of means after values above the pooled quantile `upper` are set to it, and that cap.

    Welch on the capped values (Dixon & Tukey 1968, Technometrics 10:83–98). The cap comes from both arms together, so
    that it cannot favour one.
    """
    c, t = np.asarray(control, np.float64), np.asarray(treatment, np.float64)
    cap = float(np.quantile(np.concatenate([c, t]), upper))
    c, t = np.minimum(c, cap), np.minimum(t, cap)
    arms = [(float(a.size), float(a.mean()), float(a.std(ddof=1))) for a in (c, t)]
    return mean_difference(arms[0], arms[1], level), cap


def quantile_difference(
    control: npt.ArrayLike, treatment: npt.ArrayLike, q: float, level: float = 0.95, draws: int = 2_000, seed: int = 7
) -> tuple[float, Interval]:
    """Treatment − control of the quantile `q`, with a percentile bootstrap interval (Efron & Tibshirani 1993, ch. 13).

    Seeded. The draws take one order statistic each: the rank a resample's quantile has follows a beta distribution, so
    nothing is resampled and a million rows cost a sort.
    """
    rng = np.random.default_rng(seed)
    sides = []
    for arm in (control, treatment):
        ordered = np.sort(np.asarray(arm, np.float64))
        place = (ordered.size - 1) * q
        # The k-th of n draws from n values stands at a beta-distributed height of the empirical distribution.
        heights = rng.beta(place + 1, ordered.size - place, draws)
        sides.append((float(np.quantile(ordered, q)), ordered[np.minimum((heights * ordered.size).astype(int),
                                                                        ordered.size - 1)]))  # fmt: skip
    tail = (1 - level) / 2
    low, high = np.quantile(sides[1][1] - sides[0][1], [tail, 1 - tail])
    return sides[1][0] - sides[0][0], Interval(float(low), float(high))
