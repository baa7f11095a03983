"""Metrics on answers that can be counted by hand, under every rule, with what is left out."""

from __future__ import annotations

from datetime import date

import pytest
from desk import Desk

from cxcore.errors import CannotCompute, UnknownName
from cxcore.language import words
from cxcore.metrics import METRICS, columns, named
from cxcore.metrics.measure import measure
from cxcore.metrics.select import condition
from cxcore.trend import fitting, trends

# METRICS.md: one sample under four rules.
SAMPLE = [5] * 40 + [4] * 30 + [3] * 15 + [2] * 5 + [1] * 10


@pytest.mark.parametrize(("rule", "value"), [("top_two", 70.0), ("top_one", 40.0), ("mean_100", 71.25), ("mean", 3.85)])
def test_csat_under_each_rule(desk: Desk, rule: str, value: float) -> None:
    table = desk.column("CSAT (1-5)", SAMPLE)
    found = measure(desk.engine, table, METRICS["csat"], rule).estimates[0]
    assert found.value == pytest.approx(value)
    assert found.n == 100
    assert found.low is not None
    assert found.high is not None
    assert found.low < value < found.high


def test_skipped_answers_are_not_in_the_denominator(desk: Desk) -> None:
    """50 promoters, 20 passives, 20 detractors and 10 skips: 33.3 (Formbricks' summary says 30.0)."""
    table = desk.column("NPS", [9] * 50 + [8] * 20 + [3] * 20 + [""] * 10)
    found = measure(desk.engine, table, METRICS["nps"])
    assert found.estimates[0].value == pytest.approx(100 / 3)
    assert dict(found.left_out) == {"skipped": 10, "off_scale": 0}


def test_off_scale_answers_are_counted_and_named_by_row(desk: Desk) -> None:
    table = desk.column("NPS", [10] * 30 + [11, -1] + [5] * 30)
    found = measure(desk.engine, table, METRICS["nps"])
    assert found.estimates[0].value == 0
    assert found.estimates[0].n == 60
    assert dict(found.left_out)["off_scale"] == 2
    problem = next(p for p in table.problems if p.code == "nps_out_of_range")
    assert problem.rows == (32, 33)  # the header is row 1
    assert problem.count == 2


@pytest.mark.parametrize(
    ("header", "values", "scale", "value"),
    [
        ("CSAT", ["Good"] * 30 + ["Bad"] * 10, (0, 1), 75.0),
        ("Satisfaction (1-7)", [7] * 10 + [6] * 10 + [5] * 20, (1, 7), 50.0),
        ("Satisfaction from 1 to 10", [10] * 10 + [9] * 10 + [8] * 20, (1, 10), 50.0),
        ("Soddisfazione", ["Molto soddisfatto"] * 10 + ["Soddisfatto"] * 10 + ["Insoddisfatto"] * 20, (1, 5), 50.0),
        ("Rating", ["★★★★★"] * 10 + ["★★★☆☆"] * 30, (1, 5), 25.0),
        ("Satisfaction (1 = very satisfied, 5 = very dissatisfied)", [1] * 30 + [5] * 10, (1, 5), 75.0),
    ],
)
def test_csat_on_the_scales_people_use(
    desk: Desk, header: str, values: list[object], scale: tuple[float, float], value: float
) -> None:
    table = desk.column(header, values)
    use = table.mapping.use("csat")
    assert use is not None
    assert use.scale == scale
    assert measure(desk.engine, table, METRICS["csat"]).estimates[0].value == pytest.approx(value)


def test_effort_is_turned_where_low_is_good(desk: Desk) -> None:
    question = "How much effort did you personally have to put forth to handle your request? (1-5)"
    table = desk.column(question, [1] * 30 + [2] * 10)
    use = table.mapping.use("ces")
    assert use is not None
    assert use.reversed
    assert measure(desk.engine, table, METRICS["ces"]).estimates[0].value == pytest.approx(4.75)


def test_effort_without_words_is_asked_about(desk: Desk) -> None:
    table = desk.column("CES", [1, 2, 3, 4, 5, 6, 7] * 6)
    assert [question.about for question in table.mapping.questions] == ["ces.best"]
    assert "ces_direction_unknown" in {p.code for p in table.problems if p.severity == "warning"}


def test_last_answer_of_each_customer(desk: Desk) -> None:
    rows = [["Response ID", "Customer ID", "Survey date", "NPS"]]
    rows += [[f"R{k}", f"C{k % 20}", f"2026-01-{1 + k // 20:02}", 0 if k < 20 else 10] for k in range(40)]
    table = desk.take(desk.file("twice.csv", rows))
    every_answer = measure(desk.engine, table, METRICS["nps"])
    last = measure(desk.engine, table, METRICS["nps"], "last_per_customer")
    assert every_answer.estimates[0].value == 0
    assert last.estimates[0].value == 100
    assert dict(last.left_out)["earlier_answers"] == 20


