"""The same comparison seen otherwise: rank tests, medians, z; all arms at once; and by segment, as exploration."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from cxcore import stats
from cxcore.compare import arms as drawn
from cxcore.compare.apart import METHODS, Distance, Reading, Side, mean_moments, means, nps_counts
from cxcore.compare.outcome import Outcome
from cxcore.compare.pairs import adjusted
from cxcore.compare.scene import Scene
from cxcore.compare.sums import Held, Sample
from cxcore.compare.verdict import corrected, effect_of
from cxcore.experiment import Also, Effect
from cxcore.language import say
from cxcore.metrics.estimate import change
from cxcore.metrics.groups import hidden
from cxcore.metrics.select import column_of
from cxcore.stats import FloatArray
from cxcore.stats.clusters import cluster_difference
from cxcore.stats.durations import quantile_difference
from cxcore.stats.equivalence import same_means, same_nps, same_shares
from cxcore.stats.ranks import kruskal_wallis, superiority
from cxcore.stats.several import dunnett, equal_means, equal_shares, shared_level
from cxcore.values import SMALL_GROUP

MOST_ROWS = 200_000  # rows read for ranks and quantiles; of more, a sample
_ENOUGH_TIMES = 30  # in each arm, from which a bootstrap of their quantiles holds what it says (README)
_STEPS = 20  # different answers up to which a column of numbers is a scale


def of_effect(one: Scene, held: Mapping[str, Held], effect: Effect, far: Distance) -> tuple[Also, ...]:
    """The other views of one effect."""
    outcome = one.outcomes[0]
    c, t = held[effect.control].samples[0], held[effect.treatment].samples[0]
    if effect.status != "ok":
        return ()
    found = [_equivalence(one, c, t), *adjusted(one, effect.control, effect.treatment)]
    if outcome.kind == "share" and not (c.clustered or t.clustered):
        found.append(_z(c, t))
    if outcome.kind == "mean":
        if far.found.hedges_g is not None:
            how = say("difference in standard deviations, corrected for small samples (Hedges' g)")
            found.append(Also("standardised effect", far.found.hedges_g, None, None, None, "sd", how))
        found.append(_ordinal(one, effect))
    if outcome.kind in {"duration", "survival"}:
        found.append(_means(outcome, c, t, effect.level))
        found += _medians(one, held, effect) if far.told == "hazard ratio" else _quantiles(one, effect)
    return tuple(one for one in found if one is not None)


def _equivalence(one: Scene, c: Sample, t: Sample) -> Also | None:
    """The two one-sided tests against the margin, where customers do not repeat."""
    margin, kind = one.plan.margin, one.outcomes[0].kind
    if margin is None or c.clustered or t.clustered or kind in {"duration", "survival"}:
        return None
    if kind == "nps":
        found = same_nps(nps_counts(c), nps_counts(t), margin)
        low, high = found.interval
    elif kind == "share":
        found = same_shares(_share(c), _share(t), margin / 100)
        low, high = (100 * end for end in found.interval)
    else:
        tested = same_means(mean_moments(c), mean_moments(t), -margin, margin)
        if tested is None:
            return None
        found, (low, high) = tested, tested.interval
    how = say("two one-sided tests against the margin; the verdict uses the interval above")
    return Also("equivalence", t.mean - c.mean, low, high, found.p, one.outcomes[0].unit, how)


def _share(sample: Sample) -> tuple[int, int]:
    return round(sample.mean * sample.n / 100), sample.n


def _z(c: Sample, t: Sample) -> Also | None:
    (count_c, n_c), (count_t, n_t) = _share(c), _share(t)
    z = stats.pooled_z((count_c, n_c), (count_t, n_t))
    if z is None:
        return None
    return Also("z", z, None, None, math.erfc(abs(z) / math.sqrt(2)), "z", say("z-test with the pooled share"))


def _means(one: Outcome, c: Sample, t: Sample, level: float) -> Also | None:
    """The difference of means, in seconds; where times are too skewed for so few cases, that is said."""
    if c.clustered or t.clustered:
        if c.customers is None or t.customers is None:
            return None
        found, how = cluster_difference(c.customers, t.customers, level), METHODS["clusters"]
    else:
        found, how = means(one, c, t, level, with_p=True)
        if how == METHODS["range"]:
            how = say("{method}. Means of such times are uncertain guides: go by the ratio", method=how)
    return Also("difference of means", found.value, found.low, found.high, found.p, one.unit, how)


def _quantiles(one: Scene, effect: Effect) -> list[Also]:
    """Median and 90th percentile, bootstrapped on the rows."""
    seen = values(one, (effect.control, effect.treatment))
    c, t = seen[effect.control], seen[effect.treatment]
    if min(c.size, t.size) < 2:
        return []
    found = []
    for name, q in (("difference of medians", 0.5), ("difference of 90th percentiles", 0.9)):
        value, ends = quantile_difference(c, t, q, effect.level)
        how = say("percentile bootstrap, 2,000 draws, seed 7, on {n} rows", n=c.size + t.size)
        if min(c.size, t.size) < _ENOUGH_TIMES:
            how = say(
                "{method}. Of so few times it misses the truth more often than in 5 of 100 cases: go by the ratio",
                method=how,
            )
        found.append(Also(name, value, ends.low, ends.high, None, one.outcomes[0].unit, how))
    return found


def _medians(one: Scene, held: Mapping[str, Held], effect: Effect) -> list[Also]:
    """The difference of the metric's quantile, Kaplan–Meier's, with MOVER on the two bands."""
    seen = drawn.quantiles(one, one.outcomes[0])
    c, t = seen.get(effect.control), seen.get(effect.treatment)
    if c is None or t is None or c.value is None or t.value is None or not held:
        return []
    found = change(c, t, one.outcomes[0].rule)
    how = say("Kaplan–Meier quantiles, MOVER on their log-log bands")
    return [Also("difference of quantiles", found.value, found.low, found.high, None, one.outcomes[0].unit, how)]


def _ordinal(one: Scene, effect: Effect) -> Also | None:
    """Whether the order of the answers says the same: it asks no distances between the steps of a scale."""
    seen = values(one, (effect.control, effect.treatment))
    c, t = seen[effect.control], seen[effect.treatment]
    if one.unit is not None or np.unique(np.concatenate([c, t])).size > _STEPS:
        return None
    found = superiority(c, t, effect.level)
    if found is None:
        return None
    how = say("chance that an answer of the treatment is above one of the control, ties counted half"
              " (Brunner–Munzel)")  # fmt: skip
    return Also("probability of superiority", found.value, found.low, found.high, found.p, "probability", how)


def values(one: Scene, names: Sequence[str]) -> dict[str, FloatArray]:
    """Each arm's single values: all of them, or of more than `MOST_ROWS` rows about so many, chosen by their number."""
    step = max(one.table.rows_used // MOST_ROWS, 1)

    def distinct(source: ir.Table) -> ir.Table:
        rows = one.rows(source).mutate(arm=one.arm)
        rows = rows.filter(rows["arm"].isin(list(names)) & rows["m0_value"].notnull())
        if step > 1:
            place: Any = rows["row"]
            rows = rows.filter(place.hash() % step == 0)
        return rows.aggregate(by=[rows["arm"], rows["m0_value"].name("value")], n=rows.count())

    frame = one.engine.ask(one.table.path, distinct)
    found = {}
    for name in names:
        part = frame[frame["arm"] == name].sort_values("value")
        found[name] = np.repeat(part["value"].to_numpy(np.float64), part["n"].to_numpy())
    return found


def together(one: Scene, held: Mapping[str, Held]) -> tuple[Also, ...]:
    """Tests of all arms at once, where there are more than two."""
    samples = [arm.samples[0] for arm in held.values()]
    if len(samples) < 3 or min(sample.n for sample in samples) < 2 or any(sample.clustered for sample in samples):
        return ()
    kind, unit = one.outcomes[0].kind, one.outcomes[0].unit
    if any(sample.variance <= 0 for sample in samples):
        return ()
    if kind == "share":
        counts, sizes = zip(*(_share(sample) for sample in samples), strict=True)
        _, _, p = equal_shares(counts, sizes)
        return (Also("all arms alike", None, None, None, p, unit, say("χ² test of all arms")),)
    if kind not in {"mean", "nps"}:
        return ()
    _, _, p = equal_means([mean_moments(sample) for sample in samples])
    found = [Also("all arms alike", None, None, None, p, unit, say("Welch's analysis of variance of all arms"))]
    if kind == "mean" and one.table.rows_used <= MOST_ROWS:
        seen = values(one, list(held))
        _, p = kruskal_wallis(list(seen.values()))
        found.append(Also("all arms alike by ranks", None, None, None, p, unit, say("Kruskal–Wallis test")))
        control, *others = seen.values()
        _, adjusted_p = dunnett(control, others)
        how = say("Dunnett's test of each treatment against the control, one variance for all arms")
        found += [
            Also(f"dunnett {name}", float(np.mean(t) - np.mean(control)), None, None, float(p), unit, how)
            for name, t, p in zip(list(held)[1:], others, adjusted_p, strict=True)
        ]
    return tuple(found)


def segments(one: Scene, names: Sequence[str]) -> tuple[Effect, ...]:
    """The effect in each group of each of the plan's segments, as exploration: intervals at Bonferroni's level and p by
    Holm over all of them. Groups too small to be shown, in any arm, have no number."""
    cells: list[tuple[str, str, dict[str, Held], bool]] = []
    for segment in one.plan.by:
        column = column_of(one.table, segment)
        held = one.held({"group": lambda rows, column=column: rows[column].cast("string")})
        groups = sorted({group for _, group in held if group is not None})
        kept = {name: _sizes(held, name, groups) for name in names}
        for k, group in enumerate(groups):
            cells.append((segment, group, {name: held[name, group] for name in names if (name, group) in held},
                          any(why[k] for why in kept.values())))  # fmt: skip
    how = Reading(shared_level(one.plan.level, max(len(cells) * (len(names) - 1), 1)))
    return tuple(corrected([_in_group(one, (names[0], name), cell, how) for cell in cells for name in names[1:]]))


def _sizes(held: Mapping[tuple[str | None, ...], Held], name: str, groups: Sequence[str]) -> list[str]:
    """For each group why its number may not be shown in this arm; "" where it may."""
    arms = [held.get((name, group)) for group in groups]
    frame = pd.DataFrame({
        "n": [arm.samples[0].n if arm else 0 for arm in arms], "people": [arm.units if arm else 0 for arm in arms],
        "b0": list(groups),
    })  # fmt: skip
    why = hidden(frame, ["b0"], beside=True)
    return [reason or ("n" if n < SMALL_GROUP else "") for reason, n in zip(why, frame["n"], strict=True)]


def _in_group(one: Scene, names: tuple[str, str], cell: tuple[str, str, dict[str, Held], bool], how: Reading) -> Effect:
    segment, group, held, small = cell
    outcome, by = one.outcomes[0], ((segment, group),)
    if small:
        what = say("fewer than {n} answers: too few to show", n=SMALL_GROUP)
        return Effect(*names, outcome.metric.name, "too_few", None, None, None, None, what, by=by)
    samples = (held[names[0]].samples[0], held[names[1]].samples[0])
    arms = ((names[0], Side(samples[0])), (names[1], Side(samples[1])))
    return replace(effect_of(outcome, arms, one.plan, how)[0], by=by)
