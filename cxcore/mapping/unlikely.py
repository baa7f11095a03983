"""Durations that are no durations: negative ones, zeros where nobody answered, one value that stands far too often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping as Dict
from typing import Any

import ibis
import ibis.expr.types as ir

from cxcore.language import say_many
from cxcore.mapping import durations
from cxcore.mapping.answers import NO_ANSWER
from cxcore.mapping.check import Check
from cxcore.mapping.facts import Facts
from cxcore.values import Mapping, RoleUse

# Nobody waits to be answered, talks or is handled where nobody answered.
_NEED_AN_ANSWER = frozenset({
    "wait_duration", "first_response_duration", "talk_duration", "hold_duration", "wrap_duration", "handle_duration",
})  # fmt: skip
_NEVER_ZERO = frozenset({"talk_duration", "handle_duration"})  # of a contact that took place
_TOO_OFTEN = 0.2  # of the cells: METRICS.md
_ENOUGH = 20  # cells, for a share of them to mean something
_SHORT = 5  # of the unit the column counts in: small whole numbers repeat by themselves


def set_apart(columns: Dict[str, Any], role: str) -> dict[str, Any]:
    """The role's column without what is no duration, and `{role}_off`, which says why: "negative" or "unanswered"."""
    value = columns[role]
    cases: list[tuple[Any, str]] = [(value < 0, "negative")]
    if role in _NEED_AN_ANSWER:
        for flag, no in (("answered", 0.0), ("abandoned", 1.0)):
            if flag in columns:
                cases.append(((value == 0) & (columns[flag] == no), "unanswered"))
    off = ibis.cases(*cases, else_=ibis.null("string"))
    return {role: ibis.ifelse(off.isnull(), value, None), f"{role}_off": off}


def checks(table: ir.Table, use: RoleUse, mapping: Mapping, facts: Facts) -> list[Check]:
    """What is to be counted of a duration's column in the written table."""
    role, header = use.role, facts.profile.header
    text: Any = table[f"x{use.columns[0]}"]
    value, off = table[role], table[f"{role}_off"]
    unread = text.notnull() & value.isnull() & off.isnull() & ~text.strip().lower().isin(sorted(NO_ANSWER))
    found = [
        Check("negative_duration", header, off == "negative", lambda n: say_many(
            "{n} duration is negative and is set apart", "{n} durations are negative and are set apart", n)),
        Check("zero_unanswered", header, off == "unanswered", lambda n: say_many(
            "{n} zero stands where nobody answered and is no duration",
            "{n} zeros stand where nobody answered and are no durations", n), "info"),
        Check("unreadable_durations", header, unread, lambda n: say_many(
            "{n} cell is no duration", "{n} cells are no durations", n)),
    ]  # fmt: skip
    counted = _counted(use, facts)
    n = sum(counted.values())
    if role in _NEVER_ZERO and not (mapping.use("answered") or mapping.use("abandoned")):
        zeros = counted.get(0.0, 0)
        if n >= _ENOUGH and zeros >= 0.02 * n:
            found.append(Check("zero_durations", header, value == 0, lambda k: say_many(
                "{n} duration is 0; if nobody answered there it is none, and no column says who was answered",
                "{n} durations are 0; if nobody answered there they are none, and no column says who was answered",
                k)))  # fmt: skip
    above = [(count, seconds) for seconds, count in counted.items() if seconds > 0]
    count, seconds = max(above, default=(0, 0.0))
    if n >= _ENOUGH and count > _TOO_OFTEN * n and seconds >= _SHORT * durations.UNITS.get(use.unit or "", 1.0):
        found.append(Check("repeated_duration", header, (value - seconds).abs() < 1e-6, lambda k: say_many(
            "{n} duration is one and the same value: more likely a timeout or a default than work",
            "{n} durations are one and the same value: more likely a timeout or a default than work", k)))  # fmt: skip
    return found


def _counted(use: RoleUse, facts: Facts) -> Counter[float]:
    """How often each duration stands in the cells looked at."""
    unit = use.unit if use.unit in durations.UNITS else "s"
    counted: Counter[float] = Counter()
    for text, count in facts.profile.values:
        value = durations.seconds(text, unit=unit, clock=use.clock, decimal=use.decimal)
        if value is not None and value >= 0:
            counted[value] += count
    return counted
