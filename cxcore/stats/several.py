"""More than two arms: each against the control, with the price of looking several times."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc, fdtrc

from cxcore.stats.results import FloatArray


def shared_level(level: float, comparisons: int) -> float:
    """The level of each of several intervals that are all to hold together with probability `level` (Bonferroni)."""
    return 1 - (1 - level) / max(comparisons, 1)


def holm(p_values: npt.ArrayLike) -> FloatArray:
    """Holm's step-down adjusted p-values, in the order given (Holm 1979, Scand. J. Stat. 6:65–70)."""
    p = np.asarray(p_values, np.float64)
    order = np.argsort(p, kind="stable")
    raised = np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(raised, 1.0)
    return adjusted


def dunnett(control: npt.ArrayLike, treatments: Sequence[npt.ArrayLike]) -> tuple[FloatArray, FloatArray]:
    """t and p of each treatment's mean against one control, adjusted together (Dunnett 1955, JASA 50:1096–1121).

    One variance is taken for all arms. p comes from a seeded quasi-random integral, good to four digits.
    """
    from scipy.stats import dunnett as compared  # noqa: PLC0415  1.2 s

    found = compared(*treatments, control=control, rng=np.random.default_rng(7))
    return np.asarray(found.statistic, np.float64), np.asarray(found.pvalue, np.float64)


def equal_shares(counts: npt.ArrayLike, sizes: npt.ArrayLike) -> tuple[float, int, float]:
    """χ², degrees of freedom and p of "all arms have one share" (Pearson 1900)."""
    good, n = np.asarray(counts, np.float64), np.asarray(sizes, np.float64)
    expected = n * good.sum() / n.sum()
    statistic = float((((good - expected) ** 2) * (1 / expected + 1 / (n - expected))).sum())
    return statistic, n.size - 1, float(chdtrc(n.size - 1, statistic))


def equal_means(arms: Sequence[tuple[float, float, float]]) -> tuple[float, float, float]:
    """F, its second degrees of freedom and p of "all arms have one mean", from (n, mean, sd) of each arm.

    Variances may differ (Welch 1951, Biometrika 38:330–336).
    """
    n, mean, sd = np.array(arms, np.float64).T
    weight = n / sd**2
    share = weight / weight.sum()
    k = n.size
    centre = float(share @ mean)
    uneven = float(((1 - share) ** 2 / (n - 1)).sum())
    between = float((weight * (mean - centre) ** 2).sum()) / (k - 1)
    statistic = between / (1 + 2 * (k - 2) / (k**2 - 1) * uneven)
    df = (k**2 - 1) / (3 * uneven)
    return statistic, df, float(fdtrc(k - 1, df, statistic))
