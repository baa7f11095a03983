"""Time zones: the one a header names, the one all times of a file are shown in, and the clocks going back and on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

import ibis
import ibis.expr.types as ir

from cxcore.engine import in_zone, instant_in
from cxcore.language import say, say_many
from cxcore.mapping import typed
from cxcore.mapping.check import Check
from cxcore.mapping.facts import Facts
from cxcore.mapping.known import Export
from cxcore.mapping.units import Telling
from cxcore.roles import ROLES
from cxcore.values import RoleUse

_INSIDE = re.compile(r"[(\[]([^)\]]+)[)\]]")
_OFFSET = re.compile(r"^(?:UTC|GMT)\s*([+-])\s*0?(\d{1,2})(?::?00)?$", re.IGNORECASE)
# What people write for a place's time, summer and winter.
_SPOKEN = {
    "utc": "UTC", "gmt": "UTC", "z": "UTC", "zulu": "UTC", "cet": "CET", "cest": "CET", "cet/cest": "CET",
    "eet": "EET", "wet": "WET", "et": "America/New_York", "est": "America/New_York", "edt": "America/New_York",
    "est/edt": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver", "pt": "America/Los_Angeles",
    "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles", "ora italiana": "Europe/Rome",
}  # fmt: skip
_WHOSE = {"account": say("of the account"), "viewer": say("of whoever made the export")}
_ZONED_TEXT = r"(?i)(?:Z|UTC|GMT|CES?T|[+-]\d{1,2}:?\d{0,2}|[A-Z]{3,4}T)\)?$"  # what ends a text that names its zone


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}


def named(header: str) -> str | None:
    """The zone a header names: "Started at (America/New_York)", "Date [CET]", "Opened (GMT+2)", "created_at_utc"."""
    for inside in _INSIDE.findall(header):
        if found := _zone(inside.strip()):
            return found
    return "UTC" if re.search(r"(?:^|[^A-Za-z])(?i:UTC)$|[a-z]UTC$", header.strip()) else None


def _zone(text: str) -> str | None:
    if offset := _OFFSET.match(text):
        hours = int(offset[2])
        sign = "-" if offset[1] == "+" else "+"  # the tz database counts west as plus
        return f"Etc/GMT{sign}{hours}" if 0 < hours <= 12 else ("UTC" if hours == 0 else None)
    return _SPOKEN.get(text.casefold()) or (_known().get(text.casefold()) if "/" in text else None)


def settled(
    uses: Sequence[RoleUse], columns: Sequence[Facts], zone: str | None, export: Export | None, tell: Telling
) -> tuple[RoleUse, ...]:
    """The uses with one zone for all times of the file: the one asked for, else the first that a header names, else UTC
    where the values name theirs or a known export is in it. Times written in another zone are turned into it, and it is
    said; so is whose zone it is where a known export does not name it."""
    times = [use for use in uses if ROLES[use.role].type == "time" and columns[use.columns[0]].filled]
    headers = {use.role: next((z for k in use.columns if (z := named(columns[k].profile.header))), None)
               for use in times}  # fmt: skip
    styles = {use.role: columns[use.columns[0]].date for use in times}
    absolute = [use.role for use in times if styles[use.role].zoned or styles[use.role].kind == "epoch"]
    common = zone or next((z for z in headers.values() if z), None) or ("UTC" if absolute else None)
    if common is None and export is not None and times and any(styles[use.role].clock for use in times):
        if export.zone == "utc":
            common = "UTC"
        elif export.zone in _WHOSE:
            tell.note("zone_of_export", say("{product} writes times in the zone {whose}, which the file does not name;"
                                            " choose it if hours matter", product=export.product,
                                            whose=_WHOSE[export.zone]))  # fmt: skip
    if common is None:
        return tuple(uses)
    moved = {role: z for role, z in headers.items() if z not in {None, common} and styles[role].clock}
    if moved or any(styles[role].offsets > 1 for role in absolute):
        tell.note("zones_made_one", say("times of several zones are shown in one: {zone}", zone=common))
    without = [use for use in times if not headers[use.role] and use.role not in absolute and styles[use.role].clock]
    if without and len(without) < len(times):
        for use in without:
            tell.note("zone_not_named",
                      say("this column names no zone and others do; it is read as {zone}", zone=common),
                      columns[use.columns[0]].profile.header)  # fmt: skip
    return tuple(
        replace(use, zone=common, written_in=moved.get(use.role)) if use.role in headers else use for use in uses
    )


def clock_change(table: ir.Table, use: RoleUse, header: str, facts: Sequence[Facts]) -> list[Check]:
    """Wall-clock times that the zone's change of clocks leaves out, and those that it holds twice.

    Only of times that were written without their zone: an instant is neither missing nor double.
    """
    style = facts[use.columns[0]].date
    written = use.written_in or use.zone
    clocked = style.clock or len(use.columns) > 1
    if written in {None, "UTC"} or not clocked or style.zoned == 1 or style.kind == "epoch":
        return []
    local = table[use.role]
    if use.written_in:
        as_written = replace(use, zone=use.written_in, written_in=None)
        local = typed.time([table[f"x{k}"] for k in use.columns], as_written, [facts[k] for k in use.columns])
    bare: Any = ibis.literal(True)
    if style.zoned:
        bare = ~table[f"x{use.columns[0]}"].strip().re_search(_ZONED_TEXT)
    instant = instant_in(written, local)
    hour = ibis.interval(hours=1)
    twice = (in_zone(written, instant + hour) == local) | (in_zone(written, instant - hour) == local)
    missing = in_zone(written, instant) != local
    return [
        Check("dst_nonexistent_time", header, bare & missing, lambda n: say_many(
            "{n} time does not exist in this zone: the clocks were put forward over it",
            "{n} times do not exist in this zone: the clocks were put forward over them", n)),
        Check("dst_ambiguous_time", header, bare & ~missing & twice, lambda n: say_many(
            "{n} time came twice in this zone: the clocks were put back, and nothing says which of the two is meant",
            "{n} times came twice in this zone: the clocks were put back, and nothing says which of the two are meant",
            n)),
    ]  # fmt: skip
