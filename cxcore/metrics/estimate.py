"""Counts and moments → estimates with intervals, and differences between two of them. One place for every number."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cxcore import stats
from cxcore.language import Message, say, say_many
from cxcore.metrics.base import MOMENTS, Rule, Scale
from cxcore.metrics.groups import BESIDE, FEW_PEOPLE, hidden
from cxcore.values import SMALL_GROUP, Change, Estimate

_METHODS: dict[str, Message] = {
    "nps": say("score interval"),
    "share": say("Wilson interval"),
    "mean": say("t interval"),
    "ratio": say("t interval of a ratio of sums"),
    "quantile": say("interval of order statistics"),
    "survival": say("Kaplan–Meier with its log-log band"),
    "stock": say("a count, not a sample"),
}


def counts(n: Any, mean: Any, variance: Any) -> tuple[Any, Any, Any]:
    """Promoters, passives and detractors behind an NPS in points with its variance of single answers."""
    both = n * (variance + mean**2) / 10_000
    promoters = np.rint((both + n * mean / 100) / 2)
    detractors = np.rint((both - n * mean / 100) / 2)
    return promoters, n - promoters - detractors, detractors


def estimates(
    frame: pd.DataFrame,
    metric: str,
    rule: Rule,
    scale: Scale,
    names: Sequence[str],
    *,
    split: bool,
    beside: bool = False,
    level: float = 0.95,
) -> tuple[Estimate, ...]:
    """An Estimate for each row of cells, with its 95 % interval.

    In a split, a group below the smallest group shown has its count and no number; with `beside`, so has the next
    smallest where the whole would give it away. The whole is computed from two answers up. All the intervals of a
    call are computed at once.
    """
    n = frame["n"].to_numpy(np.float64)
    mean = frame["mean"].to_numpy(np.float64)
    variance = np.maximum(np.nan_to_num(frame["variance"].to_numpy(np.float64)), 0.0)
    if "low" in frame:  # quantiles come with their interval
        low, high = frame["low"].to_numpy(np.float64), frame["high"].to_numpy(np.float64)
    else:
        low, high = _intervals(n, np.nan_to_num(mean), variance, rule, level)
    still = frame["open"].to_numpy() if "open" in frame else np.zeros(len(frame))
    bounds = rule.bounds(scale)
    why = hidden(
        frame, [*(["period"] if "period" in frame else []), *[f"b{k}" for k in range(len(names))]], beside=beside
    )
    no_open = not any(still)
    groups = (
        zip(*(_named(frame[f"b{k}"], name) for k, name in enumerate(names)), strict=True) if names else [()] * len(n)
    )
    periods: list[date | None] = frame["period"].tolist() if "period" in frame else [None] * len(n)
    # Thousands of estimates are made at once: plain numbers are read from lists several times as fast as from arrays.
    columns = (array.tolist() for array in (n, mean, variance, low, high))
    found = []
    for size, centre, spread, lowest, highest, reason, by, period in zip(*columns, why, groups, periods, strict=True):
        known = not math.isnan(centre)
        method, given = _method(int(size), spread, rule, split=split, why=reason)
        if rule.taken is not None and size:
            method, given = _taken(centre, rule)
        elif given and not known:
            method, given = say("too many cases are open to tell: it is longer than any time seen"), False
        elif given and no_open and rule.family == "survival":
            method = _METHODS["quantile"]
        found.append(
            Estimate(
                metric=metric,
                n=int(size),
                value=centre if given else None,
                low=max(lowest, bounds[0]) if given and not math.isnan(lowest) else None,
                high=min(highest, bounds[1]) if given and not math.isnan(highest) else None,
                method=method,
                period=period,
                by=tuple(by),
                mean=centre if size and known else None,
                variance=spread if size and rule.family in MOMENTS else None,
            )
        )
    return tuple(found)


def _named(values: pd.Series, name: str) -> list[tuple[str, str | None]]:
    """The groups of one segment with its name; None where nothing is given."""
    blank = values.isna().tolist()
    return [(name, None if empty else str(value)) for value, empty in zip(values.tolist(), blank, strict=True)]


def _taken(mean: float, rule: Rule) -> tuple[Message, bool]:
    """The same for totals and given scores, which stand however few they are."""
    if math.isnan(mean):
        return say("several scores: without the number of answers behind each they cannot be taken together"), False
    return rule.no_interval or _METHODS["mean"], True


def _method(n: int, variance: float, rule: Rule, *, split: bool, why: str) -> tuple[Message, bool]:
    """What stands beside the number, and whether the number stands at all."""
    if rule.family == "stock":
        return _METHODS["stock"], True
    if n == 0:
        return (say("no answers") if rule.reasons is None else say("nothing to count")), False
    if split and n < SMALL_GROUP:
        return say("fewer than {n} answers: too few to show", n=SMALL_GROUP), False
    if split and why == FEW_PEOPLE:
        return say("fewer than {n} customers: too few to show", n=SMALL_GROUP), False
    if split and why == BESIDE:
        return say("not shown, so that the small groups beside it cannot be worked out"), False
    if n < 2:
        return say("one answer says nothing about the others"), False
    if rule.family in {"mean", "ratio"} and variance <= 1e-12:
        return say("no variation: every answer is the same"), True
    return _METHODS[rule.family], True


def _intervals(
    n: npt.NDArray[np.float64],
    mean: npt.NDArray[np.float64],
    variance: npt.NDArray[np.float64],
    rule: Rule,
    level: float,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    if not len(n):
        return n, n
    if rule.taken is not None:
        return np.full(len(n), np.nan), np.full(len(n), np.nan)
    if rule.family == "nps":
        low, high = stats.nps_intervals(*counts(n, mean, variance), level)
        return low, high
    if rule.family == "share":
        low, high = stats.share_intervals(np.rint(n * mean / 100), n, level)
        return 100 * low, 100 * high
    with np.errstate(invalid="ignore", divide="ignore"):
        sd = np.sqrt(variance * np.where(n > 1, n / np.maximum(n - 1, 1), np.nan))
    sd = np.where(variance <= 1e-12, np.nan, sd)
    low, high = stats.mean_intervals(n, mean, sd, level)
    return low, high


def change(earlier: Estimate, later: Estimate, rule: Rule, level: float = 0.95) -> Change:
    """Later − earlier with its interval: MOVER for NPS, Newcombe for shares, Welch for means.

    None inside where either side is too small to be shown.
    """
    if earlier.value is None or later.value is None:
        return Change(earlier, later, None, None, None)
    if rule.taken is not None:
        return Change(earlier, later, later.value - earlier.value, None, None)
    if rule.family not in MOMENTS:
        return _apart(earlier, later)
    found = difference(earlier, later, rule, level, with_p=False)
    unit = 100 if rule.family == "share" else 1
    if found.value is None:
        return Change(earlier, later, None, None, None)
    low = None if found.low is None else unit * found.low
    high = None if found.high is None else unit * found.high
    return Change(earlier, later, unit * found.value, low, high)


def _apart(earlier: Estimate, later: Estimate) -> Change:
    """The difference of two quantiles by MOVER on their intervals; a stock's has none."""
    value = (later.value or 0.0) - (earlier.value or 0.0)
    if earlier.low is None or earlier.high is None or later.low is None or later.high is None:
        return Change(earlier, later, value, None, None)
    first, second = stats.Interval(earlier.low, earlier.high), stats.Interval(later.low, later.high)
    low, high = stats.mover(earlier.value or 0.0, first, later.value or 0.0, second)
    return Change(earlier, later, value, float(low), float(high))


