"""Time to an event, when some cases are still open: do two arms differ at all."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc, ndtri

from cxcore.stats.results import Difference


def logrank(
    control_times: npt.ArrayLike, control_over: npt.ArrayLike, treatment_times: npt.ArrayLike,
    treatment_over: npt.ArrayLike,
) -> tuple[float, float]:  # fmt: skip
    """χ² with one degree of freedom and p of "both arms end alike"; `over` says whether the case ended or is open.

    Mantel 1966, Peto & Peto 1972 (`scipy.stats.logrank` gives the same; R's survdiff gives χ²). Counts of arms at each
    distinct time are all it takes, so a million cases cost a sort.
    """
    away, variance = _away(control_times, control_over, treatment_times, treatment_over)
    if variance <= 0:
        return 0.0, 1.0
    return away**2 / variance, float(chdtrc(1, away**2 / variance))


def hazard_ratio(
    control_times: npt.ArrayLike, control_over: npt.ArrayLike, treatment_times: npt.ArrayLike,
    treatment_over: npt.ArrayLike, level: float = 0.95,
) -> Difference:  # fmt: skip
    """Treatment ÷ control of how often cases end at any moment, with the log-rank p; 1 means no difference.

    Peto's one-step estimate exp((O − E) / V) with exp(± z / √V) (Yusuf, Peto, Lewis, Collins & Sleight 1985, Prog.
    Cardiovasc. Dis. 27:335–371): its interval leaves out 1 exactly when the log-rank p is below 1 − level. `error` is
    that of the logarithm.
    """
    if min(np.size(control_times), np.size(treatment_times)) < 2:
        return Difference(None, None, None, None, "too_few")
    away, variance = _away(control_times, control_over, treatment_times, treatment_over)
    if variance <= 0:
        return Difference(None, None, None, None, "no_variation")
    half = float(ndtri((1 + level) / 2)) / math.sqrt(variance)
    middle = away / variance
    return Difference(
        math.exp(middle), math.exp(middle - half), math.exp(middle + half), float(chdtrc(1, away**2 / variance)),
        error=1 / math.sqrt(variance),
    )  # fmt: skip


def _away(
    control_times: npt.ArrayLike, control_over: npt.ArrayLike, treatment_times: npt.ArrayLike,
    treatment_over: npt.ArrayLike,
) -> tuple[float, float]:  # fmt: skip
    """Observed − expected ends of the treatment arm, and its variance."""
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
    return float((ended_treated - ended * share).sum()), variance
