"""Child side. XLSX → a grid of records. fastexcel (calamine) reads the cells as text; what it leaves out is mended.

Times of day and durations come from it as days of 1900 and are put right; formulas without values, errors and merged
cells are told by the sheet's own XML, which is looked through before the reader may touch it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, BinaryIO

import fastexcel
import pyarrow as pa
import pyarrow.compute as pc

from cxcore.read import layout as layouts
from cxcore.read import sheetxml
from cxcore.read.grid import HEAD_ROWS, numbers
from cxcore.read.layout import LONG_HEADER, Layout
from cxcore.read.remarks import Refused, Remarks, Tally
from cxcore.read.sheetxml import Facts, SheetPart
from cxcore.read.zipcheck import Package

MAX_CELLS = 50_000_000
MAX_ROWS = 2_000_000
_BATCH_ROWS = 20_000
_STRINGS = re.compile(rb'<(?:\w+:)?sst\b[^>]*?\buniqueCount="(\d+)"')
_SMALLEST_STRING = 5  # bytes: <si/>


class Workbook:
    """One sheet's cells as text, all in memory, rows numbered as the spreadsheet does."""

    format = "xlsx"
    first = 1

    def __init__(self, cells: pa.RecordBatch, facts: Facts, is_1904: bool) -> None:
        self.facts = facts
        self._left = facts.first_column or 0
        columns = [_with_times(column, k + self._left, facts, is_1904) for k, column in enumerate(cells.columns)]
        self._columns = _filled_down(columns, facts.merges, self._left)
        self._height = cells.num_rows
        head = [column.slice(0, HEAD_ROWS).to_pylist() for column in self._columns]
        self.head: Sequence[Sequence[str | None]] = list(zip(*head, strict=True))

    def body(self, skip: int, width: int) -> Iterator[pa.RecordBatch]:
        """The rows after the first `skip`."""
        names = [*(f"x{k}" for k in range(width)), "row"]
        for at in range(skip, self._height, _BATCH_ROWS):
            count = min(_BATCH_ROWS, self._height - at)
            columns = [column.slice(at, count) for column in self._columns]
            yield pa.RecordBatch.from_arrays([*columns, numbers(at + 1, count)], names)

    def say(self, remarks: Remarks, dropped: set[int]) -> None:
        """Nothing beyond what the sheet's XML said: see `say_facts`."""

    def say_facts(self, layout: Layout, dropped: set[int], remarks: Remarks) -> None:
        """Errors, formulas without values, and merged cells among the data, column by column."""
        for code, places in (("error_cells", self.facts.errors), ("formulas_without_values", self.facts.unvalued)):
            tallies: dict[int, Tally] = {}
            for column, row in places:
                if row > layout.skip and row not in dropped and 0 <= column - self._left < layout.width:
                    tallies.setdefault(column - self._left, Tally()).at(row)
            for k in sorted(tallies):
                remarks.tally(code, tallies[k], column=layout.headers[k][:LONG_HEADER])
        merged: dict[int, Tally] = {}
        for left, top, _, bottom in self.facts.merges:
            if bottom > top and bottom > layout.skip and 0 <= left - self._left < layout.width:
                merged.setdefault(left - self._left, Tally()).at(max(top, layout.skip + 1))
        for k in sorted(merged):
            remarks.tally("merged_cells", merged[k], column=layout.headers[k][:LONG_HEADER])


