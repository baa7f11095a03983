"""Child side. Delimited text → a grid of records: fast where the text is clean, careful where it is not.

Fast is pyarrow's streaming reader. It is watched: bytes that only the careful reader treats rightly (control
characters, stray quotes, text decoded twice, …) and rows that are not as wide as the header raise `Again`, and the
file is read from its start by `records`. On clean files both give the same batches.
"""

from __future__ import annotations

import codecs
import re
from array import array
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from queue import Queue
from threading import Thread

import pyarrow as pa
from pyarrow import csv as arrow_csv

from cxcore.read import dialect as dialects
from cxcore.read import encoding as encodings
from cxcore.read.dialect import Dialect
from cxcore.read.encoding import Encoding
from cxcore.read.grid import HEAD_ROWS, as_batch, numbers
from cxcore.read.records import Records
from cxcore.read.remarks import Again, Refused, Remarks, Tally

MAX_ROWS = 20_000_000
_SAMPLE_LINES = 400
_BLOCK = 1 << 20
_AHEAD = 4  # blocks read before the ones before them are looked through
_BATCH_ROWS = 10_000
_BATCH_CHARS = 8_000_000
_SOURCE_CODE = re.compile(
    r"\s*(import \w|from [\w.]+ import|def \w+\(|class \w+[(:]|#!|#include|<\?php|(package|using) [\w.]+;"
    r"|(async )?function\b[^,;]*\(|(const|let|var) \w+ ?=|(?i:create table|insert into|drop table)\b|--( |$)|---$"
    r"|BEGIN:V(CALENDAR|CARD)$|\[InternetShortcut\]$)"
)
_TWICE = re.compile(rb"\xc3\x83[\xc2\xc5\xc6\xcb\xe2]|\xc3\x82\xc2")  # "Ã" or "Â" and what is no letter, in UTF-8
_SENTENCE_END = re.compile(r"[.!?:,;]$")


class CarefulText:
    """Every record of a text, whatever its state."""

    format = "text"
    first = 1
    sums: frozenset[int] = frozenset()

    def __init__(self, fd: int, encoding: Encoding, dialect: Dialect, width: int) -> None:
        self.encoding = encoding
        self.dialect = dialect
        source = encodings.lines(fd, encoding)
        if dialect.sep_line:
            next(source)
            self.first = 2
        self._records = Records(source, dialect, width=width, number=self.first - 1)
        self._rest = iter(self._records)
        self.head = [fields for _, fields in islice(self._rest, HEAD_ROWS)]
        self.uneven = array("l")

    def body(self, skip: int, width: int) -> Iterator[pa.RecordBatch]:
        """The records after the first `skip`, each made `width` fields wide; blank ones left out."""
        self._records.width = width
        head = ((self.first + k, fields) for k, fields in enumerate(self.head) if k >= skip)
        rows: list[list[str]] = []
        at = array("i")
        taken = self._records.taken
        for number, fields in chain(head, self._rest):
            if len(fields) != width:
                if not any(field and not field.isspace() for field in fields):
                    continue
                if len(fields) < width or any(field and not field.isspace() for field in fields[width:]):
                    self.uneven.append(number)
                rows.append([*fields[:width], *[""] * (width - len(fields))])
            else:
                rows.append(fields)
            at.append(number)
            if len(rows) == _BATCH_ROWS or self._records.taken - taken > _BATCH_CHARS:
                yield as_batch(rows, at)
                rows, at, taken = [], array("i"), self._records.taken
            if number > MAX_ROWS:
                raise Refused("too_many_rows", limit=MAX_ROWS)
        if rows:
            yield as_batch(rows, at)

    def say(self, remarks: Remarks, _skip: int, _headers: Sequence[str], dropped: set[int]) -> None:
        """What was met, once the body is read; rows that were dropped as no data are not called uneven."""
        _say_encoding(self.encoding, remarks)
        self._records.say(remarks)
        uneven = Tally()
        for row in self.uneven:
            if row not in dropped:
                uneven.at(row)
        remarks.tally("ragged_rows", uneven)


class FastText:
    """The records of a clean, even text; raises `Again` when it turns out not to be one."""

    format = "text"
    first = 1
    sums: frozenset[int] = frozenset()

    def __init__(self, fd: int, encoding: Encoding, dialect: Dialect, width: int) -> None:
        self.encoding = encoding
        self.dialect = dialect
        self._fd = fd
        self._ends: list[int] = []  # bytes of UTF-8 up to the end of each record of the head
        self.head: list[list[str]] = []
        passed = 0

        def counted() -> Iterator[str]:
            nonlocal passed
            for line in encodings.lines(fd, encoding):
                passed += len(line.encode())
                yield line

        source = counted()
        if dialect.sep_line:
            next(source)
            self.first = 2
        records = Records(source, dialect, width=width, number=self.first - 1)
        for _, fields in islice(records, HEAD_ROWS):
            self.head.append(fields)
            self._ends.append(passed)
        if records.met or records.escaped_here.count:
            raise Again

    def body(self, skip: int, width: int) -> Iterator[pa.RecordBatch]:
        """The records after the first `skip`; raises Again at the first that is not `width` fields wide."""
        names = [f"x{k}" for k in range(width)]
        watched = _Watched(self._fd, self.encoding, str(self.dialect.delimiter), self._ends[skip - 1] if skip else 0)
        number = self.first + skip
        try:
            reader = arrow_csv.open_csv(
                pa.PythonFile(watched, mode="r"),
                read_options=arrow_csv.ReadOptions(column_names=names, block_size=_BLOCK),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=self.dialect.delimiter, newlines_in_values=True, ignore_empty_lines=False
                ),
                convert_options=arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()),
                    null_values=[""],
                    strings_can_be_null=True,
                    quoted_strings_can_be_null=True,
                ),
            )
            for batch in _ahead(reader):
                yield pa.RecordBatch.from_arrays([*batch.columns, numbers(number, batch.num_rows)], [*names, "row"])
                number += batch.num_rows
                if number > MAX_ROWS:
                    raise Refused("too_many_rows", limit=MAX_ROWS)
        except (pa.ArrowInvalid, UnicodeDecodeError) as error:
            raise Again from error

    def say(self, remarks: Remarks, _skip: int, _headers: Sequence[str], _dropped: set[int]) -> None:
        """A guessed encoding is all a clean text leaves to say."""
        _say_encoding(self.encoding, remarks)


