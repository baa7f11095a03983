"""How single answers spread, from counts or from the moments of groups."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cxcore.stats.results import FloatArray, Moments


def nps_moments(promoters: float, passives: float, detractors: float) -> Moments | None:
    """The moments, in points, of single answers worth 100, 0 or −100; None below two answers."""
    return _moments(np.array([100.0, 0.0, -100.0]), np.array([promoters, passives, detractors], np.float64))


def share_moments(count: float, n: float) -> Moments | None:
    """The moments, as proportions, of single answers worth 1 or 0; None below two answers."""
    return _moments(np.array([1.0, 0.0]), np.array([count, n - count], np.float64))


def pooled_moments(
    n: npt.ArrayLike, mean: npt.ArrayLike, variance: npt.ArrayLike, third: npt.ArrayLike = 0.0
) -> Moments | None:
    """The moments of all answers together, from those of groups; None below two answers.

    Per group: the count, the mean, the second and third central moments (divisor n). `third` may be left out only
    where answers spread evenly round their mean. Groups with n = 0 may hold NaN. The kurtosis is not followed (0).
    """
    sizes, means, seconds, thirds = np.broadcast_arrays(
        *(np.asarray(given, np.float64) for given in (n, mean, variance, third))
    )
    held = sizes > 0
    weights, seconds, thirds = sizes[held], seconds[held], thirds[held]
    total = float(weights.sum())
    if total < 2:
        return None
    centre = float(np.average(means[held], weights=weights))
    off = means[held] - centre
    second = float(np.average(seconds + off**2, weights=weights))
    skewness = float(np.average(thirds + 3 * off * seconds + off**3, weights=weights)) / second**1.5 if second else 0.0
    return Moments(centre, second * total / (total - 1), skewness)


def _moments(values: FloatArray, counts: FloatArray) -> Moments | None:
    total = float(counts.sum())
    if total < 2:
        return None
    centre = float(np.average(values, weights=counts))
    second, third, fourth = (float(np.average((values - centre) ** power, weights=counts)) for power in (2, 3, 4))
    if second == 0:
        return Moments(centre, 0.0, 0.0)
    return Moments(centre, second * total / (total - 1), third / second**1.5, fourth / second**2 - 3)
