"""The desk's metrics: figures that others published, and stories of a few cases that can be counted by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from desk import Desk
from test_published import asked, titled

from cxcore.errors import CannotCompute, UnknownName
from cxcore.language import words
from cxcore.metrics import METRICS, ledger, offered
from cxcore.metrics.desk import span
from cxcore.metrics.measure import Measured
from cxcore.metrics.select import condition
from cxcore.metrics.stock import by_age
from cxcore.values import Table

START = datetime(2026, 3, 2, 9, 0)  # a Monday
HOUR = 3600.0


def value(found: Measured) -> float | None:
    (whole,) = found.estimates
    return whole.value


# --- the published day of METRICS.md


def published_day() -> list[list[object]]:
    """Answered 1000, of which 860 within 20 s; abandoned 60, of which 20 within 20 s and 10 within 5 s."""
    waits = [("yes", 12)] * 860 + [("yes", 45)] * 140 + [("no", 3)] * 10 + [("no", 15)] * 10 + [("no", 70)] * 40
    rows: list[list[object]] = [["Call ID", "Created at", "Answered", "Wait time (seconds)"]]
    rows += [[f"C{k:05}", START + timedelta(seconds=20 * k), said, wait] for k, (said, wait) in enumerate(waits)]
    return rows


@pytest.mark.parametrize(
    ("rule", "percent"),
    [
        (None, 81.9),
        ("abandons_within_met", 83.0),
        ("of_answered", 86.0),
        ("of_offered", 81.1),
        ("abandons_within_out", 82.7),
        ("short_abandons_met", 82.1),
    ],
)
def test_service_level_of_the_published_day(desk: Desk, rule: str | None, percent: float) -> None:
    table = desk.take(desk.file("day.csv", published_day()))
    assert value(asked(desk, table, "service_level", rule)) == pytest.approx(percent, abs=0.05)


def test_what_is_left_out_of_the_published_day(desk: Desk) -> None:
    table = desk.take(desk.file("day.csv", published_day()))
    level = asked(desk, table, "service_level")
    assert (level.estimates[0].n, dict(level.left_out)) == (1050, {"abandoned": 10, "no_time": 0})
    gone = asked(desk, table, "abandon_rate")
    assert value(gone) == pytest.approx(100 * 50 / 1050)
    assert dict(gone.left_out) == {"not_said": 0, "short_abandons": 10}
    assert value(asked(desk, table, "abandon_rate", "all")) == pytest.approx(100 * 60 / 1060)
    longer = asked(desk, table, "service_level", settings=(("within", "60"), ("threshold", "20")))
    assert value(longer) == pytest.approx(100 * 1000 / 1040)
    # An abandoned contact's time is no wait for an answer: (860 · 12 + 140 · 45) / 1000.
    assert value(asked(desk, table, "wait")) == pytest.approx(16.62)


# --- published figures of real files


@pytest.mark.parametrize(("copy", "sheet"), [("edited copy", None), ("other copy", "Sheet1")])
def test_call_log(desk: Desk, shared: Path, copy: str, sheet: str | None) -> None:
    path, truth = titled(shared, "log", copy)
    table = desk.take(path, sheet=sheet)
    wait = asked(desk, table, "wait")
    assert value(wait) == pytest.approx(67.5207, abs=5e-5)  # with the zeros of abandoned calls 54.75
    assert (wait.estimates[0].n, dict(wait.left_out)["not_answered"]) == (4054, 946)
    solved = asked(desk, table, "fcr")
    assert solved.rule.name == "flag"
    assert solved.estimates[0].n == 4054
    assert round(4054 * (value(solved) or 0) / 100) == 3646
    assert value(asked(desk, table, "csat", "mean")) == pytest.approx(3.40, abs=0.005)
    assert value(asked(desk, table, "abandon_rate", "all")) == pytest.approx(18.92, abs=0.005)
    assert value(asked(desk, table, "handle_time")) == pytest.approx(224.9228, abs=5e-5)
    answered = asked(desk, table, "service_level", "of_answered").estimates[0]
    assert round(answered.n * (answered.value or 0) / 100) == (truth.get("computed") or {}).get(
        "answered_within_20s", 374
    )


def test_simulated_call_centre_declines(desk: Desk, shared: Path) -> None:
    path, truth = titled(shared, "Queue Simulator")
    table, minute = desk.take(path), (("within", "60"),)
    assert value(asked(desk, table, "service_level", settings=minute)) == pytest.approx(
        truth["computed"]["within_60s_pct"], abs=5e-5
    )
    months = [e.value for e in asked(desk, table, "service_level", every="month", settings=minute).estimates]
    assert len(months) == 12
    assert [round(months[k] or 0, 1) for k in (0, 8, 9, 10, 11)] == [97.5, 89.9, 88.2, 86.3, 83.5]
    assert value(asked(desk, table, "wait")) == pytest.approx(truth["computed"]["mean_wait_s"], abs=5e-5)
    assert value(asked(desk, table, "handle_time")) == pytest.approx(truth["computed"]["mean_service_s"], abs=5e-5)
    # The times between the two columns of times say the same as the column of waits.
    assert value(asked(desk, table, "first_response", "mean_answered")) == pytest.approx(17.0349, abs=5e-4)


def test_tickets_that_end_before_they_start(desk: Desk, shared: Path) -> None:
    path, _ = titled(shared, "customer-support tickets")
    table = desk.take(path)
    mean = asked(desk, table, "resolution", "mean_closed")
    assert (value(mean) or 0) / HOUR == pytest.approx(7.5779, abs=5e-5)
    assert (mean.estimates[0].n, dict(mean.left_out)["ends_before_it_starts"]) == (1404, 1365)
    assert (value(asked(desk, table, "resolution", "p90")) or 0) / HOUR == pytest.approx(16.0)
    assert METRICS["first_response"] not in offered(table, "desk")  # no column says when a ticket began


def test_complaints_log(desk: Desk, shared: Path) -> None:
    path, truth = titled(shared, "complaints log")
    table = desk.take(path)
    days = {rule: (value(asked(desk, table, "resolution", rule)) or 0) / 86_400 for rule in ("mean_closed", "median")}
    assert days["mean_closed"] == pytest.approx(truth["computed"]["mean_days"], abs=5e-4)
    assert days["median"] == pytest.approx(truth["computed"]["median"])


def test_log_of_states_closed_and_open(desk: Desk, shared: Path) -> None:
    path, truth = titled(shared, "support-desk status log")
    table = desk.take(path)
    found = asked(desk, table, "resolution")
    tickets, closed = truth["computed"]["tickets"], truth["computed"]["closed"]
    assert found.terms is not None
    assert found.terms.open is not None
    assert (found.estimates[0].n, found.terms.open.n) == (tickets, tickets - closed)
    assert found.estimates[0].value is None  # fewer than half are closed: the median is longer than any time seen
    assert "too many cases are open" in words(found.estimates[0].method, "en")
    assert asked(desk, table, "resolution", "mean_closed").estimates[0].n == closed
    assert value(asked(desk, table, "backlog")) == tickets - closed


def test_event_log_of_a_help_desk(desk: Desk, shared: Path) -> None:
    """States are codes, and a person says which of them means solved."""
    path, truth = titled(shared, "Help-desk ticket event log")
    table = desk.take(path, corrections={"status.solved": "6"})
    mean = asked(desk, table, "resolution", "mean_closed")
    assert mean.estimates[0].n == truth["computed"]["cases"]
    assert (value(mean) or 0) / 86_400 == pytest.approx(truth["computed"]["mean_days"], abs=5e-5)
    assert (value(asked(desk, table, "resolution")) or 0) / 86_400 == pytest.approx(
        truth["computed"]["median_days"], abs=5e-5
    )


# --- cases told by hand


def cases(*stories: tuple[object, ...]) -> list[list[object]]:
    """Tickets as (customer, topic, hour created, hour of the first reply, hour solved, times reopened, replies)."""

    def at(hour: object) -> object:
        return "" if hour is None else START + timedelta(hours=float(str(hour)))

    header = ["Ticket ID", "Customer ID", "Topic", "Created at", "First response at", "Resolved at", "Reopens",
              "Agent replies", "Status"]  # fmt: skip
    rows = [
        [f"T{k:04}", customer, topic, at(made), at(reply), at(solved), again, replies, "Open" if solved is None else
         "Solved"]
        for k, (customer, topic, made, reply, solved, again, replies) in enumerate(stories)
    ]  # fmt: skip
    return [header, *rows]


@pytest.fixture
def ten(desk: Desk) -> Table:
    """Ten tickets of one desk; the last event of the file is at hour 240."""
    return desk.take(
        desk.file(
            "ten.csv",
            cases(
                ("A", "bill", 0, 1, 2, 0, 1),
                ("A", "bill", 100, 101, 110, 0, 2),  # A comes back on the same topic within 7 days: the first fails
                ("B", "bill", 1, 2, 3, 1, 1),  # reopened
                ("C", "bill", 2, 4, 8, 0, 1),
                ("C", "ship", 50, 52, 53, 0, 3),  # another topic: both stand
                ("D", "ship", 3, 3.1, 3.2, 0, 1),  # 12 minutes
                ("E", "ship", 4, 10, None, 0, 1),  # open
                ("F", "ship", 5, None, None, 0, 0),  # never answered
                ("G", "bill", 200, 239, 240, 0, 1),  # its window is not over
                ("H", "bill", 30, 20, 40, 0, 2),  # a reply before it began
            ),
        )
    )


def test_first_response_counts_who_still_waits(desk: Desk, ten: Table) -> None:
    """Replies after 1, 1, 1, 2, 2, 0.1, 6, 39 hours; F has waited 235 hours; H is not counted."""
    found = asked(desk, ten, "first_response")
    assert found.estimates[0].n == 9
    assert value(found) == 2 * HOUR
    assert found.terms is not None
    assert found.terms.open is not None
    assert (found.terms.open.n, found.terms.open.oldest) == (1, 235 * HOUR)
    assert dict(found.left_out)["ends_before_it_starts"] == 1
    dropped = asked(desk, ten, "first_response", "mean_answered")
    assert (value(dropped) or 0) / HOUR == pytest.approx((1 + 1 + 1 + 2 + 2 + 0.1 + 6 + 39) / 8)
    assert dict(dropped.left_out)["still_open"] == 1
    assert "1 case is open, 9 d 19 h old." in [words(line, "en") for line in ledger.lines(found.terms)]


def test_first_contact_resolution_as_each_product_counts_it(desk: Desk, ten: Table) -> None:
    # No return in 7 days, of cases created by hour 72 (240 − 168): A no, B no, C and C, D and H yes, E and F no.
    ours = asked(desk, ten, "fcr")
    assert (ours.rule.name, ours.estimates[0].n, value(ours)) == ("no_return", 8, 50.0)
    assert dict(ours.left_out)["window_not_over"] == 2
    day = asked(desk, ten, "fcr", settings=(("window", "1"),))  # A's return after 100 hours is a matter of its own
    assert (day.estimates[0].n, value(day)) == (10, 70.0)
    solved = 8
    assert value(asked(desk, ten, "fcr", "zendesk")) == 100 * 7 / solved  # solved, a reply, not reopened: all but B
    assert value(asked(desk, ten, "fcr", "freshdesk")) == 100 * 5 / solved  # one reply: A, B, C, D, G
    assert value(asked(desk, ten, "fcr", "intercom")) == 100 * 7 / solved
    assert value(asked(desk, ten, "fcr", "zammad")) == 100 * 1 / solved  # under 15 minutes: D
    assert value(asked(desk, ten, "reopen_rate")) == 100 * 1 / solved


def test_a_window_looks_at_every_row_whatever_is_asked_for(desk: Desk, ten: Table) -> None:
    """A's first ticket is followed by a second; a filter that hides the second does not make the first a success."""
    found = asked(desk, ten, "fcr", where=[condition("Customer ID!=zzz"), condition("Agent replies=1")])
    # Of those with one reply and a window that is over: A no, B no, C yes, D yes, E no.
    assert (found.estimates[0].n, value(found)) == (5, 40.0)


