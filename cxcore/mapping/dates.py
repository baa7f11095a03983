"""Dates and times as people write them: recognised by shape, ordered by evidence, read by the engine once.

A `Shape` ties a regular expression to a strptime pattern, so that no value is cast before its form was checked: pandas
takes 03/04/2024 for March, DuckDB for April, and neither says so. The same rewriting rules (month names, AM and PM,
weekdays) serve Python, which looks at a sample, and the engine, which reads every row.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

MONTHS = (
    ("Jan", "jan|january|gen|gennaio|ene|enero|janv|janvier|januar|jän|jänner"),
    ("Feb", "feb|february|febbraio|febrero|fevr|fevrier|février|févr|februar|feber"),
    ("Mar", "mar|march|marzo|mars|märz|marz"),
    ("Apr", "apr|april|aprile|abr|abril|avr|avril"),
    ("May", "may|mag|maggio|mayo|mai"),
    ("Jun", "jun|june|giu|giugno|junio|juin|juni"),
    ("Jul", "jul|july|lug|luglio|julio|juil|juill|juillet|juli"),
    ("Aug", "aug|august|ago|agosto|août|aout"),
    ("Sep", "sep|sept|september|set|settembre|septiembre|septembre"),
    ("Oct", "oct|october|ott|ottobre|octubre|octobre|okt|oktober"),
    ("Nov", "nov|november|novembre|noviembre"),
    ("Dec", "dec|december|dic|dicembre|diciembre|déc|décembre|decembre|dez|dezember"),
)
_WEEKDAYS = (
    "mon|tue|wed|thu|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday|lun|mar|mer|gio|ven|sab|dom"
    "|lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica|lunes|martes|miércoles|jueves|viernes|sábado|domingo"
    "|mié|jue|vie|sáb|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|jeu|sam|dim|mo|di|mi|do|fr|sa|so|montag"
    "|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag"
)
# Abbreviations that mean one offset only: CST, IST, BST and AST each mean several, and are not guessed.
ABBREVIATED = (
    ("CEST", "+02:00"), ("CET", "+01:00"), ("MESZ", "+02:00"), ("MEZ", "+01:00"), ("EEST", "+03:00"), ("EET", "+02:00"),
    ("WEST", "+01:00"), ("WET", "+00:00"), ("EDT", "-04:00"), ("EST", "-05:00"), ("CDT", "-05:00"), ("MDT", "-06:00"),
    ("PDT", "-07:00"), ("PST", "-08:00"), ("MSK", "+03:00"), ("JST", "+09:00"),
)  # fmt: skip
# (pattern, replacement), applied in order; what Python's re and RE2 share, but for \g<1>, which RE2 writes \1.
REWRITES: tuple[tuple[str, str], ...] = (
    # Browsers put narrow spaces before AM, and some of them marks of direction round each part.
    ("[\u200b\u200e\u200f\u2060\ufeff]", ""),
    ("[\\s\u00a0\u2009\u202f]+", " "),
    (r"^ | $", ""),
    (rf" ?\((?i:{_WEEKDAYS})\.?\)$", ""),
    (r"(\d:\d\d:\d\d),(\d)", r"\1.\2"),
    (r"(:\d\d\.\d{6})\d+", r"\1"),  # .NET writes seven digits of a second, Java nine; the engine reads six
    # 20260115093000, as machines write times: every part in its range, so that few numbers look like one.
    (r"^((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])([0-5]\d)([0-5]\d)$", r"\1-\2-\3 \4:\5:\6"),
    (r"^((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])([0-5]\d)$", r"\1-\2-\3 \4:\5"),
    (rf"(?i)^({_WEEKDAYS})\.?, ", ""),
    *((rf"(?i)(^|[^a-zà-ÿ])({names})\.?([^a-zà-ÿ]|$)", rf"\1{english}\3") for english, names in MONTHS),
    (r"^((?:[^\d ]+ )?\d{1,2})\. ?([A-Z][a-z][a-z] )", r"\1 \2"),
    (r"^(\d{1,2}-[A-Z][a-z][a-z]-\d\d) (\d\d)\.(\d\d)\.(\d\d)(?:\.\d+)? ([AP]M)$", r"\1 \2:\3:\4 \5"),
    (r"(?i)([a-z\d]) (de|di|del) ", r"\1 "),
    (r"(?i)(\d),? (?:at|alle|ore|alle ore|à|um|a las) (\d)", r"\1 \2"),
    (r"(\d),? (\d{1,2}) ?h ?(\d\d)(?: ?min)?$", r"\1 \2:\3"),
    (r"(\d),? (\d{1,2}) ?h ?(\d\d) ?min ?(\d\d) ?s$", r"\1 \2:\3:\4"),
    (r"^(\d{1,2}/[A-Z][a-z][a-z]/\d{4}):(\d)", r"\1 \2"),
    (r"(\d)(st|nd|rd|th|º|°) ", r"\1 "),
    (r"(\d)T(\d)", r"\1 \2"),
    (r"(?i)(\d) ?([ap])\.? ?m\.?($| )", r"\1 \2M\3"),
    (r"([a-z\d]), ?", r"\1 "),
    (rf"^(?i:{_WEEKDAYS})\.? (\d{{1,2}}(?: [A-Z][a-z][a-z]|[-/.]\d{{1,2}}[-/.]\d\d))", r"\1"),
    (r"^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([A-Z][a-z][a-z] \d)", r"\1"),
    (r"^([A-Z][a-z][a-z] \d{1,2}) (\d{1,2}:\d\d:\d\d)(.*) (\d{4})$", r"\1 \4 \2\3"),
    # A zone in brackets right behind a time is the time's zone; any other remark there says nothing of it.
    (
        r"(?i)( \d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?: ?[ap]m)?) ?[(\[]"
        rf"((?:UTC|GMT)?[+-]\d{{1,2}}(?::?\d\d)?|UTC|GMT|Z|{'|'.join(name for name, _ in ABBREVIATED)})[)\]]$",
        r"\1 \2",
    ),
    (r"(?i)(:\d\d(?:[.,]\d+)?(?: ?[ap]m)?) ?\([^)]*\)$", r"\1"),
    (r"(?i)([+-]\d\d:?\d\d|Z) ?[(\[][^)\]]*[)\]]$", r"\1"),
    *((rf"(?i)(:\d\d(?:\.\d+)?(?: ?[ap]m)?) ?{name}$", rf"\g<1>{offset}") for name, offset in ABBREVIATED),
    (r"(\d)[-/.]([A-Z][a-z][a-z])[-/.](\d)", r"\1 \2 \3"),
    (r"^([A-Z][a-z][a-z])[-/'](\d\d)$", r"\1 20\2"),
    (r"^([A-Z][a-z][a-z])[-/](\d{4})$", r"\1 \2"),
    # 21/11/2026 8.05.30, as Italian and Finnish forms write times.
    (r"^(\d{1,2}[-/.]\d{1,2}[-/.]\d{4}),? (\d{1,2})\.(\d\d)\.(\d\d)$", r"\1 \2:\3:\4"),
    (r"^(\d{1,2}[-/]\d{1,2}[-/]\d{4}),? (\d{1,2})\.(\d\d)$", r"\1 \2:\3"),
    (r" (UTC|GMT|Z)$|(\d)Z$", r"\2+00:00"),
    (r"(:\d\d(?:\.\d+)?(?: ?[AaPp]M)?) ?(?:UTC|GMT)?([+-])(\d)$", r"\1\g<2>0\g<3>:00"),
    (r"(:\d\d(?:\.\d+)?(?: ?[AaPp]M)?) ?(?:UTC|GMT)?([+-])(\d):(\d\d)$", r"\1\g<2>0\g<3>:\4"),
    (r"(:\d\d(?:\.\d+)?(?: ?[AaPp]M)?) ?(?:UTC|GMT)?([+-]\d\d)$", r"\1\2:00"),
    # Only behind a time of day: the end of 01-02-2024 is no offset.
    (r"(:\d\d(?:\.\d+)?(?: ?[AaPp]M)?) ?(?:UTC|GMT)?([+-]\d\d):?(\d\d)$", r"\1\2:\3"),
)
_TIMES = (
    ("", ""),
    (r" \d{1,2}:\d{2}", " %H:%M"),
    (r" \d{1,2}:\d{2}:\d{2}", " %H:%M:%S"),
    (r" \d{1,2}:\d{2}:\d{2}\.\d{1,6}", " %H:%M:%S.%f"),
    (r" \d{1,2}:\d{2} [AaPp]M", " %I:%M %p"),
    (r" \d{1,2}:\d{2}:\d{2} [AaPp]M", " %I:%M:%S %p"),
)


@dataclass(frozen=True)
class Shape:
    """One way of writing a date: its regular expression, and its strptime pattern for each order it can stand for."""

    regex: str
    patterns: tuple[tuple[str, str], ...]
    clock: bool
    zoned: bool

    def pattern(self, order: str) -> str:
        """The strptime pattern under an order; the only one where the shape leaves no doubt."""
        return dict(self.patterns).get(order, self.patterns[0][1])


def _shapes() -> tuple[Shape, ...]:
    dates: list[tuple[str, tuple[tuple[str, str], ...]]] = []
    for mark in ("-", "/", r"\."):
        plain = mark.replace("\\", "")
        dates.append((rf"\d{{4}}{mark}\d{{1,2}}{mark}\d{{1,2}}", (("ymd", f"%Y{plain}%m{plain}%d"),)))
        for digits, year in ((4, "%Y"), (2, "%y")):
            both = (("dmy", f"%d{plain}%m{plain}{year}"), ("mdy", f"%m{plain}%d{plain}{year}"))
            dates.append((rf"\d{{1,2}}{mark}\d{{1,2}}{mark}\d{{{digits}}}", both))
    dates += [
        (r"\d{1,2} [A-Z][a-z][a-z] \d{4}", (("dmy", "%d %b %Y"),)),
        (r"\d{1,2} [A-Z][a-z][a-z] \d{2}", (("dmy", "%d %b %y"),)),
        (r"[A-Z][a-z][a-z] \d{1,2} \d{4}", (("mdy", "%b %d %Y"),)),
        (r"[A-Z][a-z][a-z] \d{1,2} \d{2}", (("mdy", "%b %d %y"),)),
        (r"(?:19|20)\d{6}", (("ymd", "%Y%m%d"),)),
        (r"\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])", (("ymd", "%y%m%d"),)),
    ]
    return tuple(
        Shape(
            regex=f"^{date}{time}{zone}$",
            patterns=tuple((order, f"{pattern}{clock}{'%z' if zone else ''}") for order, pattern in patterns),
            clock=bool(clock),
            zoned=bool(zone),
        )
        for date, patterns in dates
        for time, clock in _TIMES
        for zone in (("", r"[+-](?:0\d|1[0-4]):[0-5]\d") if clock else ("",))
    )


GLANCE = 60  # values tried first: a column where none of these is a date holds none
SHAPES = _shapes()
MONTH_SHAPES = (
    Shape(r"^\d{4}-\d{1,2}$", (("ymd", "%Y-%m"),), clock=False, zoned=False),
    Shape(r"^\d{1,2}/\d{4}$", (("dmy", "%m/%Y"),), clock=False, zoned=False),
    Shape(r"^[A-Z][a-z][a-z] \d{4}$", (("dmy", "%b %Y"),), clock=False, zoned=False),
    Shape(r"^(?:19|20)\d{2}$", (("ymd", "%Y"),), clock=False, zoned=False),
)
CLOCKS = (
    Shape(r"^\d{1,2}:\d{2}$", (("ymd", "%H:%M"),), clock=True, zoned=False),
    Shape(r"^\d{1,2}:\d{2}:\d{2}$", (("ymd", "%H:%M:%S"),), clock=True, zoned=False),
    Shape(r"^\d{1,2}:\d{2}:\d{2}\.\d{1,6}$", (("ymd", "%H:%M:%S.%f"),), clock=True, zoned=False),
    Shape(r"^\d{1,2}:\d{2} [AaPp]M$", (("ymd", "%I:%M %p"),), clock=True, zoned=False),
    Shape(r"^\d{1,2}:\d{2}:\d{2} [AaPp]M$", (("ymd", "%I:%M:%S %p"),), clock=True, zoned=False),
)
_ALL = (*SHAPES, *MONTH_SHAPES)
_ANY = re.compile("|".join(f"(?P<s{k}>{shape.regex})" for k, shape in enumerate(_ALL)))
_ANY_CLOCK = re.compile("|".join(f"(?P<s{k}>{shape.regex})" for k, shape in enumerate(CLOCKS)))
_REWRITES = tuple((re.compile(pattern), new) for pattern, new in REWRITES)
_NUMERIC = re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{2}|\d{4})(?: |$)")
_SERIAL = re.compile(r"^\d{5}([.,]\d+)?$", re.ASCII)
_WEEK = re.compile(r"^\d{4}-?W\d{2}(-?\d)?$", re.ASCII)
_EPOCH = re.compile(r"^1\d{9}(\d{3}){0,3}(\.\d+)?$", re.ASCII)


def _spelled(text: str, among: re.Pattern[str]) -> tuple[Shape | None, str, tuple[int, ...]]:
    """The shape of a text, the text as the shape knows it, and the rewrites that made it so."""
    if not text.isascii() and any(c.isdigit() and not c.isascii() for c in text):
        return None, text, ()  # the engine's patterns know the digits 0 to 9 alone
    shape = _shape_of(text, among)
    if shape is not None:
        return shape, text, ()
    needed = []
    for k, (pattern, new) in enumerate(_REWRITES):
        after = pattern.sub(new, text)
        if after != text:
            needed.append(k)
            text = after
    return (_shape_of(text, among), text, tuple(needed)) if needed else (None, text, ())


def _shape_of(text: str, among: re.Pattern[str] = _ANY) -> Shape | None:
    match = among.match(text)
    if match is None or match.lastgroup is None:
        return None
    return (_ALL if among is _ANY else CLOCKS)[int(match.lastgroup[1:])]


@dataclass(frozen=True)
class DateStyle:
    """How a column writes dates. `share` of cells that are dates; `order` dmy | mdy | ymd, `certain` whether values
    decide it; `mixed` whether some values only fit the other order; `zoned` the share of dates that name a zone and
    `offsets` how many they name; `kind` of writing."""

    share: float
    shapes: tuple[Shape, ...] = ()
    order: str = "ymd"
    certain: bool = True
    mixed: bool = False
    clock: bool = False
    zoned: float = 0.0
    offsets: int = 0
    two_digit_years: bool = False
    kind: str = "date"
    rewrites: tuple[int, ...] = ()


def _may_be(text: str) -> bool:
    """Whether a text could be a date at all."""
    return len(text) <= 80 and any(c.isdigit() for c in text)


def style(values: Iterable[tuple[str, int]]) -> DateStyle:
    """The date style of a column's (text, count) values; share 0 where it holds no dates."""
    values = list(values)
    total = sum(count for _, count in values)
    glance = values[:: max(1, len(values) // GLANCE)]
    if not total or not any(_may_be(text) and _spelled(text, _ANY)[0] for text, _ in glance):
        return _number_dates(values, total) if total else DateStyle(0.0)
    shapes: Counter[Shape] = Counter()
    rewrites: set[int] = set()
    days: dict[tuple[int, int], int] = {}
    zoned = short_years = 0
    offsets: set[str] = set()
    for text, count in values:
        if not _may_be(text):
            continue
        shape, plain, needed = _spelled(text, _ANY)
        if shape is None:
            continue
        rewrites.update(needed)
        shapes[shape] += count
        zoned += count * shape.zoned
        short_years += count * ("%y" in shape.patterns[0][1])
        if shape.zoned:
            offsets.add(plain[-6:])
        numeric = _NUMERIC.match(plain)
        if numeric:
            pair = int(numeric[1]), int(numeric[2])
            days[pair] = days.get(pair, 0) + count
    dated = sum(shapes.values())
    if not dated:
        return _number_dates(values, total)
    clock = any(shape.clock for shape in shapes)
    order, certain, mixed = _order(days, shapes, clock=clock)
    return DateStyle(
        share=dated / total,
        shapes=tuple(shape for shape, _ in shapes.most_common()),
        order=order,
        certain=certain,
        mixed=mixed,
        clock=clock,
        zoned=zoned / dated,
        offsets=len(offsets),
        two_digit_years=short_years > 0,
        kind="date",
        rewrites=tuple(sorted(rewrites)),
    )


def _order(days: dict[tuple[int, int], int], shapes: Counter[Shape], *, clock: bool) -> tuple[str, bool, bool]:
    """The order of day and month, whether the values decide it, and whether some only fit the other order.

    `days` counts the first two numbers of dates written in numbers. A number above 12 is a day. Else AM and PM come
    with American dates and dots with European ones. Of days that follow one another within one month (1, 2, 3 beside
    one fixed number, with times of day, so that they are no first days of months) the running one is the day.
    """
    if not days:
        return shapes.most_common(1)[0][0].patterns[0][0], True, False
    day_first = sum(count for (first, second), count in days.items() if first > 12 >= second)
    month_first = sum(count for (first, second), count in days.items() if second > 12 >= first)
    if day_first or month_first:
        return ("dmy" if day_first >= month_first else "mdy"), True, bool(day_first and month_first)
    if any("%p" in shape.patterns[0][1] for shape in shapes):
        return "mdy", True, False
    if all(r"\d{1,2}\.\d" in shape.regex for shape in shapes):
        return "dmy", True, False
    firsts, seconds = sorted({first for first, _ in days}), sorted({second for _, second in days})
    for fixed, running, order in ((firsts, seconds, "mdy"), (seconds, firsts, "dmy")):
        if clock and len(fixed) == 1 and len(running) >= 3 and running[-1] - running[0] == len(running) - 1:
            return order, True, False
    return "dmy", False, False


def _number_dates(values: list[tuple[str, int]], total: int) -> DateStyle:
    """Spreadsheet serials (40000–60000 is 2009–2064), Unix time in seconds or their thousandths (down to billionths),
    ISO weeks."""
    for kind, regex in (("serial", _SERIAL), ("epoch", _EPOCH), ("week", _WEEK)):
        found = sum(count for text, count in values if regex.match(text.strip()))
        if found / total >= 0.6:
            if kind == "serial" and not all(
                25_000 < float(text.replace(",", ".")) < 65_000 for text, _ in values if regex.match(text.strip())
            ):
                continue
            return DateStyle(found / total, kind=kind, clock=kind != "week")
    return DateStyle(0.0)


def clock_style(values: Iterable[tuple[str, int]]) -> DateStyle:
    """The style of a column that holds times of day; share 0 where it does not."""
    values = list(values)
    total = sum(count for _, count in values)
    shapes: Counter[Shape] = Counter()
    rewrites: set[int] = set()
    for text, count in values:
        if len(text) > 16 or ":" not in text:
            continue
        shape, plain, needed = _spelled(text, _ANY_CLOCK)
        if shape is not None and int(plain.split(":")[0]) < 24:
            shapes[shape] += count
            rewrites.update(needed)
    return DateStyle(
        share=sum(shapes.values()) / total if total else 0.0,
        shapes=tuple(shape for shape, _ in shapes.most_common()),
        clock=True,
        kind="clock",
        rewrites=tuple(sorted(rewrites)),
    )
