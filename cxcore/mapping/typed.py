"""The engine expressions that read a role's text: one Ibis expression a role, nothing executed here."""

from __future__ import annotations

import re
from functools import reduce
from operator import add
from typing import Any

import ibis
import ibis.expr.types as ir

from cxcore.engine import in_zone, instant_in, instant_of, number, pseudonym, try_strptime, try_strptime_zoned
from cxcore.mapping import dates, ids
from cxcore.mapping.durations import CLOCKS, FORMS, UNITS, Form
from cxcore.mapping.facts import Facts
from cxcore.roles import ROLES
from cxcore.values import RawTable, RoleUse

# The pseudonym of a customer's code without what programs write differently, where there is any: files join by it.
ALIKE = "customer_id_alike"
_SERIAL_DAY_ZERO = -2_209_161_600  # 1899-12-30, the day before a spreadsheet's first, as Unix time


def _plain_numbers(facts: Facts) -> bool:
    return all(
        re.match(r"^[+-]?[0-9]+(\.[0-9]+)?$", text) for text, _ in facts.profile.values if any(map(str.isdigit, text))
    )


def _looked_up(text: Any, use: RoleUse, otherwise: Any) -> Any:
    if not use.answers:
        return otherwise
    return text.cases(*[(spelled, float(value)) for spelled, value in use.answers], else_=otherwise)


def rating(text: Any, use: RoleUse, facts: Facts) -> tuple[Any, Any]:
    """The answer on its scale, turned where the low end is the good one; and whether there is one off the scale."""
    plain = facts.profile.complete or _plain_numbers(facts)
    found = _looked_up(text, use, number(text, use.decimal, plain=plain))
    low, high = use.scale or (ROLES[use.role].scale or (1.0, 5.0))
    fits = (found >= low) & (found <= high)
    if use.role == "nps":
        fits = fits & (found % 1 == 0)
    answer = ibis.ifelse(fits, (low + high) - found if use.reversed else found, None)
    return answer, (found.notnull() & ~fits)


def _nothing(text: Any, kind: str) -> Any:
    """A column of nulls: unlike a bare null it can be compared and counted like any other."""
    return text.nullif(text).cast(kind)


def flag(text: Any, use: RoleUse) -> Any:
    """1 for yes, 0 for no, else null."""
    otherwise = number(text, use.decimal) if use.role == "reopened" else _nothing(text, "float64")
    return _looked_up(text, use, otherwise).cast("float64")


def duration(text: Any, use: RoleUse, facts: Facts) -> Any:
    """Seconds: bare numbers in the unit that was settled, and every form of writing that was seen."""
    bare = number(text, use.decimal, plain=_plain_numbers(facts)) * UNITS.get(use.unit or "s", 1.0)
    # In a sample a form may not have been met; the others then stand behind those that were.
    others = () if facts.profile.complete else range(len(FORMS))
    forms = tuple(dict.fromkeys((*facts.spans.forms, *others))) if facts.spans.forms else ()
    if not forms:
        return bare
    return ibis.cases(*[_spanned(text, FORMS[k], use) for k in forms], else_=bare)


def _spanned(text: Any, form: Form, use: RoleUse) -> tuple[Any, Any]:
    """Whether a cell is written in a form, and the seconds it then holds."""
    worded = form.name in {"words", "iso"}
    parts = form.parts or tuple((form.regex, k, f) for k, f in enumerate(CLOCKS[use.clock or "mm:ss"], 1))

    def part(pattern: str, group: int) -> Any:
        found = text.re_extract(pattern, group)
        value = number(found, use.decimal) if worded else found.replace(",", ".").try_cast("float64")
        return value.fill_null(0.0)

    total = reduce(add, [part(pattern, group) * factor for pattern, group, factor in parts], ibis.literal(form.plus))
    fits = text.re_search(form.regex)
    if worded:
        fits = fits & text.re_search("[0-9]")
    return fits, (ibis.ifelse(text.lstrip().startswith("-"), -total, total) if form.signed else total)


def _rewritten(text: Any, rewrites: tuple[int, ...]) -> Any:
    for k in rewrites:
        pattern, new = dates.REWRITES[k]
        text = text.re_replace(pattern, re.sub(r"\\g<(\d)>", r"\\\1", new))
    return text


def _within(value: Any, most: float) -> Any:
    """The number where it can be a time at all: engines stop at one that no whole number holds."""
    return ibis.ifelse((value > -most) & (value < most), value, None)


