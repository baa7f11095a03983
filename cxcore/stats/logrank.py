"""Time to an event, when some cases are still open: do two arms differ at all."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc


def logrank(
    control_times: npt.ArrayLike, control_over: npt.ArrayLike, treatment_times: npt.ArrayLike,
    treatment_over: npt.ArrayLike,
) -> tuple[float, float]:  # fmt: skip
    """χ² with one degree of freedom and p of "both arms end alike"; `over` says whether the case ended or is open.

    Mantel 1966, Peto & Peto 1972 (`scipy.stats.logrank` gives the same; R's survdiff gives χ²). Counts of arms at each
    distinct time are all it takes, so a million cases cost a sort.
    """
    times = np.concatenate([np.asarray(control_times, np.float64), np.asarray(treatment_times, np.float64)])
    over = np.concatenate([np.asarray(control_over, np.bool_), np.asarray(treatment_over, np.bool_)])
    treated = np.arange(times.size) >= np.asarray(control_times).size
    distinct, place = np.unique(times, return_inverse=True)
    ended = np.bincount(place, over, distinct.size)
    ended_treated = np.bincount(place, over & treated, distinct.size)
    at_risk = np.bincount(place, minlength=distinct.size)[::-1].cumsum()[::-1]
    risk_treated = np.bincount(place, treated, distinct.size)[::-1].cumsum()[::-1]
    share = risk_treated / at_risk
    left = np.maximum(at_risk - 1, 1)
    variance = float((ended * share * (1 - share) * (at_risk - ended) / left).sum())
    if variance <= 0:
        return 0.0, 1.0
    statistic = float((ended_treated - ended * share).sum()) ** 2 / variance
    return statistic, float(chdtrc(1, statistic))
