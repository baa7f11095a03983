"""What leaves the app: nothing of it is live in a spreadsheet, nothing of it is changed, numbers stay numbers."""

from __future__ import annotations

import csv
import io
import random
import re
import zipfile
from collections.abc import Callable
from datetime import date

import fastexcel
import pandas as pd
import pytest
from desk import Desk
from pyarrow import parquet

from cxcore.apostrophe import safe, stripped
from cxcore.export import csv_of, xlsx_of
from cxcore.read.sandbox import read

LIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*")
ATTACKS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－2+3", "＠A",
           '=HYPERLINK("x","y")', "-2+3+cmd|' /C calc'!A0", "'=1", "-", "=", "+39 055 1234"]  # fmt: skip


def read_back(data: bytes, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def is_live(cell: str) -> bool:
    return cell.startswith(LIVE) and not NUMBER.fullmatch(cell)


@pytest.mark.parametrize("text", ATTACKS)
def test_a_formula_gets_an_apostrophe_and_loses_it_again(text: str) -> None:
    assert safe(text).startswith("'")
    assert stripped(safe(text)) == text


@pytest.mark.parametrize("text", ["-3", "+3", "-3,5", "-1.234,5", "2024-01-15", "a=b", "so-so", "", "l'ora", "1;2"])
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    assert safe(text) == text
    assert stripped(text) == text


def test_any_text_comes_back_as_it_was_and_none_is_live() -> None:
    chance = random.Random(20260105)
    for _ in range(20_000):
        text = "".join(chance.choice("'=+-@\t\r\n＝;a3,. ") for _ in range(chance.randint(0, 8)))
        assert stripped(safe(text)) == text
        assert not is_live(safe(text))
        # A spreadsheet whose separator is ";" cuts a cell of a comma file here, whatever the quotes.
        assert not any(is_live(piece) for piece in re.split("[;\r\n\t]", safe(text)))


def test_csv_is_what_spreadsheets_open() -> None:
    data = csv_of(pd.DataFrame({"a": ["x, y", 'say "yes"', "è"], "b": [1, -3, 2]}), ["one", "two\nlines"])
    assert data.startswith(b"\xef\xbb\xbfa,b\r\n")
    assert data.endswith(b"\r\n")
    assert read_back(data) == [
        ["a", "b"],
        ["x, y", "1"],
        ['say "yes"', "-3"],
        ["è", "2"],
        [],
        ["# one"],
        ["# two lines"],
    ]


def test_no_cell_and_no_header_of_a_csv_is_live() -> None:
    frame = pd.DataFrame({"=cmd": ATTACKS, "@x": [f"fine;{text}" for text in ATTACKS]})
    data = csv_of(frame, ["=foot", "a;=foot"])
    assert not any(is_live(cell) for row in read_back(data) for cell in row)
    for delimiter in (";", "\t"):  # opened where another separator is the usual one
        for row in read_back(data, delimiter):
            assert not any(is_live(cell.lstrip("\t\r\n")) for cell in row), row


class Live:
    """A value of a kind the exporter does not know, which is written as it calls itself."""

    def __str__(self) -> str:
        return "=1+1"


def test_what_is_neither_text_nor_number_is_not_live_either() -> None:
    frame = pd.DataFrame({"a": [Live()]})
    assert read_back(csv_of(frame))[1] == ["'=1+1"]
    assert fastexcel.read_excel(xlsx_of(frame)).load_sheet(0).to_arrow().to_pylist() == [{"a": "'=1+1"}]


def test_numbers_dates_and_gaps_in_csv() -> None:
    frame = pd.DataFrame(
        {
            "n": [-3.0, 0.5, None],
            "t": pd.to_datetime(["2024-01-15 09:00", "", "2024-01-16 00:00"]),
            "d": [date(2024, 1, 15), None, date(2024, 1, 16)],
            "s": pd.Series(["-3,5", None, "x"], dtype="string"),
        }
    )
    assert read_back(csv_of(frame))[1:] == [
        ["-3", "2024-01-15 09:00:00", "2024-01-15", "-3,5"],
        ["0.5", "", "", ""],
        ["", "2024-01-16 00:00:00", "2024-01-16", "x"],
    ]


def test_xlsx_is_typed_and_holds_no_formula_and_no_link() -> None:
    frame = pd.DataFrame({"=h": [*ATTACKS, "http://example.com"], "n": range(-3, len(ATTACKS) - 2)})
    data = xlsx_of(frame, ["=foot"])
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet
        assert "hyperlink" not in sheet
        assert not any("externalLink" in name for name in book.namelist())
    read = fastexcel.read_excel(data).load_sheet(0, n_rows=len(frame))
    found = read.to_arrow()
    assert found.column_names[0] == "'=h"
    assert found.column(1).to_pylist() == list(range(-3, len(ATTACKS) - 2))
    texts = found.column(0).to_pylist()
    assert texts[-1] == "http://example.com"
    assert not any(is_live(text) for text in texts)


def test_xlsx_keeps_dates_and_cuts_what_a_cell_cannot_hold() -> None:
    frame = pd.DataFrame({"t": pd.to_datetime(["2024-01-15 09:00", ""]), "s": ["x" * 40_000, "y"]})
    found = fastexcel.read_excel(xlsx_of(frame)).load_sheet(0).to_arrow().to_pylist()
    assert str(found[0]["t"]) == "2024-01-15 09:00:00"
    assert found[1]["t"] is None
    assert len(found[0]["s"]) == 32_767


def test_the_same_rows_give_the_same_file() -> None:
    frame = pd.DataFrame({"a": ["x", "y"], "b": [1.5, None]})
    assert xlsx_of(frame) == xlsx_of(frame)
    assert csv_of(frame) == csv_of(frame)


@pytest.mark.parametrize("write", [csv_of, xlsx_of])
def test_what_left_comes_back_as_it_was(desk: Desk, write: Callable[..., bytes]) -> None:
    texts = [text for text in ATTACKS if not text[0].isspace()]  # a text that begins with a break is a file's own gap
    frame = pd.DataFrame(
        {
            "Date": [f"2026-01-{1 + k % 28:02}" for k in range(len(texts))],
            "NPS": range(len(texts)),
            "=Remark": texts,
            "l'altro": [f"'quoted' {k}" for k in range(len(texts))],
        }
    )
    suffix = "csv" if write is csv_of else "xlsx"
    raw = read(io.BytesIO(write(frame)), f"back.{suffix}", desk.folder)
    assert raw.headers[2:] == ("=Remark", "l'altro")
    cells = parquet.read_table(raw.path).column("x2").to_pylist()
    assert cells == texts
    assert parquet.read_table(raw.path).column("x3").to_pylist() == list(frame["l'altro"])
