"""Customers who answer more than once: the unit is the customer, and sums per customer carry everything."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from cxcore.stats.results import Difference, FloatArray, Interval

_ROUNDING = 1e-12  # a spread below this share of the value is rounding, not variation


@dataclass(frozen=True, eq=False)
class Customers:
    """One arm's customers, put together by how many answers they gave: a small table however many they are.

    `answers` m, `customers` with m answers each, the `mean` of their sums of answers and its `variance` (÷ customers).
    """

    answers: FloatArray
    customers: FloatArray
    mean: FloatArray
    variance: FloatArray

    @property
    def total(self) -> float:
        """All answers."""
        return float(self.answers @ self.customers)

    @property
    def units(self) -> float:
        """All customers."""
        return float(self.customers.sum())

    @property
    def ratio(self) -> float:
        """The mean of all answers, ΣS / ΣM."""
        return float(self.mean @ self.customers) / self.total

    @property
    def repeat(self) -> bool:
        """Whether any customer gave more than one answer."""
        return bool(self.answers.size and self.answers.max() > 1)

    @property
    def largest(self) -> float:
        """The share of all answers that the busiest customer gave."""
        return float(self.answers.max()) / self.total if self.answers.size else 0.0

    @property
    def squares_between(self) -> float:
        """Σ m (S/m − R)² over customers."""
        off = self.variance + (self.mean - self.ratio * self.answers) ** 2
        return float(np.sum(self.customers * off / self.answers))


def customers_of(answers: npt.ArrayLike, sums: npt.ArrayLike) -> Customers:
    """The table of one arm from each customer's number of answers and their sum; customers without one are left out."""
    m, s = np.asarray(answers, np.float64), np.asarray(sums, np.float64)
    m, s = m[m > 0], s[m > 0]
    kinds, place = np.unique(m, return_inverse=True)
    count = np.bincount(place, minlength=kinds.size).astype(np.float64)
    mean = np.bincount(place, s, kinds.size) / count
    variance = np.bincount(place, (s - mean[place]) ** 2, kinds.size) / count
    return Customers(kinds, count, mean, variance)


def cluster_difference(control: Customers, treatment: Customers, level: float = 0.95) -> Difference:
    """Treatment − control of the two means of answers, in their unit, allowing for customers who repeat.

    CR2 variance per arm (Bell & McCaffrey 2002, Survey Methodology 28:169–181): Σ e² / (1 − m/M) / M² with
    e = S − R·m; t interval with their Satterthwaite degrees of freedom under working independence (Pustejovsky & Tipton
    2018, J. Bus. Econ. Stat. 36:672–683). `too_few` below two customers in an arm. statsmodels' cluster covariance is
    CR1, and normal unless told otherwise, which errs when customers are few.
    """
    if min(control.units, treatment.units) < 2:
        return Difference(None, None, None, None, "too_few")
    value = treatment.ratio - control.ratio
    variance = _cr2(control) + _cr2(treatment)
    error = math.sqrt(variance)
    if error <= _ROUNDING * max(abs(control.ratio), abs(treatment.ratio)):
        return Difference(value, None, None, None, "no_variation")
    df = (1 / control.total + 1 / treatment.total) ** 2 / (_squared_form(control) + _squared_form(treatment))
    half = float(stdtrit(df, (1 + level) / 2)) * error
    p = float(2 * stdtr(df, -abs(value) / error))
    return Difference(value, value - half, value + half, p, error=error, df=df)


def cluster_interval(arm: Customers, level: float = 0.95) -> Interval | None:
    """The interval of one arm's mean of answers, as in `cluster_difference`; None where nothing can be said."""
    if arm.units < 2:
        return None
    error = math.sqrt(_cr2(arm))
    if error <= _ROUNDING * abs(arm.ratio):
        return None
    half = float(stdtrit(arm.total**-2 / _squared_form(arm), (1 + level) / 2)) * error
    return Interval(arm.ratio - half, arm.ratio + half)


def delta_difference(control: Customers, treatment: Customers, level: float = 0.95) -> Difference:
    """The same difference by the delta method with the normal distribution, as large platforms give it.

    Deng, Knoblich & Lu 2018 (KDD '18:233–242). Too narrow with few customers: for comparing with others' figures.
    """
    value = treatment.ratio - control.ratio
    error = math.sqrt(sum(_residuals(a, 1.0) * a.units / (a.units - 1) / a.total**2 for a in (control, treatment)))
    half = float(ndtri((1 + level) / 2)) * error
    return Difference(value, value - half, value + half, float(2 * ndtr(-abs(value) / error)), error=error)


def intraclass(arm: Customers, squares_within: float) -> tuple[float, float]:
    """ICC(1) and the mean cluster size k₀ it goes with; NaN where it cannot be said (one customer, or none repeats).

    `squares_within`: Σ(answer − its customer's mean)². One-way analysis of variance with unequal sizes (Donner 1986,
    Int. Stat. Rev. 54:67–82).
    """
    if arm.units < 2 or arm.total <= arm.units:
        return math.nan, math.nan
    between = arm.squares_between / (arm.units - 1)
    within = squares_within / (arm.total - arm.units)
    size = (arm.total - float(arm.customers @ arm.answers**2) / arm.total) / (arm.units - 1)
    spread = between + (size - 1) * within
    return ((between - within) / spread if spread > 0 else math.nan), size


def _residuals(arm: Customers, weight: FloatArray | float) -> float:
    """Σ weight·(S − R·m)² over customers."""
    squares = arm.customers * (arm.variance + (arm.mean - arm.ratio * arm.answers) ** 2)
    return float(np.sum(weight * squares))


def _cr2(arm: Customers) -> float:
    return _residuals(arm, 1 / (1 - arm.answers / arm.total)) / arm.total**2


def _squared_form(arm: Customers) -> float:
    """The sum of squares of the matrix whose trace, 1/M, is the variance's expectation for independent answers."""
    pulled = arm.answers**2 / (1 - arm.answers / arm.total)
    sum_, squares = float(arm.customers @ pulled), float(arm.customers @ pulled**2)
    return (float(arm.customers @ arm.answers**2) + (sum_**2 - squares) / arm.total**2) / arm.total**4
