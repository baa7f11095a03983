"""Level 5. Values → Altair charts: one theme, intervals everywhere, the finding's sentence as alternative text.

Fields are named f0 … fn: a column called "image" or "url" must never reach the tooltip as a picture. Charts carry
aggregates only, never rows. Colours are Okabe–Ito's, told apart by colour-blind eyes; meaning never rests on colour.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

import altair as alt
import pandas as pd

from cxcore.durations import marks, rough, spelled, unit_of
from cxcore.language import Lang, Message, date_style, day, number, say, words
from cxcore.metrics.base import Metric, Rule
from cxcore.values import Estimate, Trend

Theme = Literal["light", "dark"]
ACCENT = {"light": "#0F62A8", "dark": "#56B4E9"}
OTHER = {"light": "#B85C00", "dark": "#E69F00"}
QUIET = {"light": "#6B7280", "dark": "#9CA3AF"}
INK = {"light": "#1F2937", "dark": "#E5E7EB"}
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#999999", "#F0E442")
WIDE = 300  # height in pixels of a chart across the page
_FAR = 6  # times the median beyond which a second line needs a logarithmic axis
FEW_POINTS = 8  # points in time that have room for a label each
MOST_BARS = 40  # a longer list is a table with a search


def styled(chart: Any, theme: Theme, lang: Lang, description: str) -> Any:
    """The chart in the house's one style."""
    style = date_style(lang)
    return (
        chart.properties(description=description, usermeta={"embedOptions": {"formatLocale": style["number"],
                                                            "timeFormatLocale": style["time"]}})
        .configure(
            locale={"number": style["number"], "time": style["time"]}, background="transparent", font="sans-serif"
        )
        .configure_axis(labelColor=INK[theme], titleColor=INK[theme], gridColor="#8883", domainColor="#8886",
                        tickColor="#8886", labelFontSize=12, titleFontSize=12, titleFontWeight="normal", labelLimit=220)
        .configure_view(stroke=None)
        .configure_legend(labelColor=INK[theme], titleColor=INK[theme], orient="top", labelFontSize=12)
        .configure_text(color=INK[theme], fontSize=12)
    )  # fmt: skip


def of_trend(
    trend: Trend,
    metric: Metric,
    rule: Rule,
    lang: Lang,
    theme: Theme,
    sentence: str,
    target: float | None = None,
    late: Trend | None = None,
) -> Any:
    """A metric over time: line, interval band, control limits, points outside them, the target; with `late`, what nine
    cases in ten stay below as a second line."""
    steep = late is not None and _steep(trend, late)
    size, unit = (1.0, None) if steep else measured_in([point.value for point in trend.points], rule)
    title = words(metric.title, lang) if steep else axis(metric, rule, lang, unit)

    def drawn(value: float | None) -> float | None:
        return None if value is None or math.isinf(value) or (steep and value <= 0) else value / size

    frame = pd.DataFrame(
        [
            {
                "f0": pd.Timestamp(point.period) if point.period else None,
                "f1": drawn(point.value),
                "f2": drawn(point.low),
                "f3": drawn(point.high),
                "f4": drawn(limit[0]) if limit else None,
                "f5": drawn(limit[1]) if limit else None,
                "f6": bool(limit and point.value is not None and not limit[0] <= point.value <= limit[1]),
                "f7": point.n,
                "f8": described(point, rule, lang),
                "f9": day(point.period, lang) if point.period else "",
            }
            for point, limit in zip(trend.points, trend.limits, strict=True)
        ]
    )
    # A few points are named each; left alone, the axis would name hours between three days.
    each = list(frame["f0"].dropna()) if len(frame) <= FEW_POINTS else alt.Undefined
    x = alt.X("f0:T", title=None, axis=alt.Axis(format=_time_format(trend), values=each, labelOverlap=True, grid=False))
    y = alt.Y("f1:Q", title=title, scale=alt.Scale(zero=False, nice=True))
    if steep:
        drawn_at = [v for p in (*trend.points, *(late.points if late else ())) for v in (p.value, p.low, p.high) if v]
        times, named = time_marks(min(drawn_at), max(drawn_at), lang)
        y = alt.Y("f1:Q", title=title, scale=alt.Scale(type="log"), axis=alt.Axis(values=times, labelExpr=named))
    base = alt.Chart(frame)
    band = base.mark_area(opacity=0.18, color=ACCENT[theme]).encode(x=x, y=alt.Y("f2:Q", title=title), y2="f3:Q")
    limits = [
        base.mark_line(strokeDash=[2, 3], color=QUIET[theme], strokeWidth=1, interpolate="step").encode(
            x=x, y=f"{field}:Q"
        )
        for field in ("f4", "f5")
    ]
    line = base.mark_line(color=ACCENT[theme], strokeWidth=2).encode(x=x, y=y)
    tip = [alt.Tooltip("f9:N", title=_word(say("period"), lang)), alt.Tooltip("f8:N", title=_word(metric.title, lang)),
           alt.Tooltip("f7:Q", title="n")]  # fmt: skip
    chosen = alt.selection_point(name="chosen", fields=["f0"], on="click", clear="dblclick")
    points = base.mark_point(filled=True, opacity=1).encode(
        x=x, y=y, tooltip=tip,
        color=alt.condition(alt.datum["f6"], alt.value(OTHER[theme]), alt.value(ACCENT[theme])),
        shape=alt.condition(alt.datum["f6"], alt.value("diamond"), alt.value("circle")),
        size=alt.condition(alt.datum["f6"], alt.value(130), alt.value(45)),
    ).add_params(chosen)  # fmt: skip
    layers = [band, *limits, *([] if late is None else _late(late, size, x, lang, theme)), line, points]
    if target is not None:
        goal = pd.DataFrame({"f1": [target / size], "f2": [_word(say("target"), lang)]})
        layers.append(alt.Chart(goal).mark_rule(color=OTHER[theme], strokeDash=[6, 4]).encode(y="f1:Q"))
        layers.append(
            alt.Chart(goal).mark_text(align="left", dx=4, dy=-6, x=0, color=OTHER[theme]).encode(y="f1:Q", text="f2:N")
        )
    return styled(alt.layer(*layers).properties(height=WIDE, width="container"), theme, lang, sentence)


