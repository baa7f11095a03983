"""The receipt of a file small enough to count by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk import Desk

from cxcore import intake, receipt
from cxcore.engine import Engine
from cxcore.language import words
from cxcore.metrics.select import condition
from cxcore.store import new_workspace
from cxcore.values import Table

HEADER = "Response ID,Customer ID,E-mail,Survey date,Channel,NPS score (0-10),Comment"
LINES = [
    "R1,C1,a@example.com,2024-01-15 09:00:00,Chat,10,Very good service thank you",
    "R2,C2,b@example.com,2024-01-16 09:00:00,Chat,,",
    "R3,C2,b@example.com,2024-01-17 09:00:00,Phone,4,Nobody answered for a week",
    "R4,C3,d@example.com,2024-01-18 09:00:00,Phone,11,What an odd question this is",
    "R5,C4,e@example.com,2024-01-19 09:00:00,Chat,4,Nobody answered for a week",
    "R6,C5,f@example.com,2024-01-20 09:00:00,Mail,9,Very good service thank you",
    "R6,C5,f@example.com,2024-01-20 09:00:00,Mail,9,Very good service thank you",
]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Engine, Table]:
    folder: Path = tmp_path_factory.mktemp("receipt")
    path = folder / "small.csv"
    path.write_text("\n".join([HEADER, *LINES]) + "\n", encoding="utf-8")
    engine = Engine(folder)
    return engine, intake.take(path, path.name, engine, new_workspace(folder))


def test_figures_of_each_role_counted_by_hand(small: tuple[Engine, Table]) -> None:
    found = receipt.figures(*small)
    nps = found["nps"]  # 10, 4, 4, 9 count: one is skipped, one is off the scale, one row is a repetition
    assert (nps.n, nps.distinct, nps.first, nps.last, nps.mean) == (4, 3, "10", "9", 6.75)
    when = found["answered_at"]
    assert (when.n, when.first, when.last, when.mean) == (6, "2024-01-15 09:00:00", "2024-01-20 09:00:00", None)
    channel = found["channel"]
    assert (channel.n, channel.distinct, channel.first, channel.last) == (6, 3, "Chat", "Mail")
    assert (found["comment"].n, found["comment"].distinct) == (5, 3)


def test_a_customer_is_told_as_the_pseudonym(small: tuple[Engine, Table]) -> None:
    customer = receipt.figures(*small)["customer_id"]
    assert (customer.n, customer.distinct) == (6, 5)
    assert customer.first is not None
    assert len(customer.first) == 16
    assert customer.first != "C1"


def test_examples_are_three_different_texts_and_never_personal(small: tuple[Engine, Table]) -> None:
    found = receipt.examples(*small)
    assert found[0] == ("R1", "R2", "R3")
    assert 2 not in found
    assert found[4] == ("Chat", "Phone", "Mail")
    assert found[6] == ("Very good service thank you", "Nobody answered for a week", "What an odd question this is")
    assert not {"C1", "C2", "C3"} & set(found[1])
    assert not any("@" in text for texts in found.values() for text in texts)


def test_examples_of_a_column_filled_only_far_down(tmp_path: Path) -> None:
    header = "Response ID,Survey date,NPS score (0-10),Comment"
    lines = [f"R{k},2024-01-15 09:00:00,{k % 11},{'late' if k == 2_400 else ''}" for k in range(2_500)]
    path = tmp_path / "long.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    engine = Engine(tmp_path)
    table = intake.take(path, path.name, engine, new_workspace(tmp_path))
    assert receipt.examples(engine, table)[3] == ("late",)


def test_the_lines_say_what_counts_and_name_the_rows(small: tuple[Engine, Table]) -> None:
    said = receipt.lines(small[1], "en", [condition("Channel=Chat")])
    whole = "\n".join(said)
    assert "7 rows were read and 6 counted: each row is an answer to a survey." in said
    assert "(row 8)" in whole  # the repetition is the seventh row below the header
    assert "(row 5)" in whole  # 11 on a scale of 0 to 10
    assert "15 Jan 2024" in whole
    assert "Channel = Chat" in whole
    assert "NPS score (0-10)" in whole
    assert sum("E-mail" in line for line in said) == 1
    assert "example.com" not in whole


def test_every_reason_has_its_words() -> None:
    for reason in ("skipped", "off_scale", "earlier_answers", "duplicate_rows", "superseded_rows"):
        assert receipt.left_out_words(reason).text != "{text}"


def test_a_list_of_customers_is_called_so(desk: Desk) -> None:
    rows = [
        ["CustomerID", "Tenure Months", "Churn Label"],
        *([f"C{k:04}", k % 70, "Yes" if k % 4 else "No"] for k in range(80)),
    ]
    table = desk.take(desk.file("customers.csv", rows))
    assert any("each row is a customer" in words(line, "en") for line in receipt.facts(table))
