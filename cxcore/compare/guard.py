"""Metrics that must not get worse: is a worsening by the margin ruled out (non-inferiority)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from cxcore.compare import arms as drawn
from cxcore.compare.apart import METHODS, Distance, Reading, distance, mean_moments, nps_counts, typical
from cxcore.compare.outcome import Outcome
from cxcore.compare.scene import Scene
from cxcore.compare.sums import Held, Sample
from cxcore.compare.verdict import good, judged
from cxcore.experiment import Guarded, Told
from cxcore.stats.equivalence import same_means, same_nps, same_shares
from cxcore.stats.several import holm, shared_level


def guarded(one: Scene, held: Mapping[str, Held]) -> tuple[Guarded, ...]:
    """Each guardrail for each treatment: held where its worsening by the margin is ruled out at 5 % over all of them.

    One-sided: the bound is the bad end of an interval of twice the error; p is Holm's over all the guardrails.
    """
    names = list(held)
    found = []
    count = (len(names) - 1) * (len(one.outcomes) - 1)
    if not count:
        return ()
    how = Reading(shared_level(one.plan.level, count)).inner()
    for k, outcome in enumerate(one.outcomes[1:], 1):
        sides = drawn.sides(one, held, k)
        control = sides[names[0]]
        margin = one.plan.guardrails[k - 1].margin
        for name in names[1:]:
            far = distance(outcome, control, sides[name], how)
            samples = (control.sample, sides[name].sample)
            plan = replace(one.plan, margin=None, effect=margin)
            p = _p(outcome, samples, margin, range_held=far.method == METHODS["range"])
            effect = judged(outcome, (names[0], name), samples, plan, how, (far, None, None))
            effect = replace(effect, p=None, p_alone=p, verdict=None)
            holds, bound = _holds(outcome, far, samples[0], margin)
            found.append(Guarded(outcome.metric.name, outcome.metric.title, outcome.unit, margin, effect, holds, bound))
    known = [each.effect.p_alone for each in found if each.effect.p_alone is not None]
    raised = iter(holm(known)) if known else iter(())
    return tuple(
        replace(each, effect=replace(each.effect, p=float(next(raised)))) if each.effect.p_alone is not None else each
        for each in found
    )


def _holds(one: Outcome, far: Distance, control: Sample, margin: float) -> tuple[bool | None, float | None]:
    """Whether the interval stays on the good side of the margin, or lies beyond it; and its bad end."""
    found = far.found
    if found.low is None or found.high is None:
        return None, None
    worse_is_up = not good(one, np.inf, far.told)
    bad, better = (found.high, found.low) if worse_is_up else (found.low, found.high)
    edge = _edge(far.told, control, margin, up=worse_is_up)
    if (bad < edge) if worse_is_up else (bad > edge):
        return True, bad
    return (False if ((better > edge) if worse_is_up else (better < edge)) else None), bad


def _edge(told: Told, control: Sample, margin: float, *, up: bool) -> float:
    """Where the margin lies, as the distance is told. A hazard ratio has no seconds: its margin counts as none."""
    sign = 1 if up else -1
    if told == "difference":
        return sign * margin
    return 1 + sign * margin / typical(control) if told == "ratio" else 1.0


def _p(one: Outcome, samples: tuple[Sample, Sample], margin: float, *, range_held: bool) -> float | None:
    """p of "worse by the margin or more": one side of the two one-sided tests; None where customers repeat,
    and where the interval is not Welch's (`range_held`)."""
    c, t = samples
    if min(c.n, t.n) < 2 or c.clustered or t.clustered or one.kind in {"duration", "survival"} or range_held:
        return None
    if one.kind == "nps":
        found = same_nps(nps_counts(c), nps_counts(t), margin)
    elif one.kind == "share":
        found = same_shares((round(c.mean * c.n / 100), c.n), (round(t.mean * t.n / 100), t.n), margin / 100)
    else:
        tested = same_means(mean_moments(c), mean_moments(t), -margin, margin)
        if tested is None:
            return None
        found = tested
    return found.p_low if one.direction > 0 else found.p_high
