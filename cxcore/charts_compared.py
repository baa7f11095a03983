"""Level 5. Pictures of a fair comparison (funnel, raw beside adjusted) and of what customers say after a wait."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from cxcore.charts import ACCENT, MOST_BARS, OTHER, QUIET, WIDE, Theme, styled, time_marks
from cxcore.durations import spelled, unit_of
from cxcore.fairness import Compared, Comparison
from cxcore.handover import Handover
from cxcore.language import Lang, number, say, words

Names = Mapping[str | None, str]  # what each group is called on the picture


def _size(comparison: Comparison) -> tuple[float, str, Any]:
    """What to divide by, and the unit's name: times are drawn in the unit that fits them."""
    if comparison.unit != "seconds" or comparison.centre is None:
        return 1.0, comparison.unit, None
    size, name = unit_of(comparison.centre)
    return size, "", name


def told(value: float | None, unit: str, lang: Lang) -> str:
    """A figure of a comparison in words."""
    if value is None:
        return "–"
    if unit == "seconds":
        return spelled(value, lang)
    return f"{number(value, lang, 1)} %" if unit == "%" else number(value, lang, 2 if unit != "points" else 1)


def _shown(comparison: Comparison) -> list[Compared]:
    return [one for one in comparison.groups if one.value is not None]


def _title(comparison: Comparison, lang: Lang) -> str:
    _, sign, name = _size(comparison)
    return words(name, lang) if name is not None else sign if sign in {"%", "points"} else words(say("value"), lang)


def of_funnel(comparison: Comparison, names: Names, lang: Lang, theme: Theme, sentence: str) -> Any:
    """Each group's adjusted figure over its number of cases, inside the limits of groups that work like all."""
    size, _, _ = _size(comparison)
    shown = sorted(_shown(comparison), key=lambda one: one.n)
    frame = pd.DataFrame(
        [
            {
                "f0": names[one.name], "f1": one.n, "f2": (one.value or 0) / size,
                "f3": one.limits[0] / size if one.limits else None, "f4": one.limits[1] / size if one.limits else None,
                "f5": one.apart is not None, "f6": told(one.value, comparison.unit, lang),
                "f7": number(one.n, lang), "f8": names[one.name] if one.apart else "",
            }
            for one in shown
        ]
    )  # fmt: skip
    x = alt.X("f1:Q", title=words(say("cases of the group"), lang), scale=alt.Scale(zero=False, padding=24),
              axis=alt.Axis(grid=False))  # fmt: skip
    y = alt.Y("f2:Q", title=_title(comparison, lang), scale=alt.Scale(zero=False))
    base = alt.Chart(frame)
    band = base.mark_area(opacity=0.14, color=QUIET[theme]).encode(x=x, y=alt.Y("f3:Q", title=_title(comparison, lang)),
                                                                   y2="f4:Q")  # fmt: skip
    edges = [base.mark_line(color=QUIET[theme], strokeDash=[2, 3], strokeWidth=1).encode(x=x, y=f"{field}:Q")
             for field in ("f3", "f4")]  # fmt: skip
    centre = alt.Chart(pd.DataFrame({"f2": [(comparison.centre or 0) / size]})).mark_rule(color=QUIET[theme]).encode(
        y="f2:Q")  # fmt: skip
    chosen = alt.selection_point(name="chosen", fields=["f0"], on="click", clear="dblclick")
    points = base.mark_point(filled=True, opacity=1).encode(
        x=x, y=y,
        color=alt.condition(alt.datum["f5"], alt.value(OTHER[theme]), alt.value(ACCENT[theme])),
        shape=alt.condition(alt.datum["f5"], alt.value("diamond"), alt.value("circle")),
        size=alt.condition(alt.datum["f5"], alt.value(130), alt.value(70)),
        tooltip=[alt.Tooltip("f0:N", title=" "), alt.Tooltip("f6:N", title=words(say("adjusted"), lang)),
                 alt.Tooltip("f7:N", title="n")],
    ).add_params(chosen)  # fmt: skip
    labels = base.mark_text(align="left", dx=9, color=OTHER[theme]).encode(x=x, y=y, text="f8:N")
    return styled(alt.layer(band, *edges, centre, points, labels).properties(height=WIDE, width="container"),
                  theme, lang, sentence)  # fmt: skip


