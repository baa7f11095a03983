"""The commands `compare` and `plan`."""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Sequence
from datetime import date

from cxcore import compare, contract, plan
from cxcore.commands.desk import Desk, joined_of, stacked_of, table_of
from cxcore.compare import Given
from cxcore.errors import UnknownName
from cxcore.experiment import Guardrail, Looks, Plan
from cxcore.language import say
from cxcore.metrics.select import condition
from cxcore.metrics.settings import parsed
from cxcore.values import Table


def compare_files(options: argparse.Namespace, place: Desk) -> int:
    """What an experiment comes to, in JSON or words."""
    asked = _plan(options)
    if options.arms:
        found = compare.of_aggregates([_given(text) for text in options.arms], asked)
    else:
        found = compare.compare(place.engine, _arms(options, place), asked, anyway=options.anyway)
    if options.json:
        print(json.dumps(contract.compared(found, options.lang), ensure_ascii=False, allow_nan=False))
    else:
        print(contract.comparison_text(found, options.lang))
    return 0


def plan_sizes(options: argparse.Namespace, place: Desk) -> int:
    """How many answers an effect takes, in JSON or words."""
    if options.effect is None:
        raise UnknownName(
            "no_effect",
            say("A plan needs the smallest effect that would matter."),
            say("For example: --effect 10"),
        )
    if options.baseline is not None:
        base = plan.typed(options.metric, options.baseline, rows_per_unit=options.rows_per_unit, icc=options.icc)
    elif options.files:
        base = compare.baseline(place.engine, _arms(options, place), _plan(options))
    else:
        raise UnknownName(
            "no_baseline",
            say("A plan needs to know what the metric is before the change."),
            say("Give --baseline 50/20 (NPS: promoters/detractors), or a file."),
        )
    needed = plan.needed(base, options.effect, options.power, options.level)
    if options.json:
        print(json.dumps(contract.planned(needed, options.lang), ensure_ascii=False, allow_nan=False))
    else:
        print(contract.planned_text(needed, options.lang))
    return 0


def _arms(options: argparse.Namespace, place: Desk) -> Table:
    """The table of the experiment: files with the same columns are its arms, others are joined by the id they share."""
    if not options.files:
        raise UnknownName(
            "no_file",
            say("Nothing to compare: neither a file nor totals of the arms were given."),
            say("Name a file, or give each arm: --arm 'A=4021:407' --arm 'B=3979:459'"),
        )
    if len(options.files) == 1 and not options.together:
        return table_of(options.files[0], options, place)
    if options.together:
        return stacked_of(options, place)
    bare = argparse.Namespace(**{**vars(options), "map": []})
    tables = [table_of(path, bare, place) for path in options.files]
    if len({tuple(sorted(_folded(table))) for table in tables}) == 1:
        return stacked_of(options, place)
    return joined_of(place, tables, options.metric).table


def _folded(table: Table) -> list[str]:
    return [" ".join(header.split()).casefold() for header in table.raw.headers]


def _plan(options: argparse.Namespace) -> Plan:
    looks, look_at = _looks(options.looks)
    return Plan(
        metric=options.metric, rule=options.rule, settings=tuple(parsed(text) for text in options.settings),
        changes=tuple(options.change), variant=options.variant, control=options.control,
        treatments=tuple(options.treatment), unit=options.unit, effect=_size(options.effect), margin=options.margin,
        split=_split(options.split), size=options.size, start=_day(options.start), end=_day(options.end), looks=looks,
        look_at=look_at, guardrails=tuple(_guardrail(text) for text in options.guardrail), by=tuple(options.by),
        where=tuple(condition(text) for text in options.where), before=options.before,
        before_on=_day(options.before_on), design="before_after" if options.before_after else "arms",
        lower_is_better=True if options.lower_is_better else None, power=options.power, level=options.level,
    )  # fmt: skip


def _size(effect: float | None) -> float | None:
    return None if effect is None else abs(effect)


def _split(text: str | None) -> tuple[float, ...]:
    if text is None:
        return ()
    found = [_number(part) for part in text.replace(":", "/").split("/")]
    if None in found or len(found) < 2:
        raise UnknownName(
            "bad_split",
            say("The planned split has a number above 0 for each arm."),
            say("For example: --split 50/50 or --split 2/1/1, the control first."),
        )
    return tuple(part for part in found if part is not None)


