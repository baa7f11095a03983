"""Before and after with a comparison group: how much more the treated moved than the others (difference in
differences)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import ibis.expr.types as ir

from cxcore.compare.apart import Distance, Reading, Side, distance, leaves_out_none
from cxcore.compare.outcome import Outcome
from cxcore.compare.scene import Scene, phase_of
from cxcore.compare.sums import Held, Sample
from cxcore.experiment import Told
from cxcore.language import say
from cxcore.stats import Difference

_STEPS = 40  # halvings of the level in which p is sought
_METHOD = say("difference in differences: {method} within each group, MOVER between them")


def phases(one: Scene) -> tuple[dict[str | None, Held], dict[str | None, Held]]:
    """What each group holds before and after the change."""

    def phase(rows: ir.Table) -> Any:
        return phase_of(one, rows)

    held = one.held({"phase": phase})
    return tuple(  # type: ignore[return-value]
        {key[0]: arm for key, arm in held.items() if key[1] == when} for when in ("before", "after")
    )


def moved(
    one: Outcome,
    control: tuple[Sample, Sample],
    treatment: tuple[Sample, Sample],
    how: Reading,
    *,
    with_p: bool = False,
) -> Distance:
    """How much more the treated moved, from (before, after) of each group; ratios as a ratio of ratios.

    MOVER on the two changes (Zou & Donner 2008, Stat. Med. 27:1693–1702); p is the level at which it touches no
    difference. Customers in both periods are taken as apart, which makes the interval too wide rather than too narrow.
    """
    found, told, method = _interval(one, control, treatment, how)
    if with_p and found.value is not None and found.low is not None and found.status == "ok":
        found = replace(found, p=_p(one, control, treatment, how, told))
    return Distance(found, _METHOD.about(method=method), told)


def _interval(
    one: Outcome, control: tuple[Sample, Sample], treatment: tuple[Sample, Sample], how: Reading
) -> tuple[Difference, Told, Any]:
    parts = [distance(one, Side(before), Side(after), how) for before, after in (control, treatment)]
    told = parts[0].told if parts[0].told == parts[1].told else "difference"
    c, t = (_plain(part.found, part.told) for part in parts)
    if c.value is None or t.value is None or told != parts[0].told:
        return Difference(None, None, None, None, "too_few"), told, parts[0].method
    value = t.value - c.value
    status = "no_variation" if "no_variation" in (c.status, t.status) else "ok"
    if c.low is None or c.high is None or t.low is None or t.high is None or status != "ok":
        return _back(Difference(value, None, None, None, "no_variation"), told), told, parts[0].method
    low = value - math.hypot(t.value - t.low, c.high - c.value)
    high = value + math.hypot(t.high - t.value, c.value - c.low)
    return _back(Difference(value, low, high, None, "ok"), told), told, parts[0].method


def _p(
    one: Outcome, control: tuple[Sample, Sample], treatment: tuple[Sample, Sample], how: Reading, told: Told
) -> float:
    """1 − the highest level whose interval leaves out no difference."""
    low, high = 0.0, 1.0  # of p
    for _ in range(_STEPS):
        middle = (low + high) / 2
        found, _, _ = _interval(one, control, treatment, replace(how, level=1 - middle))
        low, high = (low, middle) if leaves_out_none(found.low, found.high, told) else (middle, high)
    return high


def _plain(found: Difference, told: Told) -> Difference:
    """A ratio as its logarithm."""
    if told == "difference":
        return found
    ends = [None if end is None else math.log(end) for end in (found.value, found.low, found.high)]
    return replace(found, value=ends[0], low=ends[1], high=ends[2])


def _back(found: Difference, told: Told) -> Difference:
    if told == "difference":
        return found
    ends = [None if end is None else math.exp(end) for end in (found.value, found.low, found.high)]
    return replace(found, value=ends[0], low=ends[1], high=ends[2])


def of_arms(held: Mapping[str | None, Held], names: tuple[str, ...], outcomes: int) -> dict[str, Held]:
    """The arms by name, empty ones for those nobody is in."""
    empty = Held(0, 0, tuple(Sample() for _ in range(outcomes)))
    return {name: held.get(name, empty) for name in names}