def test_backlog_at_the_end_of_each_day_with_ages(desk: Desk, ten: Table) -> None:
    found = asked(desk, ten, "backlog", every="day")
    open_cases = [round(e.value or 0) for e in found.estimates]
    # Created by day: A B C D E F on the 2nd, H on the 3rd, C on the 4th, A on the 6th, G on the 10th.
    assert found.estimates[0].period == date(2026, 3, 2)
    assert open_cases == [2, 3, 2, 2, 2, 2, 2, 2, 3, 3, 2]
    ages = by_age(desk.engine, ten, span(desk.engine, ten), "week")
    assert [(week.n, week.bands, week.oldest) for week in ages] == [(2, (0, 0, 2, 0, 0), 6), (2, (0, 0, 0, 2, 0), 10)]


def test_contacts_of_each_customer(desk: Desk, ten: Table) -> None:
    found = asked(desk, ten, "contacts").estimates[0]
    assert (found.n, found.value) == (8, 10 / 8)


def test_handling_is_made_of_the_parts_there_are(desk: Desk) -> None:
    header = ["Call ID", "Created at", "Agent", "Talk time (s)", "Hold time (s)", "Wrap-up time (s)", "Idle (s)"]
    rows = [[f"C{k}", START + timedelta(minutes=k), f"Agent {k % 2}", 100 + k, 10 if k % 2 else "", 30, 60]
            for k in range(20)]  # fmt: skip
    table = desk.take(desk.file("parts.csv", [header, *rows]))
    found = asked(desk, table, "handle_time")
    assert value(found) == pytest.approx(109.5 + 5 + 30)  # a blank hold is none
    assert found.terms is not None
    assert found.terms.parts == ("talk_duration", "hold_duration", "wrap_duration")
    assert value(asked(desk, table, "handle_time", "avaya")) == pytest.approx(109.5 + 30)
    busy = asked(desk, table, "occupancy", settings=(("available", "Idle (s)"),))
    assert value(busy) == pytest.approx(100 * 144.5 / 204.5)
    with pytest.raises(CannotCompute):
        asked(desk, table, "occupancy")
    with pytest.raises(UnknownName):
        asked(desk, table, "occupancy", settings=(("available", "Agent"),))


