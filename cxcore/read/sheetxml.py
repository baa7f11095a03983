"""Child side. What the XML of a workbook says that the reader of cells does not: which sheets are hidden, which cells
are merged, hold errors, formulas without values or sums, and which columns are shown as times.

The sheet is searched, not parsed: a search for a rare mark in a megabyte costs a fraction of a millisecond.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from posixpath import dirname, join, normpath
from xml.etree import ElementTree

from cxcore.read.remarks import Refused

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
_UPPER_TO_A = bytes(65 if 65 <= c <= 90 else 48 if 48 <= c <= 57 else c for c in range(256))
_SUMS = (
    rb"(?:SUM|SUBTOTAL|AVERAGE|COUNT|COUNTA|MEDIAN|MIN|MAX|AGGREGATE)\((?:\d+,){0,2}\$?([A-Z]+)\$?(\d+):\$?\1\$?(\d+)\)"
)
_BUILT_IN_TIMES = {18: "time", 19: "time", 20: "time", 21: "time", 45: "time", 46: "elapsed", 47: "time"}
_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.')
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_BRACKETS = re.compile(r"\[[^\]]*\]")


@dataclass(frozen=True)
class SheetPart:
    """One sheet of a workbook: its name, its part, whether a person sees it."""

    name: str
    part: str
    visible: bool


@dataclass
class Facts:
    """What a sheet's XML says. Columns are counted from 0, rows from 1."""

    cells: int = 0
    last_row: int = 0
    first_column: int | None = None
    wide: int = 0  # the last column, where it lies beyond Z
    errors: list[tuple[int, int]] = field(default_factory=list)
    unvalued: list[tuple[int, int]] = field(default_factory=list)
    sums: set[int] = field(default_factory=set)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)


@dataclass
class Times:
    """Columns with cells shown as a time of day, or as hours elapsed; cells of day 60, which the reader misplaces."""

    of_day: set[int] = field(default_factory=set)
    elapsed: set[int] = field(default_factory=set)
    sixtieth: set[tuple[int, int]] = field(default_factory=set)


def sheets(workbook: bytes, relations: bytes, part: str) -> list[SheetPart]:
    """The sheets in the workbook's order, charts and macros left out."""
    try:
        book, rels = ElementTree.fromstring(workbook), ElementTree.fromstring(relations)  # noqa: S314  # no DTD gets here
    except ElementTree.ParseError as error:
        raise Refused("damaged_file") from error
    targets = {
        rel.get("Id"): normpath(join(dirname(part), rel.get("Target", "")))
        if not rel.get("Target", "").startswith("/")
        else rel.get("Target", "").lstrip("/")
        for rel in rels
        if rel.get("Type", "").endswith("/worksheet")
    }
    found = []
    for sheet in book.iter():
        if sheet.tag.rpartition("}")[2] != "sheet":
            continue
        key = next((value for name, value in sheet.attrib.items() if name.rpartition("}")[2] == "id"), None)
        if key in targets:
            found.append(SheetPart(sheet.get("name", ""), targets[key], sheet.get("state", "visible") == "visible"))
    return found


def is_1904(workbook: bytes) -> bool:
    """Whether dates are counted from 1904."""
    return re.search(rb'date1904\s*=\s*"(1|true)"', workbook) is not None


def time_styles(styles: bytes) -> tuple[frozenset[int], frozenset[int]]:
    """The cell styles that show a time of day, and those that show hours, minutes or seconds elapsed."""
    try:
        root = ElementTree.fromstring(styles)  # noqa: S314  # no DTD gets here
    except ElementTree.ParseError as error:
        raise Refused("damaged_file") from error
    kinds: dict[int, str] = dict(_BUILT_IN_TIMES)
    times, elapsed = set(), set()
    for node in root.iter():
        if node.tag.rpartition("}")[2] == "numFmt":
            kind = _kind(node.get("formatCode", ""))
            if kind and (node.get("numFmtId") or "").isdigit():
                kinds[int(node.get("numFmtId", "0"))] = kind
    for node in root:
        if node.tag.rpartition("}")[2] == "cellXfs":
            for k, style in enumerate(node):
                kind = kinds.get(int(style.get("numFmtId") or 0), "")
                if kind == "time":
                    times.add(k)
                elif kind == "elapsed":
                    elapsed.add(k)
    return frozenset(times), frozenset(elapsed)


def _kind(code: str) -> str:
    """What a number format shows: "elapsed", "time" (and no day), or "" for anything else."""
    code = _LITERALS.sub("", code.split(";", maxsplit=1)[0])
    if _ELAPSED.search(code):
        return "elapsed"
    bare = _BRACKETS.sub("", code).lower().replace("am/pm", "").replace("a/p", "")
    return "time" if ("h" in bare or "s" in bare) and not any(letter in bare for letter in "ydg#0?") else ""


def scan(pieces: Iterable[bytes]) -> Facts:
    """What a sheet's XML says, read a piece at a time; refuses cells outside the grid and a sheet that is cut short."""
    facts = Facts()
    search: _Search | None = None
    tail = b""
    for data in _whole_rows(pieces):
        search = search or _Search(data)
        search.into(facts, data)
        tail = data[-40:] or tail
    if search is None or not tail.rstrip().endswith(search.sheet_end):
        raise Refused("damaged_file")
    return facts


