"""The clock a desk works by, against a count of minutes one by one on the zone's own clock."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from desk import Desk

from cxcore.clock import Clock, clock_named
from cxcore.errors import UnknownName
from cxcore.language import words
from cxcore.metrics import METRICS
from cxcore.metrics.measure import measure

ROME, HOUR = "Europe/Rome", 3600.0
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FREE = {  # Italy: laws 260/1949 and 54/1977 (4 November is kept on the first Sunday of the month)
    None: set(),
    "IT": {date(2025, 12, 25), date(2025, 12, 26), date(2026, 1, 1), date(2026, 1, 6), date(2026, 4, 5),
           date(2026, 4, 6), date(2026, 4, 25), date(2026, 5, 1), date(2026, 6, 2), date(2025, 12, 8),
           date(2025, 11, 1), date(2025, 11, 2), date(2026, 8, 15)},
}  # fmt: skip


def elapsed(desk: Desk, clock: Clock, pairs: list[tuple[datetime, datetime]]) -> list[float]:
    """Seconds on the clock between the two times of each pair, as the engine computes them."""
    path = desk.folder / "pairs.parquet"
    pd.DataFrame({"k": range(len(pairs)), "created_at": [a for a, _ in pairs], "resolved_at": [b for _, b in pairs]}
                 ).to_parquet(path)  # fmt: skip
    first, last = min(a for a, _ in pairs), max(b for _, b in pairs)

    def build(rows: object) -> object:
        read = clock.read(rows, ("created_at", "resolved_at"), first, last)  # type: ignore[arg-type]
        return read.select("k", took=read["resolved_at_clock"] - read["created_at_clock"]).order_by("k")

    return [float(took) for took in desk.engine.ask(path, build)["took"]]  # type: ignore[arg-type]


def minute_by_minute(
    hours: dict[str, list[tuple[int, int]]], free: set[date], zone: str, a: datetime, b: datetime
) -> float:
    """Open seconds from one wall-clock time to another, minute after minute of the time that truly passed."""
    place = ZoneInfo(zone)
    instant, end = (
        a.replace(tzinfo=place).astimezone(ZoneInfo("UTC")),
        b.replace(tzinfo=place).astimezone(ZoneInfo("UTC")),
    )
    passed = 0
    while instant < end:
        local = instant.astimezone(place)
        minute = 60 * local.hour + local.minute
        if local.date() not in free:
            passed += any(start <= minute < stop for start, stop in hours.get(WEEKDAYS[local.weekday()], []))
        instant += timedelta(minutes=1)
    return 60.0 * passed


OFFICE = ("mon-fri/09:00-18:00", {day: [(540, 1080)] for day in WEEKDAYS[:5]})
SPLIT = ("lun-ven/09:00-13:00,14:00-18:00;sab/09:00-12:30",
         {day: [(540, 780), (840, 1080)] for day in WEEKDAYS[:5]} | {"sat": [(540, 750)]})  # fmt: skip
NIGHTS = ("sat-sun/00:00-06:00;mon-fri/22:00-24:00",
          {day: [(0, 360)] for day in WEEKDAYS[5:]} | {day: [(1320, 1440)] for day in WEEKDAYS[:5]})  # fmt: skip
ALWAYS = ("mon-sun/00:00-24:00", {day: [(0, 1440)] for day in WEEKDAYS})


@pytest.mark.parametrize("zone", [ROME, "America/New_York"])
@pytest.mark.parametrize("place", [None, "IT"])
@pytest.mark.parametrize(("spelled", "hours"), [OFFICE, SPLIT, NIGHTS, ALWAYS], ids=["office", "split", "night", "all"])
def test_open_minutes_counted_one_by_one(
    desk: Desk, spelled: str, hours: dict[str, list[tuple[int, int]]], place: str | None, zone: str
) -> None:
    """Across the holidays of winter and spring, and both changes of clocks of the two zones."""
    chance = random.Random(3)
    starts = [datetime(2025, 10, 20), datetime(2025, 12, 20), datetime(2026, 3, 5), datetime(2026, 3, 25)]
    pairs = []
    for k in range(24):
        a = starts[k % 4] + timedelta(minutes=chance.randrange(16 * 1440))
        pairs.append((a, a + timedelta(minutes=chance.choice([5, 90, 700, 4000, 12_000]))))
    clock = clock_named("business", spelled, place, zone)
    expected = [minute_by_minute(hours, FREE[place], zone, a, b) for a, b in pairs]
    assert elapsed(desk, clock, pairs) == expected
    first, last = min(a for a, _ in pairs), max(b for _, b in pairs)
    assert [clock.at(b, first, last) - clock.at(a, first, last) for a, b in pairs] == expected


def test_the_change_of_clocks(desk: Desk) -> None:
    """Italy, 2026: 29 March has 23 hours, 25 October 25 (directive 2000/84/EC)."""
    spring = (datetime(2026, 3, 28, 12), datetime(2026, 3, 29, 12))
    autumn = (datetime(2026, 10, 24, 12), datetime(2026, 10, 25, 12))
    plain = (datetime(2026, 6, 1, 12), datetime(2026, 6, 2, 12))
    night = (datetime(2026, 3, 29, 1, 30), datetime(2026, 3, 29, 3, 30))
    pairs = [spring, autumn, plain, night]
    assert elapsed(desk, Clock(zone=ROME), pairs) == [23 * HOUR, 25 * HOUR, 24 * HOUR, HOUR]
    assert elapsed(desk, Clock(), pairs) == [24 * HOUR, 24 * HOUR, 24 * HOUR, 2 * HOUR]  # a file without a zone
    always = clock_named("business", ALWAYS[0], None, ROME)
    assert elapsed(desk, always, pairs) == [23 * HOUR, 25 * HOUR, 24 * HOUR, HOUR]


def test_a_reply_out_of_hours_to_a_case_out_of_hours_is_0_s(desk: Desk) -> None:
    """Friday evening to Sunday; Christmas to St Stephen; one evening to the next morning; and what is worked of it."""
    clock = clock_named("business", None, "IT", ROME)
    pairs = [
        (datetime(2026, 6, 5, 20), datetime(2026, 6, 7, 11)),
        (datetime(2025, 12, 25, 10), datetime(2025, 12, 26, 17)),
        (datetime(2026, 6, 8, 19), datetime(2026, 6, 9, 8, 59)),
        (datetime(2026, 6, 8, 17, 50), datetime(2026, 6, 9, 9, 10)),
    ]
    assert elapsed(desk, clock, pairs) == [0, 0, 0, 20 * 60]


@pytest.mark.parametrize(
    ("place", "day", "free"),
    [
        ("IT", datetime(2026, 6, 2), True),  # the Republic
        ("IT", datetime(2026, 5, 25), False),
        ("IT-BZ", datetime(2026, 5, 25), True),  # Whit Monday, in South Tyrol only
        ("IT-MI", datetime(2026, 12, 7), True),  # St Ambrose, Milan
        ("IT", datetime(2026, 12, 7), False),
        ("DE-BY", datetime(2026, 1, 6), True),  # Epiphany, in Bavaria
        ("DE-BE", datetime(2026, 1, 6), False),
        ("FR", datetime(2026, 7, 14), True),
    ],
)
def test_holidays_of_countries_and_regions(desk: Desk, place: str, day: datetime, free: bool) -> None:
    clock = clock_named("business", "mon-sun/09:00-18:00", place, ROME)
    (took,) = elapsed(desk, clock, [(day, day + timedelta(hours=23))])
    assert took == (0 if free else 9 * HOUR)


@pytest.mark.parametrize(
    ("kind", "hours", "place", "code"),
    [
        ("business", ";", None, "no_hours"),
        ("business", "mon-fri/18:00-09:00", None, "bad_hours"),
        ("business", "mon-fri/09:00-18:61", None, "bad_hours"),
        ("business", "someday/09:00-18:00", None, "bad_hours"),
        ("business", "mon-fri/", None, "no_hours"),
        ("business", None, "Atlantis", "unknown_holidays"),
        ("business", None, "IT-ATLANTIS", "unknown_holidays"),
        ("sundial", None, None, "unknown_clock"),
    ],
)
def test_a_clock_that_cannot_be_is_an_error_and_never_0(
    kind: str, hours: str | None, place: str | None, code: str
) -> None:
    with pytest.raises(UnknownName) as refused:
        clock_named(kind, hours, place, ROME)
    assert refused.value.code == code
    assert all(refused.value.in_words("it"))


def test_hours_that_overlap_count_once() -> None:
    assert clock_named("business", "mon/09:00-13:00,12:00-15:00,15:00-18:00", None, None).hours[0] == (
        (9 * 3600, 18 * 3600),
    )


def test_the_clock_of_a_metric_is_told_and_counts(desk: Desk) -> None:
    """40 tickets written on Friday at 17:30 and answered on Monday at 9:30: 64 hours, of which one is worked."""
    rows: list[list[object]] = [["Ticket ID", "Created at", "First response at", "Resolved at"]]
    rows += [[k, f"2026-06-05 17:30:{k:02}", f"2026-06-08 09:30:{k:02}", f"2026-06-08 10:00:{k:02}"] for k in range(40)]
    table = desk.take(desk.file("weekend.csv", rows), zone=ROME)
    metric = METRICS["first_response"]
    by_calendar = measure(desk.engine, table, metric)
    at_work = measure(desk.engine, table, metric, settings=(("clock", "business"),))
    assert by_calendar.estimates[0].value == 64 * HOUR
    assert at_work.estimates[0].value == HOUR
    assert by_calendar.terms is not None
    assert at_work.terms is not None
    assert by_calendar.terms.clock is not None
    assert at_work.terms.clock is not None
    assert words(by_calendar.terms.clock, "en") == "calendar time"
    assert "IT" in words(at_work.terms.clock, "en")  # an Italian file's holidays are Italy's
    assert measure(
        desk.engine, table, METRICS["resolution"], settings=(("hours", "mon-sun/00:00-24:00"), ("holidays", "none"))
    ).estimates[0].value == 64.5 * HOUR  # fmt: skip