def time_marks(low: float, high: float, lang: Lang) -> tuple[list[int], str]:
    """The marks of a logarithmic axis of times, and the Vega expression that names them."""
    times = list(marks(low, high))
    named = "".join(f"datum.value == {time} ? '{words(rough(time), lang)}' : " for time in times)
    return times, named + "''"


def measured_in(values: Sequence[float | None], rule: Rule) -> tuple[float, Message | None]:
    """What to divide by, and the name of the unit: times are drawn in the unit that fits them."""
    known = sorted(value for value in values if value is not None)
    if rule.unit != "seconds" or not known:
        return 1.0, None
    return unit_of(known[len(known) // 2])


def _steep(trend: Trend, late: Trend) -> bool:
    """Whether what nine in ten stay below is so far off that only a logarithmic axis holds both lines."""
    middle = [p.value for p in trend.points if p.value is not None]
    top = [p.value for p in late.points if p.value is not None]
    return bool(middle and top) and min(middle) > 0 and max(top) > _FAR * max(middle)


def _late(late: Trend, size: float, x: Any, lang: Lang, theme: Theme) -> list[Any]:
    """The line nine cases in ten stay below, named at its end."""
    frame = pd.DataFrame(
        [{"f0": pd.Timestamp(p.period), "f1": p.value / size} for p in late.points if p.period and p.value is not None]
    )
    if frame.empty:
        return []
    frame["f2"] = _word(say("nine in ten stay below"), lang)
    line = alt.Chart(frame).mark_line(color=QUIET[theme], strokeWidth=2, strokeDash=[8, 3]).encode(x=x, y="f1:Q")
    name = alt.Chart(frame.head(1)).mark_text(align="left", dx=4, dy=-8, color=QUIET[theme]).encode(
        x=x, y="f1:Q", text="f2:N")  # fmt: skip
    return [line, name]


def of_segments(
    estimates: Sequence[Estimate], metric: Metric, rule: Rule, lang: Lang, theme: Theme, sentence: str
) -> Any:
    """Groups sorted by value, each with its interval; the whole as a line to compare with."""
    shown = sorted((e for e in estimates if e.value is not None), key=lambda e: -(e.value or 0))[:MOST_BARS]
    order = [_group(e) for e in shown]
    frame = pd.DataFrame(
        [
            {"f0": _group(e), "f1": e.value, "f2": e.low, "f3": e.high, "f4": f"n = {number(e.n, lang)}",
             "f5": described(e, rule, lang)}
            for e in shown
        ]
    )  # fmt: skip
    y = alt.Y("f0:N", sort=order, title=None)
    base = alt.Chart(frame)
    whisker = base.mark_rule(color=ACCENT[theme], strokeWidth=2).encode(
        y=y,
        x=alt.X(
            "f2:Q", title=axis(metric, rule, lang), scale=alt.Scale(zero=False, nice=8), axis=alt.Axis(tickCount=8)
        ),
        x2="f3:Q",
    )
    chosen = alt.selection_point(name="chosen", fields=["f0"], on="click", clear="dblclick")
    dots = base.mark_point(filled=True, size=90, color=ACCENT[theme], opacity=1).encode(
        y=y, x="f1:Q",
        tooltip=[alt.Tooltip("f0:N", title=" "), alt.Tooltip("f5:N", title=_word(metric.title, lang)),
                 alt.Tooltip("f4:N", title=" ")],
    ).add_params(chosen)  # fmt: skip
    labels = base.mark_text(align="left", dx=8, dy=-9, color=QUIET[theme], fontSize=11).encode(
        y=y, x="f1:Q", text="f4:N"
    )
    height = max(120, 34 * len(shown) + 40)
    return styled(alt.layer(whisker, dots, labels).properties(height=height, width="container"), theme, lang, sentence)


def of_answers(
    answers: Sequence[tuple[float, int]], groups: Sequence[str], lang: Lang, theme: Theme, sentence: str
) -> Any:
    """How many chose each answer: bars from zero, shaded by group (detractors, passives, promoters; bad to good)."""
    total = sum(count for _, count in answers) or 1
    frame = pd.DataFrame(
        [
            {"f0": number(value, lang), "f1": count, "f2": group, "f3": f"{number(100 * count / total, lang, 0)} %"}
            for (value, count), group in zip(answers, groups, strict=True)
        ]
    )
    names = list(dict.fromkeys(groups))
    shades = {1: [ACCENT[theme]], 2: [OTHER[theme], ACCENT[theme]], 3: [OTHER[theme], QUIET[theme], ACCENT[theme]]}
    bars = alt.Chart(frame).mark_bar().encode(
        x=alt.X("f0:N", sort=None, title=None, axis=alt.Axis(labelAngle=0)),
        y=alt.Y("f1:Q", title=_word(say("answers"), lang), axis=alt.Axis(tickMinStep=1)),
        color=alt.Color("f2:N", title=None, scale=alt.Scale(domain=names, range=shades.get(len(names), list(PALETTE)))),
        tooltip=[alt.Tooltip("f0:N", title=_word(say("answer"), lang)), alt.Tooltip("f1:Q", title="n"),
                 alt.Tooltip("f3:N", title="%")],
    )  # fmt: skip
    labels = alt.Chart(frame).mark_text(dy=-7, color=QUIET[theme], fontSize=11).encode(
        x=alt.X("f0:N", sort=None), y="f1:Q", text="f3:N"
    )  # fmt: skip
    return styled(alt.layer(bars, labels).properties(height=240, width="container"), theme, lang, sentence)


def described(estimate: Estimate, rule: Rule, lang: Lang) -> str:
    """A number with its interval, in words: "31.7 (18.9 to 43.1)"."""
    if estimate.value is None:
        return words(estimate.method, lang)
    if rule.unit == "seconds":
        return _time_described(estimate, lang)
    unit = " %" if rule.unit == "%" else ""
    digits = {"scale": 2, "number": 2, "cases": 0}.get(rule.unit, 1)
    text = f"{number(estimate.value, lang, digits)}{unit}"
    if estimate.low is None or estimate.high is None:
        return text
    between = say("{value} ({low} to {high})", value=text, low=number(estimate.low, lang, digits),
                  high=number(estimate.high, lang, digits))  # fmt: skip
    return words(between, lang)


def _time_described(estimate: Estimate, lang: Lang) -> str:
    text = spelled(estimate.value or 0.0, lang)
    if estimate.low is None or estimate.high is None:
        return text
    between = say("{value} ({low} to {high})", value=text, low=spelled(estimate.low, lang),
                  high=spelled(estimate.high, lang))  # fmt: skip
    return words(between, lang)


def _group(estimate: Estimate) -> str:
    return " · ".join(value or "–" for _, value in estimate.by)


def axis(metric: Metric, rule: Rule, lang: Lang, unit: Message | None = None) -> str:
    """What an axis of the metric is called: its name and its unit."""
    if rule.taken is not None:
        return words(metric.title, lang)
    unit = unit or {"points": say("points"), "%": say("%"), "scale": say("mean"), "number": say("mean"),
                    "seconds": say("seconds"), "cases": say("cases")}[rule.unit]  # fmt: skip
    return f"{words(metric.title, lang)}, {words(unit, lang)}"


def _time_format(trend: Trend) -> str:
    return {"day": "%-d %b %y", "week": "%-d %b %y", "month": "%b %Y", "quarter": "%b %Y"}[trend.every]


def _word(message: Any, lang: Lang) -> str:
    return words(message, lang)
