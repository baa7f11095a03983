"""Times as they spread, and what follows them, against files countable by hand and statsmodels."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from desk import Desk

from cxcore import stats
from cxcore.delays import spread_of
from cxcore.handover import handover
from cxcore.metrics import METRICS
from cxcore.metrics.cells import Asked
from cxcore.metrics.hours import hourly
from cxcore.values import Table

START = datetime(2026, 1, 5, 9)


def cases(desk: Desk, seconds: list[float | None], answers: list[int] | None = None) -> Table:
    """A file of cases created an hour apart, replied to after so many seconds (None: not yet)."""
    rows: list[list[object]] = [["Ticket ID", "Created at", "First response at", "CSAT (1-5)"]]
    for k, passed in enumerate(seconds):
        at = START + timedelta(hours=k)
        reply = "" if passed is None else (at + timedelta(seconds=passed)).strftime("%Y-%m-%d %H:%M:%S")
        rows.append([f"T{k}", at.strftime("%Y-%m-%d %H:%M:%S"), reply, answers[k] if answers else ""])
    return desk.take(desk.file("cases.csv", rows))


def test_every_time_is_in_one_bin_and_zeros_and_open_cases_stand_apart(desk: Desk) -> None:
    times = [0.0] * 4 + [30.0] * 6 + [301.0] * 20 + [7000.0 + k for k in range(20)]
    metric = METRICS["first_response"]
    table = cases(desk, [*times, None, None])
    found = spread_of(desk.engine, table, metric, metric.rule("median"))
    assert (found.n, found.zeros, found.open) == (50, 4, 2)
    assert sum(one.n for one in found.bins) == 46
    held = {one.n for one in found.bins if one.low <= 301 < one.high}
    assert held == {20}
    assert found.spike == (301.0, 20)
    assert found.step == 1.0
    assert not found.coarse  # seconds are written, so a pile on 301 s is no rounding


def test_a_pile_on_one_minute_in_times_of_whole_minutes_is_rounding(desk: Desk) -> None:
    times = [60.0] * 15 + [60.0 * k for k in range(2, 37)]
    metric = METRICS["first_response"]
    found = spread_of(desk.engine, cases(desk, times), metric, metric.rule("median"))
    assert found.spike == (60.0, 15)
    assert found.coarse
    assert found.median == pytest.approx(float(np.median(times)))
    assert found.p90 == pytest.approx(float(np.quantile(times, 0.9)))


def test_the_smooth_line_is_that_of_a_natural_spline_in_statsmodels() -> None:
    """patsy's `cr` with the same knots spans the same curves; HC1 is the same sandwich."""
    rng = np.random.default_rng(3)
    # A tenth of the answers at either end, so that the outermost knots are the ends: `cr` takes none beyond them.
    x = np.concatenate([np.zeros(100), np.repeat(np.linspace(0.125, 4.875, 39), 20), np.full(100, 5.0)])
    y = np.round(np.clip(4 - 0.3 * np.maximum(x - 2, 0) ** 1.5 + rng.normal(0, 1, len(x)), 1, 5))
    knots = np.quantile(x, [0.05, 0.275, 0.5, 0.725, 0.95], method="inverted_cdf")
    inner, ends = knots[1:-1], (knots[0], knots[-1])
    frame = pd.DataFrame({"x": x, "y": y})
    formula = f"y ~ cr(x, knots={inner.tolist()}, lower_bound={ends[0]}, upper_bound={ends[1]}) - 1"
    fitted = smf.ols(formula, frame).fit(cov_type="HC1")
    at = np.linspace(ends[0], ends[1], 9)
    theirs = fitted.get_prediction(pd.DataFrame({"x": at}))
    cells = frame.groupby("x")["y"].agg(["size", "mean", lambda v: v.var(ddof=0)])
    ours = stats.smooth(cells.index, cells["size"], cells["mean"], cells.iloc[:, 2], at)
    assert ours.value == pytest.approx(theirs.predicted_mean, abs=1e-8)
    half = 1.959964 * theirs.se_mean
    assert ours.high - ours.value == pytest.approx(half, rel=1e-6)
    assert ours.value - ours.low == pytest.approx(half, rel=1e-6)


def test_a_straight_line_is_found_and_one_place_gives_a_level_line() -> None:
    x = np.arange(10.0)
    line = stats.smooth(x, np.full(10, 50), 2 + 0.3 * x, np.full(10, 1.0), [0, 4.5, 9])
    assert line.value == pytest.approx([2, 3.35, 4.7])
    level = stats.smooth([1.0], [40], [3.0], [1.0], [1.0])
    assert level.value == pytest.approx([3.0])
    assert level.high[0] - 3 == pytest.approx(1.959964 / math.sqrt(39))


def test_answers_that_fall_with_the_wait_are_said_to_fall(desk: Desk) -> None:
    rng = np.random.default_rng(4)
    seconds = [float(s) for s in np.round(10 ** rng.uniform(1, 4, 600))]
    true = [4.6 - 0.9 * (math.log10(s) - 1) for s in seconds]
    answers = [int(np.clip(round(t + e), 1, 5)) for t, e in zip(true, rng.normal(0, 0.7, 600), strict=True)]
    table = cases(desk, list(seconds), answers)
    found = handover(desk.engine, table, METRICS["first_response"], METRICS["csat"])
    assert found.n == 600
    assert sum(point.n for point in found.points) == 600
    assert len(found.points) <= 5_000
    assert found.falls is True
    assert found.fast is not None
    assert found.slow is not None
    assert found.fast.low < 4.6 - 0.9 * (math.log10(found.fast.seconds) - 1) < found.fast.high
    shuffled = cases(desk, list(seconds), [int(a) for a in rng.permutation(answers)])
    assert handover(desk.engine, shuffled, METRICS["first_response"], METRICS["csat"]).falls is None


def test_few_answers_give_no_line(desk: Desk) -> None:
    found = handover(
        desk.engine, cases(desk, [60.0, 90.0, 300.0], [5, 4, 2]), METRICS["first_response"], METRICS["csat"]
    )
    assert found.n == 3
    assert found.line == ()
    assert found.falls is None


def test_a_metric_by_hour_of_the_week_is_the_median_of_that_hour(desk: Desk) -> None:
    """Seven days of hourly cases, four weeks: each hour of the week holds four; a fifth week makes it five."""
    seconds = [float(100 + (k * 37) % 500) for k in range(24 * 7 * 5)]
    metric = METRICS["first_response"]
    found = hourly(desk.engine, cases(desk, list(seconds)), Asked(metric, metric.rule("median")))
    assert len(found) == 24 * 7
    at = [START + timedelta(hours=k) for k in range(len(seconds))]
    for one in found[::17]:
        place = {name: int(value or 0) for name, value in one.by}
        held = [
            s for s, t in zip(seconds, at, strict=True) if (t.weekday(), t.hour) == (place["weekday"], place["hour"])
        ]
        assert one.n == 5
        assert one.value == pytest.approx(float(np.median(held)))
