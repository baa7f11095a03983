"""Times to an event when some cases are still open: Kaplan–Meier, of many groups at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from cxcore.stats.quantiles import Quantiles
from cxcore.stats.results import FloatArray
from cxcore.stats.shares import share_intervals

_EQUAL = 1e-9  # a curve this close to the level lies on it


class Curve(NamedTuple):
    """At each distinct time: cases at risk just before it, the share not yet over after it, its standard error
    (Greenwood), and the log-log band."""

    time: FloatArray
    at_risk: FloatArray
    survival: FloatArray
    error: FloatArray
    low: FloatArray
    high: FloatArray


def survival_curves(
    times: npt.ArrayLike,
    events: npt.ArrayLike,
    censored: npt.ArrayLike,
    starts: npt.ArrayLike = (0,),
    level: float = 0.95,
) -> Curve:
    """The Kaplan–Meier curve of each group, one after the other.

    `times` are the distinct times, ascending within each group; at each, `events` cases were over and `censored` were
    last seen open (they count as at risk at that time: events come first); `starts` is the index of each group's first
    time. Kaplan & Meier 1958 (JASA 53:457–481); variance: Greenwood 1926; band: log(−log S), Kalbfleisch & Prentice
    1980, which stays between 0 and 1.
    """
    time, died, left = (np.asarray(given, np.float64) for given in (times, events, censored))
    if not len(time):
        return Curve(time, time, time, time, time, time)
    first = np.asarray(starts, np.int64)
    group = np.zeros(len(time), np.int64)
    group[first[1:]] = 1
    group = np.cumsum(group)
    gone = np.cumsum(died + left)
    before = np.where(first > 0, gone[np.maximum(first - 1, 0)], 0.0)
    size = np.append(before[1:], gone[-1]) - before
    risk = size[group] - (gone - died - left - before[group])
    last = died >= risk  # the curve falls to 0, and only a group's last time can do that
    with np.errstate(divide="ignore", invalid="ignore"):
        step = np.where(last, 0.0, np.log1p(-died / risk))
        term = np.where(last, 0.0, died / (risk * (risk - died)))
        log_survival = _within(step, first, group)
        greenwood = _within(term, first, group)
        survival = np.where(last, 0.0, np.exp(log_survival))
        z = float(ndtri((1 + level) / 2))
        reach = z * np.sqrt(greenwood) / np.abs(log_survival)
        scale = np.log(-log_survival)
        low, high = np.exp(-np.exp(scale + reach)), np.exp(-np.exp(scale - reach))
    untouched = survival >= 1.0
    low = np.where(untouched, 1.0, np.where(last, 0.0, low))
    high = np.where(untouched, 1.0, np.where(last, np.nan, high))
    return Curve(time, risk, survival, np.where(last, 0.0, survival * np.sqrt(greenwood)), low, high)


def _within(terms: FloatArray, first: npt.NDArray[np.int64], group: npt.NDArray[np.int64]) -> FloatArray:
    """Running sums that begin anew at each group."""
    running = np.cumsum(terms)
    return np.asarray(running - (running[first] - terms[first])[group], np.float64)


def survival_quantiles(
    times: npt.ArrayLike,
    events: npt.ArrayLike,
    censored: npt.ArrayLike,
    starts: npt.ArrayLike,
    q: float,
    level: float = 0.95,
) -> Quantiles:
    """The time by which the part `q` of each group is over, with the interval of the log-log band.

    It is where the curve, and the ends where the band's two sides, first fall to 1 − q or below; where a curve runs
    level at exactly 1 − q, the middle of that stretch (as R's `quantile.survfit`). NaN where it does not fall so far:
    too many cases are open to tell. Brookmeyer & Crowley 1982 (Biometrics 38:29–41).
    """
    curve = survival_curves(times, events, censored, starts, level)
    first = np.asarray(starts, np.int64)
    ends = np.append(first[1:], len(curve.time))
    moved = np.asarray(events, np.float64) > 0
    return Quantiles(
        *(_first_at(side, curve.time, moved, first, ends, 1 - q) for side in (curve.survival, curve.low, curve.high))
    )


def shares_by(
    times: npt.ArrayLike,
    events: npt.ArrayLike,
    censored: npt.ArrayLike,
    starts: npt.ArrayLike,
    limit: float,
    level: float = 0.95,
) -> Quantiles:
    """The share of each group (0 … 1) that is over by a time, with its interval; arguments as `survival_curves`.

    1 − Kaplan–Meier there, with Wilson's interval for as many cases as have Greenwood's variance (Rothman 1978, Journal
    of Chronic Diseases 31:557–560): without open cases the plain share and Wilson's interval. NaN where no case has
    been seen for so long and some are open.
    """
    curve = survival_curves(times, events, censored, starts, level)
    first = np.asarray(starts, np.int64)
    ends = np.append(first[1:], len(curve.time))
    # The last time at or before the limit in each group; before the first time nothing is over.
    place = np.array([np.searchsorted(curve.time[a:b], limit, "right") for a, b in zip(first, ends, strict=True)])
    at = np.where(place > 0, first + place - 1, first)
    left = np.where(place > 0, curve.survival[at], 1.0)
    size = np.where(left < 1, curve.at_risk[first], curve.at_risk[at])  # where nothing is over, who is still looked at
    error = np.where(place > 0, curve.error[at], 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        worth = np.where(error > 0, left * (1 - left) / error**2, size)
    low, high = share_intervals(worth * (1 - left), worth, level)
    known = (limit <= curve.time[ends - 1]) | (curve.survival[ends - 1] <= 0)
    return Quantiles(*(np.where(known, side, np.nan) for side in (1 - left, low, high)))


def _first_at(
    side: FloatArray,
    time: FloatArray,
    moved: npt.NDArray[np.bool_],
    first: npt.NDArray[np.int64],
    ends: npt.NDArray[np.int64],
    level: float,
) -> FloatArray:
    """For each group the first time its falling curve is at or below a level; NaN where it never is."""
    reached = moved & (side <= level + _EQUAL)
    place = np.minimum.reduceat(np.where(reached, np.arange(len(side)), len(side)), first)
    known = place < ends
    at = np.where(known, place, 0)
    level_there = known & (np.abs(side[at] - level) <= _EQUAL)
    # The next fall after a level stretch: the first event after `at` in the same group.
    falls = np.where(moved, np.arange(len(side)), len(side))
    following = np.minimum.accumulate(falls[::-1])[::-1]
    after = np.append(following, len(side))[at + 1]
    middle = np.where(after < ends, (time[at] + time[np.minimum(after, len(time) - 1)]) / 2, time[at])
    return np.where(known, np.where(level_there, middle, time[at]), np.nan)
