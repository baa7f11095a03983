"""Level 4. Before the test: how many answers an effect takes, and what effect the answers there are can see."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Literal

from cxcore.errors import CannotCompute, UnknownName
from cxcore.experiment import Baseline, Needed
from cxcore.language import say
from cxcore.metrics import METRICS
from cxcore.metrics.base import Rule
from cxcore.stats import planning

Kind = Literal["nps", "share", "mean"]
_POINTS = 40  # of a power curve
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


def kind_of(rule: Rule) -> Kind:
    """Which formula plans a metric under this rule."""
    if rule.family in {"nps", "share"}:
        return rule.family
    return "mean"


def typed(metric: str, text: str, *, rows_per_unit: float = 1.0, icc: float = 0.0) -> Baseline:
    """The baseline a person types: NPS as promoters/detractors and shares, in percent; means as mean/deviation.

    A name that is no metric's is a column: one number is a share, two are a mean and its deviation. Raises UnknownName
    for a text that says none of these.
    """
    known = METRICS.get(metric)
    rule = known.rules[0] if known else None
    parts = [part.strip() for part in text.split("/")]
    if not all(_NUMBER.fullmatch(part) for part in parts) or len(parts) > 2:
        raise _not_read(text)
    numbers = [float(part.replace(",", ".")) for part in parts]
    kind: Kind = kind_of(rule) if rule else ("share" if len(numbers) == 1 else "mean")
    if len(numbers) != (1 if kind == "share" else 2):
        raise _not_read(text)
    found = _baseline(kind, rule.unit if rule else ("%" if kind == "share" else "number"), numbers)
    if found is None:
        raise _not_read(text)
    return replace(found, rows_per_unit=max(rows_per_unit, 1.0), icc=min(max(icc, 0.0), 1.0))


def _baseline(kind: Kind, unit: str, numbers: list[float]) -> Baseline | None:
    if kind == "nps":
        good, bad = (number / 100 for number in numbers)
        variance = planning.nps_variance(good, bad)
        return Baseline("nps", unit, 100 * (good - bad), variance) if good + bad <= 1 and variance > 0 else None
    if kind == "share":
        share = numbers[0] / 100
        return Baseline("share", unit, 100 * share, 10_000 * share * (1 - share)) if share <= 1 else None
    return Baseline("mean", unit, numbers[0], numbers[1] ** 2) if numbers[1] > 0 else None


def _not_read(text: str) -> UnknownName:
    return UnknownName(
        "bad_baseline",
        say("{words} does not say what the metric is before the change.", words=text),
        say("NPS: promoters/detractors in percent (50/20); shares: percent (62); means: mean/standard deviation"
            " (4.1/1.2)."),
    )  # fmt: skip


def needed(baseline: Baseline, effect: float, power: float = 0.8, level: float = 0.95) -> Needed:
    """How many answers each arm takes to see `effect` with this power, rounded up, and the half-width they give.

    Where customers repeat, times 1 + (rows a customer − 1) · ICC. Raises CannotCompute for an effect of 0, one beyond
    the scale, or where answers do not vary.
    """
    _possible(power, level)
    if effect == 0 or not math.isfinite(effect):
        raise CannotCompute(
            "no_effect",
            say("An effect of nothing cannot be seen with any number of answers."),
            say("Give the smallest difference that would matter to you."),
        )
    more = planning.design_effect(baseline.rows_per_unit, baseline.icc)
    if baseline.kind == "share":
        n = planning.size_of_shares(*_shares(baseline, effect), power, level)
    elif baseline.variance <= 0:
        raise CannotCompute(
            "no_variation",
            say("All answers before the change are the same, so that nothing can be planned from them."),
            say("Type what you expect instead."),
        )
    elif baseline.kind == "nps":
        n = planning.size_by_variance(baseline.variance, effect, power, level)
    else:
        n = planning.size_of_means(math.sqrt(baseline.variance), abs(effect), power, level)
    per_arm = max(math.ceil(round(n * more, 6)), 2)
    half = math.sqrt(baseline.variance * more * 2 / per_arm) * planning.score(level)
    return Needed(baseline, effect, per_arm, half, power, level)


def visible(baseline: Baseline, n: float, power: float = 0.8, level: float = 0.95) -> float:
    """The smallest effect that `n` answers in each arm see with this power; NaN where they see none on the scale."""
    _possible(power, level)
    alone = n / planning.design_effect(baseline.rows_per_unit, baseline.icc)
    if alone < 2:
        return math.nan
    if baseline.kind == "share":
        share = baseline.mean / 100
        found = planning.effect_of_shares(share, alone, power, level)
        return 100 * (planning.effect_of_shares(share, alone, power, level, up=False) if math.isnan(found) else found)
    if baseline.kind == "nps":
        return planning.effect_by_variance(baseline.variance, alone, power, level)
    return planning.effect_of_means(math.sqrt(baseline.variance), alone, power, level)


def power_curve(
    baseline: Baseline, effect: float, power: float = 0.8, level: float = 0.95
) -> tuple[tuple[int, float], ...]:
    """(answers per arm, chance of seeing `effect`), from few answers to twice as many as are needed."""
    enough = needed(baseline, effect, power, level).per_arm
    more = planning.design_effect(baseline.rows_per_unit, baseline.icc)
    sizes = sorted({max(round(2 * enough * k / _POINTS), 2) for k in range(1, _POINTS + 1)})
    return tuple((n, _power(baseline, effect, max(n / more, 2.0), level)) for n in sizes)


def _power(baseline: Baseline, effect: float, n: float, level: float) -> float:
    if baseline.kind == "share":
        return planning.power_of_shares(*_shares(baseline, effect), n, level)
    if baseline.kind == "nps":
        return planning.power_by_variance(baseline.variance, n, effect, level)
    return planning.power_of_means(math.sqrt(baseline.variance), n, effect, level)


def _shares(baseline: Baseline, effect: float) -> tuple[float, float]:
    """The share before and after; an effect that leaves the scale on one side is taken to the other."""
    before, step = baseline.mean / 100, effect / 100
    after = before + step if 0 <= before + step <= 1 else before - step
    if not 0 <= after <= 1:
        raise CannotCompute(
            "effect_too_large",
            say("From {share:1} % a share cannot move by {effect:1} points.", share=baseline.mean, effect=effect),
            say("Give a smaller effect."),
        )
    return before, after


def _possible(power: float, level: float) -> None:
    if not 0.5 <= power < 1 or not 0.5 <= level < 1:
        raise UnknownName(
            "bad_level",
            say("Power and level are chances from 0.5 to below 1."),
            say("Usual are a power of 0.8 and a level of 0.95."),
        )
