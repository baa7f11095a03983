"""Child side. What a cell looks like, roughly: enough to tell a header from data, never what the data mean."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal

Look = Literal["number", "date", "text"]
Row = Sequence[str | None]

_NUMBER = re.compile(r"[-+−(]?\s*[$€£¥]?\s*[-+−]?\d[\d.,'’\s\u00a0\u202f]*(e[-+]?\d+)?\s*[%€$£]?\s*\)?", re.IGNORECASE)
_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}([-/.]\d{1,2})?([T ].*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}([ T].*)?|\d+:\d{2}(:\d{2}([.,]\d+)?)?"
    r"( ?[ap]\.?m\.?)?|\d{1,2}[ -][^\W\d_]{3,10}\.?[ -]\d{2,4}.*|\d{4}-W\d{2}",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"\d+")
_USUALLY = 0.8


def look(cell: str) -> Look:
    """Whether a cell reads as a number, as a date or time, or as neither."""
    text = cell.strip()
    if _DATE.fullmatch(text):
        return "date"
    return "number" if _NUMBER.fullmatch(text) else "text"


def shape(cell: str) -> str:
    """The cell with every word as "a" and every run of digits as "9": T0013 and T0014 have one shape."""
    return _DIGITS.sub("9", _LETTERS.sub("a", cell.strip()))


def usual_look(cells: Iterable[str | None]) -> Look | None:
    """The look most filled cells of a column share; None where none does or all are empty."""
    looks = Counter(look(cell) for cell in cells if cell)
    if not looks:
        return None
    usual, count = looks.most_common(1)[0]
    return usual if count >= _USUALLY * looks.total() else None


def filled(row: Row) -> list[int]:
    """Which cells of a row hold anything."""
    return [k for k, cell in enumerate(row) if cell]


def distinct(cells: Iterable[str | None]) -> bool:
    """Whether no two filled cells are the same."""
    names = [cell.strip().casefold() for cell in cells if cell]
    return len(set(names)) == len(names)
