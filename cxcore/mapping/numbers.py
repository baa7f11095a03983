"""Numbers as spreadsheets write them: which mark is the decimal one, decided on evidence, never by library default."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

# Everything round a number that is no part of it: spaces of all widths, currency, percent, apostrophes for thousands.
_JUNK = re.compile("[\\s\u00a0\u202f\u2009\u200b\u200e\u200f\u2060\ufeff€$£'’%]|EUR|USD|GBP|CHF")
_WHOLE = re.compile(r"[+-]?\d+")
_COMMA = re.compile(r"[+-]?\d+,\d+")
_DOT = re.compile(r"[+-]?\d+\.\d+")
_ITALIAN = re.compile(r"[+-]?\d{1,3}(\.\d{3})+,\d+|[+-]?\d{1,3}(\.\d{3}){2,}")
_ENGLISH = re.compile(r"[+-]?\d{1,3}(,\d{3})+\.\d+|[+-]?\d{1,3}(,\d{3}){2,}")
_UNSURE_DOT = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")
_UNSURE_COMMA = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_SHAPE = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)$")


@dataclass(frozen=True)
class NumberStyle:
    """How a column writes numbers: `share` of cells that are numbers, the decimal mark, whether styles mix."""

    share: float
    decimal: str
    mixed: bool
    unsure: bool


def cleaned(text: str) -> str:
    """The number without currency, percent, spaces; digits of any script as 0–9, and one minus sign."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).replace("\u2212", "-")
        text = "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in text)
    return _JUNK.sub("", text)


def parse(text: str, decimal: str = ".") -> float | None:
    """The number a text holds under a decimal mark, or None where it holds none, or one beyond all counting."""
    clean = cleaned(text)
    other = "," if decimal == "." else "."
    if other in clean and not re.fullmatch(rf"[+-]?\d{{1,3}}(\{other}\d{{3}})+(\{decimal}\d+)?", clean):
        return None
    clean = clean.replace(other, "").replace(decimal, ".")
    number = float(clean) if _SHAPE.match(clean) else math.inf
    return number if math.isfinite(number) else None


def style(values: Iterable[tuple[str, int]]) -> NumberStyle:
    """The number style of a column's (text, count) values.

    A comma before one, two or four digits can only be a decimal mark; three digits after a single mark decide nothing
    and take the side of the rest ("1.234" beside "2.345,5" is Italian).
    """
    total = comma = dot = whole = unsure_dot = unsure_comma = 0
    for text, count in values:
        total += count
        clean = cleaned(text)
        if _WHOLE.fullmatch(clean):
            whole += count
        elif _UNSURE_DOT.fullmatch(clean):
            unsure_dot += count
        elif _UNSURE_COMMA.fullmatch(clean):
            unsure_comma += count
        elif _COMMA.fullmatch(clean) or _ITALIAN.fullmatch(clean):
            comma += count
        elif _DOT.fullmatch(clean) or _ENGLISH.fullmatch(clean):
            dot += count
    numbers = comma + dot + whole + unsure_dot + unsure_comma
    if comma > dot:
        decimal = ","
    elif dot > comma:
        decimal = "."
    else:
        decimal = "," if unsure_comma > unsure_dot else "."
    return NumberStyle(
        share=numbers / total if total else 0.0,
        decimal=decimal,
        mixed=bool(comma and dot),
        unsure=not comma and not dot and bool(unsure_dot or unsure_comma),
    )
