"""Child side. How a text is cut into fields: the delimiter, and how a quote is written inside quotes.

The delimiter is the one that cuts the first lines most evenly, quotes respected. What a `sep=;` line says is believed.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

# Those a spreadsheet writes come first; the others must cut every line evenly, because ":" is in every clock time.
_USUAL = (",", ";", "\t", "|")
_UNUSUAL = ("\x1f", "^", "~", ":")
_SEP_LINE = re.compile(r'"?sep=(.)"?\s*$', re.IGNORECASE)
_EVEN = 0.6  # share of lines with the same number of fields below which nothing is a delimiter
_TITLE_LINES = 20  # a table starts within so many lines
_LONGEST_FIELD = 2**31 - 1  # as far as C goes; what limits a field is the memory of the child
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True)
class Dialect:
    """The delimiter (None: one column), whether quotes inside quotes are escaped by a backslash, whether blanks
    stand between a delimiter and a quote, and whether the first line only names the delimiter."""

    delimiter: str | None
    escaped: bool = False
    spaced: bool = False
    sep_line: bool = False

    def cut(self, source: Iterable[str], *, literal: bool = False) -> Iterator[list[str]]:
        """The records of lines as lists of fields; `literal` takes quotes for ordinary characters."""
        csv.field_size_limit(_LONGEST_FIELD)
        return csv.reader(
            source,
            delimiter=self.delimiter or "\x00",
            quoting=csv.QUOTE_NONE if literal else csv.QUOTE_MINIMAL,
            escapechar="\\" if self.escaped and not literal else None,
            skipinitialspace=self.spaced,
        )


def find(sample: list[str]) -> Dialect:
    """The dialect of a text by its first lines (with their line ends)."""
    if sample and (said := _SEP_LINE.match(sample[0])):
        return _quotes(Dialect(said[1], sep_line=True), sample[1:])
    best: tuple[float, str] | None = None
    for delimiter in _USUAL:
        even = _evenness(_counts(Dialect(delimiter), sample))
        if even >= _EVEN and (best is None or even > best[0]) and not _is_prose(delimiter, sample):
            best = (even, delimiter)
    if best is None:
        for delimiter in _UNUSUAL:
            counts = _counts(Dialect(delimiter), sample)
            if len(counts) > 1 and len(set(counts)) == 1 and counts[0] > 1:
                best = (1.0, delimiter)
                break
    return _quotes(Dialect(best[1] if best else None), sample)


def usual_width(dialect: Dialect, sample: list[str]) -> int:
    """The commonest number of fields a record has; of two as common, the larger."""
    counts = Counter(_counts(dialect, sample[1:] if dialect.sep_line else sample))
    return max(counts, key=lambda count: (counts[count], count), default=0)


def _counts(dialect: Dialect, sample: list[str]) -> list[int]:
    """Fields a record, blank records left out."""
    return [len(fields) for fields in dialect.cut(sample) if any(field.strip() for field in fields)]


def _evenness(counts: list[int]) -> float:
    """How evenly a table is cut: the share of its records with the commonest number of fields, a little more for
    more fields; 0 if that number is 1, or if the table would begin too far down."""
    if not counts:
        return 0.0
    several = Counter(count for count in counts if count > 1)
    if not several:
        return 0.0
    usual = max(several, key=lambda count: (several[count], count))
    # One field more or less than the header's is a fault of the rows; the header is where the table begins.
    start = next(k for k, count in enumerate(counts) if count > 1 and count >= usual - 1)
    if start > _TITLE_LINES:
        return 0.0
    share = sum(count == usual for count in counts[start:]) / (len(counts) - start)
    if min(counts) > 1:
        share = max(share, _EVEN + 0.02)  # in every line, if unevenly
    # A title block is allowed, but a table that starts at the top is likelier.
    return share - 0.001 * start + 0.00001 * min(usual, 100)


def _is_prose(delimiter: str, sample: list[str]) -> bool:
    """Whether the commas are those of sentences: a space after them, words on both sides, one column above."""
    if delimiter not in ",;" or not sample or delimiter in sample[0]:
        return False
    text = "".join(sample)
    marks = text.count(delimiter)
    spaced = text.count(delimiter + " ")
    pieces = [piece for piece in text.replace("\n", delimiter).split(delimiter) if piece.strip()]
    words = sum(len(_WORD.findall(piece)) for piece in pieces) / max(len(pieces), 1)
    return spaced >= 0.8 * marks and words > 2


def _quotes(dialect: Dialect, sample: list[str]) -> Dialect:
    """The same delimiter, with the way of quoting that leaves fewest uneven records."""
    text = "".join(sample)
    if '"' not in text or dialect.delimiter is None:
        return dialect
    ways = [dialect]
    if '\\"' in text:
        ways.append(replace(dialect, escaped=True))
    if f'{dialect.delimiter} "' in text and f'{dialect.delimiter}"' not in text:
        ways.append(replace(dialect, spaced=True))
    faults = []
    for way in ways:
        counts = Counter(_counts(way, sample))
        uneven = sum(counts.values()) - max(counts.values(), default=0)
        # A backslash, a quote, and no end of a field: without escapes that quote stands where none may stand.
        torn = 0 if way.escaped else len(re.findall(rf'\\"[^"\r\n{re.escape(dialect.delimiter)}]', text))
        faults.append(uneven + torn)
    return ways[faults.index(min(faults))]
