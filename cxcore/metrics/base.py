"""What a metric is: one number per row, and what may be asked of it. Everything else follows from that."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from cxcore.errors import UnknownName
from cxcore.language import Message, listed, plain, say
from cxcore.values import Table

Family = Literal["nps", "share", "mean", "ratio", "quantile", "survival", "stock"]
"""Which interval: score, Wilson, t, t on the residuals of a ratio, order statistics, Kaplan–Meier, none (a count)."""
Unit = Literal["points", "%", "scale", "number", "seconds", "cases"]
Scale = tuple[float, float]
MOMENTS: frozenset[str] = frozenset({"nps", "share", "mean", "ratio"})  # families that counts and moments suffice for


@dataclass(frozen=True)
class Rule:
    """One way products compute the metric, `title` in a few words and `meaning` in a sentence.

    `value` makes the row's number of the answer and its scale, as an Ibis expression; `bounds` says between which
    numbers the result lies. `taken`, for rows that are no single answers, makes n and the result of the rows' numbers
    and volumes; no interval follows from it, and `no_interval` says why.

    The answer of an operator metric is the `Sight` of its row. There a ratio has also what to divide by (`per`), a
    survival time whether its clock has stopped (`stopped`), and both a quantile the part of cases below it
    (`quantile`). `needs` are roles this rule asks beyond the metric's, `reasons` say why a row is not in the number,
    `dated` are the roles whose date groups it, where they are not the metric's; `column` is the setting that must name
    a column for it. `products` are those known to compute it so.
    """

    name: str
    title: Message
    family: Family
    unit: Unit
    meaning: Message
    value: Callable[[Any, Scale], Any]
    bounds: Callable[[Scale], Scale]
    last_per_customer: bool = False
    taken: Callable[[Any, Any], tuple[Any, Any]] | None = None
    no_interval: Message | None = None
    per: Callable[[Any, Scale], Any] | None = None
    stopped: Callable[[Any, Scale], Any] | None = None
    quantile: float | None = None
    needs: tuple[str, ...] = ()
    reasons: Callable[[Any], dict[str, Any]] | None = None
    dated: tuple[str, ...] = ()
    per_customer: bool = False
    column: str | None = None
    clock_start: Message | None = None
    clock_stop: Message | None = None
    products: tuple[str, ...] = ()


@dataclass(frozen=True)
class Setting:
    """Something a person may set about an operator metric: `--set within=60`. Times are in seconds. `rules` are the
    names of those it changes, where it does not change all."""

    name: str
    default: float | None
    meaning: Message
    rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Metric:
    """A metric of the list: what it asks, the roles it needs, its rules (the first is the default), its source.

    `direction` is 1 where more is better, −1 where less is, 0 where neither is. `answers` gets a row's number where it
    is not simply a role's column, `volume` how many contacts a row of totals holds. `instead` are other sets of roles
    that do as well as `needs`; `dated` the roles whose date groups a row, the first that is there; `settings` what
    `--set` may change; `desk` marks the metrics of the desk's work, which see the whole row.
    """

    name: str
    title: Message
    question: Message
    needs: tuple[str, ...]
    rules: tuple[Rule, ...]
    direction: int
    source: Message
    answers: Callable[[Any], Any] | None = None
    volume: Callable[[Any], Any] | None = None
    instead: tuple[tuple[str, ...], ...] = ()
    dated: tuple[str, ...] = ()
    settings: tuple[Setting, ...] = ()
    desk: bool = False

    def offered(self, table: Table) -> bool:
        """Whether the table has the roles for it, and those of one of its rules."""
        return any(all(map(table.has, way)) for way in (self.needs, *self.instead)) and bool(self.rules_of(table))

    def rules_of(self, table: Table, settings: Sequence[tuple[str, str]] = ()) -> tuple[Rule, ...]:
        """The rules this table has the roles for, in order; the first is the default for it."""
        named = {None, *dict(settings)}
        return tuple(rule for rule in self.rules if all(map(table.has, rule.needs)) and rule.column in named)

    def default(self, table: Table, settings: Sequence[tuple[str, str]] = ()) -> Rule:
        """The rule in force where none is named: the first the table can answer."""
        return next(iter(self.rules_of(table, settings)), self.rules[0])

    def answer(self, rows: Any) -> Any:
        """The rows' answers: the role's column, or what `answers` makes of the rows."""
        return rows[self.needs[0]] if self.answers is None else self.answers(rows)

    def rule(self, name: str | None) -> Rule:
        """The rule of that name, the default for None; raises UnknownName where there is none."""
        if name is None:
            return self.rules[0]
        for rule in self.rules:
            if rule.name == name:
                return rule
        raise UnknownName(
            "unknown_rule",
            say("{metric} has no rule called {name}.", metric=self.title, name=name),
            say("Its rules are: {names}.", names=listed([plain(rule.name) for rule in self.rules])),
        )


def whole_range(_: Scale) -> Scale:
    """0 to 100, for shares."""
    return (0.0, 100.0)


def from_zero(_: Scale) -> Scale:
    """0 and up, for times and counts."""
    return (0.0, math.inf)


def own_scale(scale: Scale) -> Scale:
    """The scale itself, for means."""
    return scale


def unbounded(_: Scale) -> Scale:
    """Any number, for columns that have no scale."""
    return (-math.inf, math.inf)
