"""The interval of a difference, put together from the intervals of its two sides."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cxcore.stats.results import Interval, Intervals


def mover(
    control: npt.ArrayLike,
    of_control: Interval | Intervals,
    treatment: npt.ArrayLike,
    of_treatment: Interval | Intervals,
) -> Intervals:
    """The interval of treatment − control from the two estimates and their intervals; one or many at once.

    MOVER: each end's distance is recovered from the ends it is made of, so that neither side need be symmetric (Zou &
    Donner 2008, Stat. Med. 27:1693–1702). On Wilson intervals it is Newcombe's method 10.
    """
    c, t = np.asarray(control, np.float64), np.asarray(treatment, np.float64)
    value = t - c
    low = value - np.hypot(t - of_treatment.low, of_control.high - c)
    return Intervals(low, value + np.hypot(of_treatment.high - t, c - of_control.low))