class _Watched:
    """The text as UTF-8 for pyarrow to read, without blank lines at its end; raises Again at a byte out of place."""

    closed = False

    def __init__(self, fd: int, encoding: Encoding, delimiter: str, skip: int) -> None:
        self._blocks = _trimmed(_skipped(_as_utf8(fd, encoding), skip))
        self._before = b"\n"
        mark = delimiter.encode()
        self._controls = bytes(c for c in (*range(32), 127) if c not in b"\t\n\r" + mark)
        edge = re.escape(mark) + rb"\r\n"
        # The quote comes first in the pattern: it is what the search can skip to.
        self._stray = re.compile(rb'"(?:(?<=\\")|(?<=[^"%s]")(?:"")*(?=[^"%s]))' % (edge, edge))

    def read(self, _size: int = -1) -> bytes:
        """The next piece; pyarrow takes whatever size comes."""
        block = next(self._blocks, b"")
        probe = self._before + block
        self._before = probe[-8:]
        if (
            len(block.translate(None, self._controls)) < len(block)
            or (b'"' in block and self._stray.search(probe))
            or (not block.isascii() and _odd(probe))
        ):
            raise Again
        return block

    def readable(self) -> bool:
        """A file for reading."""
        return True

    def close(self) -> None:
        """Nothing to close."""
        self.closed = True


def open_text(fd: int, head: bytes, *, careful: bool) -> CarefulText | FastText:
    """The text as a grid; refuses what is prose, code, or a letter and no table."""
    encoding = encodings.by_mark(head)
    if encoding is None:
        # The fast reader finds out by itself where the rest of the file is not what its beginning is.
        encoding = Encoding("utf-8") if not careful and encodings.is_utf8(head) else encodings.by_trial(fd)
    sample = list(islice(encodings.lines(fd, encoding), _SAMPLE_LINES))
    sample = [line.replace("\x00", "").replace("\ufeff", "") for line in sample]
    dialect = dialects.find(sample)
    _refuse_prose(dialect, sample)
    width = dialects.usual_width(dialect, sample)
    plain = dialect.delimiter is not None and not (dialect.escaped or dialect.spaced or encoding.name == "cesu-8")
    if careful or not plain:
        return CarefulText(fd, encoding, dialect, width)
    return FastText(fd, encoding, dialect, width)


def _refuse_prose(dialect: Dialect, sample: list[str]) -> None:
    """One column is a table only if its first line can be a name; lines of code or of a letter are not rows."""
    filled = [line.strip() for line in sample if line.strip()]
    if not filled:
        raise Refused("empty_file")
    if _SOURCE_CODE.match(filled[0]):
        raise Refused("not_a_table", format="source code")
    if dialect.delimiter is None and len(filled) > 1:
        paragraphs = sum(not line.strip() for line in sample[: len(filled)])
        title = filled[0]
        if len(title) > 200 or (_SENTENCE_END.search(title) and not title.endswith("?") and paragraphs):
            raise Refused("not_a_table", format="text")


def _say_encoding(encoding: Encoding, remarks: Remarks) -> None:
    if encoding.guessed:
        remarks.add("encoding_guessed", encoding=encoding.name)


def _ahead(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same batches, read on a thread of their own while earlier ones are looked through."""
    ready: Queue[pa.RecordBatch | BaseException | None] = Queue(_AHEAD)

    def fill() -> None:
        try:
            for batch in batches:
                ready.put(batch)
            ready.put(None)
        except BaseException as error:  # handed over and raised where the batch would have been
            ready.put(error)

    Thread(target=fill, daemon=True).start()
    while (batch := ready.get()) is not None:
        if isinstance(batch, BaseException):
            raise batch
        yield batch


def _as_utf8(fd: int, encoding: Encoding) -> Iterator[bytes]:
    if encoding.name == "utf-8":
        yield from encodings.chunks(fd, encoding.mark)
        return
    decoder = codecs.getincrementaldecoder(encoding.name)("strict")
    for chunk in encodings.chunks(fd, encoding.mark):
        yield decoder.decode(chunk).encode()
    decoder.decode(b"", final=True)


def _skipped(blocks: Iterator[bytes], skip: int) -> Iterator[bytes]:
    for block in blocks:
        if skip < len(block):
            yield block[skip:] if skip else block
            skip = 0
        else:
            skip -= len(block)


def _trimmed(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The blocks with line ends at the very end of the text cut down to one."""
    held = b""
    for block in blocks:
        body = block.rstrip(b"\r\n")
        if body:
            yield held + body if held else body
            held = block[len(body) :]
        else:
            held += block
    yield b"\n"


def _odd(probe: bytes) -> bool:
    """Whether letters beyond ASCII are a mark in the middle, a replaced character, or text decoded twice."""
    # One byte is found ten times as fast as three, and these three are rare.
    return (
        (b"\xef" in probe and (b"\xef\xbb\xbf" in probe or b"\xef\xbf\xbd" in probe))
        or ((b"\x83" in probe or b"\x82" in probe) and _TWICE.search(probe) is not None)
        or (b"\xe2" in probe and b"\xc3\xa2\xe2" in probe)
    )
