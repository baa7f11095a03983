"""What is written in any way of writing dates is read back as the moment it was.

As in `test_properties`, each example is a whole column read by the engine; here the order of day and month is found and
not told, and locales write as Unicode says they do, so that no table of ours is compared with itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from babel.dates import format_date, format_datetime
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from test_properties import column, quick, read_all, use

from cxcore.engine import Engine
from cxcore.mapping import dates, typed
from cxcore.mapping.facts import Facts

few = settings(
    quick, max_examples=2, phases=[Phase.generate]
)  # each example is hundreds of cells: none is made smaller
# Days that tell their order, noon and midnight, and days whose ISO week belongs to another year.
EDGES = [
    datetime(2024, 2, 29), datetime(2019, 12, 30, 12, 59, 59), datetime(2021, 1, 3, 23, 59, 59, 999_999),
    datetime(2026, 12, 31, 0, 30), datetime(2008, 10, 13, 12),
]  # fmt: skip
MOMENTS = st.lists(st.datetimes(datetime(2002, 1, 1), datetime(2032, 12, 31)), min_size=30, max_size=40).map(
    lambda moments: [*EDGES, *moments]
)
LOCALES = "en_US en_GB en_AU en_CA en_IN it_IT it_CH es_ES es_MX es_AR fr_FR fr_CA fr_CH de_DE de_AT de_CH".split()


class Way(NamedTuple):
    """A way of writing a moment, and the part of the moment that is in it."""

    write: Callable[[datetime], str]
    step: str = "s"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One engine for all columns."""
    found = Engine(tmp_path_factory.mktemp("dates"))
    yield found
    found.close()


def assert_come_back(engine: Engine, moments: Sequence[datetime], ways: Sequence[Way]) -> None:
    """Each way's column is all dates, and holds the moments to the way's step."""
    columns = [[way.write(moment) for moment in moments] for way in ways]
    expressions = []
    for texts in columns:
        facts = column(texts)
        assert facts.date.share == 1, next(text for text in texts if not column([text]).date.share)
        assert not facts.date.mixed, texts[:3]
        expressions.append(partial(_time, "UTC", (facts,)))
    for way, texts, found in zip(ways, columns, read_all(engine, columns, expressions), strict=True):
        _assert_same(found, [_floor(moment, way.step) for moment in moments], texts)


def _time(zone: str, parts: Sequence[Facts], text: Any) -> Any:
    return typed.time([text], use("created_at", zone=zone), list(parts))


def _floor(moment: datetime, step: str) -> datetime:
    if step == "month":
        return datetime(moment.year, moment.month, 1)
    if step == "year":
        return datetime(moment.year, 1, 1)
    if step == "week":
        return datetime(moment.year, moment.month, moment.day) - timedelta(days=moment.weekday())
    return pd.Timestamp(moment).floor(step).to_pydatetime()


def _assert_same(found: Sequence[Any], wanted: Sequence[datetime], texts: Sequence[str]) -> None:
    wrong = [(text, got, right) for got, right, text in zip(found, wanted, texts, strict=True)
             if pd.isna(got) or got != right]  # fmt: skip
    assert not wrong, wrong[0]


@pytest.mark.parametrize("locale", LOCALES)
@few
@given(moments=MOMENTS)
def test_dates_come_back_as_every_locale_writes_them(engine: Engine, locale: str, moments: list[datetime]) -> None:
    ways = [
        Way(partial(format_date, format=style, locale=locale), "D") for style in ("short", "medium", "long", "full")
    ]
    ways += [
        Way(partial(format_datetime, format=style, locale=locale), step)
        for style, step in (("short", "min"), ("medium", "s"))
    ]
    assert_come_back(engine, moments, ways)


def day_ways(t: datetime) -> dict[str, str]:
    return {
        "d/m/y": f"{t:%d/%m/%Y}", "m/d/y": f"{t:%m/%d/%Y}", "y-m-d": f"{t:%Y-%m-%d}", "y/m/d": f"{t:%Y/%m/%d}",
        "d.m.yy": f"{t.day}.{t.month}.{t:%y}", "m-d-yy": f"{t.month}-{t.day}-{t:%y}", "d mon y": f"{t:%d %b %Y}",
        "d-mon-yy": f"{t:%d-%b-%y}", "mon d, y": f"{t:%b} {t.day}, {t.year}", "weekday": f"{t:%a, %d %b %Y}",
        "ymd": f"{t:%Y%m%d}", "yymmdd": f"{t:%y%m%d}",
    }  # fmt: skip


