"""How many answers an effect takes, and what effect a number of answers can see. Sizes are per arm and not rounded."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy.special import nctdtr, ndtr, ndtri, stdtrit

from cxcore.stats.results import FloatArray
from cxcore.stats.roots import bracketed_root

_MOST = 1e12  # answers: nobody has more


def score(level: float) -> float:
    """How many standard errors a two-sided normal interval of this level reaches to either side."""
    return float(ndtri((1 + level) / 2))


def nps_variance(promoters: float, detractors: float) -> float:
    """The variance of single answers in squared points, from the two shares 0 … 1: p + d − (p − d)² (Rocks 2016)."""
    return 10_000 * (promoters + detractors - (promoters - detractors) ** 2)


def size_by_variance(variance: float, effect: float, power: float = 0.8, level: float = 0.95) -> float:
    """Answers per arm for a difference of `effect` when single answers have this variance in both arms.

    2 (z₁₋α⸝₂ + z_power)² σ² / δ²: statsmodels' `normal_sample_size_one_tail` at α/2, without its 1.6 s of import.
    """
    return 2 * variance * (score(level) + float(ndtri(power))) ** 2 / effect**2


def effect_by_variance(variance: float, n: float, power: float = 0.8, level: float = 0.95) -> float:
    """The smallest difference that `n` answers per arm see with this power."""
    return math.sqrt(size_by_variance(variance, 1.0, power, level) / n)


def power_by_variance(variance: float, n: float, effect: float, level: float = 0.95) -> float:
    """The probability that `n` answers per arm show a difference of `effect`."""
    return float(ndtr(abs(effect) / math.sqrt(2 * variance / n) - score(level)))


def size_of_shares(before: float, after: float, power: float = 0.8, level: float = 0.95) -> float:
    """Answers per arm to tell two shares, 0 … 1, apart: pooled under no difference, apart under this one.

    Fleiss, Levin & Paik 2003, ch. 4; R's power.prop.test, statsmodels' `samplesize_proportions_2indep_onetail`.
    """
    together, apart = _share_spreads(before, after)
    root = score(level) * together + float(ndtri(power)) * apart
    return (root / (after - before)) ** 2


def power_of_shares(before: float, after: float, n: float, level: float = 0.95) -> float:
    """The probability that `n` answers per arm tell the two shares apart."""
    together, apart = _share_spreads(before, after)
    shift = math.sqrt(n) * abs(after - before) - score(level) * together
    return float(ndtr(shift / apart)) if apart else float(shift > 0)


def effect_of_shares(before: float, n: float, power: float = 0.8, level: float = 0.95, *, up: bool = True) -> float:
    """The smallest change of a share, up or down, that `n` answers per arm see; NaN where the scale ends before it."""
    room = (1 - before) if up else before
    sign = 1 if up else -1
    if room <= 0 or power_of_shares(before, before + sign * room, n, level) < power:
        return math.nan

    def missing(effect: FloatArray) -> FloatArray:
        return np.array([power_of_shares(before, before + sign * float(e), n, level) - power for e in effect])

    return float(bracketed_root(missing, np.array([1e-9]), np.array([room]))[0])


def power_of_means(sd: float, n: float, effect: float, level: float = 0.95) -> float:
    """The probability that `n` values per arm show a difference of means: the t-test's, noncentral t, both tails.

    R's power.t.test(strict = TRUE), statsmodels' `TTestIndPower`.
    """
    df = 2 * n - 2
    shift = abs(effect) / sd * math.sqrt(n / 2)
    critical = float(stdtrit(df, (1 + level) / 2))
    wrong_side = nctdtr(df, shift, -critical) if shift < 5 else 0.0  # below 1e-11, and scipy then gives NaN at times
    return float(1 - nctdtr(df, shift, critical) + wrong_side)


def size_of_means(sd: float, effect: float, power: float = 0.8, level: float = 0.95) -> float:
    """Values per arm to see a difference of means, by `power_of_means`."""
    if power_of_means(sd, 2.0, effect, level) >= power:
        return 2.0
    guess = size_by_variance(sd**2, effect, power, level)
    if guess > _MOST:
        return guess
    return _solved(lambda n: power_of_means(sd, n, effect, level) - power, max(2.0, guess * 0.9), guess + 50)


def effect_of_means(sd: float, n: float, power: float = 0.8, level: float = 0.95) -> float:
    """The smallest difference of means that `n` values per arm see."""
    guess = effect_by_variance(sd**2, n, power, level)
    return _solved(lambda effect: power_of_means(sd, n, effect, level) - power, guess * 0.5, guess * 20)


def design_effect(rows_per_customer: float, icc: float) -> float:
    """By how much to multiply a size when customers repeat: 1 + (m − 1)·ICC (Kish 1965)."""
    return 1 + (rows_per_customer - 1) * max(icc, 0.0)


def _share_spreads(before: float, after: float) -> tuple[float, float]:
    middle = (before + after) / 2
    return math.sqrt(2 * middle * (1 - middle)), math.sqrt(before * (1 - before) + after * (1 - after))


def _solved(equation: Callable[[float], float], low: float, high: float) -> float:
    """The root between two positive numbers, sought among their logarithms."""
    ends = [np.array([math.log(end)]) for end in (low, high)]
    root = bracketed_root(lambda x: np.array([equation(math.exp(float(one))) for one in x]), ends[0], ends[1])
    return math.exp(float(root[0]))
