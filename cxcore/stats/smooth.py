"""A smooth line through many answers, with its band, from counts and moments alone."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from cxcore.stats.results import FloatArray

_KNOTS = (0.05, 0.275, 0.5, 0.725, 0.95)  # Harrell's places for five knots


class Smooth(NamedTuple):
    """The line's height at each x asked, with its pointwise interval."""

    value: FloatArray
    low: FloatArray
    high: FloatArray


def smooth(
    x: npt.ArrayLike, n: npt.ArrayLike, mean: npt.ArrayLike, variance: npt.ArrayLike, at: npt.ArrayLike,
    level: float = 0.95,
) -> Smooth:  # fmt: skip
    """A natural cubic spline with five knots through the answers, at the places `at`.

    One element a distinct x: how many answers, their mean and variance (divisor n). Knots at the quantiles of Harrell
    2015 (Regression Modeling Strategies, 2nd ed., 2.4.6), fewer where x repeats; least squares; the band is pointwise,
    from the sandwich of Huber and White, which lets the answers spread differently along the line.
    """
    place, size, height, spread, wanted = (np.asarray(g, np.float64) for g in (x, n, mean, variance, at))
    order = np.argsort(place)
    place, size, height, spread = place[order], size[order], height[order], spread[order]
    knots = _knots(place, size)
    design, asked = _basis(place, knots), _basis(wanted, knots)
    inverse = np.linalg.pinv(design.T @ (design * size[:, None]))
    line = inverse @ (design.T @ (size * height))
    squares = size * (spread + (height - design @ line) ** 2)
    meat = design.T @ (design * squares[:, None])
    total, free = size.sum(), size.sum() - design.shape[1]
    covariance = inverse @ meat @ inverse * (total / max(free, 1.0))
    value = asked @ line
    reach = float(ndtri((1 + level) / 2)) * np.sqrt(np.maximum(((asked @ covariance) * asked).sum(axis=1), 0.0))
    return Smooth(value, value - reach, value + reach)


def _knots(x: FloatArray, n: FloatArray) -> FloatArray:
    part = np.cumsum(n) / n.sum()
    return np.unique(x[np.minimum(np.searchsorted(part, _KNOTS), len(x) - 1)])


def _basis(x: FloatArray, knots: FloatArray) -> FloatArray:
    """1, x and the natural cubic terms, straight beyond the outermost knots (Hastie et al. 2009, 5.2.1)."""
    centre, width = float(knots.mean()), max(float(np.ptp(knots)), 1e-12)
    x, k = (x - centre) / width, (knots - centre) / width
    columns = [np.ones_like(x), x] if len(knots) > 1 else [np.ones_like(x)]

    def bend(j: int) -> FloatArray:
        lifted = np.maximum(x - k[j], 0.0) ** 3 - np.maximum(x - k[-1], 0.0) ** 3
        return np.asarray(lifted / (k[-1] - k[j]), np.float64)

    columns += [bend(j) - bend(len(k) - 2) for j in range(len(k) - 2)]
    return np.column_stack(columns)
