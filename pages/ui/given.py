"""Scores already computed, on the page: each as it stands, over time, without an interval."""

from __future__ import annotations

from functools import partial

from cxcore import charts
from cxcore.language import Lang, plain, say
from cxcore.metrics.base import Metric
from cxcore.metrics.columns import of_column
from cxcore.values import Table, Trend
from pages.ui import cached, cells, pictures, tell


def scores(table: Table) -> None:
    """A cell for each column of given scores; nothing where the file has none."""
    if not table.mapping.given:
        return
    for header, trends in cached.given(table):
        metric = of_column(cached.engine(), table, header)
        with cells.cell(say("How did the given scores move?")):
            if not trends:
                tell.sentence(say("{metric}: several scores fall on one day, or no date is known, so no line is drawn.",
                                  metric=metric.title))  # fmt: skip
            for trend in trends:
                _line(table, metric, trend)
            tell.sentence(
                say("The scores stand as the file gives them. No interval: the file does not say how many answers are"
                    " behind each.")
            )  # fmt: skip


def _line(table: Table, metric: Metric, trend: Trend) -> None:
    """One line with the sentence it says."""
    rule, last = metric.rules[0], trend.whole
    group = " · ".join(value or "–" for _, value in trend.by)
    name = say("{metric}, {group}", metric=metric.title, group=plain(group)) if group else metric.title
    sentence = say(
        "{metric} was given as {value} in {period}.",
        metric=name, value=cells.figure(last.value, rule), period=cells.period(last.period, trend.every),
    )  # fmt: skip
    tell.sentence(sentence)
    draw = partial(_drawn, trend, metric)
    pictures.show(table, (), (metric.name, trend.by), sentence, draw, key=f"given-{metric.needs[0]}-{group}")


def _drawn(trend: Trend, metric: Metric, lang: Lang, theme: charts.Theme, sentence: str) -> object:
    return charts.of_trend(trend, metric, metric.rules[0], lang, theme, sentence)