DAYS = tuple(day_ways(EDGES[0]))
HALF_DAYS = (
    ("{} AM", "{} PM"),
    ("{}am", "{}pm"),
    ("{} a.m.", "{} p.m."),
    ("{} a. m.", "{} p. m."),
    ("{}\u202fAM", "{}\u202fPM"),
)


def joined(day: str, clock: Callable[[datetime], str]) -> Callable[[datetime], str]:
    return lambda t: f"{day_ways(t)[day]} {clock(t)}"


def half_day(spelled: tuple[str, str], pattern: str, t: datetime) -> str:
    return spelled[t.hour // 12].format(f"{t:{pattern}}".removeprefix("0"))


@few
@given(moments=MOMENTS)
def test_twelve_hours_come_back_behind_every_date(engine: Engine, moments: list[datetime]) -> None:
    noons = [datetime(2026, 5, 17, hour, 5, 9) for hour in (0, 1, 11, 12, 13, 23)]
    ways = [
        Way(joined(day, partial(half_day, spelled, pattern)), step)
        for k, day in enumerate(DAYS)
        for spelled in (HALF_DAYS[k % 5], HALF_DAYS[(k + 2) % 5])
        for pattern, step in (("%I:%M", "min"), ("%I:%M:%S", "s"))
    ]
    assert_come_back(engine, [*noons, *moments], ways)


MARKS = ((".", ""), (",", ""), (".", "Z"), (",", "+00:00"))


def with_fraction(places: int, mark: str, zone: str, t: datetime) -> str:
    return f"{t:%H:%M:%S}{mark}{f'{t.microsecond:06}000'[:places]}{zone}"


@few
@given(moments=MOMENTS, digits=st.permutations(range(1, 10)))
def test_fractions_of_seconds_come_back(engine: Engine, moments: list[datetime], digits: list[int]) -> None:
    ways = []
    for k, day in enumerate(DAYS):
        for n in (k, k + 1):
            places, (mark, zone) = digits[(k + n) % 9], MARKS[n % 4]
            clock = partial(with_fraction, places, mark, zone)
            ways.append(Way(joined(day, clock), f"{10 ** (6 - min(places, 6))}us"))
    assert_come_back(engine, moments, ways)


def offset_ways(minutes: int) -> list[str]:
    """How an offset is written behind a time."""
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    ways = [f"{sign}{hours:02}:{rest:02}", f" {sign}{hours:02}{rest:02}", f" GMT{sign}{hours:02}{rest:02}"]
    if hours:
        ways += [f" UTC{sign}{hours}" + (f":{rest:02}" if rest else ""), f" (UTC{sign}{hours:02}:{rest:02})"]
    if not rest:
        ways += [f"{sign}{hours:02}"]
    return ways


@few
@given(
    moments=MOMENTS,
    minutes=st.sampled_from([-720, -570, -300, -60, 0, 60, 120, 330, 345, 600, 840]),
    zone=st.sampled_from(["UTC", "Europe/Rome", "America/New_York", "Asia/Kolkata"]),
)
def test_instants_come_back_whatever_offset_they_are_written_with(
    engine: Engine, moments: list[datetime], minutes: int, zone: str
) -> None:
    own, shown = timezone(timedelta(minutes=minutes)), ZoneInfo(zone)
    offsets = offset_ways(minutes)
    for n, (clock, step) in enumerate((("%H:%M", "min"), ("%H:%M:%S", "s"), ("%I:%M %p", "min"))):
        written = [(day, offsets[(k + n) % len(offsets)]) for k, day in enumerate(DAYS)]
        columns = [[f"{day_ways(moment)[day]} {moment:{clock}}{offset}" for moment in moments]
                   for day, offset in written]  # fmt: skip
        facts = [column(texts) for texts in columns]
        for texts, each in zip(columns, facts, strict=True):
            assert (each.date.share, each.date.zoned) == (1, 1), texts[0]
        wanted = [_floor(moment, step).replace(tzinfo=own).astimezone(shown).replace(tzinfo=None) for moment in moments]
        found = read_all(engine, columns, [partial(_time, zone, (each,)) for each in facts])
        for texts, got in zip(columns, found, strict=True):
            _assert_same(got, wanted, texts)


@few
@given(moments=MOMENTS)
def test_instants_come_back_from_every_zone_with_one_offset(engine: Engine, moments: list[datetime]) -> None:
    for spelled in ("{} {}", "{} ({})", "{}{}"):
        texts, wanted = [], []
        for k, (name, offset) in enumerate(dates.ABBREVIATED):
            moment = moments[k].replace(microsecond=0)
            texts.append(spelled.format(f"{moment:%d/%m/%Y %H:%M:%S}", name))
            wanted.append(moment - datetime.strptime(offset, "%z").utcoffset())  # type: ignore[operator]
        facts = column(texts)
        assert (facts.date.share, facts.date.zoned) == (1, 1)
        (found,) = read_all(engine, [texts], [partial(_time, "UTC", (facts,))])
        _assert_same(found, wanted, texts)


def since_1970(t: datetime) -> int:
    """Microseconds since 1970."""
    return (t - datetime(1970, 1, 1)) // timedelta(microseconds=1)


def serial(t: datetime, places: int) -> str:
    """Days since a spreadsheet's beginning."""
    return f"{(t.replace(microsecond=0) - datetime(1899, 12, 30)) / timedelta(days=1):.{places}f}"


COUNTS = {
    "days": Way(lambda t: str((t - datetime(1899, 12, 30)).days), "D"),
    "days.": Way(partial(serial, places=6)),
    "days,": Way(lambda t: serial(t, 11).replace(".", ",")),
    "s": Way(lambda t: str(since_1970(t) // 10**6)),
    "ms": Way(lambda t: str(since_1970(t) // 1000), "ms"),
    "us": Way(lambda t: str(since_1970(t)), "us"),
    "ns": Way(lambda t: f"{since_1970(t)}123", "us"),
    "s.ms": Way(lambda t: f"{since_1970(t) // 10**6}.{t.microsecond // 1000:03}", "ms"),
    "s.us": Way(lambda t: f"{since_1970(t) // 10**6}.{t.microsecond:06}", "us"),
    "ms.us": Way(lambda t: f"{since_1970(t) // 1000}.{t.microsecond % 1000:03}", "us"),
}


@few
@given(moments=MOMENTS)
def test_counts_of_days_and_seconds_come_back(engine: Engine, moments: list[datetime]) -> None:
    assert_come_back(engine, moments, list(COUNTS.values()))


PARTS = [
    *(Way(lambda t, p=pattern: f"{t:{p}}", "week") for pattern in ("%G-W%V", "%GW%V")),
    *(Way(lambda t, p=pattern: f"{t:{p}}", "D") for pattern in ("%G-W%V-%u", "%GW%V%u")),
    *(Way(lambda t, p=pattern: f"{t:{p}}", "month")
      for pattern in ("%Y-%m", "%m/%Y", "%b %Y", "%B %Y", "%b-%y", "%b'%y", "%B-%Y")),
    Way(lambda t: f"{t:%Y}", "year"),
]  # fmt: skip


@few
@given(moments=MOMENTS)
def test_weeks_months_and_years_come_back_as_their_first_day(engine: Engine, moments: list[datetime]) -> None:
    assert_come_back(engine, moments, PARTS)


LAYOUTS = ("{d} {n} {y}", "{n} {d}, {y}", "{d}-{n}-{s}", "{d}. {n} {y}", "{d} de {n} de {y}", "{d}/{n}/{y}")


@few
@given(moments=MOMENTS)
def test_every_name_of_a_month_comes_back(engine: Engine, moments: list[datetime]) -> None:
    named = [(k, name) for k, (_, names) in enumerate(dates.MONTHS, 1) for name in names.split("|")]
    days = [moments[k % len(moments)].replace(month=month, day=1 + k % 28) for k, (month, _) in enumerate(named)]
    ways = [(layout, case) for layout in LAYOUTS for case in (str.lower, str.title, str.upper)]
    columns = [
        [layout.format(d=day.day, n=case(name), y=day.year, s=f"{day:%y}")
         for day, (_, name) in zip(days, named, strict=True)]
        for layout, case in ways
    ]  # fmt: skip
    facts = [column(texts) for texts in columns]
    for texts, each in zip(columns, facts, strict=True):
        assert each.date.share == 1, next(text for text in texts if not column([text]).date.share)
    for texts, found in zip(columns, read_all(engine, columns, [partial(_time, "UTC", (each,)) for each in facts]),
                            strict=True):  # fmt: skip
        _assert_same(found, [_floor(day, "D") for day in days], texts)


CLOCKS = (
    ("%H:%M", "min"), ("%H:%M:%S", "s"), ("%H:%M:%S.%f", "us"), ("%H:%M:%S,%f", "us"), ("%I:%M %p", "min"),
    ("%I:%M:%S %p", "s"), ("%I:%M\u202f%p", "min"),
)  # fmt: skip


@few
@given(moments=MOMENTS)
def test_a_day_and_its_time_come_back_from_two_columns(engine: Engine, moments: list[datetime]) -> None:
    days = {f"d{k}": [day_ways(moment)[day] for moment in moments] for k, day in enumerate(DAYS)}
    clocks = {f"c{k}": [f"{moment:{pattern}}" for moment in moments] for k, (pattern, _) in enumerate(CLOCKS)}
    facts = {name: column(texts) for name, texts in (days | clocks).items()}
    assert {facts[name].date.share for name in days} == {1}
    assert {name: facts[name].clock.share for name in clocks} == dict.fromkeys(clocks, 1)
    path = engine.root / "two.parquet"
    pd.DataFrame({"k": range(len(moments))} | days | clocks).to_parquet(path)
    pairs = [(day, clock) for day in days for clock in clocks]
    found = engine.ask(path, lambda t: t.select("k", **{
        day + clock: typed.time([t[day], t[clock]], use("created_at"), [facts[day], facts[clock]])
        for day, clock in pairs
    }).order_by("k"))  # fmt: skip
    for day, clock in pairs:
        wanted = [_floor(moment, CLOCKS[int(clock[1:])][1]) for moment in moments]
        _assert_same(
            found[day + clock], wanted, [" ".join(both) for both in zip(days[day], clocks[clock], strict=True)]
        )


PIECES = [*"0123456789/-.:, TZ+()\n\x00٣３", "AM", "pm", "Jan", "März", "GMT", "\u202f", "de", "h", "Mon ", "(CET)"]


@settings(few, max_examples=4)
@given(moments=MOMENTS, data=st.data())
def test_python_and_the_engine_read_the_same_dates(
    engine: Engine, moments: list[datetime], data: st.DataObject
) -> None:
    texts = []
    for k, moment in enumerate([*moments, *moments, *moments]):
        day = day_ways(moment)[DAYS[k % len(DAYS)]]
        text = day + ("", f" {moment:%H:%M:%S.%f}", f" {moment:%I:%M %p}", f" {moment:%H:%M:%S}+02:00")[k % 4]
        at = data.draw(st.integers(0, len(text)))
        texts.append(text[:at] + data.draw(st.sampled_from(PIECES)) + text[at + data.draw(st.integers(0, 1)) :])
    facts = column(texts)
    (found,) = read_all(engine, [texts], [partial(_time, "UTC", (facts,))])
    for text, got in zip(texts, found, strict=True):
        wanted = _as_python_reads(text, facts.date)
        assert pd.isna(got) if wanted is None else got == wanted, (text, got, wanted)


def _as_python_reads(text: str, style: dates.DateStyle) -> datetime | None:
    """The moment a text spells under a column's style, by Python's own patterns."""
    if any(sign.isdigit() and not sign.isascii() for sign in text):
        return None
    plain = text
    for k in style.rewrites:
        plain = re.sub(*dates.REWRITES[k], plain)
    for shape in style.shapes:
        for order in (style.order, "mdy" if style.order == "dmy" else "dmy")[: 1 + style.mixed]:
            if re.search(shape.regex, plain, re.ASCII):
                with suppress(ValueError):
                    read = datetime.strptime(plain, shape.pattern(order))
                    return (read - (read.utcoffset() or timedelta())).replace(tzinfo=None)
    return None
