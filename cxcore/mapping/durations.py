"""Durations as people and products write them: 1:02:03, 135:40:34.6, 2 days 3 hours, 1h20, PT5M, 12:30 min → seconds.

A `Form` ties a regular expression for the whole cell to the parts whose sum is the duration, so that Python, which
looks at a sample, and the engine, which reads every row, take the same cells for the same thing. Bare numbers and
two-part clocks (12:30) do not say their unit; what does is decided elsewhere, on evidence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from cxcore.mapping import numbers

UNITS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
CLOCKS = {"mm:ss": (60.0, 1.0), "h:mm": (3600.0, 60.0)}  # what the two parts of 12:30 can be
_NUMBER = r"\d+(?:[.,]\d+)*"
_DAYS = "days|day|d|giorni|giorno|gg|g|días|dias|día|dia|jours|jour|j|tage|tagen|tag"
_HOURS = "hours|hour|hrs|hr|h|ore|ora|horas|hora|heures|heure|stunden|stunde|std"
_MINUTES = "minutes|minute|mins|min|m|minuti|minuto|minutos|minuten"
# Longest first: what Python takes from the left, the engine's RE2 does too.
_WORDS: tuple[tuple[str, float], ...] = (
    ("weeks|week|w|settimane|settimana|semanas|semana|semaines|semaine|wochen|woche", 604800.0),
    (_DAYS, 86400.0),
    (_HOURS, 3600.0),
    (_MINUTES, 60.0),
    ("seconds|second|secs|sec|s|secondi|secondo|segundos|segundo|secondes|seconde|sekunden|sekunde|sek", 1.0),
    ("milliseconds|millisecond|msecs|msec|ms|millisecondi|millisecondo|milisegundos|millis", 0.001),
)
_ANY_WORD = "|".join(words for words, _ in _WORDS)
_SECONDS = r"[0-5]?\d(?:[.,]\d+)?"
_SAME_DAY = r"(?:1899-12-3[01]|1900-01-0[01]|1970-01-01)"  # what a clock without a day is dated by


@dataclass(frozen=True)
class Form:
    """One way of writing a duration: the whole cell, and (expression with groups, group, seconds each) of its parts.

    `plus` seconds are added; `signed` when a minus in front turns the whole.
    """

    name: str
    regex: str
    parts: tuple[tuple[str, int, float], ...]
    plus: float = 0.0
    signed: bool = True


def _form(name: str, regex: str, *factors: float, plus: float = 0.0, signed: bool = True) -> Form:
    """A form whose groups, in order, are its parts."""
    parts = tuple((regex, k, factor) for k, factor in enumerate(factors, 1))
    return Form(name, regex, parts, plus, signed)


_CLOCK_TEXT = rf"([0-5]\d):({_SECONDS})"
FORMS: tuple[Form, ...] = (
    _form("hms", rf"^\s*[+-]?(\d+):([0-5]?\d):({_SECONDS})\s*$", 3600, 60, 1),
    _form("hms", rf"^[+-]?(\d{{1,4}})(?:\s*(?i:{_DAYS})\.?,?\s*|\s+|\.)(\d{{1,2}}):{_CLOCK_TEXT}$", 86400, 3600, 60, 1),
    _form("hms", rf"^-(\d+) days? \+(\d{{1,2}}):{_CLOCK_TEXT}$", -86400, 3600, 60, 1, signed=False),
    _form("hms", rf"^{_SAME_DAY}[ T](\d\d):{_CLOCK_TEXT}$", 3600, 60, 1),
    _form("hms", rf"^12:{_CLOCK_TEXT} ?[Aa]\.?[Mm]\.?$", 60, 1),
    _form("hms", rf"^(0?[1-9]|1[01]):{_CLOCK_TEXT} ?[Aa]\.?[Mm]\.?$", 3600, 60, 1),
    _form("hms", rf"^12:{_CLOCK_TEXT} ?[Pp]\.?[Mm]\.?$", 60, 1, plus=43200),
    _form("hms", rf"^(0?[1-9]|1[01]):{_CLOCK_TEXT} ?[Pp]\.?[Mm]\.?$", 3600, 60, 1, plus=43200),
    _form("two", r"^\s*[+-]?(\d+):([0-5]\d(?:[.,]\d+)?)\s*$"),
    _form("words", rf"(?i)^[+-]?(\d+):([0-5]\d)\s*(?:{_HOURS})\.?$", 3600, 60),
    _form("words", rf"(?i)^[+-]?(\d+):([0-5]\d)\s*(?:{_MINUTES})\.?$", 60, 1),
    _form("words", r"(?i)^[+-]?(\d+)\s*h\s*([0-5]\d)$", 3600, 60),
    _form("words", r"^[+-]?(\d+)\s*['’′]\s*([0-5]?\d)\s*(?:[\"”″]|''|’’)?$", 60, 1),
    Form(
        "iso",
        rf"(?i)^[+-]?P(?:{_NUMBER}W)?(?:{_NUMBER}D)?(?:T(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?$",
        tuple((rf"(?i)({_NUMBER}){letter}", 1, factor) for letter, factor in
              (("W", 604800.0), ("D", 86400.0), ("H", 3600.0), ("M", 60.0), ("S", 1.0))),
    ),
    Form(
        "words",
        rf"(?i)^\s*[+-]?\s*(?:{_NUMBER}\s*(?:{_ANY_WORD})\.?(?:\s*,\s*|\s+(?:and|e|ed|y|et|und)\s+|\s*))+$",
        tuple((rf"(?i)({_NUMBER})\s*(?:{words})(?:[^a-zà-ÿ]|$)", 1, factor) for words, factor in _WORDS),
    ),
)  # fmt: skip
_COMPILED = tuple((form, re.compile(form.regex), tuple((re.compile(p), g, f) for p, g, f in form.parts))
                  for form in FORMS)  # fmt: skip
_ZERO = re.compile(r"^\s*0+(?:[.,]0+)?\s*$")
_GLANCE = 200  # values looked at first: where none of these is written as a duration, none is
_MANY = 1e12  # seconds: no duration is longer, and an engine's whole number still holds it


def form_of(text: str) -> int | None:
    """The number of the form a cell is written in, or None for a bare number, a date or anything else."""
    if len(text) > 80 or not any(c.isdigit() for c in text):
        return None
    return next((k for k, (_, whole, _) in enumerate(_COMPILED) if whole.match(text)), None)


def seconds(text: str, *, unit: str | None = None, clock: str | None = None, decimal: str = ".") -> float | None:
    """The seconds a cell holds: a bare number in `unit`, a two-part clock as `clock` says; None where it holds none."""
    k = form_of(text)
    if k is None:
        bare = numbers.parse(text, decimal)
        return None if bare is None or unit is None else bare * UNITS[unit]
    form, whole, parts = _COMPILED[k]
    sign = -1.0 if form.signed and text.lstrip().startswith("-") else 1.0
    if form.name == "two":
        match = whole.match(text)
        if match is None or clock is None:
            return None
        big, small = CLOCKS[clock]
        return sign * (float(match[1]) * big + float(match[2].replace(",", ".")) * small)
    total = form.plus
    for pattern, group, factor in parts:
        if found := pattern.search(text):
            worded = form.name in {"words", "iso"}
            number = numbers.parse(found[group], decimal) if worded else float(found[group].replace(",", "."))
            if number is None:
                return None
            total += number * factor
    return sign * total


@dataclass(frozen=True)
class Spans:
    """How a column writes durations. `share` of the cells that are written as durations, `bare` cells that are numbers
    other than 0, `forms` the numbers of the forms seen, commonest first; `counts` the cells of each name of form."""

    share: float
    forms: tuple[int, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    bare: int = 0
    decimal: str = "."

    def count(self, name: str) -> int:
        """How many cells are written so."""
        return dict(self.counts).get(name, 0)

    @property
    def main(self) -> str | None:
        """The commonest name of form, None where no cell is written as a duration."""
        return self.counts[0][0] if self.counts else None

    @property
    def minor(self) -> int:
        """Cells that are written otherwise than most: 0 where the column keeps to one spelling."""
        every = [*(count for _, count in self.counts), *([self.bare] if self.bare else [])]
        return sum(every) - max(every) if every else 0


def style(values: Iterable[tuple[str, int]], decimal: str = ".") -> Spans:
    """How a column's (text, count) values are written, as durations; `decimal` is that of its bare numbers."""
    values = list(values)
    total = sum(count for _, count in values)
    if not total or all(form_of(text) is None for text, _ in values[:: max(1, len(values) // _GLANCE)]):
        return Spans(0.0, decimal=decimal)
    forms: Counter[int] = Counter()
    names: Counter[str] = Counter()
    marked: list[tuple[str, int]] = []  # the numbers whose decimal mark must be known
    bare = 0
    for text, count in values:
        k = form_of(text)
        if k is None:
            if numbers.parse(text, decimal) is not None and not _ZERO.match(text):
                bare += count
                marked.append((text, count))
            continue
        forms[k] += count
        names[FORMS[k].name] += count
        if FORMS[k].name in {"words", "iso"}:
            marked += [(found, count) for found in re.findall(_NUMBER, text)]
    return Spans(
        share=sum(forms.values()) / total,
        forms=tuple(k for k, _ in forms.most_common()),
        counts=tuple(names.most_common()),
        bare=bare,
        decimal=numbers.style(marked).decimal if marked else decimal,
    )


def fractions_of_a_day(values: Iterable[tuple[str, int]], decimal: str = ".") -> bool:
    """Whether bare numbers are what a spreadsheet keeps for times: parts of a day that make whole seconds.

    Asked only of numbers with seven decimals or more: with fewer, every number is near a whole second.
    """
    found = [
        number for text, _ in values
        if (number := numbers.parse(text, decimal)) is not None and len(text.strip().partition(decimal)[2]) >= 7
    ]  # fmt: skip
    whole = sum(abs(number * 86400 - round(number * 86400)) <= 0.01 for number in found)
    return len(found) >= 3 and whole >= 0.9 * len(found) and max(abs(number) for number in found) < 60
