"""Level 5. Pictures of the desk's work: the hours of the week, how times spread, the backlog by age."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import altair as alt
import pandas as pd

from cxcore.charts import ACCENT, INK, OTHER, WIDE, Theme, styled, time_marks
from cxcore.delays import Spread
from cxcore.durations import spelled
from cxcore.language import Lang, Message, day, say, words
from cxcore.metrics.stock import AGE_BANDS, OpenCases

_MONDAY = date(2024, 1, 1)
_SEQUENCE = {"light": ["#E8F1FA", "#0F4C81"], "dark": ["#12293D", "#7CC4F5"]}
# From young to old: one colour, darker (in the dark: lighter) with age, told apart without seeing colours.
_AGES = {
    "light": ["#C6DBEF", "#9ECAE1", "#6BAED6", "#3182BD", "#08519C"],
    "dark": ["#1F3A52", "#2C5A7F", "#3E7FB1", "#6FAEDC", "#B5DAF5"],
}


@dataclass(frozen=True)
class Square:
    """One hour of the week: its value, and what its label says."""

    weekday: int
    hour: int
    value: float
    label: str


def of_week(
    squares: Sequence[Square], title: str, lang: Lang, theme: Theme, sentence: str, *, times: bool = False
) -> Any:
    """The hours of the week as squares, darker (in the dark: lighter) with the value; `times` in seconds, each step of
    the shade a multiple."""
    frame = pd.DataFrame(
        [{"f0": _hour(one.hour), "f1": weekday(one.weekday, lang), "f2": one.value, "f3": one.label} for one in squares]
    )
    hours = range(min(one.hour for one in squares), max(one.hour for one in squares) + 1)
    days = [weekday(k, lang) for k in range(7) if k < 5 or any(one.weekday >= 5 for one in squares)]
    marks = alt.Chart(frame).mark_rect(stroke=None, cornerRadius=2).encode(
        x=alt.X("f0:O", sort=None, title=_word(say("hour of the day"), lang),
                axis=alt.Axis(labelAngle=0, labelOverlap="greedy", labelSeparation=5),
                scale=alt.Scale(domain=[_hour(k) for k in hours], paddingInner=0.06)),
        y=alt.Y("f1:O", sort=None, title=None, scale=alt.Scale(domain=days, paddingInner=0.06)),
        color=_shade(squares, title, lang, theme, times=times),
        tooltip=[alt.Tooltip("f1:N", title=" "), alt.Tooltip("f0:N", title=_word(say("hour of the day"), lang)),
                 alt.Tooltip("f3:N", title=title)],
    )  # fmt: skip
    return styled(marks.properties(height=230, width="container"), theme, lang, sentence)


def _shade(squares: Sequence[Square], title: str, lang: Lang, theme: Theme, *, times: bool) -> Any:
    legend: dict[str, Any] = {"gradientLength": 200, "titleLimit": 320}
    scale = alt.Scale(range=_SEQUENCE[theme])
    if all(one.value == int(one.value) for one in squares):
        legend |= {"format": "d", "tickMinStep": 1}
    above = [one.value for one in squares if one.value > 0]
    if times and above:
        low, high = min(above), max(*above, 2 * min(above))
        places, named = time_marks(low, high, lang)
        legend |= {"values": places, "labelExpr": named} if len(places) > 1 else {"labelExpr": "''"}
        scale = alt.Scale(type="log", domain=[low, high], range=_SEQUENCE[theme], clamp=True)
    return alt.Color("f2:Q", title=title, scale=scale, legend=alt.Legend(**legend))


def a_day(k: int) -> date:
    """A day of that weekday, 0 for Monday: sentences name it by `{day:weekday}`."""
    return date.fromordinal(_MONDAY.toordinal() + k)


def weekday(k: int, lang: Lang) -> str:
    """The name of a weekday, 0 for Monday."""
    return day(a_day(k), lang, "weekday")


def _hour(k: int) -> str:
    return f"{k:02}"


def of_spread(spread: Spread, lang: Lang, theme: Theme, sentence: str, target: float | None = None) -> Any:
    """How many cases took how long, on a logarithmic axis, with the median, what nine in ten stay below, the target."""
    frame = pd.DataFrame(
        [
            {"f0": one.low, "f1": one.high, "f2": one.n, "f3": 0,
             "f4": f"{spelled(one.low, lang)} – {spelled(one.high, lang)}"}
            for one in spread.bins
        ]
    )  # fmt: skip
    low, high = spread.bins[0].low, spread.bins[-1].high
    ticks, named = time_marks(low, high, lang)
    x = alt.X("f0:Q", title=_word(say("time, on a logarithmic axis"), lang),
              scale=alt.Scale(type="log", domain=[low, high], nice=False),
              axis=alt.Axis(values=ticks, labelExpr=named, grid=False))  # fmt: skip
    bars = alt.Chart(frame).mark_rect(color=ACCENT[theme], opacity=0.85).encode(
        x=x, x2="f1:Q", y=alt.Y("f3:Q", title=_word(say("cases"), lang)), y2="f2:Q",
        tooltip=[alt.Tooltip("f4:N", title=" "), alt.Tooltip("f2:Q", title="n")],
    )  # fmt: skip
    marks = [(spread.median, say("median"), INK, 0), (spread.p90, say("nine in ten"), INK, 14)]
    marks.append((target, say("target"), OTHER, 28))
    lines = [
        _upright(at, _word(name, lang), ink[theme], drop, far=at * at > low * high)
        for at, name, ink, drop in marks
        if at is not None and low <= at <= high
    ]
    return styled(alt.layer(bars, *[part for line in lines for part in line]).properties(height=240, width="container"),
                  theme, lang, sentence)  # fmt: skip


def _upright(at: float, name: str, colour: str, drop: int, *, far: bool) -> list[Any]:
    frame = pd.DataFrame({"f0": [at], "f1": [name]})
    line = alt.Chart(frame).mark_rule(color=colour, strokeDash=[5, 3], strokeWidth=1.5).encode(x="f0:Q")
    text = (
        alt.Chart(frame)
        .mark_text(align="right" if far else "left", dx=-4 if far else 4, dy=6 + drop, y=0, color=colour)
        .encode(x="f0:Q", text="f1:N")
    )
    return [line, text]


def bands(lang: Lang) -> list[str]:
    """The names of the age bands, the youngest first."""
    first, last = AGE_BANDS[0], AGE_BANDS[-1]
    between = [_word(say("{low}–{high} days", low=low, high=high - 1), lang) for low, high in pairwise(AGE_BANDS)]
    under = say("under {n} days", n=first) if first > 1 else say("under a day")
    return [_word(under, lang), *between, _word(say("{n} days and more", n=last), lang)]


def of_backlog(stock: Sequence[OpenCases], lang: Lang, theme: Theme, sentence: str) -> Any:
    """Open cases at the end of each period, stacked by age, the oldest at the bottom."""
    names = bands(lang)
    frame = pd.DataFrame(
        [
            {"f0": pd.Timestamp(one.end), "f1": names[k], "f2": n, "f3": -k, "f4": day(one.end, lang)}
            for one in stock
            for k, n in enumerate(one.bands)
        ]
    )
    # Known on the last day of each period, and drawn there: a step would carry it into days that it says nothing of.
    bars = alt.Chart(frame).mark_area(interpolate="linear", line=False).encode(
        x=alt.X("f0:T", title=None, axis=alt.Axis(format="%-d %b %y", labelOverlap=True, grid=False)),
        y=alt.Y("f2:Q", title=_word(say("open cases"), lang), stack="zero"),
        color=alt.Color("f1:N", title=_word(say("age"), lang), sort=names,
                        scale=alt.Scale(domain=names, range=_AGES[theme]), legend=alt.Legend(columns=3)),
        order=alt.Order("f3:Q"),
        tooltip=[alt.Tooltip("f4:N", title=" "), alt.Tooltip("f1:N", title=_word(say("age"), lang)),
                 alt.Tooltip("f2:Q", title="n")],
    )  # fmt: skip
    return styled(bars.properties(height=WIDE, width="container"), theme, lang, sentence)


def _word(message: Message, lang: Lang) -> str:
    return words(message, lang)