def time(texts: list[Any], use: RoleUse, parts: list[Facts]) -> Any:
    """The wall-clock time in the data's zone; null where the text is no time."""
    text, style = texts[0], parts[0].date
    zone = use.zone or "UTC"
    if style.kind == "serial":
        days = _within(text.replace(",", ".").try_cast("float64"), 1e6)
        seconds = (days * 86400 + _SERIAL_DAY_ZERO).round()
        return in_zone("UTC", seconds.cast("int64").as_timestamp("s"))
    if style.kind == "epoch":
        stamp = _within(text.try_cast("float64"), 1e20)
        seconds = ibis.cases((stamp > 1e17, stamp / 1e9), (stamp > 1e14, stamp / 1e6), (stamp > 1e11, stamp / 1e3),
                             else_=stamp)  # fmt: skip
        # Not to whole seconds: half of the times would move, and the last of a year into the next.
        return in_zone(zone, instant_of((seconds * 1e6).round().cast("int64")))
    if style.kind == "week":
        compact = text.strip().replace("-", "").left(8)
        return try_strptime(ibis.ifelse(compact.length() < 8, compact.concat("1"), compact), "%GW%V%u")
    text = _rewritten(text, style.rewrites)
    order = use.order or style.order
    clocks: list[tuple[str, str]] = [("", "")]
    clock_text = None
    if len(texts) > 1:
        clock_text = _rewritten(texts[1], parts[1].clock.rewrites)
        clocks += [(shape.regex, shape.pattern("ymd")) for shape in parts[1].clock.shapes]
    cases = []
    for shape in style.shapes:
        orders = [order] + (["mdy" if order == "dmy" else "dmy"] if style.mixed and len(shape.patterns) > 1 else [])
        for tried in orders:
            for regex, pattern in clocks:
                fits, whole, spelled = text.re_search(shape.regex), text, shape.pattern(tried)
                if clock_text is not None:
                    has_clock = clock_text.re_search(regex) if regex else clock_text.isnull()
                    fits = fits & has_clock
                    if regex:
                        whole, spelled = text.concat(" ", clock_text), f"{spelled} {pattern}"
                read = _read(whole, spelled, zone)
                if use.written_in and "%z" not in spelled:
                    read = in_zone(zone, instant_in(use.written_in, read))
                cases.append(ibis.ifelse(fits, read, None))
    # A column put on this role by hand may hold no time at all.
    return reduce(lambda first, second: first.coalesce(second), cases, _nothing(texts[0], "timestamp"))


def _read(text: Any, pattern: str, zone: str) -> Any:
    if pattern in {"%Y-%m-%d %H:%M:%S", "%Y-%m-%d"}:
        return text.try_cast("timestamp")  # the engine's own fast path for ISO
    if "%z" in pattern:
        return in_zone(zone, try_strptime_zoned(text, pattern))
    return try_strptime(text, pattern)


def column(table: ir.Table, raw: RawTable, use: RoleUse, facts: list[Facts], key: bytes) -> dict[str, Any]:
    """The typed column of a role, under the role's name (and `{rating}_off`)."""
    texts: list[Any] = [table[raw.text(k)] for k in use.columns]
    parts = [facts[k] for k in use.columns]
    kind = ROLES[use.role].type
    if not parts[0].filled:
        empty = {use.role: _nothing(texts[0], "timestamp" if kind == "time" else "float64" if kind in _NUMBERS else
                                    "string")}  # fmt: skip
        return empty | ({f"{use.role}_off": ibis.literal(False)} if kind == "rating" else {})
    if kind == "rating":
        answer, off = rating(texts[0], use, parts[0])
        return {use.role: answer.cast("float64"), f"{use.role}_off": off}
    if kind == "time":
        return {use.role: time(texts, use, parts).cast("timestamp")}
    if kind == "flag":
        return {use.role: flag(texts[0], use)}
    if kind == "duration":
        return {use.role: duration(texts[0], use, parts[0])}
    if kind in {"amount", "count"}:
        return {use.role: number(texts[0], use.decimal, plain=_plain_numbers(parts[0]))}
    if use.role == "customer_id":
        # A pseudonym stays one when a stored table is read again under a corrected mapping.
        if "customer_id" in table.columns:
            return {name: table[name] for name in ("customer_id", ALIKE) if name in table.columns}
        found = {"customer_id": pseudonym(texts[0].strip(), key)}
        if any(ids.written_otherwise(text) for text, _ in parts[0].profile.values):
            found[ALIKE] = pseudonym(ids.alike(texts[0]), key)
        return found
    if use.plain:
        return {use.role: texts[0]}
    name = texts[0].strip()
    return {use.role: name.cases(*use.spellings, else_=name) if use.spellings else name}


_NUMBERS = frozenset({"rating", "flag", "duration", "amount", "count"})
