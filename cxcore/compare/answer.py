"""A plan and a table → the Comparison: checks first, then effects with their verdicts, guardrails and segments."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from cxcore.compare import arms as drawn
from cxcore.compare import change, checks, views
from cxcore.compare.apart import Distance, Side
from cxcore.compare.guard import guarded
from cxcore.compare.scene import Scene, named_arms, no_arm, other_columns, reading, scene
from cxcore.compare.sums import Held
from cxcore.compare.verdict import corrected, effect_of, judged
from cxcore.engine import Engine
from cxcore.experiment import Clusters, Comparison, DesignCheck, Effect, Plan, Status
from cxcore.language import Message, say, say_many
from cxcore.stats.clusters import intraclass
from cxcore.values import SMALL_GROUP, Table

_HELD_BACK = say("held back: a design check failed")


def compare(engine: Engine, table: Table, plan: Plan, *, anyway: bool = False, also: bool = True) -> Comparison:
    """What the plan's experiment comes to on this table.

    The design is checked before anything else; where a check fails the effects are held back (`anyway` shows them) and
    the status is not_valid. `also` adds the other views of each effect (rank tests, medians, z), which read rows.
    Raises UnknownName and CannotCompute for what is not there or cannot be compared.
    """
    one = scene(engine, table, plan)
    earlier: Mapping[str | None, Held] = {}
    if one.moved:
        earlier, found = change.phases(one)
    else:
        found = {key[0]: held for key, held in one.held().items()}
    names, assumed = named_arms(found, plan)
    arms, before = (change.of_arms(held, names, len(one.outcomes)) for held in (found, earlier))
    tests = design(one, arms)
    failed = any(test.state == "fail" for test in tests)
    held_back = failed and not anyway
    sides = drawn.sides(one, arms)
    of_arm = partial(_moved, one, before, arms) if one.moved else partial(_effect, one, sides, arms)
    distances = [of_arm(name) for name in names[1:]]
    effects = corrected([effect for effect, _ in distances])
    if also and not held_back and not one.moved:
        seen = [views.of_effect(one, arms, e, d) for e, (_, d) in zip(effects, distances, strict=True)]
        effects = [replace(effect, also=more) for effect, more in zip(effects, seen, strict=True)]
    if not held_back:
        tests += checks.surprises(effects, arms, plan)
    status = _status(effects, failed=failed)
    outcome = one.outcomes[0]
    return Comparison(
        plan=plan, metric=outcome.metric.name, title=outcome.metric.title, unit=outcome.unit,
        direction=outcome.direction, status=status,
        arms=drawn.silent(arms) if held_back else drawn.arms(one, arms),
        effects=tuple(_held_back(e) if held_back else _invalid(e) if failed else e for e in effects),
        checks=tuple(tests), clusters=_clusters(one, arms), held_back=held_back, assumed=assumed,
        guardrails=() if held_back or one.moved else guarded(one, arms),
        segments=() if held_back or one.moved else views.segments(one, names),
        together=views.together(one, arms) if also and not held_back else (),
        notes=_notes(one, found, names),
    )  # fmt: skip


def design(one: Scene, arms: Mapping[str, Held]) -> list[DesignCheck]:
    """The checks of the design, in the order they are read."""
    plan, table, names = one.plan, one.table, list(arms)
    shares = plan.split or (1.0,) * len(names)
    tests = [checks.split(arms, shares)] if plan.design == "arms" else [_weaker(one)]
    dated = one.when if plan.design == "arms" else None
    built = one.rows
    seen = checks.mixes(one.engine, table, built, one.arm, names, other_columns(one), dated, one.unit)
    days = seen.pop(dated, None) if dated else None
    tests.append(checks.one_change(plan, table, seen))
    if plan.design == "arms":
        tests.append(checks.period(days))
        if one.unit is not None:
            tests.append(checks.in_both(one.engine, table, built, one.arm, names, one.unit))
    tests += [
        checks.duplicates(table),
        checks.repeats(table, one.unit, plan, arms),
        checks.enough(arms),
        checks.varied(arms),
    ]
    end = checks.ended(plan, arms)
    return [*tests, end] if end else tests


def _weaker(one: Scene) -> DesignCheck:
    """Before and after are not assigned by chance, and that is said."""
    if one.variant in {"", "phase"}:
        says = say("There is no comparison group: whatever else changed at the same time counts as the effect.")
    else:
        says = say("Nobody was assigned by chance: the result holds only if both groups would have moved alike without"
                   " the change. It is weaker than an experiment.")  # fmt: skip
    return DesignCheck("comparison group", "caution", says)


def _effect(one: Scene, sides: Mapping[str, Side], arms: Mapping[str, Held], name: str) -> tuple[Effect, Distance]:
    control = next(iter(arms))
    n = sides[control].sample.n + sides[name].sample.n
    how = reading(one.plan, len(arms) - 1, n)
    return effect_of(one.outcomes[0], ((control, sides[control]), (name, sides[name])), one.plan, how)


def _moved(one: Scene, before: Mapping[str, Held], after: Mapping[str, Held], name: str) -> tuple[Effect, Distance]:
    """The effect of a change: how much more this group moved than the control."""
    control, outcome = next(iter(after)), one.outcomes[0]
    groups = [(before[group].samples[0], after[group].samples[0]) for group in (control, name)]
    how = reading(one.plan, len(after) - 1, sum(sample.n for group in groups for sample in group))
    full = change.moved(outcome, groups[0], groups[1], how, with_p=True)
    inner = change.moved(outcome, groups[0], groups[1], how.inner()).found
    samples = (groups[0][0], groups[1][1])
    return judged(outcome, (control, name), samples, one.plan, how, (full, inner.low, inner.high)), full


def _status(effects: Sequence[Effect], *, failed: bool) -> Status:
    """Not valid where a check failed; else ok where any effect can be told."""
    if failed:
        return "not_valid"
    kinds = [effect.status for effect in effects]
    return "ok" if "ok" in kinds else kinds[0]


def _held_back(effect: Effect) -> Effect:
    return Effect(
        effect.control, effect.treatment, effect.metric, "not_valid", None, None, None, None, _HELD_BACK,
        told=effect.told, level=effect.level,
    )  # fmt: skip


def _invalid(effect: Effect) -> Effect:
    """An effect seen although a check failed: its numbers, and no verdict."""
    return replace(effect, status="not_valid", verdict=None)


def _clusters(one: Scene, arms: Mapping[str, Held]) -> Clusters | None:
    if one.unit is None:
        return None
    control = next(iter(arms.values())).samples[0]
    icc = intraclass(control.customers, control.within)[0] if control.customers is not None and control.n else None
    units = sum(held.units for held in arms.values())
    rows = sum(held.rows for held in arms.values())
    return Clusters(
        one.unit, tuple((name, held.units) for name, held in arms.items()), rows / units if units else 1.0,
        None if icc is None or math.isnan(icc) else icc,
    )  # fmt: skip


def _notes(one: Scene, found: Mapping[str | None, Held], names: Sequence[str]) -> tuple[Message, ...]:
    """What should be known of the rows that are in no arm, and of the file."""
    told = []
    lost = sum(held.rows for name, held in found.items() if no_arm(name, one.plan))
    if lost:
        told.append(say_many("{n} row names no arm and is left out.", "{n} rows name no arm and are left out.", lost))
    others = sum(held.rows for name, held in found.items() if not no_arm(name, one.plan) and name not in names)
    if others:
        told.append(say_many("{n} row is in an arm that is not compared.",
                             "{n} rows are in arms that are not compared.", others))  # fmt: skip
    if one.table.mapping.kind == "daily":
        told.append(say("Each row of this file holds totals; the rows are what is compared, not single contacts."))
    if one.outcomes[0].assumed:
        told.append(say("More of it is taken as better: neither the plan nor the metric says which way is better."))
    small = [name for name in names if 2 <= (found[name].samples[0].n if name in found else 0) < SMALL_GROUP]
    if small:
        told.append(say("With so few answers the interval says little."))
    return tuple(told)
