"""Comparisons that use only the order of answers: they ask no distances between the steps of a scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Superiority:
    """How likely a treatment answer is to be above a control answer, ties counted half; interval and two-sided p."""

    value: float
    low: float | None
    high: float | None
    p: float | None


def superiority(control: npt.ArrayLike, treatment: npt.ArrayLike, level: float = 0.95) -> Superiority | None:
    """P(treatment > control) + ½ P(equal), 0 … 1; None below two answers in an arm or where nothing varies.

    Brunner & Munzel 2000 (Biom. J. 42:17–25), t distribution, `rank_compare_2indep`.
    """
    from statsmodels.stats.nonparametric import rank_compare_2indep  # noqa: PLC0415  1.6 s for this one answer

    c, t = np.asarray(control, np.float64), np.asarray(treatment, np.float64)
    if min(c.size, t.size) < 2:
        return None
    if min(c.max(), t.max()) < max(c.min(), t.min()) or min(c.min(), t.min()) == max(c.max(), t.max()):
        return None  # the arms do not overlap, or nothing varies: the variance is 0 and no interval can be given
    found = rank_compare_2indep(t, c, use_t=True)
    low, high = found.conf_int(alpha=1 - level)
    return Superiority(float(found.prob1), max(float(low), 0.0), min(float(high), 1.0), float(found.pvalue))


def mann_whitney(control: npt.ArrayLike, treatment: npt.ArrayLike, *, exact: bool = False) -> tuple[float, float]:
    """U of the treatment, and the two-sided p (Mann & Whitney 1947); with ties not exact, corrected for continuity."""
    from scipy.stats import mannwhitneyu  # noqa: PLC0415  1.2 s

    found = mannwhitneyu(treatment, control, alternative="two-sided", method="exact" if exact else "asymptotic")
    return float(found.statistic), float(found.pvalue)


def kruskal_wallis(arms: Sequence[npt.ArrayLike]) -> tuple[float, float]:
    """H and p of "all arms are alike" by ranks, corrected for ties (Kruskal & Wallis 1952)."""
    from scipy.stats import kruskal  # noqa: PLC0415  1.2 s

    found = kruskal(*arms)
    return float(found.statistic), float(found.pvalue)
