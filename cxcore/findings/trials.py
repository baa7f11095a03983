"""An experiment in words: the verdict, the ground under it, guardrails, plans, the A/A check."""

from __future__ import annotations

from cxcore.durations import told as spelled
from cxcore.experiment import Also, Comparison, DesignCheck, Effect, Guarded, Needed, Shuffled
from cxcore.language import Message, listed, plain, say, say_many

_VERDICTS: dict[str, Message] = {
    "better": say("Better"),
    "worse": say("Worse"),
    "practically the same": say("Practically the same"),
    "cannot tell yet": say("Cannot tell yet"),
    "not_valid": say("Not valid"),
    "too_few": say("Too few answers"),
    "no_variation": say("No variation"),
}
_CHECKS: dict[str, Message] = {
    "sample ratio": say("Split of the arms"),
    "one change": say("One change at a time"),
    "same period": say("Same period"),
    "units in both arms": say("Customers in both arms"),
    "duplicates": say("Repeated rows"),
    "repeated customers": say("Customers who repeat"),
    "enough answers": say("Enough answers"),
    "constant arms": say("Answers that differ"),
    "planned end": say("Planned end"),
    "too good to be true": say("Too good to be true"),
    "comparison group": say("Comparison group"),
}
_VIEWS: dict[str, Message] = {
    "equivalence": say("Equivalence test"),
    "CUPED": say("Adjusted by the value before the change (CUPED)"),
    "Lin": say("Adjusted by the value before the change (Lin)"),
    "z": say("z of the two shares"),
    "standardised effect": say("Hedges' g"),
    "probability of superiority": say("Chance that a treatment answer is the higher one"),
    "difference of means": say("Difference of means"),
    "difference of medians": say("Difference of medians"),
    "difference of 90th percentiles": say("Difference of the 90th percentiles"),
    "difference of quantiles": say("Difference of quantiles"),
    "all arms alike": say("All arms at once"),
    "all arms alike by ranks": say("All arms at once, by ranks"),
}


def verdict_word(token: str) -> Message:
    """A verdict, or a status that allows none, as a heading."""
    return _VERDICTS[token]


def check_name(check: DesignCheck) -> Message:
    """The name of a check."""
    return _CHECKS[check.name]


def view_name(view: Also) -> Message:
    """The name of another view of an effect."""
    if view.name.startswith("dunnett "):
        return say("{name}: Dunnett's test", name=plain(view.name.removeprefix("dunnett ")))
    return _VIEWS[view.name]


def amount(value: float, unit: str, *, signed: bool = True) -> Message:
    """A difference, or the end of its interval, in the metric's unit."""
    if unit == "seconds":
        return spelled(value)
    if unit in {"%", "points"}:
        return say("{value:+1}", value=value) if signed else say("{value:1}", value=value)
    return say("{value:+2}", value=value) if signed else say("{value:2}", value=value)


def size(value: float, unit: str) -> Message:
    """How large a difference is, without a sign, in the metric's unit."""
    return say("{value:1} points", value=value) if unit in {"%", "points"} else amount(value, unit, signed=False)


def _with_unit(value: float, unit: str) -> Message:
    if unit in {"%", "points"}:
        return say("{value:+1} points", value=value)
    return amount(value, unit)


def of_effect(comparison: Comparison, effect: Effect) -> Message:
    """The verdict in a sentence that a manager can repeat."""
    names = {
        "metric": comparison.title, "treatment": plain(effect.treatment), "control": plain(effect.control),
    }  # fmt: skip
    if comparison.held_back:
        failed = [check_name(check) for check in comparison.checks if check.state == "fail"]
        return say("Not valid: the design of the experiment did not pass ({checks}). The effect is held back.",
                   checks=listed(failed))  # fmt: skip
    if effect.status == "too_few":
        return say("Too few answers to compare {treatment} with {control}.", **names)
    if effect.status == "no_variation":
        return say("Every answer is the same in {treatment} and {control}, so nothing can be told apart.", **names)
    told = _told(effect, comparison.unit)
    if effect.status == "not_valid":
        return say("Not valid: the design of the experiment did not pass. What the figures show, for what it is worth:"
                   " {told}.", told=told)  # fmt: skip
    if effect.verdict == "better":
        return say("{metric} is better with {treatment} than with {control}: {told}.", told=told, **names)
    if effect.verdict == "worse":
        return say("{metric} is worse with {treatment} than with {control}: {told}.", told=told, **names)
    if effect.verdict == "practically the same" and effect.real:
        return say("{metric} is practically the same with {treatment} and {control}: there is a real difference,"
                   " smaller than matters ({told}).", told=told, **names)  # fmt: skip
    if effect.verdict == "practically the same":
        return say("{metric} is practically the same with {treatment} and {control}: {told}.", told=told, **names)
    return _not_yet(comparison, effect, told, names)


