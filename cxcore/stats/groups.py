"""Groups that do the same work, compared fairly: adjusted for their mix, with limits, shrunk towards the whole."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from cxcore.stats.results import FloatArray

_STEPS = 100
_ALONE = 1e-9  # a variance below this share of the plain one: the group shares no work with any other


class Deviations(NamedTuple):
    """For each group how far it lies from what its mix of work would give (observed − expected), the variance of that
    if it worked like all, the observed mean, and its cases. NaN where it shares no kind of work with another group."""

    value: FloatArray
    variance: FloatArray
    observed: FloatArray
    n: FloatArray


def indirect(
    group: npt.ArrayLike, kind: npt.ArrayLike, n: npt.ArrayLike, mean: npt.ArrayLike, variance: npt.ArrayLike
) -> Deviations:
    """Observed − expected of each group, by indirect standardisation over kinds of work.

    One element a group and kind that has cases: their numbers (from 0), the count, mean and variance (divisor n) of
    single values. Expected is what all groups together reach in the same kinds, weighed by the group's own mix
    (Breslow & Day 1987, Statistical Methods in Cancer Research II, ch. 2). The variance takes single values within a
    kind as spreading alike in every group, and allows for the group's own part in what is expected of it.
    """
    groups, kinds = np.asarray(group, np.int64), np.asarray(kind, np.int64)
    size, centre, spread = (np.asarray(given, np.float64) for given in (n, mean, variance))
    in_kind = np.bincount(kinds, weights=size)
    kind_mean = np.bincount(kinds, weights=size * centre) / in_kind
    within = np.bincount(kinds, weights=size * spread)
    parts = np.bincount(kinds)
    free = np.maximum(in_kind - parts, 1.0)
    # Kinds with little data borrow the spread of all: a kind of one case has none of its own.
    common = float(within.sum() / max(float((in_kind - parts).sum()), 1.0))
    kind_variance = np.where(in_kind - parts >= 30, within / free, common)
    total = np.bincount(groups, weights=size)
    observed = np.bincount(groups, weights=size * centre) / total
    expected = np.bincount(groups, weights=size * kind_mean[kinds]) / total
    own = size * kind_variance[kinds] * (1 - size / in_kind[kinds])
    freed = np.bincount(groups, weights=own) / total**2
    plain = np.bincount(groups, weights=size * kind_variance[kinds]) / total**2
    shared = freed > _ALONE * plain
    gap, spread = np.where(shared, observed - expected, np.nan), np.where(shared, freed, np.nan)
    return Deviations(gap, spread, observed, total.astype(np.float64))


def funnel_limit(groups: int, level: float = 0.96) -> float:
    """How many standard errors a group may lie off before it is told apart, so that among `groups` that work alike
    none is told apart in `level` of cases (Bonferroni; Spiegelhalter 2005, Stat. Med. 24:1185–1202, for funnels).

    A little more than 0.95, since the spread of single values is itself estimated."""
    return float(ndtri(1 - (1 - level) / 2 / max(groups, 1)))


def shrunk(value: npt.ArrayLike, variance: npt.ArrayLike) -> tuple[FloatArray, FloatArray, float]:
    """Each deviation drawn towards 0 as far as its own uncertainty asks, the variance left, and the variance between
    groups.

    Empirical Bayes with normal groups: value · τ² / (τ² + variance), τ² by Paule & Mandel 1982 (J. Res. NBS
    87:377–385). NaN stays NaN.
    """
    found, own = np.asarray(value, np.float64), np.asarray(variance, np.float64)
    known = np.isfinite(found) & np.isfinite(own) & (own > 0)
    between = _between(found[known], own[known])
    keep = np.where(known, between / (between + np.where(known, own, 1.0)), np.nan)
    return keep * found, keep * own, between


def _between(value: FloatArray, variance: FloatArray) -> float:
    """τ²: the variance between groups at which the weighted squares are as many as their degrees of freedom."""
    if len(value) < 2:
        return 0.0

    def excess(tau: float) -> float:
        weight = 1 / (variance + tau)
        centre = float(np.sum(weight * value) / np.sum(weight))
        return float(np.sum(weight * (value - centre) ** 2)) - (len(value) - 1)

    if excess(0.0) <= 0:
        return 0.0
    low, high = 0.0, float(np.var(value) + variance.max())
    while excess(high) > 0:
        high *= 2
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    return (low + high) / 2