def test_periods_start_on_monday_and_gaps_stand_empty(desk: Desk) -> None:
    rows: list[list[object]] = [["Response ID", "Survey date", "NPS"]]
    days = ["2026-01-05"] * 6 + ["2026-01-11"] * 4 + ["2026-01-19"] * 8  # week 1, no week 2, week 3
    rows += [[k, day, 9] for k, day in enumerate(days)]
    table = desk.take(desk.file("weeks.csv", rows))
    found = measure(desk.engine, table, METRICS["nps"], every="week").estimates
    assert [(e.period, e.n) for e in found] == [(date(2026, 1, 5), 10), (date(2026, 1, 12), 0), (date(2026, 1, 19), 8)]
    assert found[1].value is None
    assert words(found[1].method, "en") == "no answers"


def test_small_groups_show_their_count_and_no_number(desk: Desk) -> None:
    rows: list[list[object]] = [["Response ID", "Survey date", "Channel", "NPS"]]
    rows += [[k, "2026-01-05", "chat" if k < 4 else "e-mail" if k < 10 else "phone", 9] for k in range(30)]
    table = desk.take(desk.file("small.csv", rows))
    found = {e.by[0][1]: e for e in measure(desk.engine, table, METRICS["nps"], by=["channel"]).estimates}
    assert (found["chat"].n, found["chat"].value) == (4, None)
    assert found["phone"].value == 100
    assert found["phone"].small


def test_the_whole_file_is_computed_from_two_answers_up(desk: Desk) -> None:
    two = measure(desk.engine, desk.column("NPS (0-10)", [9, 10]), METRICS["nps"]).estimates[0]
    assert (two.n, two.value) == (2, 100)
    one = measure(desk.engine, desk.column("NPS (0-10)", [9]), METRICS["nps"]).estimates[0]
    assert (one.n, one.value) == (1, None)


def test_all_answers_alike_have_no_interval_of_width_zero(desk: Desk) -> None:
    found = measure(desk.engine, desk.column("CES (1-7) it was easy", [6] * 40), METRICS["ces"]).estimates[0]
    assert (found.value, found.low, found.high) == (6, None, None)
    assert "no variation" in words(found.method, "en")


@pytest.mark.parametrize(
    ("text", "n"), [("Age>=40", 20), ("Age<40", 20), ("Age=39", 1), ("Channel!=chat", 0), ("channel=chat", 40)]
)
def test_conditions(desk: Desk, text: str, n: int) -> None:
    rows: list[list[object]] = [["Response ID", "Survey date", "Channel", "Age", "NPS"]]
    rows += [[k, "2026-01-05", "chat", 20 + k, 9] for k in range(40)]
    table = desk.take(desk.file("age.csv", rows))
    assert measure(desk.engine, table, METRICS["nps"], where=[condition(text)]).estimates[0].n == n


def test_a_metric_on_any_numeric_column(desk: Desk) -> None:
    rows: list[list[object]] = [["Response ID", "Survey date", "Basket (EUR)", "Bought", "NPS"]]
    rows += [[k, "2026-01-05", f"{10 + k % 3},50", k % 4 == 0, 9] for k in range(60)]
    table = desk.take(desk.file("basket.csv", rows))
    mean = measure(desk.engine, table, columns.of_column(desk.engine, table, "Basket (EUR)")).estimates[0]
    assert mean.value == pytest.approx(11.5)
    with pytest.raises(CannotCompute):
        columns.of_column(desk.engine, table, "Survey date")


def test_unknown_names_say_what_there_is(desk: Desk) -> None:
    table = desk.column("NPS", [9] * 10)
    with pytest.raises(UnknownName) as no_metric:
        named("npz")
    assert "csat" in no_metric.value.in_words("en")[1]
    with pytest.raises(UnknownName) as no_column:
        measure(desk.engine, table, METRICS["nps"], by=["Colour"])
    assert "Survey date" in no_column.value.in_words("en")[1]
    with pytest.raises(UnknownName) as no_rule:
        measure(desk.engine, table, METRICS["nps"], "top_two")
    assert "per_answer" in no_rule.value.in_words("en")[1]


def test_the_period_fits_the_data(desk: Desk) -> None:
    rows: list[list[object]] = [["Response ID", "Survey date", "NPS"]]
    rows += [[k, date.fromordinal(date(2026, 1, 5).toordinal() + k // 10), 9] for k in range(700)]
    table = desk.take(desk.file("ten_a_day.csv", rows))
    assert fitting(desk.engine, table, [METRICS["nps"]]) == "week"  # ten a day are too few, seventy a week are not
    (trend,) = trends(desk.engine, table, [METRICS["nps"]])
    assert [point.n for point in trend.points] == [70] * 10
    assert not trend.partial_last
