"""Child side. The careful reader: every record of a text as a list of fields, whatever state the text is in.

Python's csv module cuts the records. This module watches the lines go in and mends what csv cannot know is broken: a
quote that is opened and never closed, quotes where none belong, characters that are no text.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from cxcore.read.dialect import Dialect
from cxcore.read.encoding import REPLACED
from cxcore.read.remarks import Remarks, Tally

# Latin letters decoded twice: "Ã©" for "é", "â€™" for "’". Upper-case "Ã" before a letter is honest Portuguese.
_MOJIBAKE = re.compile("Ã[\u0080-\u00bf]|Ã[ƒ‚…†‡ˆŠŒŽ‘’“”•–—˜™š›œžŸ€‰‹]|â€[\u0080-\u009f\u00a6™œ˜“”¢]|Â[\u00a0-\u00bf]")
_LINES_IN_A_RECORD = 2_000  # a quoted cell with more lines than this is an unclosed quote
_CHARS_IN_A_RECORD = 20_000_000

Met = Literal["control_characters_removed", "undecodable_bytes_replaced", "mojibake_suspected", "stray_quotes"]


class _Runaway(Exception):
    """A record that does not end."""


@dataclass
class Records:
    """Iterates over (number, fields): the record's number in the file from 1, blank ones counted and returned as []."""

    lines: Iterator[str]
    dialect: Dialect
    width: int = 0  # fields a record should have, once known; decides how a broken one is mended
    number: int = 0
    taken: int = 0  # characters read so far
    met: dict[Met, Tally] = field(default_factory=dict)
    escaped_here: Tally = field(default_factory=Tally)
    _waiting: deque[str] = field(default_factory=deque)
    _raw: list[str] = field(default_factory=list)
    _size: int = 0

    def __post_init__(self) -> None:
        delimiter = self.dialect.delimiter or ""
        controls = "".join(chr(c) for c in (*range(9), 11, 12, *range(14, 32), 127) if chr(c) != delimiter)
        self._controls = re.compile(f"[{re.escape(controls)}]")
        edge = re.escape(delimiter) + r"\r\n" + (" " if self.dialect.spaced else "")
        self._stray = re.compile(rf'[^"{edge}](?:"")*"[^"{edge}]')

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        while True:
            try:
                for fields in self.dialect.cut(self._feed()):
                    self.number += 1
                    raw, self._raw, self._size = self._raw, [], 0
                    quoted = any('"' in line for line in raw)
                    yield self.number, self._checked(fields, raw) if quoted else fields
                    if quoted and self._waiting:
                        break  # lines were put back: a new csv reader takes them up
                else:
                    return
            except _Runaway:
                self.number += 1
                raw, self._raw, self._size = self._raw, [], 0
                yield self.number, self._unclosed(raw)

    def say(self, remarks: Remarks) -> None:
        """What was met on the way."""
        for code, tally in self.met.items():
            remarks.tally(code, tally)
        if self.dialect.escaped:
            remarks.add("quote_style_guessed")
        else:
            remarks.tally("quote_style_guessed", self.escaped_here)

    def _note(self, code: Met, times: int = 1) -> None:
        self.met.setdefault(code, Tally()).at(self.number + 1, times)

    def _feed(self) -> Iterator[str]:
        """The lines, cleaned, each remembered until its record is complete."""
        while True:
            if self._waiting:
                line = self._waiting.popleft()
            else:
                fresh = next(self.lines, None)
                if fresh is None:
                    return
                line = self._clean(fresh)
                if not line:
                    continue
            self._raw.append(line)
            self._size += len(line)
            self.taken += len(line)
            if len(self._raw) > _LINES_IN_A_RECORD or (len(self._raw) > 1 and self._size > _CHARS_IN_A_RECORD):
                raise _Runaway
            yield line

    def _clean(self, line: str) -> str:
        if self._controls.search(line):
            line, times = self._controls.subn("", line)
            self._note("control_characters_removed", times)
        if not line.isascii():
            line = line.replace("\ufeff", "")  # the mark of a file that was appended to this one
            if REPLACED in line:
                self._note("undecodable_bytes_replaced", line.count(REPLACED))
            if _MOJIBAKE.search(line):
                self._note("mojibake_suspected")
        return line

    def _checked(self, fields: list[str], raw: list[str]) -> list[str]:
        """The fields of a record with quotes in it, read another way where this way is plainly wrong."""
        text = "".join(raw)
        if self.dialect.escaped:
            return fields
        uneven = bool(self.width) and len(fields) != self.width
        stray = bool(self._stray.search(text))
        if '\\"' in text and (uneven or stray):
            again = list(Dialect(self.dialect.delimiter, escaped=True).cut(raw))
            if len(again) == 1 and len(again[0]) == (self.width or len(fields)):
                self.escaped_here.at(self.number)
                return again[0]
        if len(raw) > 1 and (uneven or text.count('"') % 2):
            first = next(self.dialect.cut(raw[:1], literal=True))
            if not self.width or len(first) == self.width:
                return self._unclosed(raw)
        if stray or text.count('"') % 2:
            self.met.setdefault("stray_quotes", Tally()).at(self.number)
        return fields

    def _unclosed(self, raw: list[str]) -> list[str]:
        """The first line alone, its quotes taken for characters; the lines after it go back to be read again."""
        self._waiting.extendleft(reversed(raw[1:]))
        self.met.setdefault("stray_quotes", Tally()).at(self.number)
        return next(self.dialect.cut(raw[:1], literal=True))
