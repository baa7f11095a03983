"""Arms known only by their totals: n and successes, n with mean and deviation, promoters and detractors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from cxcore.compare import checks
from cxcore.compare.apart import Side
from cxcore.compare.outcome import Kind, Outcome
from cxcore.compare.scene import check, named_arms, reading
from cxcore.compare.sums import Held, Sample
from cxcore.compare.verdict import corrected, effect_of
from cxcore.errors import UnknownName
from cxcore.experiment import Arm, Comparison, Plan
from cxcore.language import Message, plain, say
from cxcore.metrics import METRICS
from cxcore.metrics.base import Metric, Rule, Unit, own_scale, unbounded, whole_range
from cxcore.metrics.cells import Asked
from cxcore.stats import mean_interval, nps_interval, share_interval


@dataclass(frozen=True)
class Given:
    """An arm as its totals: n answers, and one of: `count` of good ones, `mean` with `sd`, `promoters` with
    `detractors`."""

    name: str
    n: int
    count: int | None = None
    mean: float | None = None
    sd: float | None = None
    promoters: int | None = None
    detractors: int | None = None

    @property
    def kind(self) -> Kind:
        """What its numbers are."""
        if self.count is not None:
            return "share"
        return "nps" if self.promoters is not None else "mean"

    @property
    def totals(self) -> str:
        """The totals as the command line takes them: 4021:407, 120:4.1:1.2 or 16/12/8."""
        if self.count is not None:
            return f"{self.n}:{self.count}"
        if self.promoters is not None and self.detractors is not None:
            return f"{self.promoters}/{self.n - self.promoters - self.detractors}/{self.detractors}"
        return f"{self.n}:{self.mean:g}:{self.sd:g}"


_TITLES: dict[Kind, Message] = {"share": say("share"), "nps": say("NPS"), "mean": say("mean")}
_UNITS: dict[Kind, Unit] = {"share": "%", "nps": "points", "mean": "number"}


def of_aggregates(arms: Sequence[Given], plan: Plan) -> Comparison:
    """What arms come to of which only the totals are known: the same effects and verdicts.

    Of the design only the split can be checked, and that each arm has answers; the receipt of single rows is missing,
    and said. Raises UnknownName for totals that cannot be.
    """
    check(plan)
    kinds = {arm.kind for arm in arms}
    if len(kinds) != 1 or not all(_possible(arm) for arm in arms):
        raise UnknownName(
            "bad_totals",
            say("The totals of the arms do not fit together."),
            say("For each arm: n and how many of them (4021:407), n, mean and deviation (120:4.1:1.2), or promoters,"
                " passives and detractors (16/12/8)."),
        )  # fmt: skip
    outcome = _outcome(plan, arms[0].kind)
    found = {arm.name: Held(arm.n, arm.n, (_sample(arm),)) for arm in arms}
    names, assumed = named_arms(found, plan)
    held = {name: found.get(name, Held(0, 0, (Sample(),))) for name in names}
    sides = {name: Side(arm.samples[0]) for name, arm in held.items()}
    shares = plan.split or (1.0,) * len(names)
    tests = [checks.split(held, shares), checks.enough(held), checks.varied(held)]
    control = names[0]
    how = [reading(plan, len(names) - 1, held[control].rows + held[name].rows) for name in names[1:]]
    effects = corrected([
        effect_of(outcome, ((control, sides[control]), (name, sides[name])), plan, one)[0]
        for name, one in zip(names[1:], how, strict=True)
    ])  # fmt: skip
    tests += checks.surprises(effects, held, plan)
    failed = any(test.state == "fail" for test in tests)
    kinds_of = [effect.status for effect in effects]
    return Comparison(
        plan=plan, metric=plan.metric, title=outcome.metric.title, unit=outcome.unit, direction=outcome.direction,
        status="not_valid" if failed else "ok" if "ok" in kinds_of else kinds_of[0],
        arms=tuple(_arm(arm, plan.level) for name in names for arm in arms if arm.name == name),
        effects=tuple(effects), checks=tuple(tests), assumed=assumed,
        notes=(say("Only totals are known, so that the design could be checked no further."),),
    )  # fmt: skip


def _possible(arm: Given) -> bool:
    if arm.n < 0:
        return False
    if arm.count is not None:
        return 0 <= arm.count <= arm.n
    if arm.promoters is not None:
        return arm.detractors is not None and min(arm.promoters, arm.detractors) >= 0 and (
            arm.promoters + arm.detractors <= arm.n)  # fmt: skip
    return arm.mean is not None and arm.sd is not None and arm.sd >= 0 and math.isfinite(arm.mean)


def _outcome(plan: Plan, kind: Kind) -> Outcome:
    """A metric of this kind; the one of the list where the plan names one."""
    known = METRICS.get(plan.metric)
    bounds = {"share": whole_range, "nps": own_scale, "mean": unbounded}[kind]
    family = "mean" if kind == "mean" else "nps" if kind == "nps" else "share"
    rule = Rule("given", _TITLES[kind], family, _UNITS[kind], _TITLES[kind], lambda value, _: value, bounds)  # type: ignore[arg-type]
    title = known.title if known else plain(plan.metric) if plan.metric else _TITLES[kind]
    metric = Metric(plan.metric, title, title, (), (rule,), known.direction if known else 1, _TITLES[kind])
    direction = metric.direction or 1
    if plan.lower_is_better is not None:
        direction = -1 if plan.lower_is_better else 1
    return Outcome(Asked(metric, rule), kind, rule.unit, direction)


def _sample(arm: Given) -> Sample:
    if not arm.n:
        return Sample()
    if arm.count is not None:
        share = arm.count / arm.n
        return Sample(arm.n, 100 * share, 10_000 * share * (1 - share))
    if arm.promoters is not None and arm.detractors is not None:
        score = (arm.promoters - arm.detractors) / arm.n
        return Sample(arm.n, 100 * score, 10_000 * ((arm.promoters + arm.detractors) / arm.n - score**2))
    return Sample(arm.n, arm.mean or 0.0, (arm.sd or 0.0) ** 2 * (arm.n - 1) / arm.n)


def _arm(arm: Given, level: float) -> Arm:
    """An arm's own value and interval."""
    if not arm.n:
        return Arm(arm.name, 0, None, None, None, say("no answers"))
    sample = _sample(arm)
    if arm.count is not None:
        ends, scale, method = share_interval(arm.count, arm.n, level), 100.0, say("Wilson interval")
    elif arm.promoters is not None and arm.detractors is not None:
        passives = arm.n - arm.promoters - arm.detractors
        ends, scale = nps_interval(arm.promoters, passives, arm.detractors, level), 1.0
        method = say("score interval")
    else:
        ends, scale, method = mean_interval(arm.n, sample.mean, arm.sd or 0.0, level), 1.0, say("t interval")
    low, high = (scale * ends.low, scale * ends.high) if ends else (None, None)
    return Arm(arm.name, arm.n, sample.mean, low, high, method, arm.n)
