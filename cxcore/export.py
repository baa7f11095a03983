"""Level 5. The one exporter: the only place that writes CSV and XLSX. No cell of it is ever live in a spreadsheet.

A text a spreadsheet would take for a formula gets a leading apostrophe, which is taken off again on import. Texts that
are plain numbers, and numbers, stay as they are.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import pandas as pd
import xlsxwriter

from cxcore.apostrophe import safe
from cxcore.errors import CannotCompute
from cxcore.language import say

_MOST_ROWS = 1_048_575  # of a worksheet, below its header
_LONGEST = 32_767  # characters a cell of a workbook holds
_BOM = "\ufeff"


def csv_of(frame: pd.DataFrame, foot: Sequence[str] = ()) -> bytes:
    """The frame as CSV: UTF-8 with BOM, commas, CR LF. `foot` follows after a blank line, each line behind "# "."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([safe(str(name)) for name in frame.columns])
    for row in frame.itertuples(index=False, name=None):
        writer.writerow([_spelled(_cell(value)) for value in row])
    if foot:
        text.write("\r\n")
        writer.writerows([_foot_line(line)] for line in foot)
    return (_BOM + text.getvalue()).encode("utf-8", errors="replace")


def xlsx_of(frame: pd.DataFrame, foot: Sequence[str] = ()) -> bytes:
    """The frame as a workbook of one sheet: numbers and dates typed, texts as texts; `foot` as in `csv_of`.

    The same frame gives the same bytes. Raises CannotCompute for more rows than a sheet holds.
    """
    if len(frame) + len(foot) + 1 > _MOST_ROWS:
        raise CannotCompute(
            "too_many_rows",
            say("A worksheet holds at most {n} rows, and these are more.", n=_MOST_ROWS),
            say("Choose a shorter period, or download CSV."),
        )
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})
        sheet = book.add_worksheet()
        styles = {datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
                  date: book.add_format({"num_format": "yyyy-mm-dd"})}  # fmt: skip
        bold = book.add_format({"bold": True})
        for k, name in enumerate(frame.columns):
            sheet.write_string(0, k, safe(str(name))[:_LONGEST], bold)
        sheet.freeze_panes(1, 0)
        for at, row in enumerate(frame.itertuples(index=False, name=None), start=1):
            for k, value in enumerate(row):
                _write(sheet, at, k, _cell(value), styles)
        for at, line in enumerate(foot, start=len(frame) + 2):
            sheet.write_string(at, 0, _foot_line(line)[:_LONGEST])
    return buffer.getvalue()


def _foot_line(line: str) -> str:
    return safe("# " + " ".join(line.split()))


def _cell(value: Any) -> Any:
    """The value as text, number, bool, datetime or date; None where there is none."""
    if isinstance(value, str):
        return safe(value)
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if hasattr(value, "item"):  # numpy's numbers
        value = value.item()
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, (bool, int, datetime, date)) else safe(str(value))


def _spelled(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)


def _write(sheet: Any, row: int, column: int, cell: Any, styles: dict[type[date], Any]) -> None:
    if cell is None:
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, (int, float)):
        sheet.write_number(row, column, cell)
    elif isinstance(cell, (datetime, date)):
        sheet.write_datetime(row, column, cell, styles[datetime if isinstance(cell, datetime) else date])
    else:
        sheet.write_string(row, column, cell if len(cell) <= _LONGEST else cell[: _LONGEST - 1] + "…")
