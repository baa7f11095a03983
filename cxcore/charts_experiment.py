"""Level 5.1. The pictures of an experiment: arms and their difference, answers, the interval over time, power."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from cxcore.charts import ACCENT, INK, OTHER, PALETTE, QUIET, WIDE, Theme, styled
from cxcore.experiment import Arm, Comparison, Effect, Moment, Needed
from cxcore.findings import amount
from cxcore.language import Lang, Message, day, number, say, words

_ROW, _AXES = 48, 90  # pixels an arm takes, and the axes with their titles
_ROOM = 0.08  # of the picture's width, left free on either side
_MOST_BINS = 24  # answers that have room for their own label
Spread = Sequence[tuple[str, Sequence[tuple[float, int]]]]
Ends = tuple[float, float]


def of_arms(found: Comparison, lang: Lang, theme: Theme, sentence: str) -> Any:
    """The arms with their intervals and, below them on the same axis, how far each treatment is from the control.

    The axis of the differences is that of the metric, moved so that no difference stands at the control. Effects told
    as a ratio, and changes of groups over time, have an axis of their own: `of_effects`.
    """
    arms = [arm for arm in found.arms if arm.value is not None]
    control = found.arms[0].value or 0.0
    effects = [effect for effect in found.effects if effect.value is not None] if on_one_axis(found) else []
    low, high = _reach(arms, effects, found.plan.margin if effects else None, control)
    names = [_named(arm.name, arm.n, lang) for arm in arms]
    names += [_against(effect) for effect in effects]
    y = alt.Y("f0:N", title=None, scale=alt.Scale(domain=names), axis=alt.Axis(labelLimit=190))
    of_value = alt.X(
        "f2:Q", title=_title(found.title, found.unit, lang), scale=alt.Scale(domain=[low, high], nice=False)
    )
    frame = pd.DataFrame(
        [_line(name, estimated(arm, found.unit), (arm.value, arm.low, arm.high), lang)
         for name, arm in zip(names, arms, strict=False)]
    )  # fmt: skip
    values = alt.layer(*_whiskers(frame, of_value, y, ACCENT[theme], "circle", lang))
    height = _ROW * max(len(names), 2) + _AXES
    if not effects:
        return styled(values.properties(height=height, width="container"), theme, lang, sentence)
    of_gap = alt.X(
        "f2:Q", title=_title(say("difference from {control}", control=found.arms[0].name), _gap_unit(found.unit), lang),
        scale=alt.Scale(domain=[low - control, high - control], nice=False), axis=alt.Axis(orient="top", grid=False),
    )  # fmt: skip
    gaps = alt.layer(
        *_ruled(found.plan.margin, of_gap, theme, lang), *_gaps(effects, found.unit, of_gap, y, theme, lang)
    )
    both = alt.layer(values, gaps).resolve_scale(x="independent")
    return styled(both.properties(height=height, width="container"), theme, lang, sentence)


def of_effects(
    effects: Sequence[Effect], names: Sequence[str], found: Comparison, lang: Lang, theme: Theme, sentence: str
) -> Any:
    """Effects beside one another, each with its interval, against no difference and the margin."""
    ratio = any(effect.told != "difference" for effect in effects)
    scale = alt.Scale(type="log", nice=False) if ratio else alt.Scale(zero=True, nice=True)
    title = (
        _title(say("treatment ÷ control"), "", lang)
        if ratio
        else _title(say("difference"), _gap_unit(found.unit), lang)
    )
    x = alt.X("f2:Q", title=title, scale=scale)
    y = alt.Y("f0:N", title=None, scale=alt.Scale(domain=list(names)), axis=alt.Axis(labelLimit=190))
    shown = [(name, effect) for name, effect in zip(names, effects, strict=True) if effect.value is not None]
    frame = pd.DataFrame([_line(name, _described(e, found.unit), (e.value, e.low, e.high), lang) for name, e in shown])
    drawn = [*_ruled(None if ratio else found.plan.margin, x, theme, lang, none=1.0 if ratio else 0.0),
             *_whiskers(frame, x, y, OTHER[theme], "diamond", lang)]  # fmt: skip
    height = _ROW * max(len(names), 2) + _AXES
    return styled(alt.layer(*drawn).properties(height=height, width="container"), theme, lang, sentence)


def on_one_axis(found: Comparison) -> bool:
    """Whether a difference can stand on the metric's own axis, at the control's value."""
    apart = all(effect.told == "difference" for effect in found.effects)
    return apart and found.plan.design == "arms" and bool(found.arms) and found.arms[0].value is not None


def of_spread(spread: Spread, lang: Lang, theme: Theme, sentence: str) -> Any:
    """How the answers of each arm spread, as shares of the arm, so that arms of any size can be compared."""
    lines = []
    for arm, answers in spread:
        total = sum(n for _, n in answers) or 1
        lines += [
            {"f0": number(value, lang), "f1": 100 * n / total, "f2": arm, "f3": n, "f4": value}
            for value, n in answers
        ]  # fmt: skip
    frame = pd.DataFrame(lines).sort_values("f4", kind="stable")
    order = list(dict.fromkeys(frame["f0"]))
    arms = [arm for arm, _ in spread]
    bars = alt.Chart(frame).mark_bar().encode(
        x=alt.X("f0:N", sort=order, title=_word(say("answer"), lang),
                axis=alt.Axis(labelAngle=0, labelOverlap=len(order) > _MOST_BINS)),
        xOffset=alt.XOffset("f2:N", sort=arms),
        y=alt.Y("f1:Q", title=_word(say("% of the group's answers"), lang)),
        color=alt.Color("f2:N", title=None, sort=arms, scale=alt.Scale(domain=arms, range=_shades(arms, theme))),
        tooltip=[alt.Tooltip("f2:N", title=" "), alt.Tooltip("f0:N", title=_word(say("answer"), lang)),
                 alt.Tooltip("f1:Q", title="%", format=".1f"), alt.Tooltip("f3:Q", title="n")],
    )  # fmt: skip
    return styled(bars.properties(height=260, width="container"), theme, lang, sentence)


def of_moments(moments: Sequence[Moment], found: Comparison, lang: Lang, theme: Theme, sentence: str) -> Any:
    """The effect as the answers came in: value, its interval as a band, the boundary that early looks must pass."""
    none = 0.0 if found.effects[0].told == "difference" else 1.0
    frame = pd.DataFrame(
        [
            {"f0": pd.Timestamp(m.until), "f1": m.value, "f2": m.low, "f3": m.high, "f4": m.floor, "f5": m.ceiling,
             "f6": day(m.until, lang), "f7": " · ".join(number(n, lang) for n in m.n)}
            for m in moments if m.value is not None
        ]
    )  # fmt: skip
    unit = "" if none else _gap_unit(found.unit)
    title = _title(say("difference") if not none else say("treatment ÷ control"), unit, lang)
    x = alt.X("f0:T", title=None, axis=alt.Axis(format="%-d %b %y", labelOverlap=True, grid=False))
    base = alt.Chart(frame)
    y = alt.Y("f1:Q", title=title, scale=alt.Scale(zero=False, nice=True))
    band = base.mark_area(opacity=0.18, color=ACCENT[theme]).encode(x=x, y=alt.Y("f2:Q", title=title), y2="f3:Q")
    tip = [alt.Tooltip("f6:N", title=_word(say("until"), lang)), alt.Tooltip("f1:Q", title=title, format="+.2f"),
           alt.Tooltip("f7:N", title="n")]  # fmt: skip
    line = base.mark_line(color=ACCENT[theme], strokeWidth=2, point=True).encode(x=x, y=y, tooltip=tip)
    zero = alt.Chart(pd.DataFrame({"f1": [none]})).mark_rule(color=INK[theme], strokeDash=[4, 3]).encode(y="f1:Q")
    edges = [
        base.mark_line(strokeDash=[2, 3], color=OTHER[theme], strokeWidth=2).encode(x=x, y=f"{field}:Q")
        for field in ("f4", "f5") if frame[field].notna().any()
    ]  # fmt: skip
    return styled(alt.layer(band, zero, *edges, line).properties(height=WIDE, width="container"), theme, lang, sentence)


def of_power(
    curve: Sequence[tuple[int, float]], needed: Needed, there: int | None, lang: Lang, theme: Theme, sentence: str
) -> Any:
    """The chance of seeing the effect by answers in each group; what is needed, and what there is, named on it."""
    frame = pd.DataFrame([{"f0": n, "f1": 100 * power} for n, power in curve])
    x = alt.X("f0:Q", title=_word(say("answers in each group"), lang), scale=alt.Scale(zero=True, nice=True))
    y = alt.Y("f1:Q", title=_word(say("chance of seeing it, %"), lang), scale=alt.Scale(domain=[0, 100]))
    tip = [alt.Tooltip("f0:Q", title="n", format=",.0f"), alt.Tooltip("f1:Q", title="%", format=".0f")]
    line = alt.Chart(frame).mark_line(color=ACCENT[theme], strokeWidth=2).encode(x=x, y=y, tooltip=tip)
    most = max(n for n, _ in curve)
    marks = [(needed.per_arm, say("needed: {n}", n=needed.per_arm), INK[theme], 14)]
    if there is not None and there <= most:
        marks.append((there, say("there are {n}", n=there), OTHER[theme], 32))
    drawn: list[Any] = [line]
    for n, name, colour, down in marks:
        at = pd.DataFrame({"f0": [n], "f2": [_word(name, lang)]})
        left = n > most / 2
        drawn.append(alt.Chart(at).mark_rule(color=colour, strokeDash=[6, 4]).encode(x="f0:Q"))
        drawn.append(
            alt.Chart(at)
            .mark_text(align="right" if left else "left", dx=-5 if left else 5, color=colour)
            .encode(x="f0:Q", y=alt.value(220 - down), text="f2:N")
        )
    return styled(alt.layer(*drawn).properties(height=220, width="container"), theme, lang, sentence)


def _ruled(margin: float | None, x: Any, theme: Theme, lang: Lang, none: float = 0.0) -> list[Any]:
    """The line of no difference and, where there is a margin, the band of what is practically the same."""
    at = pd.DataFrame({"f2": [none]})
    drawn = [alt.Chart(at).mark_rule(color=INK[theme], strokeDash=[4, 3]).encode(x=x)]
    if margin is None:
        return drawn
    band = pd.DataFrame({"f2": [-margin], "f3": [margin], "f4": [_word(say("practically the same"), lang)]})
    area = alt.Chart(band).mark_rect(color=QUIET[theme], opacity=0.15).encode(x=x, x2="f3:Q")
    name = alt.Chart(band).mark_text(color=QUIET[theme], fontSize=11, align="left", dx=3, dy=0).encode(
        x=x, y=alt.value(alt.expr("height - 7")), text="f4:N")  # fmt: skip
    return [area, *drawn, name]


def _gaps(effects: Sequence[Effect], unit: str, x: Any, y: Any, theme: Theme, lang: Lang) -> list[Any]:
    frame = pd.DataFrame([_line(_against(e), _described(e, unit), (e.value, e.low, e.high), lang) for e in effects])
    return _whiskers(frame, x, y, OTHER[theme], "diamond", lang)


def _whiskers(frame: pd.DataFrame, x: Any, y: Any, colour: str, shape: str, lang: Lang) -> list[Any]:
    """Points with their intervals, and their numbers above them."""
    base = alt.Chart(frame)
    tip = [alt.Tooltip("f0:N", title=" "), alt.Tooltip("f4:N", title=_word(say("value"), lang))]
    return [
        base.mark_rule(color=colour, strokeWidth=3).encode(x=alt.X("f1:Q", **_as(x)), x2="f3:Q", y=y),
        base.mark_point(filled=True, size=110, color=colour, opacity=1, shape=shape).encode(x=x, y=y, tooltip=tip),
        base.mark_text(dy=-13, fontSize=12).encode(x=x, y=y, text="f4:N"),
    ]


def _as(x: Any) -> dict[str, Any]:
    """The title, scale and axis of a channel, for another field on the same axis."""
    return {name: x[name] for name in ("title", "scale", "axis") if x[name] is not alt.Undefined}


def _line(
    name: str, told: Message, ends: tuple[float | None, float | None, float | None], lang: Lang
) -> dict[str, Any]:
    value, low, high = ends
    return {"f0": name, "f1": low, "f2": value, "f3": high, "f4": _word(told, lang)}


def _reach(arms: Sequence[Arm], effects: Sequence[Effect], margin: float | None, control: float) -> Ends:
    """From where to where the axis goes, in the metric's unit."""
    ends = [end for arm in arms for end in (arm.value, arm.low, arm.high) if end is not None]
    ends += [control + end for e in effects for end in (e.value, e.low, e.high) if end is not None]
    if margin is not None:
        ends += [control - margin, control + margin]
    low, high = min(ends), max(ends)
    room = _ROOM * ((high - low) or abs(high) or 1.0)
    return low - room, high + room


