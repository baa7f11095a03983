"""Level 1. The clock a desk works by: all hours, or the weekdays' hours without the holidays; summer time told right.

A clock gives each wall-clock time a reading in seconds; the time between two events is the difference of their
readings. The engine reads it for all rows at once, from a small table of days.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from itertools import pairwise
from typing import Any, Literal
from zoneinfo import ZoneInfo

import holidays as public_holidays
import ibis
import ibis.expr.types as ir

from cxcore.errors import UnknownName
from cxcore.language import Message, say

DAY = 86_400
Hours = tuple[tuple[tuple[int, int], ...], ...]  # for each weekday from Monday, intervals of seconds after midnight
WEEKDAYS: tuple[tuple[str, str], ...] = (
    ("mon", "lun"), ("tue", "mar"), ("wed", "mer"), ("thu", "gio"), ("fri", "ven"), ("sat", "sab"), ("sun", "dom"),
)  # fmt: skip
OFFICE_HOURS = "mon-fri/09:00-18:00"
_EPOCH = date(1970, 1, 1)
_DAYS = re.compile(r"^([a-z]{3})(?:-([a-z]{3}))?$")
_TIMES = re.compile(r"^(\d{1,2}):?(\d{2})-(\d{1,2}):?(\d{2})$")


@dataclass(frozen=True)
class Clock:
    """All hours (`calendar`), or the `hours` of each weekday that is no holiday of `holidays` (`business`), in a zone.

    `holidays` is a country, or a country and a region ("IT", "IT-BZ"); None: every weekday counts.
    """

    kind: Literal["calendar", "business"] = "calendar"
    hours: Hours = ()
    holidays: str | None = None
    zone: str | None = None
    spelled: str = ""

    def told(self) -> Message:
        """The clock in words, as it stands beside a figure."""
        if self.kind == "calendar":
            return say("calendar time")
        if self.holidays is None:
            return say("business hours {hours}, no holidays", hours=self.spelled)
        return say("business hours {hours}, without the public holidays of {place}", hours=self.spelled,
                   place=self.holidays)  # fmt: skip

    def read(self, rows: ir.Table, roles: tuple[str, ...], first: datetime, last: datetime) -> ir.Table:
        """The rows with a column `{role}_clock` for each of these times: seconds on this clock.

        All the times must lie between `first` and `last`.
        """
        turns = _turns(self.zone, first, last)
        if self.kind == "calendar":
            return rows.mutate(**{f"{role}_clock": _calendar(rows[role], turns) for role in roles})
        days = self._days(first.date(), last.date(), turns)
        table = ibis.memtable(days)
        for role in roles:
            rows = rows.mutate(**{f"{role}_day": (rows[role].epoch_seconds() // DAY).cast("int64")})
            own = table.rename({f"{role}_{name}": name for name in days})
            rows = rows.left_join(own, rows[f"{role}_day"] == own[f"{role}_day"])
            rows = rows.mutate(**{f"{role}_clock": self._reading(rows, role)})
        return rows

    def at(self, when: datetime, first: datetime, last: datetime) -> float:
        """The reading at one time, as `read` gives it."""
        turns = _turns(self.zone, first, last)
        seconds = float((when - datetime(1970, 1, 1)).total_seconds())
        if self.kind == "calendar":
            return seconds - sum(jump for turn, jump in turns if when >= turn)
        days = self._days(first.date(), last.date(), turns)
        k = (when.date() - _EPOCH).days - days["day"][0]
        second = seconds - DAY * days["day"][k]
        passed = sum(min(max(second - days[f"open{j}"][k], 0), days[f"long{j}"][k]) for j in range(self._most))
        return float(days["before"][k] + passed - (days["jump"][k] if second >= days["turn"][k] else 0))

    @property
    def _most(self) -> int:
        return max(len(intervals) for intervals in self.hours)

    def _reading(self, rows: ir.Table, role: str) -> Any:
        second = rows[role].epoch_seconds() - rows[f"{role}_day"] * DAY
        passed = [
            ibis.least(ibis.greatest(second - rows[f"{role}_open{j}"], 0), rows[f"{role}_long{j}"])
            for j in range(self._most)
        ]
        turned = ibis.ifelse(second >= rows[f"{role}_turn"], rows[f"{role}_jump"], 0)
        return (rows[f"{role}_before"] + reduce(lambda a, b: a + b, passed) - turned).cast("float64")

    def _days(self, first: date, last: date, turns: tuple[tuple[datetime, int], ...]) -> dict[str, list[int]]:
        """One entry a day: its number, the open seconds before it, where each interval begins and how long it is, and
        the second of the day at which `jump` open seconds were left out (or, below 0, came twice)."""
        free = _free_days(self.holidays, first, last)
        turned = {turn.date(): (turn, jump) for turn, jump in turns}
        names = [
            "day",
            "before",
            "turn",
            "jump",
            *(f"{part}{j}" for j in range(self._most) for part in ("open", "long")),
        ]
        found: dict[str, list[int]] = {name: [] for name in names}
        total = 0
        for k in range((last - first).days + 1):
            day = first + timedelta(days=k)
            spans = () if day in free else self.hours[day.weekday()]
            turn, jump = DAY + 1, 0
            if day in turned:
                when, moved = turned[day]
                turn = int((when - datetime(day.year, day.month, day.day)).total_seconds())
                inside = sum(max(0, min(end, turn) - max(start, turn - abs(moved))) for start, end in spans)
                jump = inside if moved > 0 else -inside
            found["day"].append((day - _EPOCH).days)
            found["before"].append(total)
            found["turn"].append(turn)
            found["jump"].append(jump)
            for j in range(self._most):
                start, end = spans[j] if j < len(spans) else (0, 0)
                found[f"open{j}"].append(start)
                found[f"long{j}"].append(end - start)
            total += sum(end - start for start, end in spans) - jump
        return found


CALENDAR = Clock()


def clock_named(kind: str, hours: str | None, holidays: str | None, zone: str | None) -> Clock:
    """The clock of these words; raises UnknownName where they name none, or one that is never open.

    Hours are spelled mon-fri/09:00-13:00,14:00-18:00;sat/09:00-12:00, with Italian or English days.
    """
    if kind == "calendar":
        return Clock(zone=zone)
    if kind != "business":
        raise UnknownName(
            "unknown_clock",
            say("There is no clock called {name}.", name=kind),
            say("The clocks are calendar and business."),
        )
    spelled = hours or OFFICE_HOURS
    open_hours = _hours(spelled)
    if not any(open_hours):
        raise UnknownName(
            "no_hours",
            say("A calendar without working hours measures nothing."),
            say("For example: --set hours=mon-fri/09:00-18:00"),
        )
    place = None if holidays in {None, "", "none"} else holidays
    if place is not None:
        _free_days(place, date(2026, 1, 1), date(2026, 1, 2))
    return Clock("business", open_hours, place, zone, spelled)


def _hours(text: str) -> Hours:
    found: list[list[tuple[int, int]]] = [[] for _ in WEEKDAYS]
    for part in text.lower().replace(" ", "").split(";"):
        if not part:
            continue
        days, _, times = part.partition("/")
        match = _DAYS.match(days)
        ends = [_weekday(name) for name in match.groups() if name] if match else [None]
        spans = [_span(span) for span in times.split(",") if span]
        if None in ends or None in spans:
            raise UnknownName(
                "bad_hours",
                say("These working hours cannot be read: {words}.", words=part),
                say("For example: --set 'hours=mon-fri/09:00-13:00,14:00-18:00;sat/09:00-12:00'"),
            )
        start, end = ends[0] or 0, ends[-1] or 0
        for k in range((end - start) % 7 + 1):
            found[(start + k) % 7] += [span for span in spans if span]
    return tuple(_apart(spans) for spans in found)


def _weekday(name: str) -> int | None:
    return next((k for k, names in enumerate(WEEKDAYS) if name in names), None)


def _span(text: str) -> tuple[int, int] | None:
    match = _TIMES.match(text)
    if match is None:
        return None
    start_hour, start_minute, end_hour, end_minute = map(int, match.groups())
    start, end = 3600 * start_hour + 60 * start_minute, 3600 * end_hour + 60 * end_minute
    return (start, end) if start < end <= DAY and max(start_minute, end_minute) < 60 else None


def _apart(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Intervals in order, those that touch or overlap made one: no second counts twice."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _free_days(place: str | None, first: date, last: date) -> frozenset[date]:
    """The public holidays of a country, or of a country and a region; raises UnknownName where there is no such."""
    if place is None:
        return frozenset()
    country, _, region = place.partition("-")
    years = range(first.year, last.year + 1)
    try:
        return frozenset(public_holidays.country_holidays(country, subdiv=region or None, years=years))
    except NotImplementedError as unknown:
        raise UnknownName(
            "unknown_holidays",
            say("There is no calendar of public holidays for {place}.", place=place),
            say("Give a country or a country and a region, for example IT, IT-BZ, DE-BY, GB-SCT; or none."),
        ) from unknown


def _turns(zone: str | None, first: datetime, last: datetime) -> tuple[tuple[datetime, int], ...]:
    """When the zone's clocks were moved between two times: the wall-clock time from which the new offset is sure, and
    by how many seconds they were put forward (below 0: back). A time that comes twice is taken as the first."""
    if zone is None:
        return ()
    place, utc = ZoneInfo(zone), ZoneInfo("UTC")
    start = datetime(first.year, first.month, first.day, tzinfo=utc) - timedelta(days=1)
    days = [start + timedelta(days=k) for k in range((last.date() - first.date()).days + 4)]

    def offset(instant: datetime) -> int:
        shift = instant.astimezone(place).utcoffset()
        return int(shift.total_seconds()) if shift else 0

    found = []
    for one, other in pairwise(days):
        old, new = offset(one), offset(other)
        if old == new:
            continue
        low, high = one, other
        while high - low > timedelta(seconds=1):
            middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
            low, high = (middle, high) if offset(middle) == old else (low, middle)
        found.append((high.replace(tzinfo=None) + timedelta(seconds=max(old, new)), new - old))
    return tuple(found)


def _calendar(when: Any, turns: tuple[tuple[datetime, int], ...]) -> Any:
    """Seconds since 1970 as they truly passed: the wall clock's, less what it was put forward."""
    seconds = when.epoch_seconds()
    for turn, jump in turns:
        seconds = seconds - ibis.ifelse(when >= ibis.literal(turn, type="timestamp"), jump, 0)
    return seconds.cast("float64")
