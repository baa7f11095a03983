"""Did the arms get the customers they were meant to get."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc

_EXACT_UP_TO = 1_000  # customers in all: above this the exact test only costs time


def sample_ratio(observed: npt.ArrayLike, weights: npt.ArrayLike, *, exact: bool | None = None) -> float:
    """p of "the arms were filled in this proportion"; a planned arm with nobody in it belongs in both lists.

    Two small arms: the exact binomial test; else Pearson's χ² (Fabijan et al. 2019, KDD '19:2156–2164). 1 for no one.
    """
    counts, planned = np.asarray(observed, np.float64), np.asarray(weights, np.float64)
    total = float(counts.sum())
    if not total:
        return 1.0
    if exact or (exact is None and counts.size == 2 and total <= _EXACT_UP_TO):
        from scipy.stats import binomtest  # noqa: PLC0415  1.2 s, for small experiments only

        return float(binomtest(int(counts[0]), int(total), float(planned[0] / planned.sum())).pvalue)
    expected = total * planned / planned.sum()
    return float(chdtrc(counts.size - 1, float(((counts - expected) ** 2 / expected).sum())))


def same_mix(table: npt.ArrayLike) -> float:
    """p of "the arms hold the same mix" from counts, a row an arm and a column a group (Pearson's χ²); 1 for one."""
    counts = np.asarray(table, np.float64)
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    if min(counts.shape) < 2:
        return 1.0
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0) / counts.sum()
    df = (counts.shape[0] - 1) * (counts.shape[1] - 1)
    return float(chdtrc(df, float(((counts - expected) ** 2 / expected).sum())))