def _named(name: str, n: int, lang: Lang) -> str:
    return f"{name} (n = {number(n, lang)})"


def _against(effect: Effect) -> str:
    return f"{effect.treatment} − {effect.control}"


def estimated(arm: Arm, unit: str) -> Message:
    """An arm's value in the metric's unit."""
    value = arm.value or 0.0
    if unit == "%":
        return say("{value:1} %", value=value)
    return amount(value, unit, signed=False)


def _described(effect: Effect, unit: str) -> Message:
    """An effect with its interval: "+8.4 (+4.7 to +12.2)"."""
    if effect.told != "difference":
        return say(
            "{value:2} ({low:2} to {high:2})", value=effect.value, low=effect.low or 0.0, high=effect.high or 0.0
        )
    ends = [amount(end or 0.0, unit) for end in (effect.value, effect.low, effect.high)]
    return say("{value} ({low} to {high})", value=ends[0], low=ends[1], high=ends[2])


def _shades(arms: Sequence[str], theme: Theme) -> list[str]:
    return [QUIET[theme], ACCENT[theme], *PALETTE[1:]][: len(arms)]


def _gap_unit(unit: str) -> str:
    return "points" if unit == "%" else unit


def _title(name: Message, unit: str, lang: Lang) -> str:
    known = {"points": say("points"), "%": say("%"), "seconds": say("seconds"), "scale": say("mean"),
             "number": say("mean"), "cases": say("cases")}  # fmt: skip
    return _word(say("{name}, {unit}", name=name, unit=known[unit]) if unit in known else name, lang)


def _word(message: Message, lang: Lang) -> str:
    return words(message, lang)
