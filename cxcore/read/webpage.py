"""Child side. The largest table of an HTML page, as help desks export them under the name of a workbook → a grid.

The page is only cut into tags: nothing in it is run, followed or fetched.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from cxcore.read import encoding as encodings
from cxcore.read import layout as layouts
from cxcore.read.layout import Layout
from cxcore.read.loose import Cell, Loose, refuse_size
from cxcore.read.remarks import Refused, Remarks

_MAX_NESTED = 64
_DECLARED_IN = 4096  # bytes at the head of a page
_CHARSET = re.compile(rb"(?i)charset\s*=\s*[\"']?([a-z0-9_-]{2,30})")
_BLIND = frozenset(("script", "style", "noscript", "template"))


@dataclass
class _Table:
    rows: list[list[Cell]] = field(default_factory=list)
    merged: list[tuple[int, int]] = field(default_factory=list)
    row: list[Cell] | None = None
    cell: list[str] | None = None
    spans: tuple[int, int] = (1, 1)  # columns and rows of the open cell
    down: dict[int, tuple[int, Cell]] = field(default_factory=dict)  # column → rows left to fill, with what
    cells: int = 0
    _next: dict[int, tuple[int, Cell]] = field(default_factory=dict)

    def end_cell(self) -> None:
        if self.cell is None or self.row is None:
            return
        text = " ".join("".join(self.cell).split()) or None
        self.cell = None
        self._fill_down()
        wide, high = self.spans
        for k in range(wide):
            at = len(self.row)
            self.row.append(text if k == 0 else None)
            if high > 1:
                self._next[at] = (high - 1, text if k == 0 else None)
        if high > 1 and text:
            self.merged.append((len(self.row) - wide, len(self.rows) + 1))
        refuse_size(0, len(self.row), 0)

    def _fill_down(self) -> None:
        while self.row is not None and len(self.row) in self.down:
            left, text = self.down.pop(len(self.row))
            if left > 1:
                self._next[len(self.row)] = (left - 1, text)
            self.row.append(text)
            refuse_size(0, len(self.row), 0)

    def begin_row(self) -> None:
        self.end_row()
        self.row = []
        self.down |= self._next
        self._next = {}

    def end_row(self) -> None:
        self.end_cell()
        if self.row is None:
            return
        self._fill_down()
        self.cells += len(self.row)
        self.rows.append(self.row)
        refuse_size(len(self.rows), 0, self.cells)
        self.row = None


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_Table] = []
        self.open: list[_Table] = []
        self._blind = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLIND:
            self._blind += 1
        elif tag == "table":
            if len(self.open) >= _MAX_NESTED:
                raise Refused("too_deep", limit=_MAX_NESTED)
            self.open.append(_Table())
            self.tables.append(self.open[-1])
        elif self.open:
            table = self.open[-1]
            if tag == "tr":
                table.begin_row()
            elif tag in ("td", "th"):
                table.end_cell()
                if table.row is None:
                    table.begin_row()
                table.cell = []
                said = dict(attrs)
                table.spans = (_span(said.get("colspan")), _span(said.get("rowspan")))
            elif tag in ("br", "p", "div", "li") and table.cell is not None:
                table.cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLIND:
            self._blind = max(0, self._blind - 1)
        elif self.open:
            table = self.open[-1]
            if tag in ("td", "th"):
                table.end_cell()
            elif tag == "tr":
                table.end_row()
            elif tag == "table":
                table.end_row()
                self.open.pop()

    def handle_data(self, data: str) -> None:
        if not self._blind and self.open and self.open[-1].cell is not None:
            self.open[-1].cell.append(data)


def open_page(content: bytes, fd: int, remarks: Remarks) -> tuple[Loose, Layout]:
    """The largest table of a page. Refuses `html_page` where there is none, `no_rows` where it is empty."""
    page = _Page()
    page.feed(_decoded(content, fd, remarks))
    page.close()
    unclosed = len(page.open)
    for table in page.open:
        table.end_row()
    tables = sorted(page.tables, key=lambda table: sum(len(row) > 1 for row in table.rows), reverse=True)
    if not tables:
        raise Refused("html_page")
    chosen = tables[0]
    others = sum(len(table.rows) > 1 and any(len(row) > 1 for row in table.rows) for table in tables[1:])
    if others:
        remarks.add("table_chosen", count=others)
    if unclosed:
        remarks.add("table_not_closed")
    grid = Loose("html", chosen.rows)
    for column, row in chosen.merged:
        grid.meet("merged_cells", column, row)
    layout = layouts.find(grid.head, grid.first, remarks)
    if layout is None:
        raise Refused("no_rows")
    return grid, layout


def _decoded(content: bytes, fd: int, remarks: Remarks) -> str:
    """The page's text: by its mark, by what it declares if that fits, else by trial."""
    encoding = encodings.by_mark(content[:_DECLARED_IN])
    declared = _CHARSET.search(content[:_DECLARED_IN]) if encoding is None else None
    if declared:
        try:
            name = codecs.lookup(declared[1].decode()).name
            return content.decode("cp1252" if name == "iso8859-1" else name)
        except (LookupError, ValueError):
            pass  # declared wrongly: the bytes decide
    encoding = encoding or encodings.by_trial(fd)
    if encoding.guessed:
        remarks.add("encoding_guessed", encoding=encoding.name)
    name = "utf-8" if encoding.name == "cesu-8" else encoding.name
    text = content[encoding.mark :].decode(name, "replace")
    if count := text.count("\ufffd"):
        remarks.add("undecodable_bytes_replaced", count=count)
    return text


def _span(text: str | None) -> int:
    """How many columns or rows a cell takes; 1 where none or nonsense is written."""
    return max(1, int(text[:6])) if text and text.isascii() and text.isdigit() else 1