def difference(
    earlier: Estimate, later: Estimate, rule: Rule, level: float = 0.95, *, with_p: bool = True
) -> stats.Difference:
    """The difference of two estimates as the statistics door gives it; of an NPS with its p only where asked for."""
    if rule.family == "nps":
        return stats.nps_difference(_counts_of(earlier), _counts_of(later), level, with_p=with_p)
    if rule.family == "share":
        one, two = (
            (round((e.mean or 0) * e.n / 100), e.n) for e in (earlier, later)
        )  # fmt: skip
        return stats.share_difference(one, two, level)
    return stats.mean_difference(_moments_of(earlier), _moments_of(later), level)


def _counts_of(estimate: Estimate) -> tuple[float, float, float]:
    if not estimate.n:
        return 0.0, 0.0, 0.0
    promoters, passives, detractors = counts(float(estimate.n), estimate.mean, estimate.variance)
    return float(promoters), float(passives), float(detractors)


def _moments_of(estimate: Estimate) -> tuple[float, float, float]:
    n, variance = estimate.n, estimate.variance or 0.0
    return float(n), estimate.mean or 0.0, math.sqrt(variance * n / (n - 1)) if n > 1 else 0.0


def merged(parts: Sequence[Estimate]) -> Estimate:
    """Several estimates of one metric taken together, by Chan's formula; the interval is not computed anew."""
    n = sum(part.n for part in parts)
    mean = sum(part.n * (part.mean or 0.0) for part in parts) / n if n else None
    variance = None
    if mean is not None:
        spread = sum(part.n * ((part.variance or 0.0) + ((part.mean or 0.0) - mean) ** 2) for part in parts if part.n)
        variance = spread / n
    return Estimate(parts[0].metric, n, mean, None, None, say("taken together"), mean=mean, variance=variance)


def small_words(estimate: Estimate) -> Message | None:
    """The words that stand beside a number on few answers."""
    if not estimate.small:
        return None
    return say_many("small sample: {n} answer", "small sample: {n} answers", estimate.n)
