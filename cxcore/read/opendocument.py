"""Child side. ODS → a grid of records, read from `content.xml` by expat as the zip is inflated.

Repeated rows and cells are unrolled only where something filled follows; what they claim is counted first. Values are
taken as stored, not as shown: numbers with all digits, dates as ISO.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from xml.parsers import expat

from cxcore.read import layout as layouts
from cxcore.read.layout import Layout
from cxcore.read.loose import Cell, Loose, refuse_size
from cxcore.read.remarks import Refused, Remarks
from cxcore.read.zipcheck import Package

_TIME = re.compile(r"(-?)P(?:(\d+)D)?T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,](\d+))?S)?")
_ERRORS = ("#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "Err:")
_STORED = {
    "float": "office:value",
    "percentage": "office:value",
    "currency": "office:value",
    "boolean": "office:boolean-value",
    "date": "office:date-value",
    "time": "office:time-value",
}
_OUTSIDE = frozenset(("office:annotation", "table:tracked-changes", "draw:frame", "draw:custom-shape"))


class _Sheet:
    """One table as its elements come."""

    def __init__(self, name: str, style: str) -> None:
        self.name = name
        self.style = style
        self.rows: list[list[Cell]] = []
        self.cells = 0
        self.pending: list[tuple[int, int, int, Cell]] = []
        self.met: list[tuple[str, int, int]] = []
        self._blank_rows = 0
        self._row: list[Cell] = []
        self._blank_cells = 0
        self._repeated = 1
        self._spans: list[tuple[int, int, int, Cell]] = []

    def begin_row(self, repeated: int) -> None:
        self._repeated = repeated
        self._row, self._blank_cells, self._spans = [], 0, []

    def cell(self, text: Cell, repeated: int, facts: list[str], span: int) -> None:
        if text is None and not facts:
            self._blank_cells += repeated
            return
        width = len(self._row) + self._blank_cells + repeated
        refuse_size(self._repeated, width, width * self._repeated if self._repeated > 1 else 0)
        self._row += [None] * self._blank_cells
        self._blank_cells = 0
        at = len(self._row)
        self._row += [text] * repeated
        row = len(self.rows) + self._blank_rows + 1
        self.met += [(code, at, row) for code in facts]
        if span > 1 and text is not None:
            self._spans.append((at, row, min(span, 1_048_576), text))

    def end_row(self) -> None:
        repeated = self._repeated
        if not self._row:
            self._blank_rows += repeated
            return
        refuse_size(
            len(self.rows) + self._blank_rows + repeated, 0, self.cells + self._blank_rows + len(self._row) * repeated
        )
        self.cells += self._blank_rows + len(self._row) * repeated
        self.rows += [[] for _ in range(self._blank_rows)]
        self._blank_rows = 0
        self.rows += [list(self._row) for _ in range(repeated)]
        self.pending += self._spans

    def filled(self) -> None:
        """A merge's value in every row it covers."""
        for at, row, span, text in self.pending:
            self.met.append(("merged_cells", at, row))
            for place in range(row, min(row - 1 + span, len(self.rows))):
                cells = self.rows[place]
                cells += [None] * (at + 1 - len(cells))
                cells[at] = text


