"""Means: (n, mean, standard deviation) in, the unit of the mean out."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln, stdtr, stdtrit

from cxcore.stats.results import Difference, Interval, Intervals

_ROUNDING = 1e-12  # a standard deviation below this share of the mean is rounding, not variation


def mean_interval(n: float, mean: float, sd: float, level: float = 0.95) -> Interval | None:
    """The t interval of one mean; None below two values or when all are the same. See `mean_intervals`."""
    found = mean_intervals(n, mean, sd, level)
    return None if math.isnan(found.low) else Interval(float(found.low), float(found.high))


def mean_intervals(n: npt.ArrayLike, mean: npt.ArrayLike, sd: npt.ArrayLike, level: float = 0.95) -> Intervals:
    """t intervals of many means; NaN below two values, and where nothing varies: a zero width would claim certainty.

    `sd` is the sample standard deviation (divisor n − 1). Student 1908.
    """
    sizes, centres, spreads = np.broadcast_arrays(*(np.asarray(given, np.float64) for given in (n, mean, sd)))
    usable = (sizes >= 2) & (spreads > _ROUNDING * np.abs(centres))
    safe = np.where(usable, sizes, 2.0)
    half = np.where(usable, stdtrit(safe - 1, (1 + level) / 2) * spreads / np.sqrt(safe), np.nan)
    return Intervals(centres - half, centres + half)


def mean_difference(
    control: tuple[float, float, float],
    treatment: tuple[float, float, float],
    level: float = 0.95,
    *,
    same_spread: bool = False,
) -> Difference:
    """Treatment − control from (n, mean, sd) of each arm, with Hedges' g beside it.

    Welch 1947 (Biometrika 34:28–35) with Satterthwaite's degrees of freedom; g is Cohen's d (pooled sd) times Hedges'
    1981 exact correction. `same_spread` takes one variance for both arms (Student 1908), to compare with others'
    figures. Two constant arms are `no_variation`: the value stands, nothing more can be said.
    """
    (n_c, mean_c, sd_c), (n_t, mean_t, sd_t) = control, treatment
    if min(n_c, n_t) < 2:
        return Difference(None, None, None, None, "too_few")
    value = mean_t - mean_c
    if max(sd_c, sd_t) <= _ROUNDING * max(abs(mean_c), abs(mean_t)):
        return Difference(value, None, None, None, "no_variation")
    pooled_df = n_c + n_t - 2
    pooled_sd = math.sqrt(((n_c - 1) * sd_c**2 + (n_t - 1) * sd_t**2) / pooled_df)
    if same_spread:
        error, df = pooled_sd * math.sqrt(1 / n_c + 1 / n_t), float(pooled_df)
    else:
        of_c, of_t = sd_c**2 / n_c, sd_t**2 / n_t
        error = math.sqrt(of_c + of_t)
        df = (of_c + of_t) ** 2 / (of_c**2 / (n_c - 1) + of_t**2 / (n_t - 1))
    half = float(stdtrit(df, (1 + level) / 2)) * error
    p = float(2 * stdtr(df, -abs(value) / error))
    correction = math.exp(gammaln(pooled_df / 2) - gammaln((pooled_df - 1) / 2)) / math.sqrt(pooled_df / 2)
    return Difference(value, value - half, value + half, p, "ok", correction * value / pooled_sd, error, df)