def open_workbook(
    file: BinaryIO, extension: str, sheet: str | None, remarks: Remarks
) -> tuple[Workbook, Layout, str, list[str]]:
    """The chosen sheet, its layout, its name, and the names a person may choose from."""
    package = Package(file)
    part = _main_part(package, extension)
    book = package.read(part)
    found = sheetxml.sheets(book, _relations(package, part), part)
    visible = [each for each in found if each.visible and each.part in package.names]
    if not visible:
        raise Refused("no_rows")
    if len(visible) < len(found):
        remarks.add("hidden_sheets_ignored", count=len(found) - len(visible))
    facts = _scanned(package, visible)
    file.seek(0)
    try:
        reader = fastexcel.read_excel(file.read())
    except Exception as error:
        raise Refused("damaged_file") from error
    names = [each.name for each in visible]
    wanted = _named(visible, sheet) if sheet is not None else visible
    is_1904 = sheetxml.is_1904(book)
    for each in wanted:
        if not facts[each.name].cells:
            continue
        grid = Workbook(_cells(reader, each.name), facts[each.name], is_1904)
        own = Remarks()
        layout = layouts.find(grid.head, grid.first, own)
        if layout is None or (sheet is None and not _is_table(layout, facts[each.name]) and len(wanted) > 1):
            continue
        remarks.said += own.said
        if sheet is None:
            _say_choice(each, visible, facts, remarks)
        return grid, layout, each.name, names
    if sheet is not None or all(not facts[each.name].cells for each in visible):
        raise Refused("no_rows")
    raise Refused("not_a_table", format="xlsx")


def _main_part(package: Package, extension: str) -> str:
    names = set(package.names)
    if "xl/workbook.bin" in names:
        raise Refused("unsupported_format", format="XLSB")
    if "content.xml" in names and "mimetype" in names:
        raise Refused("unsupported_format", format="ODS")
    for name in names:
        if name.lower() == "xl/workbook.xml":
            return name
    if "[Content_Types].xml" in names:
        # A writer may call the workbook what it likes, as long as the root relations say so.
        roots = re.findall(rb'Type="[^"]*/officeDocument"[^>]*?Target="/?([^"]+)"', package.read("_rels/.rels"))
        for root in roots:
            if root.decode("utf-8", "replace") in names and root.startswith(b"xl/"):
                return str(root.decode())
    raise Refused("not_a_workbook", extension=extension)


def _relations(package: Package, part: str) -> bytes:
    folder, _, name = part.rpartition("/")
    relations = f"{folder}/_rels/{name}.rels"
    if relations not in package.names:
        raise Refused("damaged_file")
    return package.read(relations)


def _scanned(package: Package, visible: list[SheetPart]) -> dict[str, Facts]:
    """Every part inflated and looked at once; what the sheets a person sees say of themselves."""
    styles = next((name for name in package.names if name.lower().endswith("xl/styles.xml")), None)
    times, elapsed = sheetxml.time_styles(package.read(styles)) if styles else (frozenset(), frozenset())
    by_part = {each.part: each.name for each in visible}
    facts = {}
    for name in package.names:
        if name in by_part:
            facts[by_part[name]] = sheetxml.scan(package.pieces(name), times, elapsed)
            _refuse_size(facts[by_part[name]])
        elif name.lower().endswith("sharedstrings.xml"):
            _check_strings(package, name)
        elif name != styles:
            for _ in package.pieces(name):
                pass
    return facts


def _check_strings(package: Package, name: str) -> None:
    """Refuses a table of strings that claims more of them than its bytes can hold: the reader would believe it."""
    size = claimed = 0
    for piece in package.pieces(name):
        if not size and (said := _STRINGS.search(piece[:4096])):
            claimed = int(said[1])
        size += len(piece)
    if claimed * _SMALLEST_STRING > size:
        raise Refused("damaged_file")


def _refuse_size(facts: Facts) -> None:
    """Refuses a sheet whose cells, empty ones between them included, the reader could not hold."""
    width = facts.wide + 1 if facts.wide else 26
    if width > layouts.MAX_COLUMNS and facts.cells > 2 * facts.last_row:
        raise Refused("too_many_columns", count=width, limit=layouts.MAX_COLUMNS)
    if facts.last_row * width > MAX_CELLS or facts.last_row > MAX_ROWS:
        raise Refused("too_many_cells", limit=MAX_CELLS)


def _cells(reader: Any, name: str) -> pa.RecordBatch:
    """A sheet's cells as text, from the first row of the sheet and its first column that holds anything."""
    try:
        return reader.load_sheet_eager(name, header_row=None, skip_rows=0, dtypes="string")
    except fastexcel.FastExcelError as error:
        raise Refused("damaged_file") from error