class _Content:
    """The handlers of expat: which tables there are, which of them are hidden."""

    def __init__(self) -> None:
        self.sheets: list[_Sheet] = []
        self.hidden: set[str] = set()
        self._style = ""
        self._depth = 0
        self._outside = 0
        self._cell: dict[str, str] | None = None
        self._text: list[str] = []
        self._paragraphs = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in _OUTSIDE:
            self._outside += 1
        if self._outside:
            return
        if tag == "style:style":
            self._style = attributes.get("style:name", "")
        elif tag == "style:table-properties" and attributes.get("table:display") == "false":
            self.hidden.add(self._style)
        elif tag == "table:table":
            self._depth += 1
            if self._depth == 1:
                self.sheets.append(_Sheet(attributes.get("table:name", ""), attributes.get("table:style-name", "")))
        elif self._depth != 1:
            return
        elif tag == "table:table-row":
            self.sheets[-1].begin_row(_count(attributes.get("table:number-rows-repeated")))
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self._cell, self._text, self._paragraphs = attributes, [], 0
        elif self._cell is not None:
            self._inline(tag, attributes)

    def _inline(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "text:p":
            if self._paragraphs:
                self._text.append("\n")
            self._paragraphs += 1
        elif tag == "text:s":
            self._text.append(" " * min(_count(attributes.get("text:c")), 1000))
        elif tag == "text:tab":
            self._text.append("\t")
        elif tag == "text:line-break":
            self._text.append("\n")

    def data(self, text: str) -> None:
        if self._cell is not None and self._paragraphs and not self._outside:
            self._text.append(text)

    def end(self, tag: str) -> None:
        if tag in _OUTSIDE:
            self._outside -= 1
        elif self._outside:
            return
        elif tag == "table:table":
            self._depth -= 1
        elif self._depth != 1:
            return
        elif tag == "table:table-row":
            self.sheets[-1].end_row()
        elif tag in ("table:table-cell", "table:covered-table-cell") and self._cell is not None:
            self._end_cell(self._cell)
            self._cell = None

    def _end_cell(self, attributes: dict[str, str]) -> None:
        shown = "".join(self._text)
        kind = attributes.get("office:value-type", "")
        text: Cell = attributes.get(_STORED.get(kind, ""), shown) or None
        facts = []
        if shown.startswith(_ERRORS) and ("table:formula" in attributes or kind != "string"):
            text = None
            facts.append("error_cells")
        elif text is None and "table:formula" in attributes and kind != "string":
            facts.append("formulas_without_values")
        elif text and kind == "time":
            text = _clock(text)
        elif text and kind == "date":
            text = text.replace("T", " ")
        repeated = _count(attributes.get("table:number-columns-repeated"))
        self.sheets[-1].cell(text, repeated, facts, _count(attributes.get("table:number-rows-spanned")))


def open_ods(content: bytes, sheet: str | None, remarks: Remarks) -> tuple[Loose, Layout, str, list[str]]:
    """The chosen sheet, its layout, its name, and the names a person may choose from."""
    package = Package(BytesIO(content))
    if "META-INF/manifest.xml" in package.names and b"encryption-data" in package.read("META-INF/manifest.xml"):
        raise Refused("password_protected")
    read = _read(package.pieces("content.xml"))
    for name in package.names:
        if name not in ("content.xml", "META-INF/manifest.xml"):
            for _ in package.pieces(name):
                pass
    visible = [each for each in read.sheets if each.style not in read.hidden]
    if len(visible) < len(read.sheets):
        remarks.add("hidden_sheets_ignored", count=len(read.sheets) - len(visible))
    wanted = [each for each in visible if sheet is None or each.name == sheet]
    if sheet is not None and not wanted:
        raise Refused("unknown_sheet", sheets=[each.name for each in visible])
    for each in wanted:
        if not each.rows:
            continue
        each.filled()
        grid = Loose("ods", each.rows)
        for code, column, row in each.met:
            grid.meet(code, column, row)
        own = Remarks()
        layout = layouts.find(grid.head, grid.first, own)
        if layout is None or (len(wanted) > 1 and not _is_table(each, layout)):
            continue
        remarks.said += own.said
        if sheet is None:
            at = visible.index(each)
            others = [other for other in visible[at + 1 :] if len(other.rows) > 1 and max(map(len, other.rows)) > 1]
            if at or others:
                severity = "warning" if at else "info"
                remarks.add("sheet_chosen", severity=severity, count=len(others), sheet=each.name)
        return grid, layout, each.name, [each.name for each in visible]
    if any(each.rows for each in wanted):
        raise Refused("not_a_table", format="ODS")
    raise Refused("no_rows")


def _read(pieces: Iterator[bytes]) -> _Content:
    content = _Content()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = content.start
    parser.EndElementHandler = content.end
    parser.CharacterDataHandler = content.data
    try:
        for piece in pieces:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError) as error:
        raise Refused("damaged_file") from error
    return content


def _is_table(sheet: _Sheet, layout: Layout) -> bool:
    return len(sheet.rows) > layout.skip and sum(bool(header) for header in layout.headers) > 1


def _count(text: str | None) -> int:
    """A number of repetitions; 1 where none or nonsense is written."""
    if text is None or not (text.isascii() and text.isdigit()):
        return 1
    return max(1, int(text[:12]))


def _clock(text: str) -> str:
    """`PT02H05M00S` as `2:05:00`; what is written otherwise stays."""
    found = _TIME.fullmatch(text)
    if not found:
        return text
    sign, days, hours, minutes, seconds, part = found.groups()
    fraction = f".{part}".rstrip("0").rstrip(".") if part else ""
    total = int(days or 0) * 24 + int(hours or 0)
    return f"{sign}{total:02}:{int(minutes or 0):02}:{int(seconds or 0):02}{fraction}"
