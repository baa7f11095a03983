"""Child side. Rows that stand among the data and are none: totals, repeated headers, notes under the table, blanks.

Each is dropped, counted, and named by its row number. Where it is not plain that a row is no data, it stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from cxcore.read.grid import blanks_to_null
from cxcore.read.layout import LONG_HEADER, Layout
from cxcore.read.remarks import Remarks, Tally
from cxcore.read.shapes import Look, filled, look, shape, usual_look

LONG_TEXT = 100_000  # characters in one cell
_TAIL = 25  # rows looked at from the end for notes
_TOTALS = (
    r"(grand |sub[- ]?|sous[- ]|zwischen|gesamt|general |overall )?(totals?|totale?|totali|totaux|totales|subtotale?"
    r"|summe|somma|suma|somme|sum|gesamtsumme|gesamtergebnis|gesamt|insgesamt|complessivo|overall)"
)
_AVERAGES = r"average|avg\.?|mean|media|promedio|moyenne|durchschnitt|mittelwert|count|conteggio|anzahl|nombre|cuenta"
_TOTAL = re.compile(rf"({_TOTALS})(\b.{{0,40}})?", re.IGNORECASE)
_EXACT = re.compile(
    rf"({_TOTALS}|{_AVERAGES})( (general|generale|général|complessivo|complessiva))?\s*:?", re.IGNORECASE
)
_SUSPECT = rf"(?i)^({_TOTALS}|{_AVERAGES})\b"
_STARTS = "tot gra sub sou zwi ges gen ove sum som ins com ave avg mea med pro moy dur mit cou con anz nom cue"
# Their first three letters as they may be written: a search for these costs a fifth of the expression.
_BEGINNINGS = pa.array(
    [written.encode() for word in _STARTS.split() for written in (word, word.upper(), word.capitalize())],
    pa.binary(),
)
_FEW = 20  # totals in one batch that are no surprise
_SHARE = 0.02


class Body:
    """Lets the data through and keeps count of what it holds back."""

    def __init__(self, layout: Layout, looks: list[Look | None], sums: frozenset[int]) -> None:
        self.layout = layout
        self.looks = looks  # what each column's cells usually look like, by the first records
        self.sums = sums  # rows of a workbook that hold a sum over rows above
        self.dropped: set[int] = set()
        self.rows = 0
        self.filled = [0] * layout.width
        self._held: list[pa.RecordBatch] = []
        self._tallies = {
            code: Tally() for code in ("repeated_header_rows", "totals_row_excluded", "non_data_rows_dropped")
        }
        self._long: dict[int, Tally] = {}

    def through(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The batches without the rows that are no data. The last two are held back until the end is known."""
        for batch in batches:
            kept = self._kept(blanks_to_null(batch))
            if kept.num_rows:
                self._held.append(kept)
            if len(self._held) > 2:
                yield self._counted(self._held.pop(0))
        if self._held:
            last = pa.Table.from_batches(self._held).combine_chunks()
            for batch in self._without_notes(last).to_batches():
                if batch.num_rows:
                    yield self._counted(batch)

    def say(self, remarks: Remarks) -> None:
        """What was held back, and columns that are nobody's."""
        for code, tally in self._tallies.items():
            remarks.tally(code, tally)
        for k, tally in self._long.items():
            column = self.layout.headers[k][:LONG_HEADER]
            remarks.add("long_text", column=column, count=tally.count, rows=tally.rows, limit=LONG_TEXT)
        unnamed = [k for k, header in enumerate(self.layout.headers) if not header]
        holding = [k for k in unnamed if self.filled[k]]
        if holding and self.layout.header_rows:
            remarks.add("unnamed_columns", count=len(holding), positions=[k + 1 for k in holding[:20]])
        if len(holding) < len(unnamed):
            empty = [k for k in unnamed if not self.filled[k]]
            remarks.add("unnamed_empty_column_dropped", count=len(empty), positions=[k + 1 for k in empty[:20]])

    def _counted(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        self.rows += batch.num_rows
        for k in range(self.layout.width):
            column = batch.column(k)
            self.filled[k] += batch.num_rows - column.null_count
            if (pc.max(pc.binary_length(column)).as_py() or 0) > LONG_TEXT:
                self._find_long(k, column, batch)
        return batch

    def _find_long(self, k: int, column: pa.Array, batch: pa.RecordBatch) -> None:
        long = pc.fill_null(pc.greater(pc.utf8_length(column), LONG_TEXT), False)
        for row in batch.column("row").filter(long).to_pylist():
            self._long.setdefault(k, Tally()).at(row)

    def _kept(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        columns = batch.columns[:-1]
        first = columns[0]
        if all(column.null_count for column in columns):
            first = pc.coalesce(*columns) if len(columns) > 1 else first
            if first.null_count:
                some = pc.is_valid(first)
                batch, first = batch.filter(some), first.filter(some)
        suspects = self._suspects(batch, first)
        if not suspects:
            return batch
        drop = [at for at in suspects if self._is_no_data(batch, at)]
        if not drop:
            return batch
        keep = [True] * batch.num_rows
        for at in drop:
            keep[at] = False
        return batch.filter(pa.array(keep))

    def _suspects(self, batch: pa.RecordBatch, first: pa.Array) -> list[int]:
        """Places of rows worth a look: their first filled cell is a totals word, a header's name, or a row of sums."""
        if not batch.num_rows:
            return []
        mask = pc.is_in(pc.binary_slice(first.cast(pa.binary()), 0, 3), _BEGINNINGS)
        if pc.any(mask).as_py():
            mask = pc.and_(mask, pc.match_substring_regex(first, _SUSPECT))
            if pc.sum(mask).as_py() > max(_FEW, _SHARE * batch.num_rows):
                mask = pc.and_(mask, pa.scalar(False))  # so many are a category of the data, not totals
        for names in self.layout.block:
            named = next((k for k, name in enumerate(names) if name), None)
            if named is not None and named < self.layout.width:
                mask = pc.or_(mask, pc.fill_null(pc.equal(batch.column(named), names[named]), False))
        if self.sums:
            mask = pc.or_(mask, pc.is_in(batch.column("row"), pa.array(sorted(self.sums), pa.int32())))
        places: list[int] = pc.indices_nonzero(mask).to_pylist()
        return places

    def _is_no_data(self, batch: pa.RecordBatch, at: int) -> bool:
        cells = [batch.column(k)[at].as_py() for k in range(self.layout.width)]
        row = batch.column("row")[at].as_py()
        if self._is_header(cells):
            code = "repeated_header_rows"
        elif self._is_total(cells, row):
            code = "totals_row_excluded"
        else:
            return False
        self._tallies[code].at(row)
        self.dropped.add(row)
        return True

    def _is_header(self, cells: list[str | None]) -> bool:
        texts = [cell or "" for cell in cells]
        return any(texts == [*names[: len(texts)], *[""] * (len(texts) - len(names))] for names in self.layout.block)

    def _is_total(self, cells: list[str | None], row: int) -> bool:
        """A totals word first (or sums by formula), the rest blank or numbers, blank where rows hold words or dates."""
        full = filled(cells)
        word = (cells[full[0]] or "").strip()
        rest = full[1:]
        if any(look(cells[k] or "") == "text" for k in rest):
            return False
        blank_words = [k for k, usual in enumerate(self.looks) if usual != "number" and k != full[0] and k not in rest]
        mostly_blank = len(full) <= 0.5 * self.layout.width
        if row in self.sums and (mostly_blank or blank_words):
            return True
        if not rest and self.layout.width > 1:
            return bool(_EXACT.fullmatch(word)) and mostly_blank
        if _EXACT.fullmatch(word):
            # "Media" may be a category: a full row is an average only where sums are known by their formulas.
            return mostly_blank or bool(blank_words) or bool(re.fullmatch(_TOTALS, word.rstrip(" :"), re.IGNORECASE))
        return bool(_TOTAL.fullmatch(word)) and (mostly_blank or bool(blank_words))

    def _without_notes(self, table: pa.Table) -> pa.Table:
        """The last rows without the notes under them: rows of one filled cell where the table fills several."""
        total = table.num_rows
        counts = pc.cast(pc.is_valid(table.column(0)), pa.int32())
        for k in range(1, self.layout.width):
            counts = pc.add(counts, pc.cast(pc.is_valid(table.column(k)), pa.int32()))
        lone = pc.less_equal(counts, 1)
        end = total
        while end > max(0, total - _TAIL) and lone[end - 1].as_py():
            end -= 1
        others = pc.sum(lone.slice(0, end)).as_py() or 0
        usual = pc.approximate_median(counts.slice(0, end)).as_py() if end else 0
        if end in (0, total) or (usual or 0) < 3 or others > 0.05 * end:
            return table
        for at in range(end, total):
            if self._is_note(table, at, end):
                for place in range(at, total):
                    row = table.column("row")[place].as_py()
                    self._tallies["non_data_rows_dropped"].at(row)
                    self.dropped.add(row)
                return table.slice(0, at)
        return table

    def _is_note(self, table: pa.Table, at: int, end: int) -> bool:
        """Whether the one cell of a row is unlike its column, or stands apart from the table by a blank row."""
        cells = [table.column(k)[at].as_py() for k in range(self.layout.width)]
        k = filled(cells)[0]
        cell = cells[k] or ""
        column = [text for text in table.column(k).slice(max(0, end - 500), min(500, end)).to_pylist() if text]
        known = {shape(text) for text in column}
        if shape(cell) in known:
            return False
        rows = table.column("row")
        apart = at > 0 and rows[at].as_py() > rows[at - 1].as_py() + 1
        wordy = bool(column) and sum(" " in text for text in column) > 0.5 * len(column)
        return apart or not wordy or usual_look(column) in ("number", "date")
