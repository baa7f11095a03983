"""Exact answers about counts: rates per exposure, and as many promoters as detractors."""

from __future__ import annotations

from typing import NamedTuple

from scipy.special import betaincinv

from cxcore.stats.results import Interval


class RateRatio(NamedTuple):
    """Treatment ÷ control of two rates, exact interval and two-sided p."""

    value: float
    interval: Interval
    p: float


def rate_ratio(control: tuple[int, float], treatment: tuple[int, float], level: float = 0.95) -> RateRatio:
    """The ratio of two Poisson rates from (count, exposure) of each arm, exact given the total (Fay 2010, R J. 2:53).

    p is the binomial test's, the interval Clopper–Pearson's. Contacts per customer vary more than Poisson: for those
    compare means per customer instead.
    """
    from scipy.stats import binomtest  # noqa: PLC0415  1.2 s

    (count_c, seen_c), (count_t, seen_t) = control, treatment
    total, tail = count_c + count_t, (1 - level) / 2
    low = betaincinv(count_t, count_c + 1, tail) if count_t else 0.0
    high = betaincinv(count_t + 1, count_c, 1 - tail) if count_c else 1.0
    scale = seen_c / seen_t

    def odds(share: float) -> float:
        return scale * share / (1 - share) if share < 1 else float("inf")

    p = float(binomtest(count_t, total, seen_t / (seen_c + seen_t)).pvalue) if total else 1.0
    value = count_t / count_c * scale if count_c else float("inf")
    return RateRatio(value, Interval(odds(float(low)), odds(float(high))), p)


def nps_is_zero(promoters: int, detractors: int) -> float:
    """p of "as many promoters as detractors": exact McNemar, which is the sign test (McNemar 1947)."""
    from scipy.stats import binomtest  # noqa: PLC0415  1.2 s

    return float(binomtest(promoters, promoters + detractors).pvalue) if promoters + detractors else 1.0
