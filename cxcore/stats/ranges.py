"""Means of numbers in a range: near its end they are skewed, and between uneven arms Welch's interval does not hold."""

from __future__ import annotations

import math
from dataclasses import replace

from scipy.special import stdtrit

from cxcore.stats.means import mean_difference
from cxcore.stats.mover import mover
from cxcore.stats.results import Difference, Interval

Moments = tuple[float, float, float]  # n, mean, standard deviation
Range = tuple[float, float]  # the least number there can be, and the largest (infinite for counts)

COCHRAN = 25  # Cochran 1977, Sampling Techniques, 3rd ed., p. 42: n should be above 25 times the squared skewness
UNEVEN = 2  # times the other arm; between arms about as large the skewness cancels, and Welch's interval holds
_SHARED = 3.0  # answers' worth of both arms' dispersion that stand beside those of an arm
_STEPS = 60  # halvings of the logarithm of p


def skewed_by(control: Moments, treatment: Moments, within: Range) -> bool:
    """Whether the arms are of uneven sizes and one is too small, for how skewed its numbers are, for Welch's interval.

    Cochran's rule. The skewness is that of numbers whose variance is in proportion to the distances of their mean from
    the ends of the range (McCullagh & Nelder 1989, ch. 9), with the dispersion of both arms: it asks no third moments,
    which ten answers do not tell.
    """
    if max(control[0], treatment[0]) <= UNEVEN * min(control[0], treatment[0]):
        return False
    low, high = within
    shared = _dispersion(control, treatment, within)
    for n, mean, _ in (control, treatment):
        slope = 1.0 if math.isinf(high) else (low + high - 2 * mean) / (high - low)
        if n * _room(mean, within) < COCHRAN * shared * slope**2:
            return True
    return False


def range_difference(
    control: Moments, treatment: Moments, within: Range, level: float = 0.95, *, with_p: bool = False
) -> Difference:
    """Treatment − control from (n, mean, sd) of each arm, for numbers that lie `within` a range.

    `mover` on a score interval of each mean: as Wilson's for a share, it takes the variance the numbers would have if
    the end of the interval were their mean, here by quasi-likelihood (Wedderburn 1974, Biometrika 61:439–447) with
    Student's quantile. An arm's dispersion leans on that of both, so that ten equal answers do not claim certainty.
    p: the level at which the interval touches 0. Too few and no variation as in `mean_difference`.
    """
    found = mean_difference(control, treatment, level)
    if found.status != "ok" or found.value is None:
        return found
    low, high = _ends(control, treatment, within, (1 - level) / 2)
    return replace(found, low=low, high=high, p=_p(control, treatment, within, found.value) if with_p else None)


def _p(control: Moments, treatment: Moments, within: Range, value: float) -> float:
    if value == 0:
        return 1.0
    below, above = math.log(1e-300), 0.0
    for _ in range(_STEPS):
        middle = (below + above) / 2
        low, high = _ends(control, treatment, within, math.exp(middle) / 2)
        below, above = (below, middle) if low > 0 or high < 0 else (middle, above)
    return math.exp(above)


def _ends(control: Moments, treatment: Moments, within: Range, tail: float) -> tuple[float, float]:
    shared = _dispersion(control, treatment, within)
    of_c, of_t = (_limits(arm, within, shared, tail) for arm in (control, treatment))
    low, high = mover(control[1], of_c, treatment[1], of_t)
    return float(low), float(high)


def _room(mean: float, within: Range) -> float:
    """What the variance is in proportion to."""
    low, high = within
    return mean - low if math.isinf(high) else (mean - low) * (high - mean) / (high - low)


def _dispersion(control: Moments, treatment: Moments, within: Range) -> float:
    """Variance ÷ room of both arms together."""
    arms = (control, treatment)
    room = sum((n - 1) * _room(mean, within) for n, mean, _ in arms)
    return sum((n - 1) * sd**2 for n, _, sd in arms) / room if room > 0 else 0.0


def _limits(arm: Moments, within: Range, shared: float, tail: float) -> Interval:
    """The score interval of one mean."""
    (n, mean, sd), (low, high) = arm, within
    length = high - low
    here = max(_room(mean, within), 0.0)
    # An arm on the very end of the range has no room: half an answer away there is some.
    beside = here + (0.5 if math.isinf(high) else length / 4) / n
    dispersion = ((n - 1) * sd**2 + _SHARED * shared * beside) / ((n - 1) * here + _SHARED * beside)
    if math.isinf(high):
        step = stdtrit(n - 1, tail) ** 2 * dispersion / n
        half = math.sqrt(step * (mean - low + step / 4))
        return Interval(max(mean + step / 2 - half, low), mean + step / 2 + half)
    step = stdtrit(n - 1, tail) ** 2 * min(dispersion, length * n / (n - 1)) / (n * length)
    half = math.sqrt(step * (here / length + step / 4))
    middle = (mean - low) / length + step / 2
    return Interval(low + length * (middle - half) / (1 + step), low + length * (middle + half) / (1 + step))
