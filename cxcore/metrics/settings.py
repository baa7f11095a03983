"""What is set for an operator metric: `--set within=60 --set clock=business`, read and checked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cxcore.clock import CALENDAR, Clock, clock_named
from cxcore.errors import UnknownName
from cxcore.language import listed, plain, say
from cxcore.metrics.base import Metric
from cxcore.metrics.select import number_of
from cxcore.values import Table

CLOCK = (
    "clock",
    "hours",
    "holidays",
)  # what may be set of the clock, for metrics that measure from one time to another
_AMOUNT = re.compile(r"^(\d+(?:[.,]\d+)?)\s*(s|sec|min|m|h|d)?$")
_UNITS = {"": 1.0, "s": 1.0, "sec": 1.0, "min": 60.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_IN_DAYS = frozenset({"window"})
HOME = {"Europe/Rome": "IT"}  # whose public holidays hold where nothing else is said


@dataclass(frozen=True)
class Chosen:
    """What is set for one metric: numbers (seconds; the window in days), columns by header, and the clock."""

    numbers: tuple[tuple[str, float], ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    clock: Clock = CALENDAR
    given: tuple[tuple[str, str], ...] = ()


def timed(metric: Metric) -> bool:
    """Whether the metric measures from one time to another, so that a clock may be chosen for it."""
    return any(rule.family == "survival" for rule in metric.rules)


def chosen(metric: Metric, given: Sequence[tuple[str, str]], table: Table) -> Chosen:
    """What is set, defaults filled in; raises UnknownName for a setting the metric does not have or cannot be so."""
    known = {setting.name: setting for setting in metric.settings}
    words = dict(given)
    numbers = {name: setting.default for name, setting in known.items() if setting.default is not None}
    columns = {}
    for name, value in given:
        if name in known and known[name].default is None:
            if number_of(table, value) is None:
                raise _refused(name, value)
            columns[name] = value
        elif name in known:
            numbers[name] = _amount(name, value)
        elif not (timed(metric) and name in CLOCK):
            raise _unknown(metric, name)
    clock = Clock(zone=table.mapping.zone)
    if timed(metric) and set(CLOCK) & set(words):
        place = words.get("holidays", HOME.get(table.mapping.zone or ""))
        clock = clock_named(words.get("clock", "business"), words.get("hours"), place, table.mapping.zone)
    return Chosen(tuple(numbers.items()), tuple(columns.items()), clock, tuple(given))


def parsed(text: str) -> tuple[str, str]:
    """`within=60` as name and value; raises UnknownName where it is no setting."""
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise UnknownName(
            "bad_setting",
            say("A setting is a name, an equals sign and a value, and this is none: {words}.", words=text),
            say("For example: --set within=60"),
        )
    return name.strip(), value.strip()


def _amount(name: str, value: str) -> float:
    match = _AMOUNT.match(value.lower())
    if match is None:
        raise _refused(name, value)
    amount = float(match[1].replace(",", "."))
    if name in _IN_DAYS:
        return amount * _UNITS[match[2] or "d"] / 86_400
    return amount * _UNITS[match[2] or ""]


def _refused(name: str, value: str) -> UnknownName:
    return UnknownName(
        "bad_setting",
        say("{name} cannot be set to {value}.", name=name, value=value),
        say("Times are numbers of seconds (60, 2min, 1h), windows numbers of days (7), columns those of numbers."),
    )


def _unknown(metric: Metric, name: str) -> UnknownName:
    names = [setting.name for setting in metric.settings] + (list(CLOCK) if timed(metric) else [])
    if not names:
        return UnknownName(
            "unknown_setting",
            say("{metric} has no settings.", metric=metric.title),
            say("Choose a rule instead: {names}.", names=listed([plain(rule.name) for rule in metric.rules])),
        )
    return UnknownName(
        "unknown_setting",
        say("{metric} has no setting called {name}.", metric=metric.title, name=name),
        say("What may be set is: {names}.", names=listed([plain(each) for each in names])),
    )
