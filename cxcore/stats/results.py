"""The values the statistics door hands back. None computes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

Status = Literal["ok", "too_few", "no_variation"]
"""`too_few`: an arm has fewer than two answers. `no_variation`: every answer of both arms is the same."""


class Interval(NamedTuple):
    """The two ends of a confidence interval, in the unit of the estimate."""

    low: float
    high: float


class Intervals(NamedTuple):
    """Many intervals at once, one element a cell; NaN where nothing can be said."""

    low: FloatArray
    high: FloatArray


class Moments(NamedTuple):
    """How single answers spread about their mean: unbiased variance, skewness, excess kurtosis (0 and 0: normal)."""

    mean: float
    variance: float
    skewness: float
    kurtosis: float = 0.0


@dataclass(frozen=True)
class Difference:
    """Treatment − control (or later − earlier), its interval and its two-sided p-value.

    `value`, `low`, `high`, `p` are None where they must not be given; `status` says why. `hedges_g` is the
    standardised difference of two means, None for anything else. `error` and `df` are the standard error and the
    degrees of freedom where the interval is made of them.
    """

    value: float | None
    low: float | None
    high: float | None
    p: float | None
    status: Status = "ok"
    hedges_g: float | None = None
    error: float | None = None
    df: float | None = None


@dataclass(frozen=True)
class Shift:
    """The change of level that stands out most in a series: periods start … end − 1 against the others.

    `value` is inside − outside. When `end` is the length of the series the level changed at `start` and has not come
    back; when `start` is 0 it changed at `end`, and later − earlier is −`value`. `p`, `low` and `high` allow for the
    search over all windows: the interval leaves out 0 exactly when p is below the level. `critical` is the normal
    score that the search asked of this window.
    """

    start: int
    end: int
    value: float
    low: float
    high: float
    p: float
    critical: float
