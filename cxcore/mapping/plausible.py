"""Durations held against the other times of their rows: the unit that makes a duration what its two times say it is.

A column of bare numbers, or of 12:30, may not say its unit. Where the same rows hold the time the case began and the
time it was solved, one unit makes the resolution time what lies between them; no other does. A unit that the name
states and the times contradict, row by row, gives way to them, and that is said.
"""

from __future__ import annotations

from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import ibis
import ibis.expr.types as ir

from cxcore.engine import Engine
from cxcore.language import say
from cxcore.mapping import typed
from cxcore.mapping.durations import UNITS
from cxcore.mapping.facts import Facts
from cxcore.mapping.units import NAMES
from cxcore.values import Mapping, Problem, Profile, RawTable, RoleUse

# Between which times a duration lies, and whether other things may come between (then fewer rows need to agree).
_BETWEEN: dict[str, tuple[tuple[str, str], ...]] = {
    "first_response_duration": (("created_at", "first_response_at"),),
    "wait_duration": (("created_at", "first_response_at"),),
    "talk_duration": (("first_response_at", "resolved_at"), ("created_at", "resolved_at")),
    "handle_duration": (("first_response_at", "resolved_at"), ("created_at", "resolved_at")),
    "resolution_duration": (("created_at", "resolved_at"),),
}
_LOOKED_AT = 50_000  # rows: a file's head tells its unit
_NEAR = 0.05  # of the time between: what rounding and a clock's delay leave
_AGREE = 0.6  # of the rows, for a unit to be settled
_CONTRADICT = 0.1  # of the rows at most, for a stated unit to give way
_ENOUGH = 5  # rows that can be compared
_CLOCK_FACTORS = {"mm:ss": 1.0, "h:mm": 60.0}


@dataclass(frozen=True)
class _Agreement:
    """How many rows could be compared, and the share of them in which each candidate agrees."""

    n: int
    shares: dict[str, float]
    start: str
    end: str


def settled(
    raw: RawTable, mapping: Mapping, profiles: Sequence[Profile], choices: Dict[str, str], engine: Engine
) -> Mapping:
    """The mapping with the units its times decide; questions they answer are gone, contradictions are said."""
    facts = [Facts(profile) for profile in profiles]
    for use in mapping.roles:
        if use.role not in _BETWEEN or f"{use.role}.unit" in choices or f"{use.role}.clock" in choices:
            continue
        own = facts[use.columns[0]]
        if not (own.filled and (own.spans.bare or not own.spans.counts or use.clock)):
            continue
        candidates = dict(UNITS) if own.spans.bare or not own.spans.counts else _CLOCK_FACTORS
        best: _Agreement | None = None
        for start, end in _BETWEEN[use.role]:
            pair = mapping.use(start), mapping.use(end)
            if pair[0] is not None and pair[1] is not None and pair[0].columns != pair[1].columns:
                found = _compared(raw, use, (pair[0], pair[1]), facts, engine, candidates)
                if found.n >= _ENOUGH and (best is None or max(found.shares.values()) > max(best.shares.values())):
                    best = found
        if best is not None:
            mapping = _decided(mapping, use, best)
    return mapping


def _compared(
    raw: RawTable, use: RoleUse, pair: tuple[RoleUse, RoleUse], facts: list[Facts], engine: Engine,
    candidates: Dict[str, float],
) -> _Agreement:  # fmt: skip
    own = facts[use.columns[0]]
    by_clock = candidates is _CLOCK_FACTORS
    # Read once in the smallest candidate; the others are multiples of it.
    smallest = replace(use, clock="mm:ss") if by_clock else replace(use, unit="s")

    def build(table: ir.Table) -> ir.Table:
        rows = table.limit(_LOOKED_AT)
        text: Any = rows[raw.text(use.columns[0])]
        cells = text if by_clock or not own.spans.counts else ibis.ifelse(text.contains(":"), None, text)
        start, end = (
            typed.time([rows[raw.text(k)] for k in one.columns], one, [facts[k] for k in one.columns]).cast("timestamp")
            for one in pair
        )
        between = end.epoch_seconds() - start.epoch_seconds()
        frame = rows.select(value=typed.duration(cells, smallest, own), between=between)
        frame = frame.filter(frame["value"] > 0, frame["between"] > 0)
        minutes = (frame["between"] % 60 == 0).mean() == 1
        whole = (frame["value"] % 1 == 0).mean() == 1
        frame = frame.mutate(tick=ibis.ifelse(minutes.over(), 60.0, 1.0), step=ibis.ifelse(whole.over(), 1.0, 0.0))
        # Numbers rounded to whole units, and times cut to the minute, tell only where they are large beside the cut.
        frame = frame.filter((frame["value"] >= 2 * frame["step"]) & (frame["between"] >= 20 * frame["tick"]))
        agree = {}
        for k, factor in enumerate(candidates.values()):
            off = (frame["value"] * factor - frame["between"]).abs()
            near = ibis.greatest(frame["between"] * _NEAR, frame["step"] * factor * (0 if by_clock else 1))
            agree[f"c{k}"] = (off <= near).mean()
        return frame.aggregate(n=frame.count(), **agree)

    row = engine.ask(raw.path, build).iloc[0]
    n = int(row["n"])
    shares = {name: float(row[f"c{k}"]) if n else 0.0 for k, name in enumerate(candidates)}
    return _Agreement(n, shares, pair[0].role, pair[1].role)


def _decided(mapping: Mapping, use: RoleUse, found: _Agreement) -> Mapping:
    best = max(found.shares, key=lambda name: found.shares[name])
    if found.shares[best] < _AGREE:
        return mapping
    in_force = use.clock if best in _CLOCK_FACTORS else use.unit
    asked = {f"{use.role}.unit", f"{use.role}.clock"}
    open_still = any(question.about in asked for question in mapping.questions)
    if not open_still and (best == in_force or found.shares.get(in_force or "", 0.0) > _CONTRADICT):
        return mapping
    header = mapping.columns[use.columns[0]].header
    names = tuple(_header(mapping, role) for role in (found.start, found.end))
    why = say("{why}; in {unit}, which makes it the time between “{start}” and “{end}”", why=use.why,
              unit=NAMES[best], start=names[0], end=names[1])  # fmt: skip
    clock = best if best in _CLOCK_FACTORS else use.clock
    problems = tuple(p for p in mapping.problems if (p.code, p.column) != ("duration_unit_unknown", header))
    if not open_still:
        problems += (Problem(
            "duration_unit_contradicted", "warning",
            say("the name says {stated}, but the times of the rows say {unit}, and it is read so",
                stated=NAMES[in_force or "s"], unit=NAMES[best]), header),)  # fmt: skip
    return replace(
        mapping,
        roles=tuple(
            replace(own, why=why, unit=best, clock=clock) if own.role == use.role else own for own in mapping.roles
        ),
        problems=problems,
        questions=tuple(question for question in mapping.questions if question.about not in asked),
    )


def _header(mapping: Mapping, role: str) -> str:
    use = mapping.use(role)
    return "" if use is None else " + ".join(mapping.columns[k].header for k in use.columns)
