"""Findings on the desk's work: planted changes are named, noise and open cases are no change."""

from __future__ import annotations

import math
import random
from datetime import date, datetime, timedelta

from desk import Desk

from cxcore import findings
from cxcore.language import words
from cxcore.metrics import METRICS
from cxcore.metrics.measure import measure
from cxcore.metrics.slow import slower_than_usual
from cxcore.values import Table

START, END = datetime(2026, 1, 5), datetime(2026, 7, 6)  # 26 weeks


def tickets(desk: Desk, seed: int, *, slower: float = 1.0, median_days: float = 5.0) -> Table:
    """80 tickets a week in two channels, solved after log-normal times; those not solved by the end are open. From week
    15 on chat takes `slower` times as long."""
    chance = random.Random(seed)
    rows: list[list[object]] = [["Ticket ID", "Created at", "Resolved at", "Channel"]]
    for k in range(26 * 80):
        made = START + timedelta(minutes=k * 126 + chance.randrange(126))
        channel = chance.choice(["chat", "phone"])
        days = median_days * math.exp(chance.gauss(0, 1))
        if channel == "chat" and made >= START + timedelta(weeks=15):
            days *= slower
        solved = made + timedelta(days=days)
        rows.append([k, made, solved if solved < END else "", channel])
    return desk.take(desk.file(f"t{seed}.csv", rows))


def test_open_cases_at_the_end_are_no_change(desk: Desk) -> None:
    """Times of 5 days in the median: of the last weeks only the quick cases are solved. In eight files without any
    change two claims would be a 6 % accident."""
    found = [findings.of_table(desk.engine, tickets(desk, seed)) for seed in range(8)]
    assert sum(any(finding.kind == "shift" for finding in one) for one in found) <= 1


def test_dropping_them_would_have_looked_like_one(desk: Desk) -> None:
    """The same file, open cases dropped: the last two weeks' mean is far below the others'."""
    table = tickets(desk, 0)
    weeks = [e.value or 0.0 for e in measure(desk.engine, table, METRICS["resolution"], "mean_closed",
                                             every="week").estimates]  # fmt: skip
    assert max(weeks[-2:]) < 0.6 * sum(weeks[:20]) / 20


def test_a_channel_that_slows_down_is_named_with_its_week(desk: Desk) -> None:
    found = findings.of_table(desk.engine, tickets(desk, 3, slower=2.5))
    shift = next(f for f in found if f.kind == "shift")
    assert shift.metric == "resolution"
    assert shift.by[0][1] == "chat"
    assert shift.good is False
    assert shift.start is not None
    assert abs(shift.start - date(2026, 4, 20)) <= timedelta(days=14)
    said = words(shift.sentence, "en")
    assert said.startswith("Share of cases with “Time to resolution” above ")
    assert " rose from " in said
    assert "cases in that time" in words(shift.ground, "en")
    assert "Tempo" in words(shift.sentence, "it")


def test_usual_is_the_median_with_open_cases_counted(desk: Desk) -> None:
    table = tickets(desk, 5)
    slow = slower_than_usual(desk.engine, table, METRICS["resolution"])
    assert slow is not None
    (whole,) = measure(desk.engine, table, slow).estimates
    assert whole.value is not None
    assert abs(whole.value - 50) < 2
    assert whole.n < 26 * 80  # those that began in the last days are not known yet


def test_a_team_whose_calls_are_answered_late_stands_out(desk: Desk) -> None:
    chance = random.Random(1)
    rows: list[list[object]] = [["Call ID", "Created at", "Team", "Wait time (seconds)", "Answered"]]
    for k in range(1500):
        team = chance.choice(["North", "South", "West"])
        wait = chance.expovariate(1 / (60 if team == "West" else 15))
        rows.append([k, START + timedelta(minutes=31 * k), team, round(wait), "yes"])
    found = findings.of_table(desk.engine, desk.take(desk.file("calls.csv", rows)))
    worst = findings.pain_points(found)
    assert worst[0].by[0][1] == "West"
    assert {f.metric for f in found if f.kind == "segment"} >= {"service_level", "wait"}


def test_no_metric_no_findings(desk: Desk) -> None:
    rows: list[list[object]] = [["Date", "Colour"], *[[f"2026-01-{1 + k % 28:02}", "red"] for k in range(60)]]
    assert findings.of_table(desk.engine, desk.take(desk.file("none.csv", rows))) == ()