def shown_as_times(
    pieces: Iterable[bytes], of_day: frozenset[int], elapsed: frozenset[int], asked: frozenset[int], *, to_the_end: bool
) -> Times:
    """Which of the columns asked about are shown as times, by the numbers of the styles that do so.

    Stops when all are found, unless cells of day 60 are wanted too.
    """
    times = Times()
    search: _Search | None = None
    for data in _whole_rows(pieces):
        search = search or _Search(data)
        for styles, columns in ((of_day, times.of_day), (elapsed, times.elapsed)):
            if styles:
                columns.update(_column(ref) for ref in set(search.styled(styles).findall(data)))
        if to_the_end and b">60" in data:
            times.sixtieth.update(_place(ref, row) for ref, row in search.sixtieth.findall(data))
        if not to_the_end and asked <= times.of_day | times.elapsed:
            break
    return times


def _whole_rows(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces that end where a row or an empty element does."""
    carry = b""
    for piece in pieces:
        data = carry + piece
        row = data.rfind(b"row>")
        empty = data.rfind(b"/>") if row < 0 else -1
        cut = row + 4 if row >= 0 else empty + 2 if empty >= 0 else 0
        carry = data[cut:]
        yield data[:cut]
    yield carry


class _Search:
    """The searches for one sheet: its writer may have put a prefix before every name (`<x:c>`)."""

    def __init__(self, start: bytes) -> None:
        named = re.search(rb"<(\w+:)?worksheet[\s>]", start)
        if named is None:
            raise Refused("damaged_file")
        p = named[1] or b""
        self.sheet_end = b"</%sworksheet>" % p
        self.cells = (b"<%sc " % p, b"<%sc>" % p)
        self.row = b"<%srow" % p
        self.values = (b"<%sv>" % p, b"<%sis>" % p)
        self.cell = b"<%sc " % p
        self.formula = b"<%sf" % p
        cell = rb'<%sc r="([A-Z]{1,3})(\d{1,7})"' % p
        value = rb"<%sv\s*/>|<%sv></%sv>" % (p, p, p)
        self.any_cell = re.compile(rb'<%sc r="([A-Z]+)(\d+)"' % p)
        self.held = re.compile(cell + rb"[^>]*>(?:<%sf[ >]|<%sv>|<%sis>)" % (p, p, p))
        self.error = re.compile(cell + rb'[^>]* t="e"')
        self.unvalued = re.compile(cell + rb"([^>]*)><%sf(?:[^>]*/>|[^>]*>[^<]*</%sf>)(?:%s)?</%sc>" % (p, p, value, p))
        self.sum = re.compile(cell + rb"[^>]*><%sf[^>]*>" % p + _SUMS.replace(rb"\1", rb"\3"))
        self.reference = re.compile(cell)
        self.merge = re.compile(rb'<%smergeCell ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"' % p)
        self.sixtieth = re.compile(cell + rb"[^>]*><%sv>60(?:\.\d+)?</" % p)
        self._prefix = p

    def styled(self, styles: frozenset[int]) -> re.Pattern[bytes]:
        """An expression for the columns of cells of these styles."""
        any_of = b"|".join(str(style).encode() for style in sorted(styles))
        return re.compile(rb'<%sc r="([A-Z]{1,3})\d{1,7}"(?: t="\w+")? s="(?:%s)"' % (self._prefix, any_of))

    def into(self, facts: Facts, data: bytes) -> None:
        """Adds what a piece of whole rows says."""
        facts.cells += sum(data.count(cell) for cell in self.cells)
        # The last cell that holds anything: some writers go on with empty rows to the end of the grid.
        at = data.rfind(self.cell, 0, max(data.rfind(value) for value in self.values) + 1)
        if at >= 0 and (last := self.reference.match(data, at)):
            facts.last_row = max(facts.last_row, int(last[2]))
        elif self.row in data:
            facts.last_row += data.count(self.row)  # a writer that leaves references out
        self._columns(facts, data)
        # A single byte is found many times as fast as a word: it is looked for first where it is rare.
        if b"#" in data and b't="e"' in data:
            facts.errors += [_place(ref, row) for ref, row in self.error.findall(data)]
        if b"f" in data and self.formula in data:
            for ref, row, attributes in self.unvalued.findall(data):
                # An empty string is a value: ="" says so by its type.
                if b't="str"' not in attributes:
                    facts.unvalued.append(_place(ref, row))
            for found in self.sum.finditer(data):
                if int(found[5]) > int(found[4]) + 1 and not int(found[4]) <= int(found[2]) <= int(found[5]):
                    facts.sums.add(int(found[2]))
        if b"m" in data and b"mergeCell " in data:
            for left, top, right, bottom in self.merge.findall(data):
                facts.merges.append((_column(left), int(top), _column(right), int(bottom)))

    def _columns(self, facts: Facts, data: bytes) -> None:
        if facts.first_column != 0:
            held = [_column(ref) for ref in {ref for ref, _ in self.held.findall(data)}]
            known = [] if facts.first_column is None else [facts.first_column]
            facts.first_column = min([*held, *known], default=None)
        # Letters become A and digits 0, so that a reference of two letters is found by a plain search.
        if b'"AA0' in (plain := data.translate(_UPPER_TO_A)) or b'"AAA0' in plain or b'"AAAA' in plain:
            if any(
                len(ref) > 3 or _column(ref) >= MAX_COLUMNS for ref in {ref for ref, _ in self.any_cell.findall(data)}
            ):
                raise Refused("too_many_cells")
            held = [_column(ref) for ref in {ref for ref, _ in self.held.findall(data)}]
            facts.wide = max([facts.wide, *held])


def _column(letters: bytes) -> int:
    """A1's letters as a number from 0."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _place(ref: bytes, row: bytes) -> tuple[int, int]:
    return _column(ref), int(row)
