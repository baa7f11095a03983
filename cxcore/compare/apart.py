"""Two samples → how far apart they are: which method for which kind of metric (one place), at any level."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

from cxcore import stats
from cxcore.compare.outcome import Outcome
from cxcore.compare.sums import Sample
from cxcore.experiment import Told
from cxcore.language import Message, say
from cxcore.metrics.estimate import counts
from cxcore.stats import Difference, FloatArray
from cxcore.stats.clusters import cluster_difference
from cxcore.stats.durations import geometric_ratio
from cxcore.stats.logrank import hazard_ratio
from cxcore.stats.looks import asymptotic_interval
from cxcore.stats.ranges import range_difference, skewed_by
from cxcore.stats.shares import EXACT_UP_TO

METHODS: dict[str, Message] = {
    "nps": say("MOVER on score intervals"),
    "share": say("Newcombe's interval; p by the z-test"),
    "exact": say("Newcombe's interval; p by Boschloo's exact test"),
    "mean": say("Welch's t-test"),
    "range": say(
        "MOVER on score intervals of the means: too few answers, for how skewed they are, for Welch's t-test (Cochran's"
        " rule)"
    ),
    "ratio": say("Welch's t-test on the residuals of a ratio of sums"),
    "duration": say("ratio of geometric means, Welch's t-test on logarithms"),
    "zeros": say("{method}; on the times themselves, as some are 0 and have no logarithm"),
    "survival": say("log-rank test with Peto's hazard ratio; open cases count with the time they have waited"),
    "clusters": say("sums per customer, CR2 variance with Satterthwaite's degrees of freedom"),
    "log_clusters": say(
        "ratio of geometric means; logarithms summed per customer, CR2 variance with Satterthwaite's degrees of freedom"
    ),
    "anytime": say("{method}; widened so that it holds however often one looks (asymptotic confidence sequence)"),
    "planned": say("{method}; widened for this look (O'Brien–Fleming spending)"),
}
_WIDEST = {"points": 200.0, "%": 100.0}  # a difference cannot be larger than the scale


class Times(NamedTuple):
    """The times of one arm, and whether each is over."""

    time: FloatArray
    over: FloatArray


@dataclass(frozen=True)
class Side:
    """One arm as it is compared: its sample, and its single times where cases are still open."""

    sample: Sample
    times: Times | None = None


@dataclass(frozen=True)
class Reading:
    """How an interval is to be read: its level, and the answers planned in all where one may look at any time."""

    level: float = 0.95
    anytime: float | None = None
    planned: bool = False

    def inner(self) -> Reading:
        """The reading for two one-sided tests at the same error: 95 % → 90 %."""
        return replace(self, level=1 - 2 * (1 - self.level))


@dataclass(frozen=True)
class Distance:
    """A difference with the method's name and how it is told."""

    found: Difference
    method: Message
    told: Told = "difference"


def distance(one: Outcome, control: Side, treatment: Side, how: Reading, *, with_p: bool = False) -> Distance:
    """Treatment against control in the metric's unit, by the method of its kind."""
    c, t = control.sample, treatment.sample
    name, told, found = "", "difference", None
    method: Message | None = None
    if one.kind == "survival" and control.times and treatment.times:
        found = hazard_ratio(*control.times, *treatment.times, how.level)
        name, told = "survival", "hazard ratio"
    elif one.kind in {"duration", "survival"} and not c.zeros and not t.zeros:
        found, name, told = _ratio(c, t, how.level), "duration", "ratio"
        name = "log_clusters" if c.clustered or t.clustered else name
    elif c.clustered or t.clustered:
        found, name = _by_customer(c, t, how.level), "clusters"
    elif one.kind == "nps":
        found = stats.nps_difference(nps_counts(c), nps_counts(t), how.level, with_p=with_p)
        name = "nps"
    elif one.kind == "share":
        found, name = _shares(c, t, how.level, with_p=with_p), "share" if max(c.n, t.n) > EXACT_UP_TO else "exact"
    elif one.kind == "ratio":
        found, name = stats.mean_difference(mean_moments(c), mean_moments(t), how.level), "ratio"
    else:
        found, method = means(one, c, t, how.level, with_p=with_p)
        if one.kind in {"duration", "survival"}:
            method = METHODS["zeros"].about(method=method)
    method = METHODS[name] if method is None else method
    if how.anytime is not None:
        found, method = _anytime(found, control, treatment, how, told), METHODS["anytime"].about(method=method)  # type: ignore[arg-type]
    elif how.planned:
        method = METHODS["planned"].about(method=method)
    if told == "difference" and one.unit in _WIDEST and one.kind in {"nps", "share"}:
        found = _clipped(found, _WIDEST[one.unit])
    return Distance(found, method, told)  # type: ignore[arg-type]