def _looks(text: str) -> tuple[Looks, tuple[float, ...]]:
    """`one`, `free`, or the shares of the planned answers at which one looks: 0.5,1."""
    if text in {"one", "free"}:
        return text, ()  # type: ignore[return-value]
    shares = [_number(part) for part in text.split(",")]
    if None in shares:
        raise UnknownName(
            "bad_looks",
            say("Planned looks are growing shares of the planned answers, above 0 and at most 1."),
            say("For example: --looks 0.5,1 or --looks free"),
        )
    return "planned", tuple(share for share in shares if share is not None)


def _guardrail(text: str) -> Guardrail:
    name, _, margin = text.rpartition("=")
    size = _number(margin)
    if not name or size is None:
        raise UnknownName(
            "bad_guardrail",
            say("A guardrail is a metric, an equals sign and the worst loss that is allowed: {words} is none.",
                words=text),
            say("For example: --guardrail csat=3"),
        )  # fmt: skip
    return Guardrail(name.strip(), size)


def _given(text: str) -> Given:
    """An arm's totals: A=4021:407 (n and how many of them), A=120:4.1:1.2 (n, mean, deviation), A=16/12/8 (promoters,
    passives, detractors)."""
    name, _, said = text.partition("=")
    parts = [_number(part) for part in said.replace("/", ":").split(":")]
    numbers = [part for part in parts if part is not None]
    whole = [int(part) for part in numbers if part == int(part)]
    if name.strip() and len(numbers) == len(parts) == len(whole) == 3 and "/" in said:
        return Given(name.strip(), sum(whole), promoters=whole[0], detractors=whole[2])
    if name.strip() and len(numbers) == len(parts) == len(whole) == 2:
        return Given(name.strip(), whole[0], count=whole[1])
    if name.strip() and len(numbers) == len(parts) == 3 and numbers[0] == int(numbers[0]) and "/" not in said:
        return Given(name.strip(), int(numbers[0]), mean=numbers[1], sd=numbers[2])
    raise UnknownName(
        "bad_totals",
        say("{words} does not say what an arm holds.", words=text),
        say("For each arm: n and how many of them (A=4021:407), n, mean and deviation (A=120:4.1:1.2), or promoters,"
            " passives and detractors (A=16/12/8)."),
    )  # fmt: skip


def _number(text: str) -> float | None:
    try:
        found = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as bad:
        raise UnknownName(
            "bad_date",
            say("{words} is no date.", words=text),
            say("Dates are written 2026-03-31."),
        ) from bad


def options_of(command: argparse.ArgumentParser, metrics: Sequence[str]) -> None:
    """What `compare` and `plan` are told."""
    command.add_argument("files", nargs="*", metavar="FILE")
    command.add_argument("--metric", required=True, help=f"{', '.join(metrics)}, or a column of numbers or of 0 and 1")
    command.add_argument("--rule")
    command.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", dest="settings")
    command.add_argument("--variant", metavar="COLUMN", help="the column that says which arm a row is in")
    command.add_argument("--control", metavar="ARM")
    command.add_argument("--treatment", action="append", default=[], metavar="ARM")
    command.add_argument("--unit", metavar="COLUMN", help="what was assigned to the arms; 'row' for each row by itself")
    command.add_argument("--effect", type=float, help="the smallest effect that matters, in the metric's unit")
    command.add_argument("--margin", type=float, help="what still counts as practically the same")
    command.add_argument("--split", help="the planned split, the control first: 50/50")
    command.add_argument("--by", action="append", default=[], metavar="COLUMN", help="explore the effect by a segment")
    command.add_argument("--change", action="append", default=[], help="what is changed, in words")
    command.add_argument("--guardrail", action="append", default=[], metavar="METRIC=MARGIN")
    command.add_argument("--before", metavar="COLUMN", help="a value of each customer from before the change")
    command.add_argument("--before-on", metavar="DATE", help="when that was measured")
    command.add_argument("--start", metavar="DATE")
    command.add_argument("--end", metavar="DATE")
    command.add_argument("--size", type=int, help="the planned answers of each arm")
    command.add_argument("--looks", default="one", help="one, free, or the planned looks: 0.5,1")
    command.add_argument("--before-after", action="store_true", help="compare how two groups moved, before and after")
    command.add_argument("--lower-is-better", action="store_true")
    command.add_argument("--power", type=float, default=0.8)
    command.add_argument("--level", type=float, default=0.95)
