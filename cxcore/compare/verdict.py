"""A distance and a margin → the verdict, in the order the methods give; and how many answers would decide."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from cxcore import plan as planned
from cxcore.compare.apart import Distance, Reading, Side, distance, leaves_out_none, mean_moments, none_of, typical
from cxcore.compare.outcome import Outcome
from cxcore.compare.sums import Sample
from cxcore.errors import CxError
from cxcore.experiment import Baseline, Effect, Plan, Told, Verdict
from cxcore.stats.clusters import intraclass
from cxcore.stats.several import holm


def effect_of(
    one: Outcome, arms: tuple[tuple[str, Side], tuple[str, Side]], plan: Plan, how: Reading
) -> tuple[Effect, Distance]:
    """The effect of one treatment, with its verdict; both arms named, control first. `also` is left to others."""
    (control, c), (treatment, t) = arms
    full = distance(one, c, t, how, with_p=True)
    inner = distance(one, c, t, how.inner()).found
    return judged(one, (control, treatment), (c.sample, t.sample), plan, how, (full, inner.low, inner.high)), full


def judged(
    one: Outcome,
    names: tuple[str, str],
    samples: tuple[Sample, Sample],
    plan: Plan,
    how: Reading,
    seen: tuple[Distance, float | None, float | None],
) -> Effect:
    """The Effect of a distance seen, and of the two ends of its inner interval."""
    full, low, high = seen
    found = full.found
    needed = needed_per_arm(one, samples[0], plan, how.level, full.told)
    ok = found.status == "ok"
    # An interval stands without variation too (score intervals never shrink to nothing), and says nothing of a verdict.
    inner = (low, high) if low is not None and high is not None else None
    within = ok and within_margin(inner, plan.margin, full.told, samples[0])
    real = ok and leaves_out_none(found.low, found.high, full.told)
    return Effect(
        control=names[0], treatment=names[1], metric=one.metric.name, status=found.status, value=found.value,
        low=found.low, high=found.high, p=found.p if ok else None, p_alone=found.p if ok else None,
        method=full.method, told=full.told, level=how.level, inner=inner,
        verdict=_verdict(one, found.value, full.told, real=real, within=within) if ok else None, real=real,
        needed_per_arm=needed,
        more_per_arm=None if needed is None else max(needed - min(sample.n for sample in samples), 0),
    )  # fmt: skip


def _verdict(one: Outcome, value: float | None, told: Told, *, real: bool, within: bool) -> Verdict:
    if within:
        return "practically the same"
    if not real or value is None:
        return "cannot tell yet"
    return "better" if good(one, value, told) else "worse"


def good(one: Outcome, value: float, told: Told) -> bool:
    """Whether a difference in this direction is what one hopes for. A case that ends sooner takes less time."""
    up = value > none_of(told)
    wanted = one.direction * (-1 if told == "hazard ratio" else 1)
    return up == (wanted > 0)


def within_margin(inner: tuple[float, float] | None, margin: float | None, told: Told, control: Sample) -> bool:
    """Whether the inner interval lies inside the margin. One in seconds is held against a ratio at the control's
    typical time; a hazard ratio has no margin."""
    if inner is None or margin is None or told == "hazard ratio":
        return False
    if told == "difference":
        return -margin < inner[0] and inner[1] < margin
    reach = margin / typical(control)
    return 1 - reach < inner[0] and inner[1] < 1 + reach


def needed_per_arm(one: Outcome, control: Sample, plan: Plan, level: float, told: Told) -> int | None:
    """Answers per arm for the smallest effect that matters (else the margin), from the control's own spread; None where
    no effect is given, or nothing can be planned. Never from the effect observed."""
    effect = plan.effect if plan.effect is not None else plan.margin
    base = baseline_of(one, control, told)
    if effect is None or base is None:
        return None
    if told == "ratio":
        effect = math.log1p(effect / typical(control))
    try:
        return planned.needed(base, effect * (one.direction or 1), plan.power, level).per_arm
    except CxError:
        return None


def baseline_of(one: Outcome, sample: Sample, told: Told = "difference") -> Baseline | None:
    """What single answers of an arm are like, for planning; of logarithms where the effect is told as a ratio."""
    if sample.n < 2 or told == "hazard ratio":
        return None
    repeats, icc = 1.0, 0.0
    if sample.clustered and sample.customers is not None:
        repeats = sample.n / sample.customers.units
        found = intraclass(sample.customers, sample.within)[0]
        icc = 0.0 if math.isnan(found) else min(max(found, 0.0), 1.0)
    if told == "ratio":
        n, mean, variance = sample.logs
        return Baseline("mean", "", mean, variance * n / (n - 1), n, repeats, icc)
    _, mean, sd = mean_moments(sample)
    kind = planned.kind_of(one.rule) if one.kind in {"nps", "share"} else "mean"
    return Baseline(kind, one.unit, mean, sd**2, sample.n, repeats, icc)


def corrected(effects: Sequence[Effect]) -> list[Effect]:
    """The effects with p by Holm over all of them; their intervals are at Bonferroni's level already."""
    known = [effect.p_alone for effect in effects if effect.p_alone is not None]
    raised = iter(holm(known)) if known else iter(())
    return [replace(e, p=float(next(raised))) if e.p_alone is not None else e for e in effects]