@pytest.mark.parametrize(
    ("metric", "setting"),
    [
        ("service_level", ("within", "soon")),
        ("service_level", ("window", "7")),
        ("wait", ("clock", "business")),
        ("first_response", ("clock", "lunar")),
        ("first_response", ("holidays", "XX")),
        ("first_response", ("hours", "mon-fri/18:00-09:00")),
    ],
)
def test_a_setting_that_cannot_be_is_refused(desk: Desk, ten: Table, metric: str, setting: tuple[str, str]) -> None:
    with pytest.raises(UnknownName) as refused:
        asked(desk, ten, metric, settings=(setting,))
    message, hint = refused.value.in_words("it")
    assert message
    assert hint


def test_durations_alone_know_no_working_hours(desk: Desk) -> None:
    rows: list[list[object]] = [["Ticket ID", "First response time (min)"]]
    rows += [[f"T{k}", 5 + k] for k in range(40)]
    table = desk.take(desk.file("alone.csv", rows))
    assert value(asked(desk, table, "first_response")) == pytest.approx(60 * 24.5)
    with pytest.raises(CannotCompute) as refused:
        asked(desk, table, "first_response", settings=(("clock", "business"),))
    assert refused.value.code == "no_times"


def test_groups_too_small_are_counted_only(desk: Desk, ten: Table) -> None:
    found: Any = {e.by[0][1]: e for e in asked(desk, ten, "resolution", by=["topic"]).estimates}
    assert found["ship"].value is None
    assert found["ship"].n == 4
