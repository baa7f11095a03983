"""The rows behind a number: which, in which order, and never those of a few people."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from cxcore import intake, rows
from cxcore.engine import Engine
from cxcore.errors import CannotCompute, UnknownName
from cxcore.metrics.select import condition
from cxcore.store import new_workspace
from cxcore.values import Table

HEADER = "Response ID,Customer ID,E-mail,Survey date,Channel,How likely are you to recommend us? (0-10),Comment"
# Eight chat answers on eight days of January, three by phone in February; the fourth has no score.
LINES = [
    *(f"R{k},C{k},c{k}@example.com,2026-01-{k:02d} 10:30:00,Chat,{'' if k == 4 else k},said {k}" for k in range(1, 9)),
    *(f"R{k},C{k},c{k}@example.com,2026-02-{k:02d} 10:30:00,Phone,{k - 5},said {k}" for k in range(9, 12)),
]


def taken(lines: list[str], folder: Path, header: str = HEADER) -> tuple[Engine, Table]:
    path = folder / "small.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    engine = Engine(folder)
    return engine, intake.take(path, path.name, engine, new_workspace(folder))


@pytest.fixture
def small(tmp_path: Path) -> tuple[Engine, Table]:
    return taken(LINES, tmp_path)


def test_rows_stand_newest_first_under_the_files_own_headers(small: tuple[Engine, Table]) -> None:
    found = rows.behind(*small, [condition("Channel=Chat")])
    assert (found.total, found.hidden) == (8, False)
    # Spreadsheet rows count from 1 and the header is the first: the newest chat answer stands in row 9.
    assert found.frame["row"].tolist() == [9, 8, 7, 6, 5, 4, 3, 2]
    assert rows.behind(*small).frame["Comment"].tolist()[:2] == ["said 11", "said 10"]
    # Eight people are enough for their scores, and too few for their words.
    assert list(found.frame.columns) == ["row", *(n for n in HEADER.split(",") if n not in {"E-mail", "Comment"})]


def test_no_person_can_be_read_off_the_rows(small: tuple[Engine, Table]) -> None:
    text = rows.behind(*small).frame.to_csv()
    assert "@example.com" not in text
    assert not re.search(r"\bC\d+\b", text)
    assert all(re.fullmatch("[0-9a-f]{16}", code) for code in rows.behind(*small).frame["Customer ID"])


def test_a_small_group_has_its_count_and_no_rows(small: tuple[Engine, Table]) -> None:
    found = rows.behind(*small, [condition("Channel=Phone")])
    assert (len(found.frame), found.total, found.hidden) == (0, 3, True)


def test_many_rows_of_few_customers_are_a_small_group(tmp_path: Path) -> None:
    lines = [f"R{k},C{k % 2},,2026-01-{k + 1:02d} 10:30:00,Chat,7,x{k}" for k in range(20)]
    found = rows.behind(*taken(lines, tmp_path))
    assert (len(found.frame), found.total, found.hidden) == (0, 20, True)


def test_a_group_of_nobody_is_empty_and_hides_nothing(small: tuple[Engine, Table]) -> None:
    found = rows.behind(*small, [condition("Channel=Fax")])
    assert (len(found.frame), found.total, found.hidden) == (0, 0, False)


def test_a_period_ends_before_the_next(small: tuple[Engine, Table]) -> None:
    # Monday 5 January 2026: its week holds the answers of the 5th to the 8th.
    found = rows.behind(*small, every="week", period=date(2026, 1, 5), role=None)
    assert found.total == 4
    assert rows.behind(*small, every="month", period=date(2026, 1, 1)).total == 8
    with pytest.raises(ValueError, match="period"):
        rows.behind(*small, every="week")


def test_a_role_keeps_only_its_answers(small: tuple[Engine, Table]) -> None:
    found = rows.behind(*small, [condition("Channel=Chat")], role="nps")
    assert found.total == 7
    assert 5 not in found.frame["row"].tolist()  # the row of the answer without a score


def test_the_limit_cuts_the_rows_and_not_the_count(small: tuple[Engine, Table]) -> None:
    found = rows.behind(*small, limit=2)
    assert (len(found.frame), found.total) == (2, 11)


def test_a_long_comment_is_cut_and_says_so(tmp_path: Path) -> None:
    lines = [line.replace("said 8", "è" * 2_001).replace("said 7", "è" * 2_000) for line in LINES]
    frame = rows.behind(*taken(lines, tmp_path)).frame
    texts = frame["Comment"].tolist()
    assert "è" * 2_000 + "…" in texts
    assert "è" * 2_000 in texts


def test_repeated_rows_are_not_shown_twice(tmp_path: Path) -> None:
    found = rows.behind(*taken([*LINES, LINES[0]], tmp_path))
    assert found.total == 11


def test_headers_that_collide_are_told_apart(tmp_path: Path) -> None:
    header = HEADER.replace("Response ID", "row").replace("Comment", "Channel")
    frame = rows.behind(*taken(LINES, tmp_path, header)).frame
    assert len(set(frame.columns)) == len(frame.columns)
    assert frame["row"].tolist()[0] == 12


def test_what_cannot_be_asked_is_refused(small: tuple[Engine, Table], tmp_path: Path) -> None:
    with pytest.raises(UnknownName):
        rows.behind(*small, [condition("Colour=red")])
    lines = [",".join(part for k, part in enumerate(line.split(",")) if k != 3) for line in LINES]
    undated = taken(lines, tmp_path, HEADER.replace("Survey date,", ""))
    with pytest.raises(CannotCompute):
        rows.behind(*undated, every="month", period=date(2026, 1, 1))
