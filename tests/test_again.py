"""A correction is applied to what was kept of the file; what was dropped at the door stays dropped."""

from __future__ import annotations

import pytest
from desk import Desk

from cxcore import intake
from cxcore.errors import CannotCompute
from cxcore.metrics import METRICS
from cxcore.metrics.measure import measure
from cxcore.values import Table


@pytest.fixture
def table(desk: Desk) -> Table:
    rows: list[list[object]] = [
        ["Ref", "Customer", "Group", "Created", "Channel", "How was it", "NPS", "What they said"]
    ]
    rows += [
        [f"R{k}", f"CUST-{k % 40:03}", f"+39 055 {1000000 + k}", f"{1 + k % 12:02}/{1 + k % 9:02}/2025", "chat",
         k % 11, (k * 7) % 11, f"A sentence about the service, number {k}"]
        for k in range(120)
    ]  # fmt: skip
    return desk.take(desk.file("a.csv", rows))


def test_the_same_again_without_corrections(desk: Desk, table: Table) -> None:
    again = intake.again(table, desk.engine, desk.workspace, corrections={})
    assert again.mapping.roles == table.mapping.roles
    assert [(use.fate, use.role) for use in again.mapping.columns] == [
        (use.fate, use.role) for use in table.mapping.columns
    ]
    assert (again.rows_used, again.period, again.left_out) == (table.rows_used, table.period, table.left_out)


def test_a_role_moves_to_another_column_and_back(desk: Desk, table: Table) -> None:
    moved = intake.again(table, desk.engine, desk.workspace, corrections={"nps": "How was it"})
    value = measure(desk.engine, moved, METRICS["nps"]).estimates[0].value
    scores = [k % 11 for k in range(120)]
    assert value == pytest.approx(100 * sum((s >= 9) - (s <= 6) for s in scores) / 120)
    back = intake.again(moved, desk.engine, desk.workspace, corrections={})
    assert back.header("nps") == "NPS"


def test_an_order_of_dates_is_corrected(desk: Desk, table: Table) -> None:
    assert table.period is not None
    other = intake.again(
        table, desk.engine, desk.workspace, corrections={"created_at.order": "mdy", "answered_at.order": "mdy"}
    )
    assert other.period is not None
    assert (table.period[0].day, table.period[0].month) == (1, 1)
    assert table.period[1].month == 9  # the day first: months run to 9
    assert other.period[1].month == 12  # the month first: they run to 12


def test_personal_columns_known_by_their_values_stay_personal(desk: Desk, table: Table) -> None:
    use = next(use for use in table.mapping.columns if use.header == "Group")
    assert use.fate == "personal"
    again = intake.again(table, desk.engine, desk.workspace, corrections={"nps": "How was it"})
    assert again.mapping.columns[use.index].fate == "personal"
    with pytest.raises(CannotCompute):
        intake.again(again, desk.engine, desk.workspace, corrections={"team": "Group"})
