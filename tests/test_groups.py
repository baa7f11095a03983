"""Which groups may show a number: counted in people, and never to be had by subtraction. Figures by construction."""

from __future__ import annotations

import pandas as pd
import pytest
from desk import Desk

from cxcore.metrics import METRICS
from cxcore.metrics.groups import BESIDE, FEW_PEOPLE, hidden
from cxcore.metrics.measure import measure
from cxcore.metrics.select import condition


def cells(*n: int, people: tuple[int, ...] = ()) -> pd.DataFrame:
    frame = pd.DataFrame({"n": n, "b0": [f"g{k}" for k in range(len(n))]})
    return frame.assign(people=people) if people else frame


@pytest.mark.parametrize(
    ("n", "people", "why"),
    [
        ((40, 9, 4), (), ["", BESIDE, ""]),  # one alone: 53 − 40 − 9 would give it
        ((40, 3, 2), (), ["", "", ""]),  # two that hold 5 together: nobody can part them
        ((40, 30, 2, 1), (), ["", BESIDE, "", ""]),  # 3 people together are as good as one group
        ((40, 9), (), ["", ""]),
        ((40, 9, 0), (), ["", "", ""]),  # nobody in it: nothing to protect
        ((40, 30, 20), (30, 25, 2), ["", BESIDE, FEW_PEOPLE]),  # 20 answers of 2 customers are few people
        ((4, 3), (), ["", ""]),
    ],
)
def test_a_small_group_is_hidden_and_so_is_what_gives_it_away(
    n: tuple[int, ...], people: tuple[int, ...], why: list[str]
) -> None:
    assert hidden(cells(*n, people=people), ["b0"], beside=True) == why


def test_each_period_is_a_table_of_its_own() -> None:
    frame = pd.concat([cells(40, 9, 4).assign(period=1), cells(40, 9, 9).assign(period=2)], ignore_index=True)
    assert hidden(frame, ["period", "b0"], beside=True) == ["", BESIDE, "", "", "", ""]


def surveyed() -> list[list[object]]:
    """Chat: 40 answers of 40 customers, all 10; phone: 30 of 30, all 10; shop: 20 answers of 2 customers, all 0."""
    rows: list[list[object]] = [["Response ID", "Customer ID", "Survey date", "Channel", "NPS"]]
    for k in range(40):
        rows.append([f"R1{k}", f"C1{k}", "2026-01-05", "Chat", 10])
    for k in range(30):
        rows.append([f"R2{k}", f"C2{k}", "2026-01-05", "Phone", 10])
    for k in range(20):
        rows.append([f"R3{k}", f"C3{k % 2}", "2026-01-05", "Shop", 0])
    return rows


def test_many_answers_of_few_customers_show_no_number(desk: Desk) -> None:
    table = desk.take(desk.file("few.csv", surveyed()))
    assert table.busiest == 10
    found = {e.by[0][1]: e for e in measure(desk.engine, table, METRICS["nps"], by=["channel"]).estimates}
    assert {name: (e.n, e.value) for name, e in found.items()} == {
        "Chat": (40, 100.0), "Phone": (30, None), "Shop": (20, None),
    }  # fmt: skip
    # The same group asked for alone, by a filter.
    (alone,) = measure(desk.engine, table, METRICS["nps"], where=[condition("channel=Shop")]).estimates
    assert (alone.n, alone.value) == (20, None)


def test_without_customers_answers_are_counted(desk: Desk) -> None:
    rows = [[cell for k, cell in enumerate(row) if k != 1] for row in surveyed()]
    table = desk.take(desk.file("nobody.csv", rows))
    found = {e.by[0][1]: e.value for e in measure(desk.engine, table, METRICS["nps"], by=["channel"]).estimates}
    assert found == {"Chat": 100.0, "Phone": 100.0, "Shop": -100.0}