def means(one: Outcome, c: Sample, t: Sample, level: float, *, with_p: bool = False) -> tuple[Difference, Message]:
    """The difference of two means and the method's name: Welch's, or where numbers in a range are too skewed for so few
    of them, the one that holds there."""
    arms = mean_moments(c), mean_moments(t)
    if one.within is None or min(c.n, t.n) < 2 or not skewed_by(*arms, one.within):
        return stats.mean_difference(*arms, level), METHODS["mean"]
    return range_difference(*arms, one.within, level, with_p=with_p), METHODS["range"]


def _shares(c: Sample, t: Sample, level: float, *, with_p: bool) -> Difference:
    """The difference of two shares in percent points."""
    arms = [(round(s.mean * s.n / 100) if s.n else 0, s.n) for s in (c, t)]
    found = stats.share_difference(arms[0], arms[1], level, with_p=with_p)
    value, low, high = (None if end is None else 100 * end for end in (found.value, found.low, found.high))
    return replace(found, value=value, low=low, high=high)


def _by_customer(c: Sample, t: Sample, level: float) -> Difference:
    if c.customers is None or t.customers is None or not c.n or not t.n:
        return Difference(None, None, None, None, "too_few")
    return cluster_difference(c.customers, t.customers, level)


def _ratio(c: Sample, t: Sample, level: float) -> Difference:
    if not (c.clustered or t.clustered):
        return geometric_ratio(_logs(c), _logs(t), level)
    if c.log_customers is None or t.log_customers is None or not c.n or not t.n:
        return Difference(None, None, None, None, "too_few")
    found = cluster_difference(c.log_customers, t.log_customers, level)
    value, low, high = (None if end is None else math.exp(end) for end in (found.value, found.low, found.high))
    return replace(found, value=value, low=low, high=high)


def _anytime(found: Difference, control: Side, treatment: Side, how: Reading, told: Told) -> Difference:
    """The interval and p that hold at every look; ratios on their logarithms."""
    if found.value is None or found.status != "ok" or how.anytime is None:
        return found
    error = found.error if found.error is not None else _error(control.sample, treatment.sample)
    n = control.sample.n + treatment.sample.n
    value = found.value if told == "difference" else math.log(found.value)
    sequence = asymptotic_interval(value, error, n, how.anytime, how.level)
    low, high = sequence.interval if told == "difference" else (math.exp(end) for end in sequence.interval)
    return replace(found, low=low, high=high, p=sequence.p)


def _error(c: Sample, t: Sample) -> float:
    """The standard error of a difference of two means of answers."""
    return math.sqrt(sum(s.variance / max(s.n - 1, 1) for s in (c, t)))


def _clipped(found: Difference, widest: float) -> Difference:
    if found.low is None or found.high is None:
        return found
    return replace(found, low=max(found.low, -widest), high=min(found.high, widest))


def nps_counts(sample: Sample) -> tuple[float, float, float]:
    """Promoters, passives and detractors."""
    if not sample.n:
        return 0.0, 0.0, 0.0
    good, neither, bad = counts(float(sample.n), sample.mean, sample.variance)
    return float(good), float(neither), float(bad)


def mean_moments(sample: Sample) -> tuple[float, float, float]:
    """n, mean and standard deviation of an arm."""
    n = float(sample.n)
    return n, sample.mean, math.sqrt(max(sample.variance, 0.0) * n / (n - 1)) if n > 1 else 0.0


def _logs(sample: Sample) -> tuple[float, float, float]:
    n, mean, variance = sample.logs
    return float(n), mean, math.sqrt(variance * n / (n - 1)) if n > 1 else 0.0


def typical(sample: Sample) -> float:
    """The geometric mean of an arm's times."""
    return math.exp(sample.logs[1])


def none_of(told: Told) -> float:
    """The value that says no difference."""
    return 0.0 if told == "difference" else 1.0


def leaves_out_none(low: float | None, high: float | None, told: Told) -> bool:
    """Whether an interval leaves out no difference."""
    return low is not None and high is not None and (low > none_of(told) or high < none_of(told))
