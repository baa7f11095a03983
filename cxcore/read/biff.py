"""Child side. XLS → a grid of records. fastexcel (calamine) reads the cells; the container is looked at before.

What BIFF says beside the cells (merges, formulas without results, number formats) calamine does not tell. So a
duration of more than a day, which comes as a date near 1900, is read as a duration, and that is said.
"""

from __future__ import annotations

from typing import Any

import fastexcel
import pyarrow as pa

from cxcore.read import clock
from cxcore.read import layout as layouts
from cxcore.read.grid import empty_to_null
from cxcore.read.layout import Layout
from cxcore.read.remarks import Refused, Remarks
from cxcore.read.sheetxml import Facts, Times
from cxcore.read.workbook import Workbook


class OldWorkbook(Workbook):
    """One sheet of an XLS file."""

    format = "xls"


def open_xls(content: bytes, sheet: str | None, remarks: Remarks) -> tuple[OldWorkbook, Layout, str, list[str]]:
    """The chosen sheet, its layout, its name, and the names a person may choose from."""
    try:
        reader = fastexcel.read_excel(content)
        loaded = [_loaded(reader, name) for name in reader.sheet_names]
    except fastexcel.FastExcelError as error:
        raise Refused("password_protected" if "password" in str(error).lower() else "damaged_file") from error
    visible = [(name, cells) for name, shown, cells in loaded if shown]
    if len(visible) < len(loaded):
        remarks.add("hidden_sheets_ignored", count=len(loaded) - len(visible))
    names = [name for name, _ in visible]
    if sheet is not None and sheet not in names:
        raise Refused("unknown_sheet", sheets=names)
    wanted = [(name, cells) for name, cells in visible if sheet in (None, name) and cells.num_rows]
    for name, cells in wanted:
        own = Remarks()
        grid = OldWorkbook(_columns(cells, own), Facts())
        layout = layouts.find(grid.head, grid.first, own)
        if layout is None or (len(wanted) > 1 and not (cells.num_rows > layout.skip and cells.num_columns > 1)):
            continue
        remarks.said += own.said
        if sheet is None:
            at = names.index(name)
            others = sum(cells.num_rows > 1 and cells.num_columns > 1 for _, cells in visible[at + 1 :])
            if at or others:
                remarks.add("sheet_chosen", severity="warning" if at else "info", count=others, sheet=name)
        return grid, layout, name, names
    if wanted:
        raise Refused("not_a_table", format="XLS")
    raise Refused("no_rows")


def _loaded(reader: Any, name: str) -> tuple[str, bool, pa.RecordBatch]:
    sheet = reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
    return name, sheet.visible == "visible", sheet.to_arrow()


def _columns(cells: pa.RecordBatch, remarks: Remarks) -> list[pa.Array]:
    columns = [empty_to_null(column) for column in cells.columns]

    def look(asked: frozenset[int], _to_the_end: bool) -> Times:
        remarks.add("early_dates_as_durations", count=len(asked))
        return Times(elapsed=set(asked))

    return clock.mended(columns, 0, False, look)
