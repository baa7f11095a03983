"""Erlang C against published tables, and the people an hour asks for against a file countable by hand."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

import pytest
from desk import Desk

from cxcore import stats
from cxcore.arrivals import arrivals
from cxcore.staffing import staffing

# 175 calls in half an hour, 300 s each, service level within 30 s: "Cutting Call Center Costs, Not Service",
# Multichannel Merchant (M. Klenke and P. Reynolds, The Call Center School): agents, delay, level %, occupancy %.
OPTIONS = [(30, 298, 24, 97), (31, 107, 46, 94), (32, 54, 62, 91), (33, 30, 74, 88), (34, 18, 82, 86), (35, 11, 88, 83)]


@pytest.mark.parametrize(("people", "delay", "level", "occupancy"), OPTIONS)
def test_erlang_c_gives_the_published_options(people: int, delay: int, level: int, occupancy: int) -> None:
    found = stats.queue(people, 350, 300, 30)
    assert found.mean_wait == pytest.approx(delay, abs=0.5)
    assert 100 * found.in_time == pytest.approx(level, abs=0.6)
    assert 100 * found.occupancy == pytest.approx(occupancy, abs=0.5)


def test_the_example_of_call_centre_helper() -> None:
    """100 calls in 30 minutes, 180 s each, 80 % within 20 s; its figures as pyworkforce's manual prints them."""
    found = stats.people_needed(200, 180, 0.8, 20)
    assert found.people == 14
    assert found.waits == pytest.approx(0.1741319335950498)
    assert found.in_time == pytest.approx(0.8883500191794669)
    assert found.occupancy == pytest.approx(0.7142857142857143)


def test_a_large_queue_does_not_overflow_and_a_single_server_is_the_textbooks() -> None:
    assert stats.waiting_share(1, 0.6) == pytest.approx(0.6)  # M/M/1: the share that waits is the load
    assert 0 < stats.waiting_share(2_100, 2_000) < 1
    assert stats.waiting_share(5, 5) == 1.0
    assert math.isinf(stats.queue(5, 3600, 5, 20).mean_wait)


def contacts(minutes: list[int], seconds: int) -> list[list[object]]:
    """Four Mondays (5, 12, 19 and 26 January 2026) with a contact at each of these minutes of the day."""
    rows: list[list[object]] = [["Ticket ID", "Created at", "Handle time (seconds)", "Status"]]
    for week in range(4):
        for minute in minutes:
            at = datetime(2026, 1, 5) + timedelta(days=7 * week, minutes=minute)
            rows.append([f"T{len(rows)}", at.strftime("%Y-%m-%d %H:%M:%S"), seconds, "closed"])
    return rows


def test_hours_of_the_week_are_counted_over_the_days_there_are(desk: Desk) -> None:
    table = desk.take(desk.file("calls.csv", contacts([541, 545, 550, 660], 300)))
    held = arrivals(desk.engine, table)
    assert held is not None
    assert [(h.weekday, h.hour, h.n, h.per_hour) for h in held.hours] == [(0, 9, 12, 3.0), (0, 11, 4, 1.0)]
    assert (held.busiest.weekday, held.busiest.hour) == (0, 9)


def test_people_follow_from_the_files_own_arrivals_and_handle_time(desk: Desk) -> None:
    """20 contacts of 300 s in an hour are 1.67 erlangs; the fewest people for 80 % in 20 s, by the sum of the formula
    written out."""
    table = desk.take(desk.file("calls.csv", contacts([540 + 3 * k for k in range(20)], 300)))
    found = staffing(desk.engine, table, level=0.8, within=20, away=0.3)
    assert found is not None
    load = 20 * 300 / 3600

    def level(people: int) -> float:
        top = load**people / math.factorial(people) * people / (people - load)
        wait = top / (sum(load**k / math.factorial(k) for k in range(people)) + top)
        return 1 - wait * math.exp(-(people - load) * 20 / 300)

    fewest = next(n for n in range(2, 20) if level(n) >= 0.8)
    assert found.busiest.queue.people == fewest
    assert found.busiest.queue.in_time == pytest.approx(level(fewest))
    assert found.busiest.rostered == math.ceil(fewest / 0.7)


def test_dates_without_a_time_of_day_say_nothing_of_hours(desk: Desk) -> None:
    rows = [["Ticket ID", "Created at", "Handle time (seconds)"]]
    rows += [[f"T{k}", f"2026-01-{1 + k % 28:02}", str(100 + k)] for k in range(60)]
    table = desk.take(desk.file("days.csv", rows))
    assert arrivals(desk.engine, table) is None
    assert staffing(desk.engine, table) is None