def of_mix(comparison: Comparison, names: Names, lang: Lang, theme: Theme, sentence: str) -> Any:
    """Each group's raw figure (a ring) beside what it would be with everybody's mix of work (a point, its interval)."""
    size, _, _ = _size(comparison)
    shown = _shown(comparison)[:MOST_BARS]
    raw, adjusted = words(say("raw"), lang), words(say("adjusted"), lang)
    frame = pd.DataFrame(
        [
            {
                "f0": names[one.name], "f1": (one.value or 0) / size, "f2": (one.low or 0) / size,
                "f3": (one.high or 0) / size, "f4": told(one.value, comparison.unit, lang), "f5": adjusted,
            }
            for one in shown
        ]
    )  # fmt: skip
    rings = pd.DataFrame(
        [
            {"f0": names[one.name], "f1": one.raw / size, "f4": told(one.raw, comparison.unit, lang), "f5": raw}
            for one in shown
            if one.raw is not None
        ]
    )
    y = alt.Y("f0:N", sort=[names[one.name] for one in shown], title=None)
    x = alt.X("f1:Q", title=_title(comparison, lang), scale=alt.Scale(zero=False, nice=True))
    kinds = [adjusted, raw]
    colour = alt.Color("f5:N", title=None, scale=alt.Scale(domain=kinds, range=[ACCENT[theme], OTHER[theme]]))
    shape = alt.Shape("f5:N", title=None, scale=alt.Scale(domain=kinds, range=["circle", "cross"]))
    tip = [alt.Tooltip("f0:N", title=" "), alt.Tooltip("f5:N", title=" "), alt.Tooltip("f4:N", title=" ")]
    whisker = alt.Chart(frame).mark_rule(color=ACCENT[theme], strokeWidth=2).encode(
        y=y, x=alt.X("f2:Q", title=_title(comparison, lang), scale=alt.Scale(zero=False)), x2="f3:Q")  # fmt: skip
    centre = alt.Chart(pd.DataFrame({"f1": [(comparison.centre or 0) / size]})).mark_rule(
        color=QUIET[theme], strokeDash=[5, 3]).encode(x="f1:Q")  # fmt: skip
    layers = [centre, whisker]
    for data in (rings, frame):
        marks = alt.Chart(data).mark_point(filled=True, size=80, opacity=1)
        layers.append(marks.encode(y=y, x=x, color=colour, shape=shape, tooltip=tip))
    height = max(120, 26 * len(shown) + 40)
    return styled(alt.layer(*layers).properties(height=height, width="container"), theme, lang, sentence)


def of_handover(found: Handover, delay: str, rating: str, lang: Lang, theme: Theme, sentence: str) -> Any:
    """Answers over the time before them: points as large as the answers they stand for, the smooth line, its band."""
    points = pd.DataFrame(
        [
            {"f0": one.seconds, "f1": one.answer, "f2": one.n, "f3": spelled(one.seconds, lang)}
            for one in found.points
        ]
    )  # fmt: skip
    line = pd.DataFrame([{"f0": p.seconds, "f1": p.value, "f2": p.low, "f3": p.high} for p in found.line])
    low, high = points["f0"].min() / 1.3, points["f0"].max() * 1.3
    ticks, named = time_marks(low, high, lang)
    x = alt.X("f0:Q", title=delay, scale=alt.Scale(type="log", domain=[low, high], nice=False),
              axis=alt.Axis(values=ticks, labelExpr=named, grid=False))  # fmt: skip
    y = alt.Y("f1:Q", title=rating, scale=alt.Scale(domain=[found.scale[0] - 0.3, found.scale[1] + 0.3], nice=False),
              axis=alt.Axis(tickMinStep=1))  # fmt: skip
    dots = alt.Chart(points).mark_point(filled=True, color=QUIET[theme], opacity=0.45).encode(
        x=x, y=y, size=alt.Size("f2:Q", title=words(say("answers"), lang), scale=alt.Scale(range=[12, 420])),
        tooltip=[alt.Tooltip("f3:N", title=delay), alt.Tooltip("f1:Q", title=rating), alt.Tooltip("f2:Q", title="n")],
    )  # fmt: skip
    layers = [dots]
    if not line.empty:
        layers.append(
            alt.Chart(line)
            .mark_area(opacity=0.25, color=ACCENT[theme])
            .encode(x=x, y=alt.Y("f2:Q", title=rating), y2="f3:Q")
        )
        layers.append(alt.Chart(line).mark_line(color=ACCENT[theme], strokeWidth=2.5).encode(x=x, y="f1:Q"))
    return styled(alt.layer(*layers).properties(height=WIDE, width="container"), theme, lang, sentence)
