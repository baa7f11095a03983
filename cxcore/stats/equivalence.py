"""Is it practically the same, is it at least not worse: two one-sided tests against a margin set beforehand."""

from __future__ import annotations

import math
from typing import NamedTuple

from scipy.special import ndtr, ndtri, stdtr, stdtrit

from cxcore.stats.means import mean_difference
from cxcore.stats.results import Interval


class Equivalence(NamedTuple):
    """p of "below the lower margin", of "above the upper one", the larger of both, and the interval they stand on."""

    p_low: float
    p_high: float
    p: float
    interval: Interval


def same_means(
    control: tuple[float, float, float],
    treatment: tuple[float, float, float],
    low: float,
    high: float,
    level: float = 0.95,
) -> Equivalence | None:
    """Whether the difference of two means, (n, mean, sd) each, lies in low … high; None where no test is possible.

    Two one-sided Welch tests (Schuirmann 1987, J. Pharmacokinet. Biopharm. 15:657–680). At level 0.95 the interval is
    the 90 % one: inside the margin exactly when p < 0.05.
    """
    found = mean_difference(control, treatment, level)
    if found.value is None or found.error is None or found.df is None:
        return None
    below = float(stdtr(found.df, -(found.value - low) / found.error))
    above = float(stdtr(found.df, (found.value - high) / found.error))
    half = float(stdtrit(found.df, level)) * found.error
    return Equivalence(below, above, max(below, above), Interval(found.value - half, found.value + half))


def same_shares(
    control: tuple[int, int], treatment: tuple[int, int], margin: float, level: float = 0.95
) -> Equivalence:
    """Whether the difference of two shares, (count, n) each, lies within ± margin, all as proportions.

    Two one-sided Wald tests (Chow, Shao & Wang 2008, ch. 4). The score version of statsmodels is wrong (#10269).
    """
    (count_c, n_c), (count_t, n_t) = control, treatment
    share_c, share_t = count_c / n_c, count_t / n_t
    error = math.sqrt(share_c * (1 - share_c) / n_c + share_t * (1 - share_t) / n_t)
    return _normal(share_t - share_c, error, margin, level)


def same_nps(
    control: tuple[float, float, float], treatment: tuple[float, float, float], margin: float, level: float = 0.95
) -> Equivalence:
    """Whether the difference of two NPS, (promoters, passives, detractors) each, lies within ± margin, in points.

    Two one-sided Wald tests with the trinomial variance (Rocks 2016, J. Mark. Anal. 4). The verdict uses MOVER's 90 %
    interval; this p stands beside it.
    """
    parts = []
    for promoters, passives, detractors in (control, treatment):
        n = promoters + passives + detractors
        score = (promoters - detractors) / n
        parts.append((score, ((promoters + detractors) / n - score**2) / n))
    error = 100 * math.sqrt(parts[0][1] + parts[1][1])
    return _normal(100 * (parts[1][0] - parts[0][0]), error, margin, level)


def not_worse_mean(
    control: tuple[float, float, float],
    treatment: tuple[float, float, float],
    margin: float,
    *,
    higher_is_better: bool = True,
    level: float = 0.95,
) -> tuple[float, float] | None:
    """p of "worse by the margin or more", and the one-sided bound of the difference; None where no test is possible.

    One-sided Welch test (Blackwelder 1982, Control. Clin. Trials 3:345–353).
    """
    found = mean_difference(control, treatment, level)
    if found.value is None or found.error is None or found.df is None:
        return None
    sign = 1 if higher_is_better else -1
    p = float(stdtr(found.df, -(sign * found.value + margin) / found.error))
    return p, found.value - sign * float(stdtrit(found.df, level)) * found.error


def _normal(value: float, error: float, margin: float, level: float) -> Equivalence:
    half = float(ndtri(level)) * error
    if error == 0:  # nothing varies: the sample cannot doubt its own value, and no p is honest
        return Equivalence(1.0, 1.0, 1.0, Interval(value, value))
    below, above = float(ndtr(-(value + margin) / error)), float(ndtr((value - margin) / error))
    return Equivalence(below, above, max(below, above), Interval(value - half, value + half))
