"""Level 1. A number of seconds in words that a person reads: 67.5 s, 34 min 12 s, 2 h 5 min, 3 d 4 h."""

from __future__ import annotations

from functools import lru_cache

from cxcore.language import Lang, Message, number, say, words

_MINUTES, _HOURS, _DAYS = 120.0, 7200.0, 172_800.0  # from here on the larger unit reads better


def told(seconds: float) -> Message:
    """A time, with a minus sign below 0."""
    size, sign = abs(seconds), "−" if seconds < 0 else ""
    if size < _MINUTES:
        return say("{sign}{s} s", sign=sign, s=round(size, 1))
    if size < _HOURS:
        whole = round(size)
        if whole % 60 == 0:
            return say("{sign}{m} min", sign=sign, m=whole // 60)
        return say("{sign}{m} min {s} s", sign=sign, m=whole // 60, s=whole % 60)
    if size < _DAYS:
        whole = round(size / 60)
        if whole % 60 == 0:
            return say("{sign}{h} h", sign=sign, h=whole // 60)
        return say("{sign}{h} h {m} min", sign=sign, h=whole // 60, m=whole % 60)
    whole = round(size / 3600)
    if whole % 24 == 0:
        return say("{sign}{d} d", sign=sign, d=whole // 24)
    return say("{sign}{d} d {h} h", sign=sign, d=whole // 24, h=whole % 24)


def rough(seconds: float) -> Message:
    """A time in its one largest unit, for a mark on an axis: 10 s, 1 min, 6 h, 7 d."""
    if seconds < 60:
        return say("{n} s", n=seconds)
    if seconds < 3600:
        return say("{n} min", n=seconds / 60)
    return say("{n} h", n=seconds / 3600) if seconds < 86_400 else say("{n} d", n=seconds / 86_400)


@lru_cache(maxsize=1 << 14)  # a page spells thousands of times, most of them the same at the next click
def spelled(seconds: float, lang: Lang) -> str:
    """The same as text in a language."""
    return words(told(seconds), lang) if seconds < float("inf") else number(seconds, lang)


_ON_AN_AXIS = (1, 10, 60, 600, 3600, 21_600, 86_400, 604_800, 2_592_000, 31_536_000)
_CLOSER = (
    1, 2, 5, 10, 20, 30, 60, 120, 180, 240, 300, 420, 600, 900, 1200, 1800, 2700, 3600, 5400, 7200, 10_800, 14_400,
    21_600, 43_200, 86_400, 172_800, 259_200, 432_000, 604_800, 864_000, 1_209_600, 2_592_000,
)  # fmt: skip
_FEWEST = 3  # marks on an axis


def marks(low: float, high: float) -> tuple[int, ...]:
    """The round times between two others, for an axis on which each step is a multiple."""
    wide = tuple(time for time in _ON_AN_AXIS if low <= time <= high)
    return wide if len(wide) >= _FEWEST else tuple(time for time in _CLOSER if low <= time <= high)


def unit_of(seconds: float) -> tuple[float, Message]:
    """The unit in which times of about this size read best on an axis: its seconds, and its name."""
    size = abs(seconds)
    if size < _MINUTES:
        return 1.0, say("seconds")
    if size < _HOURS:
        return 60.0, say("minutes")
    return (3600.0, say("hours")) if size < _DAYS else (86_400.0, say("days"))
