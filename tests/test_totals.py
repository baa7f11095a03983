"""Rows that hold totals: what they come to, over time and by group, on the pages and in the report.

Expected figures are worked out by hand: Σ volume · average ÷ Σ volume, in seconds where the cells are times.
"""

from __future__ import annotations

import pytest
from desk import Desk
from streamlit.testing.v1 import AppTest
from test_pages import opened, said, with_file

from cxcore import totals
from cxcore.report.html import html

DAYS = [
    ("2026-03-02", "North", 100, 80, "0:02:00", "90.5%"),
    ("2026-03-02", "South", 50, 40, "0:03:00", "80.0%"),
    ("2026-03-03", "North", 60, 60, "0:01:30", "95.0%"),
    ("2026-03-03", "South", 30, 20, "0:05:00", "70.0%"),
    ("2026-03-04", "North", 90, 90, "0:02:10", "91.0%"),
    ("2026-03-04", "South", 45, 30, "0:04:00", "75.0%"),
]
HEADER = ["Index", "Date", "Team", "Incoming Calls", "Answered Calls", "Talk Duration (AVG)", "Answer Rate"]
ROWS = [HEADER, *([k, *day] for k, day in enumerate(DAYS, start=1))]
ANSWERED = 80 + 40 + 60 + 20 + 90 + 30
TALK = (80 * 120 + 40 * 180 + 60 * 90 + 20 * 300 + 90 * 130 + 30 * 240) / ANSWERED


def page() -> AppTest:
    return with_file("daily.csv", "\n".join(",".join(map(str, row)) for row in ROWS).encode())


def test_each_column_has_its_likeliest_rule_and_no_column_that_numbers_rows_is_summed(desk: Desk) -> None:
    table = desk.take(desk.file("daily.csv", ROWS))
    assert table.mapping.kind == "daily"
    found = {metric.name: metric for metric in totals.of_table(desk.engine, table)}
    assert {name: metric.rules[0].name for name, metric in found.items()} == {
        "Incoming Calls": "sum", "Answered Calls": "sum", "Talk Duration (AVG)": "weighted", "Answer Rate": "weighted",
    }  # fmt: skip
    talk = found["Talk Duration (AVG)"]
    whole = totals.whole(desk.engine, table, talk, talk.rules[0])
    assert whole.value == pytest.approx(TALK)
    assert (whole.low, whole.high, talk.rules[0].unit) == (None, None, "seconds")
    calls = found["Incoming Calls"]
    trend = totals.trend(desk.engine, table, calls, calls.rules[0])
    assert trend is not None
    assert (trend.every, [point.value for point in trend.points]) == ("day", [150, 90, 135])
    assert totals.groups(table) == ("Team",)
    by_team = totals.by_group(desk.engine, table, talk, talk.rules[0], "Team")
    north = (80 * 120 + 60 * 90 + 90 * 130) / 230
    assert [one.by[0][1] for one in by_team] == ["North", "South"]
    assert by_team[0].value == pytest.approx(north)


def test_other_files_have_no_totals(desk: Desk) -> None:
    assert totals.of_table(desk.engine, desk.column("NPS", [10, 3, 8, 9, 2, 7, 9, 10])) == ()


def test_home_and_operators_show_what_the_totals_come_to() -> None:
    app = page()
    text = said(app)
    assert "Incoming Calls: 375 (sum of the rows)." in text
    assert "Talk Duration (AVG): 2 min 27 s (mean of the rows, weighted by “Answered Calls”)." in text
    assert "no interval can be drawn" in text
    desk = opened(app, "pages/3_Operators.py")
    assert "Incoming Calls: 375 (sum of the rows)." in said(desk)
    desk.selectbox(key="totals-number").select("Talk Duration (AVG)").run()
    assert not desk.exception
    assert "Talk Duration (AVG): 2 min 27 s" in said(desk)
    assert [list(row) for row in desk.dataframe[-1].value.itertuples(index=False)] == [
        ["North", "116.1 s"], ["South", "3 min 47 s"]
    ]  # fmt: skip


def test_the_report_holds_the_totals_and_claims_nothing_of_them(desk: Desk) -> None:
    text = html(desk.engine, [desk.take(desk.file("daily.csv", ROWS))], "en")
    assert "2 min 27 s" in text
    assert "whether a difference between them is more than chance cannot be told" in text