def _named(visible: list[SheetPart], sheet: str) -> list[SheetPart]:
    for key in (str, lambda text: text.strip().casefold()):
        same = [each for each in visible if key(each.name) == key(sheet)]
        if len(same) == 1:
            return same
    raise Refused("unknown_sheet", sheets=[each.name for each in visible])


def _is_table(layout: Layout, facts: Facts) -> bool:
    """Whether a sheet holds rows under names, and not a title or a page of notes."""
    return facts.last_row > layout.skip and sum(bool(header) for header in layout.headers) > 1


def _looks_like_table(facts: Facts) -> bool:
    """The same by the sheet's XML alone: more than a column of cells."""
    return facts.last_row > 1 and facts.cells >= 1.5 * facts.last_row and facts.cells > 3


def _say_choice(chosen: SheetPart, visible: list[SheetPart], facts: dict[str, Facts], remarks: Remarks) -> None:
    at = visible.index(chosen)
    others = [each for each in visible[at + 1 :] if _looks_like_table(facts[each.name])]
    if at or others:
        remarks.add("sheet_chosen", severity="warning" if at else "info", count=len(others), sheet=chosen.name)


def _with_times(column: pa.Array, k: int, facts: Facts, is_1904: bool) -> pa.Array:
    """A column with times of day and durations as HH:MM:SS where the reader gave days of 1900 (or 1904)."""
    if k in facts.elapsed:
        marks = ["190", "1899-12-"]
    elif k in facts.times:
        marks = ["1904-", "1903-12-"] if is_1904 else ["1900-", "1899-12-"]
    else:
        # The day before 1 January 1900 is no day: whatever the cell's format, only its time is meant.
        marks = [] if is_1904 else ["1899-12-31 "]
    found = pa.scalar(False)
    for mark in marks:
        found = pc.or_(found, pc.starts_with(column, mark))
    if not marks or not pc.any(found).as_py():
        return column
    coded = pc.dictionary_encode(pc.if_else(found, column, pa.scalar(None, pa.string())))
    texts = pa.array([_as_time(text, is_1904) for text in coded.dictionary.to_pylist()], pa.string())
    mended = pc.if_else(found, texts.take(coded.indices), column)
    late = [row for left, row in facts.sixtieth if left == k and row <= len(column)]
    if not late:
        return mended
    cells = mended.to_pylist()
    for row in late:
        cells[row - 1] = _as_time(str(column[row - 1].as_py()), is_1904, days_more=1)
    return pa.array(cells, pa.string())


def _as_time(text: str, is_1904: bool, days_more: int = 0) -> str:
    """ "1900-01-01 02:30:00" as "26:30:00": the time since day 0, as the workbook counts days.

    The reader gives 28 February 1900 for day 59 and for day 60, the 29th that only Excel has.
    """
    moment = datetime.fromisoformat(text)
    if is_1904:
        since = moment - datetime(1904, 1, 1)
    else:
        since = moment - (datetime(1899, 12, 31) if moment < datetime(1900, 3, 1) else datetime(1899, 12, 30))
    since += timedelta(days=days_more)
    sign = "-" if since < timedelta(0) else ""
    since = abs(since)
    minutes, seconds = divmod(since.days * 86_400 + since.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{since.microseconds:06d}".rstrip("0") if since.microseconds else ""
    return f"{sign}{hours:02d}:{minutes:02d}:{seconds:02d}{fraction}"


def _filled_down(columns: list[pa.Array], merges: list[tuple[int, int, int, int]], left: int) -> list[pa.Array]:
    """The columns with the value of a merge in every row it covers; names merged across columns are left as they are."""
    by_column: dict[int, list[tuple[int, int]]] = {}
    for first, top, _, bottom in merges:
        if bottom > top and 0 <= first - left < len(columns):
            by_column.setdefault(first - left, []).append((top - 1, bottom))
    for k, spans in by_column.items():
        cells = columns[k].to_pylist()
        for top, bottom in spans:
            if top < len(cells) and cells[top] is not None:
                cells[top:bottom] = [cells[top]] * (min(bottom, len(cells)) - top)
        columns[k] = pa.array(cells, pa.string())
    return columns
