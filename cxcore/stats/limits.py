"""The limits within which a steady series stays."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cxcore.stats.results import Intervals
from cxcore.stats.survival import survival_curves

_SIGMAS = 3  # Shewhart's choice


def control_limits(
    n: npt.ArrayLike, centre: float, sigma: float, bounds: tuple[float, float] = (-np.inf, np.inf)
) -> Intervals:
    """Three-sigma limits per period, NaN where n is 0, clipped to the metric's `bounds`.

    `sigma` is the standard deviation of single answers: sqrt(p(1−p)) makes it a p-chart, that of values an X-bar
    chart, √variance of `nps_moments` its NPS form (Shewhart 1931; Montgomery, Introduction to Statistical Quality
    Control, ch. 6–7).
    """
    sizes = np.asarray(n, np.float64)
    reach = _SIGMAS * sigma / np.sqrt(np.where(sizes > 0, sizes, np.nan))
    return Intervals(np.clip(centre - reach, *bounds), np.clip(centre + reach, *bounds))


def quantile_limits(
    n: npt.ArrayLike, q: float, times: npt.ArrayLike, events: npt.ArrayLike, censored: npt.ArrayLike
) -> Intervals:
    """Three-sigma limits for the quantile `q` of periods of `n` cases each, drawn from the whole.

    The share of a period's cases below the whole's quantile at p is binomial, so a steady series keeps its quantile
    between the whole's quantiles at q ± 3 √(q(1 − q)/n): the p-chart (Montgomery, Introduction to Statistical Quality
    Control, ch. 7) read on the axis of times, whatever their distribution. The whole's quantiles are Kaplan–Meier's.
    0 and ∞ where the whole has no such quantile; NaN where n is 0.
    """
    sizes = np.asarray(n, np.float64)
    curve = survival_curves(times, events, censored)
    over = 1 - curve.survival
    reach = _SIGMAS * np.sqrt(q * (1 - q) / np.where(sizes > 0, sizes, np.nan))

    def at(part: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        place = np.searchsorted(over, np.nan_to_num(part), side="left")
        found = np.append(curve.time, np.inf)[np.minimum(place, len(curve.time))]
        return np.asarray(np.where(part <= 0, 0.0, np.where(part >= 1, np.inf, found)), np.float64)

    low, high = at(q - reach), at(q + reach)
    known = sizes > 0
    return Intervals(np.where(known, low, np.nan), np.where(known, high, np.nan))
