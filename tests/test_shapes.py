"""Files whose rows are no single cases or answers: events, totals, given scores, long surveys, several sheets.

The figures are known by construction, or from the ground truth of the reference files.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlsxwriter
from desk import Desk

from cxcore import given, intake
from cxcore.errors import CannotCompute, UnknownName
from cxcore.language import words
from cxcore.mapping.understand import parse_correction
from cxcore.metrics import METRICS, columns
from cxcore.metrics.measure import measure
from cxcore.values import Estimate, Table

START = datetime(2026, 1, 5, 9, 0)


def codes(table: Table) -> set[str]:
    return {problem.code for problem in table.problems}


def stored(desk: Desk, table: Table) -> pd.DataFrame:
    return desk.engine.ask(table.path, lambda rows: rows.order_by("row"))


def of(desk: Desk, table: Table, column: str, rule: str | None = None, **asked: Any) -> tuple[Estimate, ...]:
    return measure(desk.engine, table, columns.of_column(desk.engine, table, column), rule, **asked).estimates


def log(stories: dict[str, list[tuple[int, str]]]) -> list[list[object]]:
    """The rows of an event log: for each case its events as (hours after the start, state)."""
    rows = [
        [case, (START + timedelta(hours=hours)).isoformat(sep=" "), state, "Ann" if hours < 3 else "Bob", case[-1]]
        for case, events in stories.items() for hours, state in events
    ]  # fmt: skip
    return [["Ticket ID", "Event time", "Status", "Assignee", "Level"], *rows]


STORIES = {
    "T1": [(0, "New"), (2, "First reply"), (5, "Solved"), (29, "Closed")],
    "T2": [(1, "New"), (4, "Solved"), (6, "Reopened"), (9, "Solved")],
    "T3": [(2, "New"), (3, "Pending")],
    "T4": [(3, "New"), (5, "Solved"), (8, "Open")],
    "T5": [(4, "New"), (5, "Pending"), (6, "Solved"), (7, "Open"), (8, "Solved"), (9, "Open"), (10, "Solved")],
}


def at(hours: int) -> pd.Timestamp:
    return pd.Timestamp(START + timedelta(hours=hours))


@pytest.mark.parametrize("order", ["by case", "by time", "newest first"])
def test_events_fold_into_cases(desk: Desk, order: str) -> None:
    header, *rows = log(STORIES)
    if order != "by case":
        rows.sort(key=lambda row: str(row[1]), reverse=order == "newest first")
    table = desk.take(desk.file("log.csv", [header, *rows]))
    cases = stored(desk, table).set_index("interaction_id")
    assert (table.mapping.kind, table.rows_read, table.rows_used, table.cases) == ("events", 20, 20, 5)
    assert [cases["created_at"][f"T{k}"] for k in range(1, 6)] == [at(k) for k in range(5)]
    solved = {"T1": at(5), "T2": at(9), "T5": at(10)}
    assert cases["resolved_at"].dropna().to_dict() == solved  # T3 never was, T4 is open again: both are censored
    assert cases["first_response_at"].dropna().to_dict() == {"T1": at(2)}
    assert cases["reopened"].dropna().to_dict() == {"T1": 0.0, "T2": 1.0, "T4": 1.0, "T5": 2.0}
    assert cases["reopened_at"].dropna().to_dict() == {"T2": at(6), "T4": at(8), "T5": at(9)}
    assert cases["status"].to_dict() == {"T1": "Closed", "T2": "Solved", "T3": "Pending", "T4": "Open", "T5": "Solved"}
    assert cases["agent"]["T1"] == "Bob"
    assert {"events_folded", "last_value_kept"} <= codes(table)
    assert not [problem for problem in table.problems if problem.severity == "warning"]
    if order == "by case":
        assert cases["row"].to_dict() == {"T1": 2, "T2": 6, "T3": 10, "T4": 12, "T5": 15}


def test_a_fold_is_undone_and_done_again(desk: Desk) -> None:
    table = desk.take(desk.file("log.csv", log(STORIES)))
    rows = intake.again(table, desk.engine, desk.workspace, corrections={"shape": "rows"})
    assert len(stored(desk, rows)) == 20
    assert (rows.cases, rows.has("created_at"), rows.has("event_at")) == (None, False, True)
    assert [q.choices for q in rows.mapping.questions if q.about == "shape"] == [("rows", "cases")]
    back = intake.again(rows, desk.engine, desk.workspace, corrections={})
    assert (back.cases, back.fingerprint) == (5, table.fingerprint)
    corrected = intake.again(table, desk.engine, desk.workspace, corrections={"agent": "", "team": "Assignee"})
    assert corrected.cases == 5
    assert corrected.has("team")


def test_states_in_code_ask_which_means_solved(desk: Desk) -> None:
    code = {"New": 1, "Pending": 2, "Solved": 3, "Open": 4, "Closed": 5, "Reopened": 6, "First reply": 7}
    header, *rows = log(STORIES)
    for row in rows:
        row[2] = code[str(row[2])]
    path = desk.file("log.csv", [header, *rows])
    table = desk.take(path)
    assert table.cases == 5
    assert not table.has("resolved_at")
    assert "solved_state_unknown" in codes(table)
    assert "3" in next(q.choices for q in table.mapping.questions if q.about == "status.solved")
    told = desk.take(path, corrections=dict([parse_correction("status.solved=3")]))
    found = stored(desk, told).set_index("interaction_id")["resolved_at"].dropna().to_dict()
    assert found == {"T2": at(9), "T5": at(10)}  # in T1 another state follows 3


def test_rows_that_are_no_events_are_left_alone_and_asked_about(desk: Desk) -> None:
    """Legs of calls: one id, but each with its own score and a state that does not move."""
    rows = [[f"C{k // 3}", f"2026-01-05 10:{k % 60:02}:00", "closed", 1 + k % 5] for k in range(60)]
    table = desk.take(desk.file("legs.csv", [["Call ID", "Call start", "Status", "CSAT"], *rows]))
    assert table.cases is None
    assert len(stored(desk, table)) == 60
    assert "looks_like_events" in codes(table)
    assert ("rows", "cases") in [q.choices for q in table.mapping.questions]


def test_pictures_taken_every_day_are_no_events(desk: Desk) -> None:
    rows = [[f"T{c}", f"2026-01-{1 + d:02}", "Open" if d < c % 10 else "Closed"] for d in range(10) for c in range(30)]
    path = desk.file("pictures.csv", [["Ticket ID", "Snapshot date", "Status"], *rows])
    table = desk.take(path)
    assert (table.cases, "looks_like_events" in codes(table)) == (None, True)
    asked = stored(desk, desk.take(path, corrections={"shape": "cases"})).set_index("interaction_id")
    assert asked["resolved_at"]["T4"] == pd.Timestamp("2026-01-05")  # the first picture that shows it closed


def test_events_told_in_sentences(desk: Desk) -> None:
    told = ("Ticket created", "Agent replied", "Status changed to Solved", "CSAT received", "Not resolved: reopened")
    rows = [
        [f"CN{c}", (START + timedelta(hours=10 * c + k)).isoformat(sep=" "), event, 1 + c % 5 if k == 3 else None]
        for c in range(30) for k, event in enumerate(told[: 4 if c % 3 else 5])
    ]  # fmt: skip
    table = desk.take(desk.file("log.csv", [["Case Number", "Timestamp", "Event", "Satisfaction"], *rows]))
    cases = stored(desk, table).set_index("interaction_id")
    assert table.cases == 30
    assert cases["first_response_at"]["CN0"] == at(1)
    assert cases["resolved_at"]["CN1"] == at(12)  # a survey that comes in later opens nothing
    mean = measure(desk.engine, table, METRICS["csat"], "mean").estimates[0]
    assert (mean.n, mean.value) == (30, 3.0)


def test_events_without_a_case_are_counted(desk: Desk) -> None:
    rows = [*log(STORIES), [None, "2026-01-07 10:00:00", "New", "Ann", "L1"]]
    table = desk.take(desk.file("log.csv", rows))
    assert (table.cases, table.rows_read, table.rows_used) == (5, 21, 20)
    assert dict(table.left_out) == {"without_case": 1}


def entitled(shared: Path, title: str) -> list[tuple[Path, dict[str, Any]]]:
    entries = json.loads((shared / "data" / "ground_truth.json").read_text(encoding="utf-8"))
    return [(shared / "data" / entry["file"], entry) for entry in entries if title in entry["title"]]


def titled(shared: Path, title: str) -> tuple[Path, dict[str, Any]]:
    return entitled(shared, title)[0]


def test_the_status_log_of_a_support_desk(desk: Desk, shared: Path) -> None:
    path, truth = titled(shared, "support-desk status log")
    table = desk.take(path)
    cases = stored(desk, table)
    assert (table.rows_read, table.cases) == (truth["n_rows"], truth["computed"]["tickets"])
    assert cases["resolved_at"].count() == truth["computed"]["closed"]


def test_the_event_log_of_a_help_desk(desk: Desk, shared: Path) -> None:
    path, truth = titled(shared, "ticket event log")
    table = desk.take(path, corrections={"status.solved": "6"})
    cases = stored(desk, table)
    days = (cases["resolved_at"] - cases["created_at"]).dt.total_seconds() / 86400
    assert (table.rows_used, table.cases) == (truth["computed"]["events"], truth["computed"]["cases"])
    assert days.mean() == pytest.approx(truth["computed"]["mean_days"], abs=5e-5)
    assert days.median() == pytest.approx(truth["computed"]["median_days"], abs=5e-5)


def test_an_agents_month_is_weighed_by_what_was_answered(desk: Desk, shared: Path) -> None:
    path, truth = titled(shared, "metrics, one file per month")
    table = desk.take(path)
    expected = truth["computed"]
    assert table.mapping.kind == "daily"
    assert of(desk, table, "Calls Offered", "sum")[0].value == expected["offered"]
    assert of(desk, table, "Calls Answered", "sum")[0].value == expected["answered"]
    spoken = of(desk, table, "Total Duration", "per_contact")[0]
    assert spoken.value == pytest.approx(expected["AHT"], abs=5e-5)
    assert (spoken.n, spoken.low, spoken.high) == (expected["answered"], None, None)


def test_two_months_of_agents_read_as_one(desk: Desk, shared: Path) -> None:
    (path, first), (other, second) = entitled(shared, "metrics, one file per month")
    table = intake.together([path, other], desk.engine, desk.workspace)
    assert table.rows_used == first["n_rows"] + second["n_rows"]
    found = {e.by[0][1]: e.value for e in of(desk, table, "Total Duration", "per_contact", by=["file"])}
    assert found[path.name] == pytest.approx(first["computed"]["AHT"], abs=5e-5)
    assert found[other.name] == pytest.approx(second["computed"]["AHT"], abs=5e-5)
    assert {"columns_aligned", "columns_not_everywhere"} <= codes(table)


def test_daily_averages_are_weighed_by_the_days_volume(desk: Desk) -> None:
    rows = [["2026-01-05", 100, 60.0, 40], ["2026-01-06", 300, 80.0, 20], ["2026-01-07", 0, 999.0, 0]]
    table = desk.take(desk.file("daily.csv", [["Date", "Calls answered", "Avg handle time (s)", "NPS"], *rows]))
    assert table.mapping.kind == "daily"
    whole = of(desk, table, "Avg handle time (s)")[0]
    assert (whole.value, whole.n, whole.low) == (75.0, 400, None)  # (100·60 + 300·80) / 400; the mean of days is 379.7
    assert words(whole.method, "en").startswith("weighted by “Calls answered”; no interval")
    assert of(desk, table, "NPS")[0].value == 25.0  # (100·40 + 300·20) / 400
    assert of(desk, table, "Avg handle time (s)", "mean")[0].value == pytest.approx((60 + 80 + 999) / 3)
    with pytest.raises(CannotCompute):
        measure(desk.engine, table, METRICS["nps"])


def test_the_volume_is_chosen_by_a_person(desk: Desk) -> None:
    rows = [["2026-01-05", 100, 10, 60], ["2026-01-06", 300, 90, 80]]
    path = desk.file("daily.csv", [["Date", "Calls offered", "Calls answered", "AHT"], *rows])
    assert of(desk, desk.take(path), "AHT")[0].value == 78.0
    chosen = desk.take(path, corrections=dict([parse_correction("weight=Calls offered")]))
    assert of(desk, chosen, "AHT")[0].value == 75.0
    with pytest.raises(CannotCompute):
        desk.take(path, corrections={"weight": "Date"})


def test_given_scores_stand_as_given(desk: Desk) -> None:
    rows = [[f"2025-{k:02}-01", market, base + k] for k in range(1, 13) for market, base in (("IT", 30), ("FR", -12))]
    table = desk.take(desk.file("scores.csv", [["Month", "Market", "NPS"], *rows]))
    assert table.mapping.kind == "scores"
    assert not table.has("nps")
    assert "scores_given" in codes(table)
    (name, lines) = given.trends(desk.engine, table)[0]
    assert name == "NPS"
    assert {line.by[0][1]: [p.value for p in line.points] for line in lines} == {
        "IT": [30.0 + k for k in range(1, 13)], "FR": [-12.0 + k for k in range(1, 13)],
    }  # fmt: skip
    assert all(point.low is None and point.high is None for line in lines for point in line.points)
    assert of(desk, table, "NPS")[0].value is None  # 24 scores are no score


def test_monthly_satisfaction_with_decimals_is_no_answer(desk: Desk) -> None:
    rows = [[f"2025-{k:02}-01", 4 + k / 20] for k in range(1, 13)]
    table = desk.take(desk.file("scores.csv", [["Month", "CSAT"], *rows]))
    assert (table.mapping.kind, table.has("csat")) == ("scores", False)


def test_the_published_scores_of_a_supermarket(desk: Desk, shared: Path) -> None:
    path, truth = titled(shared, "already computed")
    table = desk.take(path)
    lines = given.trends(desk.engine, table)[0][1]
    written = pd.read_csv(path)["NPS"].tolist()
    assert [point.value for point in lines[0].points] == written
    assert len(written) == truth["n_rows"]


QUESTIONS = (
    "How likely are you to recommend us to a friend?",
    "How satisfied are you with our service?",
    "What could we do better?",
)


def long_survey(people: int) -> list[list[object]]:
    rows: list[list[object]] = [["Response ID", "Submitted at", "Customer ID", "Channel", "Question", "Answer"]]
    for k in range(people):
        own = [f"R{k:03}", f"2026-0{1 + k % 6}-{1 + k % 28:02}", f"C{k % 40}", "chat" if k % 2 else "phone"]
        told = (k % 11, 1 + k % 5, f"Please answer sooner, number {k}")
        rows += [[*own, asked, answer] for asked, answer in zip(QUESTIONS, told, strict=True)]
    return rows


def test_a_long_survey_is_understood_by_its_questions(desk: Desk) -> None:
    table = desk.take(desk.file("long.csv", long_survey(99)))
    assert (table.mapping.kind, table.rows_read, table.rows_used, table.cases) == ("responses", 297, 297, 99)
    assert [table.header(role) for role in ("nps", "csat", "comment")] == list(QUESTIONS)
    found = measure(desk.engine, table, METRICS["nps"]).estimates[0]
    assert (found.n, found.value) == (99, pytest.approx(100 * (2 - 7) / 11))  # 9 and 10 against 0 to 6, nine times over
    chat = {e.by[0][1]: e.n for e in measure(desk.engine, table, METRICS["csat"], by=["channel"]).estimates}
    assert chat == {"phone": 50, "chat": 49}
    assert stored(desk, table)["row"].head(3).tolist() == [2, 5, 8]


def test_a_long_survey_is_read_as_rows_and_back(desk: Desk) -> None:
    table = desk.take(desk.file("long.csv", long_survey(99)))
    rows = intake.again(table, desk.engine, desk.workspace, corrections={"shape": "rows"})
    assert (rows.rows_used, rows.cases, rows.has("nps")) == (297, None, False)
    back = intake.again(rows, desk.engine, desk.workspace, corrections={})
    assert back.cases == 99
    assert stored(desk, back)["customer_id"].tolist() == stored(desk, table)["customer_id"].tolist()


def test_personal_answers_of_a_long_survey_are_kept_nowhere(desk: Desk) -> None:
    rows = long_survey(60)
    rows += [[*row[:4], "Where may we write to you?", f"person{k}@example.org"] for k, row in enumerate(rows[1::3])]
    table = desk.take(desk.file("long.csv", rows))
    assert table.before is not None
    for kept in (table, table.before, desk.take(desk.file("b.csv", rows), corrections={"shape": "rows"})):
        texts = stored(desk, kept).astype("string").to_numpy().ravel().tolist()
        assert not [text for text in texts if isinstance(text, str) and "@example.org" in text]


def workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for k, row in enumerate(rows):
                sheet.write_row(k, 0, row)
    return path


def months() -> dict[str, list[list[object]]]:
    def answers(month: int) -> list[list[object]]:
        return [[f"R{month}-{k}", f"2026-0{month}-{1 + k % 28:02}", (k * month) % 11] for k in range(22)]

    return {
        "January": [["Response ID", "Survey date", "NPS"], *answers(1)],
        "February": [["Response ID", "Survey date", "nps "], *answers(2)],
        "March": [["Response ID", "Survey date", "NPS score", "Note"], *[[*row, "x"] for row in answers(3)]],
        "Legend": [["Code", "Meaning", "More"], *[[k, f"m{k}", "-"] for k in range(5)]],
    }


def test_sheets_with_the_same_columns_are_named(desk: Desk) -> None:
    table = desk.take(workbook(desk.folder / "months.xlsx", months()))
    assert table.rows_read == 22
    said = next(problem for problem in table.problems if problem.code == "sheets_alike")
    assert said.severity == "warning"
    assert said.count == 1  # February; March shares half of its columns only


def test_all_sheets_are_read_as_one(desk: Desk) -> None:
    table = desk.take(workbook(desk.folder / "months.xlsx", months()), sheet="*")
    assert (table.rows_read, table.rows_used) == (66, 66)
    assert {"tables_stacked", "tables_left_out", "columns_aligned", "columns_not_everywhere"} <= codes(table)
    found = measure(desk.engine, table, METRICS["nps"], by=["sheet"]).estimates
    # Twice 0 to 10 in each month, since 1, 2 and 3 have no factor in common with 11: 4 promoters, 14 detractors.
    assert {e.by[0][1]: e.value for e in found} == dict.fromkeys(
        ("January", "February", "March"), pytest.approx(100 * (4 - 14) / 22)
    )


def test_a_single_table_asked_for_all_its_sheets_stays_itself(desk: Desk) -> None:
    table = desk.take(desk.file("long.csv", long_survey(30)), sheet="*")
    assert table.cases == 30


@pytest.mark.parametrize("text", ["shape=sideways", "shape"])
def test_a_shape_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UnknownName):
        parse_correction(text)


def test_a_shape_the_file_cannot_take_is_refused(desk: Desk) -> None:
    path = desk.file("a.csv", [["Date", "NPS"], *[[f"2026-01-{k:02}", k % 11] for k in range(1, 28)]])
    with pytest.raises(CannotCompute):
        desk.take(path, corrections={"shape": "cases"})
