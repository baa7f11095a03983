"""Where a plan meets a table: the columns it speaks of, the arms by name, the rows, how the interval is to be read."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from cxcore.compare.apart import Reading
from cxcore.compare.outcome import Outcome, outcome, rows_of, unit_of, variant_of, variants
from cxcore.compare.sums import Held, sums
from cxcore.engine import Engine
from cxcore.errors import CannotCompute, UnknownName
from cxcore.experiment import Plan
from cxcore.language import Message, listed, plain, say
from cxcore.mapping.headers import tokens
from cxcore.metrics.cells import when_of
from cxcore.metrics.desk import Span, span
from cxcore.metrics.select import column_of
from cxcore.roles import ROLES
from cxcore.stats.looks import look_level, obrien_fleming
from cxcore.stats.several import shared_level
from cxcore.values import Table

MOST_ARMS = 20
CONTROLS = ("control", "controllo", "a", "0")  # CONTRACT.md: the arm of that name is the control
BEFORE = ("before", "prima", "pre", "0")
_AS_IT_WAS = frozenset(
    "old vecchio vecchia attuale current existing originale original standard baseline base precedente solito solita"
    " usual no non false none nessuno nessuna nothing without senza placebo holdout".split()
)
_CATEGORIES = ("category",)


_NO_ARM = frozenset("na n/a n.a. #n/a nan nil null - -- --- – — ?".split())  # how a program writes an empty cell


@dataclass(frozen=True)
class Scene:
    """A plan on a table. `when` is the column of dates, `unit` that of what was assigned (None: the row)."""

    engine: Engine
    table: Table
    plan: Plan
    outcomes: tuple[Outcome, ...]
    variant: str
    unit: str | None
    when: str | None
    spoken: Span

    def rows(self, source: ir.Table) -> ir.Table:
        """The rows that count, with the outcomes' numbers; without those from before the start of the experiment."""
        rows = self.numbered(source)
        if self.plan.design == "arms" and self.plan.start is not None and self.when is not None:
            rows = rows.filter(rows[self.when].date() >= self.plan.start)
        return rows

    def numbered(self, source: ir.Table) -> ir.Table:
        """The same with the rows from before the start."""
        return rows_of(source, self.table, self.outcomes, self.spoken, self.plan, self.variant)

    def arm(self, rows: ir.Table) -> Any:
        """What a row says of its arm; without a column of arms, the period it belongs to."""
        if not self.variant:
            return phase_of(self, rows)
        return rows[self.variant].cast("string")

    @property
    def moved(self) -> bool:
        """Whether groups are compared by how they moved, before and after the change."""
        return self.plan.design == "before_after" and self.variant not in {"", "phase"}

    @property
    def named(self) -> str:
        """The column of the arms by its role or header."""
        known = self.variant in ROLES or not self.variant
        return self.variant if known else self.table.mapping.columns[int(self.variant[1:])].header

    def held(self, keys: Mapping[str, Any] | None = None) -> dict[tuple[str | None, ...], Held]:
        """What each arm holds (in each group of `keys`), from one query."""
        wanted = {"arm": self.arm, **(keys or {})}
        return sums(self.engine, self.table, self.outcomes, self.rows, wanted, unit=self.unit, when=self.when)


def scene(engine: Engine, table: Table, plan: Plan) -> Scene:
    """The plan on the table; raises UnknownName or CannotCompute for what is not there or cannot be."""
    check(plan)
    outcomes = [outcome(engine, table, plan.metric, plan)]
    outcomes += [outcome(engine, table, guard.metric) for guard in plan.guardrails]
    desk = any(one.metric.desk for one in outcomes)
    one = outcomes[0]
    when = when_of(table, one.metric, one.rule)
    variant = _arms_column(table, plan)
    unit = "customer_id" if one.rule.per_customer else unit_of(table, plan)
    return Scene(
        engine, table, plan, tuple(outcomes), variant, unit, when, span(engine, table) if desk else Span(None, None)
    )


def _arms_column(table: Table, plan: Plan) -> str:
    """The column of the arms; for before/after without a comparison group, that of the phase, or "" by date."""
    alone = variants(table)[:1] not in {("variant",), ("file",), ("sheet",)}
    if plan.design == "before_after" and plan.variant is None and alone:
        if plan.start is None and not table.has("phase"):
            raise CannotCompute(
                "no_phase",
                say("Nothing says which rows are from before the change and which from after."),
                say("Give the day of the change (--start 2026-03-01), or name the column: --map 'phase=Column'."),
            )
        return "" if plan.start is not None else "phase"
    return variant_of(table, plan)


def check(plan: Plan) -> None:
    """Raises UnknownName for a plan that no number can follow from."""
    sizes = [plan.effect, plan.margin, *(guard.margin for guard in plan.guardrails)]
    if any(size is not None and not 0 < size < math.inf for size in sizes):
        raise UnknownName(
            "bad_effect",
            say("The smallest effect that matters and the margins are numbers above 0, in the metric's unit."),
            say("For example: --effect 5 --margin 3"),
        )
    if any(not 0 < share < math.inf for share in plan.split):
        raise UnknownName(
            "bad_split",
            say("The planned split has a number above 0 for each arm."),
            say("For example: --split 50/50 or --split 2/1/1, the control first."),
        )
    if not 0.5 <= plan.level < 1 or not 0.5 <= plan.power < 1:
        raise UnknownName(
            "bad_level",
            say("Power and level are chances from 0.5 to below 1."),
            say("Usual are a power of 0.8 and a level of 0.95."),
        )
    if plan.looks != "one" and not plan.size:
        raise CannotCompute(
            "no_size",
            say("Looking before the end needs a planned size: the interval is widened by how much is still to come."),
            say("Give the planned answers per arm, or look once at the end."),
        )
    if plan.looks == "planned" and (
        not plan.look_at
        or any(not 0 < one <= 1 for one in plan.look_at)
        or sorted(set(plan.look_at)) != [*plan.look_at]
    ):
        raise UnknownName(
            "bad_looks",
            say("Planned looks are growing shares of the planned answers, above 0 and at most 1."),
            say("For example: 0.5 and 1."),
        )


