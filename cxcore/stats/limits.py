"""The limits within which a steady series stays."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cxcore.stats.results import Intervals

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
