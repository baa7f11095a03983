"""What a metric is: one number per row, and what may be asked of it. Everything else follows from that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from cxcore.errors import UnknownName
from cxcore.language import Message, listed, plain, say

Family = Literal["nps", "share", "mean"]  # which interval: score, Wilson, t
Unit = Literal["points", "%", "scale", "number"]
Scale = tuple[float, float]


@dataclass(frozen=True)
class Rule:
    """One way products compute the metric. `value` makes the row's number of the answer and its scale, as an Ibis
    expression; `bounds` says between which numbers the result lies. `taken`, for rows that are no single answers, makes
    n and the result of the rows' numbers and volumes; no interval follows from it, and `no_interval` says why."""

    name: str
    family: Family
    unit: Unit
    meaning: Message
    value: Callable[[Any, Scale], Any]
    bounds: Callable[[Scale], Scale]
    last_per_customer: bool = False
    taken: Callable[[Any, Any], tuple[Any, Any]] | None = None
    no_interval: Message | None = None


@dataclass(frozen=True)
class Metric:
    """A metric of the list: what it asks, the roles it needs, its rules (the first is the default), its source.

    `direction` is 1 where more is better, −1 where less is, 0 where neither is. `answers` gets a row's number where it
    is not simply a role's column, `volume` how many contacts a row of totals holds.
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


def own_scale(scale: Scale) -> Scale:
    """The scale itself, for means."""
    return scale
