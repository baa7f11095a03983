"""The limits within which a steady series stays."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cxcore.stats.results import Intervals

_SIGMAS = 3  # Shewhart's choice
_PER_RANGE = 3 / 1.128  # 3 σ in mean ranges of two values
_FEWEST = 8  # fewer values and their ranges say little


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


def moving_range_limits(values: npt.ArrayLike, bounds: tuple[float, float] = (-np.inf, np.inf)) -> tuple[float, float]:
    """The limits of an XmR chart: mean ± 2.66 mean moving ranges, for figures whose spread no formula gives.

    NaN where fewer than eight values are known (Montgomery, Introduction to Statistical Quality Control, 6.4).
    """
    known = np.asarray(values, np.float64)
    known = known[np.isfinite(known)]
    if len(known) < _FEWEST:
        return np.nan, np.nan
    centre, reach = float(known.mean()), _PER_RANGE * float(np.abs(np.diff(known)).mean())
    return max(centre - reach, bounds[0]), min(centre + reach, bounds[1])
