"""Child side. XLSX → a grid of records. fastexcel (calamine) reads the cells as text; what it leaves out is mended.

Times of day and durations come from it as days of 1900 and are put right; formulas without values, errors and merged
cells are told by the sheet's own XML, which is looked through before the reader may touch it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from io import BytesIO
from typing import Any

import fastexcel
import pyarrow as pa

from cxcore.read import clock, sheetxml
from cxcore.read import layout as layouts
from cxcore.read.alike import say_alike
from cxcore.read.grid import HEAD_ROWS, empty_to_null, numbers
from cxcore.read.layout import LONG_HEADER, Layout
from cxcore.read.remarks import Refused, Remarks, Tally
from cxcore.read.sheetxml import Facts, SheetPart, Times
from cxcore.read.zipcheck import Package

MAX_CELLS = 50_000_000
_BATCH_ROWS = 20_000
_LARGE = 1_000_000  # packed bytes from which a sheet is looked through beside the reader and not before it
_STRINGS = re.compile(rb'<(?:\w+:)?sst\b[^>]*?\buniqueCount="(\d+)"')
_SMALLEST_STRING = 5  # bytes: <si/>


class Workbook:
    """One sheet's cells as text, all in memory, rows numbered as the spreadsheet does."""

    format = "xlsx"
    first = 1

    def __init__(self, columns: list[pa.Array], facts: Facts) -> None:
        self._facts = facts
        self.sums = frozenset(facts.sums)
        self._left = facts.first_column or 0
        self._columns = _filled_down(columns, facts.merges, self._left)
        self._height = len(columns[0]) if columns else 0
        head = [column.slice(0, HEAD_ROWS).to_pylist() for column in self._columns]
        self.head: Sequence[Sequence[str | None]] = list(zip(*head, strict=True))

    def body(self, skip: int, width: int) -> Iterator[pa.RecordBatch]:
        """The rows after the first `skip`."""
        names = [*(f"x{k}" for k in range(width)), "row"]
        for at in range(skip, self._height, _BATCH_ROWS):
            count = min(_BATCH_ROWS, self._height - at)
            columns = [column.slice(at, count) for column in self._columns]
            yield pa.RecordBatch.from_arrays([*columns, numbers(at + 1, count)], names)

    def say(self, remarks: Remarks, skip: int, headers: Sequence[str], dropped: set[int]) -> None:
        """Errors, formulas without values, and merged cells among the data, column by column."""
        for code, places in (("error_cells", self._facts.errors), ("formulas_without_values", self._facts.unvalued)):
            met = [(column, row) for column, row in places if row > skip and row not in dropped]
            self._tally(code, met, headers, remarks)
        merged = [(left, max(top, skip + 1)) for left, top, _, bottom in self._facts.merges if bottom > max(top, skip)]
        self._tally("merged_cells", merged, headers, remarks)

    def _tally(self, code: str, places: list[tuple[int, int]], headers: Sequence[str], remarks: Remarks) -> None:
        tallies: dict[int, Tally] = {}
        for column, row in places:
            if 0 <= column - self._left < len(headers):
                tallies.setdefault(column - self._left, Tally()).at(row)
        for k in sorted(tallies):
            remarks.tally(code, tallies[k], column=headers[k][:LONG_HEADER])