def _not_yet(comparison: Comparison, effect: Effect, told: Message, names: dict[str, Message]) -> Message:
    start = say("Cannot tell yet whether {treatment} differs from {control} in {metric}: {told}.", told=told, **names)
    if effect.more_per_arm is None:
        return start
    least = comparison.plan.effect if comparison.plan.effect is not None else comparison.plan.margin
    wanted = size(least or 0.0, comparison.unit)
    if effect.more_per_arm == 0:
        return say("{start} The answers there are would show the smallest effect that matters ({size}) in at least"
                   " {power} % of such experiments.", start=start, size=wanted,
                   power=100 * comparison.plan.power)  # fmt: skip
    more = say_many("about {n} more answer per group", "about {n} more answers per group", effect.more_per_arm)
    return say("{start} For the smallest effect that matters ({size}) it takes {more}.", start=start, size=wanted,
               more=more)  # fmt: skip


def _told(effect: Effect, unit: str) -> Message:
    """The effect with its interval."""
    value, low, high = effect.value, effect.low, effect.high
    if value is None:
        return plain("–")
    facts = {"level": 100 * effect.level}
    if effect.told == "difference":
        said = _with_unit(value, unit)
        if low is None or high is None:
            return said
        return say("{size}, {level} % interval {low} to {high}", size=said, low=amount(low, unit),
                   high=amount(high, unit), **facts)  # fmt: skip
    if effect.told == "ratio":
        said = _faster(value)
        if low is None or high is None:
            return said
        return say("{size}, {level} % interval {low:+1} % to {high:+1} % of the time", size=said,
                   low=100 * (low - 1), high=100 * (high - 1), **facts)  # fmt: skip
    if low is None or high is None:
        return plain("–")
    return say("at any moment cases end {value:2} times as often, {level} % interval {low:2} to {high:2}", value=value,
               low=low, high=high, **facts)  # fmt: skip


def _faster(ratio: float) -> Message:
    if ratio < 1:
        return say("typically {part:1} % faster", part=100 * (1 - ratio))
    return say("typically {part:1} % slower", part=100 * (ratio - 1))


def ground_of_effect(comparison: Comparison, effect: Effect) -> Message:
    """What the effect stands on: answers, p, and the method where there is an interval; for under the fold."""
    sizes = [
        say_many("{name}: {n} answer", "{name}: {n} answers", arm.n, name=plain(arm.name))
        for arm in comparison.arms if arm.name in {effect.control, effect.treatment}
    ]  # fmt: skip
    shown = effect.status == "ok" and effect.low is not None
    parts = [*sizes, *([effect.method] if shown else [])]
    if effect.p is not None:
        parts.append(_p(effect.p))
    return listed(parts)


def _p(p: float) -> Message:
    return say("p below {p:3}", p=0.001) if p < 0.001 else say("p = {p:3}", p=p)


def of_guardrail(comparison: Comparison, guarded: Guarded) -> Message:
    """Whether a guardrail held, in a sentence."""
    facts = {
        "metric": guarded.title, "treatment": plain(guarded.effect.treatment),
        "margin": size(guarded.margin, guarded.unit),
    }  # fmt: skip
    if guarded.effect.status != "ok" or comparison.held_back:
        return say("{metric} with {treatment}: nothing can be said.", **facts)
    if guarded.holds:
        return say("{metric} did not get worse with {treatment}: a loss of {margin} or more is ruled out.", **facts)
    if guarded.holds is False:
        return say("{metric} got worse with {treatment}, by more than {margin}.", **facts)
    return say("{metric} with {treatment}: a loss of {margin} or more cannot be ruled out yet.", **facts)


def of_needed(needed: Needed) -> Message:
    """What a plan asks for, in a sentence."""
    unit = needed.baseline.unit
    return say_many(
        "To see a difference of {effect} with {power} % certainty, each group needs {n} answer; the interval will then"
        " reach about {half} to either side.",
        "To see a difference of {effect} with {power} % certainty, each group needs {n} answers; the interval will then"
        " reach about {half} to either side.",
        needed.per_arm, effect=size(abs(needed.effect), unit), power=100 * needed.power,
        half=size(needed.half_width, unit),
    )  # fmt: skip


def of_shuffled(found: Shuffled) -> Message:
    """How often the method would have claimed a difference where there is none."""
    return say("With the labels shuffled {runs} times the method claimed a difference {alarms} times ({share:1} %,"
               " interval {low:1} to {high:1} %); it should be about 5 %.", runs=found.runs, alarms=found.alarms,
               share=100 * found.share, low=100 * found.low, high=100 * found.high)  # fmt: skip
