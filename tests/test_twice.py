"""Repeated rows count once, older versions give way and are named, and like answers of two people both count."""

from __future__ import annotations

import pytest
from desk import Desk

from cxcore.values import Table

HEADER: list[object] = ["Ticket ID", "Created at", "Channel", "CSAT"]


def left_out(table: Table) -> dict[str, int]:
    return dict(table.left_out)


def codes(table: Table) -> dict[str, tuple[int, ...]]:
    return {problem.code: problem.rows for problem in table.problems}


def tickets(n: int) -> list[list[object]]:
    return [[f"T{k}", f"2026-01-{1 + k % 28:02} 10:{k % 60:02}:00", "chat", 1 + k % 5] for k in range(n)]


def test_an_exact_repetition_counts_once(desk: Desk) -> None:
    table = desk.take(desk.file("a.csv", [HEADER, *tickets(20), tickets(20)[3]]))
    assert left_out(table) == {"duplicate": 1}
    assert (table.rows_read, table.rows_used) == (21, 20)
    assert codes(table)["duplicate_rows"] == (22,)


def test_of_two_versions_the_later_counts(desk: Desk) -> None:
    older, newer = ["T5", "2026-01-06 10:05:00", "chat", 1], ["T5", "2026-03-06 10:05:00", "chat", 5]
    rows = [row for row in tickets(20) if row[0] != "T5"]
    table = desk.take(desk.file("a.csv", [HEADER, newer, *rows, older]))
    assert left_out(table) == {"superseded": 1}
    assert codes(table)["conflicting_duplicates"] == (22,)  # the older one, though it stands last


def test_two_exports_one_after_the_other(desk: Desk) -> None:
    table = desk.take(desk.file("a.csv", [HEADER, *tickets(20), *tickets(20)]))
    assert left_out(table) == {"duplicate": 20}


def test_an_id_that_is_no_rows_own_drops_nothing(desk: Desk) -> None:
    """A call passed on three times stands in three rows, each with its own agent and time."""
    rows = [[f"C{k // 3}", f"2026-01-05 10:{k:02}:00", f"Agent {k % 7}", 1 + k % 5] for k in range(60)]
    table = desk.take(desk.file("a.csv", [["Call ID", "Call start", "Agent", "CSAT"], *rows]))
    assert left_out(table) == {}
    assert table.rows_used == 60


@pytest.mark.parametrize("header", [["Channel", "NPS"], ["Date", "Channel", "NPS"]])
def test_like_answers_of_two_people_both_count(desk: Desk, header: list[object]) -> None:
    row: list[object] = ["2026-01-05", "chat", 9] if len(header) == 3 else ["chat", 9]
    table = desk.take(desk.file("a.csv", [header, *[row for _ in range(30)]]))
    assert table.rows_used == 30


def test_without_an_id_a_time_of_day_tells(desk: Desk) -> None:
    rows = [row[1:] for row in tickets(20)]
    table = desk.take(desk.file("a.csv", [HEADER[1:], *rows, rows[4]]))
    assert left_out(table) == {"duplicate": 1}
