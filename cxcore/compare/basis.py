"""What the metric is before the change, from the file itself: for planning."""

from __future__ import annotations

from cxcore.compare.outcome import outcome, rows_of, unit_of, variant_of
from cxcore.compare.scene import check, named_arms, scene
from cxcore.compare.sums import Held, sums
from cxcore.compare.verdict import baseline_of
from cxcore.engine import Engine
from cxcore.errors import CannotCompute
from cxcore.experiment import Baseline, Plan
from cxcore.language import say
from cxcore.metrics.desk import span
from cxcore.values import Table


def baseline(engine: Engine, table: Table, plan: Plan) -> Baseline:
    """How single answers are spread, from the control arm where the file has arms, else from all of it.

    Raises CannotCompute where there are fewer than two answers.
    """
    check(plan)
    one = outcome(engine, table, plan.metric, plan)
    held = _control(engine, table, plan) or _whole(engine, table, plan)
    found = baseline_of(one, held.samples[0]) if held is not None else None
    if found is None:
        raise CannotCompute(
            "too_few_answers",
            say("The file holds too few answers to plan from."),
            say("Type what you expect instead, for example --baseline 50/20."),
        )
    return found


def _control(engine: Engine, table: Table, plan: Plan) -> Held | None:
    """The control arm, where the file has arms."""
    try:
        variant_of(table, plan)
    except CannotCompute:
        return None
    one = scene(engine, table, plan)
    held = {key[0]: arm for key, arm in one.held().items()}
    try:
        names, _ = named_arms(held, plan)
    except CannotCompute:
        return None
    return held.get(names[0])


def _whole(engine: Engine, table: Table, plan: Plan) -> Held | None:
    """All rows as one."""
    outcomes = (outcome(engine, table, plan.metric, plan),)
    spoken = span(engine, table)
    found = sums(
        engine, table, outcomes, lambda source: rows_of(source, table, outcomes, spoken, plan, ""),
        {"all": lambda rows: rows["row"].notnull().cast("string")}, unit=unit_of(table, plan),
    )  # fmt: skip
    return next(iter(found.values()), None)