def open_workbook(
    content: bytes, extension: str, sheet: str | None, remarks: Remarks
) -> tuple[Workbook, Layout, str, list[str]]:
    """The chosen sheet, its layout, its name, and the names a person may choose from."""
    package = Package(BytesIO(content))
    part = _main_part(package, extension)
    if any(name.lower().endswith("vbaproject.bin") for name in package.names):
        remarks.add("macros_ignored")
    book = package.read(part)
    found = sheetxml.sheets(book, _relations(package, part), part)
    visible = [each for each in found if each.visible and each.part in package.names]
    if not visible:
        raise Refused("no_rows")
    if len(visible) < len(found):
        remarks.add("hidden_sheets_ignored", count=len(found) - len(visible))
    wanted = _named(visible, sheet) if sheet is not None else visible
    _check_other_parts(package, visible)
    # One thread, so that the package's file is read in one place at a time; large sheets are looked through while the
    # reader, which lets go of the interpreter, is at work on them.
    pool = ThreadPoolExecutor(1)
    order = sorted(visible, key=lambda each: each not in wanted)
    scans = {each.name: pool.submit(_scanned, package, each.part) for each in order}
    for each in visible:
        if package.packed_size(each.part) < _LARGE:
            scans[each.name].result()
    book_1904 = sheetxml.is_1904(book)
    reader = _reader(content)
    empty = True
    for each in wanted:
        small = package.packed_size(each.part) < _LARGE
        if small and not scans[each.name].result().cells:
            continue
        cells = _cells(reader, each.name)
        facts = scans[each.name].result()
        if not facts.cells:
            continue
        empty = False
        columns = [empty_to_null(column) for column in cells.columns]

        def look(asked: frozenset[int], to_the_end: bool, part: str = each.part) -> Times:
            return pool.submit(_times, package, part, asked, to_the_end).result()

        columns = clock.mended(columns, facts.first_column or 0, book_1904, look)
        grid = Workbook(columns, facts)
        own = Remarks()
        layout = layouts.find(grid.head, grid.first, own)
        if layout is None or (len(wanted) > 1 and not _is_table(layout, facts)):
            continue
        remarks.said += own.said
        if sheet is None:
            known = {name: scan.result() for name, scan in scans.items()}
            _say_choice(each, visible, known, remarks)
            small_ones = [o.name for o in visible if o != each and _looks_like_table(known[o.name])
                          and package.packed_size(o.part) < _LARGE]  # fmt: skip
            say_alike(each.name, layout, small_ones, partial(_head, reader, known), remarks)
        return grid, layout, each.name, [each.name for each in visible]
    if empty:
        raise Refused("no_rows")
    raise Refused("not_a_table", format="xlsx")


def _head(reader: Any, facts: dict[str, Facts], name: str) -> tuple[Sequence[Sequence[str | None]], int]:
    """A sheet's first rows, and the number of the first of them."""
    grid = Workbook([empty_to_null(column) for column in _cells(reader, name).columns], facts[name])
    return grid.head, grid.first


def _main_part(package: Package, extension: str) -> str:
    names = set(package.names)
    if "xl/workbook.bin" in names:
        raise Refused("unsupported_format", format="XLSB")
    for folder, owner in (("word/", "Word"), ("ppt/", "PowerPoint")):
        if any(name.startswith(folder) for name in names):
            raise Refused("not_a_spreadsheet", format=owner)
    if "content.xml" in names and "mimetype" in names:
        raise Refused("not_a_spreadsheet", format="OpenDocument")
    if any(name.endswith(".iwa") for name in names) or "Index.zip" in names:
        raise Refused("unsupported_format", format="Apple iWork")
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


def _check_other_parts(package: Package, visible: list[SheetPart]) -> None:
    """Every part but the sheets a person sees is inflated and looked at before the reader may."""
    later = {each.part for each in visible}
    for name in package.names:
        if name.lower().endswith("sharedstrings.xml"):
            _check_strings(package, name)
        elif name not in later:
            for _ in package.pieces(name):
                pass


def _scanned(package: Package, part: str) -> Facts:
    facts = sheetxml.scan(package.pieces(part))
    _refuse_size(facts)
    return facts


def _times(package: Package, part: str, asked: frozenset[int], to_the_end: bool) -> Times:
    styles = next((name for name in package.names if name.lower().endswith("xl/styles.xml")), None)
    of_day, elapsed = sheetxml.time_styles(package.read(styles)) if styles else (frozenset(), frozenset())
    return sheetxml.shown_as_times(package.pieces(part), of_day, elapsed, asked, to_the_end=to_the_end)


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
    if facts.last_row * width > MAX_CELLS or facts.last_row > sheetxml.MAX_ROWS:
        raise Refused("too_many_cells", limit=MAX_CELLS)


def _reader(content: bytes) -> Any:
    try:
        return fastexcel.read_excel(content)
    except fastexcel.FastExcelError as error:
        raise Refused("damaged_file") from error


def _cells(reader: Any, name: str) -> pa.RecordBatch:
    """A sheet's cells as text, from the first row of the sheet and its first column that holds anything."""
    try:
        # The lazy way, though all is read: unlike the eager one it lets other threads run.
        return reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="string").to_arrow()
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


def _filled_down(columns: list[pa.Array], merges: list[tuple[int, int, int, int]], left: int) -> list[pa.Array]:
    """The columns with the value of a merge in every row it covers; what is merged across columns is left as it is."""
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