def named_arms(found: Iterable[str | None], plan: Plan) -> tuple[tuple[str, ...], Message | None]:
    """The arms by name, the control first, and which was taken as the control where the plan names none.

    An arm that the plan names and nobody is in stays. Raises CannotCompute where there are not two arms, or too many.
    """
    there = sorted({name for name in found if name and not no_arm(name, plan)}, key=_in_order)
    if plan.control is None and not there:
        raise _no_two(there)
    control = plan.control if plan.control is not None else _control(there)
    others = plan.treatments or tuple(name for name in there if name != control)
    arms = (control, *(name for name in others if name != control))
    if len(arms) < 2:
        raise _no_two(there)
    if len(arms) > MOST_ARMS:
        raise CannotCompute(
            "too_many_arms",
            say("The column holds {n} different values: too many to be the arms of an experiment.", n=len(there)),
            say("Choose another column, or name the two arms with --control and --treatment."),
        )
    if len(plan.split) not in {0, len(arms)}:
        raise UnknownName(
            "bad_split",
            say("The planned split names {n} shares and there are {arms} arms.", n=len(plan.split), arms=len(arms)),
            say("Give one share for each arm, the control first: {names}.", names=listed([plain(a) for a in arms])),
        )
    assumed = say("“{name}” is taken as the control: the plan names none.", name=plain(control))
    return arms, assumed if plan.control is None else None


def no_arm(name: str | None, plan: Plan) -> bool:
    """Whether a row that says this is in no arm: an empty cell, however a program writes one, that the plan does not
    name. Asked of the names there are and not of every row, which would cost a third of a comparison."""
    return not name or (name.strip().lower() in _NO_ARM and name not in {plan.control, *plan.treatments})


def _no_two(there: Sequence[str]) -> CannotCompute:
    return CannotCompute(
        "one_arm",
        say("Two arms are needed for a comparison, and the column holds: {names}.",
            names=listed([plain(name) for name in there]) if there else plain("–")),
        say("Choose the column that says who got what, or bring one file for each arm."),
    )  # fmt: skip


def _control(there: Sequence[str]) -> str:
    for known in (*CONTROLS, *BEFORE):
        for name in there:
            if name.strip().casefold() == known:
                return name
    return there[0]


def likely_control(names: Sequence[str]) -> int:
    """The place of the arm to suggest as the control: the first that is called as what was there before, else the
    first. A suggestion only: without one named, a comparison goes by CONTRACT.md."""
    called = (k for k, name in enumerate(names) if {*CONTROLS, *BEFORE, *_AS_IT_WAS} & set(tokens(name)))
    return next(called, 0)


def _in_order(name: str) -> tuple[int, float, str]:
    return (0, float(name), name) if name.isdecimal() else (1, 0.0, name)


def reading(plan: Plan, comparisons: int, n: int) -> Reading:
    """How the interval of one of several comparisons is to be read, when two arms hold `n` answers together."""
    level = shared_level(plan.level, comparisons)
    if plan.looks == "one" or not plan.size:
        return Reading(level)
    total = 2 * plan.size
    if plan.looks == "free":
        return Reading(level, anytime=float(total))
    now = min(n / total, 1.0)
    if now <= 0:
        return Reading(level)
    earlier = tuple(share for share in plan.look_at if share < now - 0.005)  # this look, about where it was planned
    z = float(obrien_fleming((*earlier, now), level).z[-1])
    return Reading(look_level(z), planned=True)


def other_columns(one: Scene) -> tuple[str, ...]:
    """The columns whose mix should be alike in the arms: categories and segments, without the arms' own."""
    table = one.table
    used = {one.variant, one.unit, *(role for o in one.outcomes for role in o.metric.needs)}
    found = []
    for use in table.mapping.columns:
        if use.constant or use.fate == "personal":
            continue
        if use.fate == "role" and use.role and ROLES[use.role].type in _CATEGORIES and use.role not in {"status"}:
            found.append(use.role)
        elif use.fate == "segment" and use.header not in {"file", "sheet"}:
            found.append(table.text(use.index))
    shared = [other for other in dict.fromkeys(found) if other not in used]
    return tuple(column for column in shared if column != "variant" or one.variant != "variant")


def phase_of(one: Scene, rows: ir.Table) -> Any:
    """Whether a row is before or after the change, "before" or "after"; null where it says neither."""
    if one.plan.start is not None and one.when is not None:
        return ibis.ifelse(rows[one.when].date() < one.plan.start, "before", "after")
    name: Any = rows[column_of(one.table, "phase")].cast("string")
    return ibis.ifelse(name.strip().lower().isin(list(BEFORE)), "before", "after")
