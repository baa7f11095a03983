"""What a report says, in the reader's language and in order: texts and drawn pictures only, ready to be laid out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from cxcore import charts, findings, receipt, totals
from cxcore.engine import Engine
from cxcore.experiment import Plan
from cxcore.fairness import compare_groups
from cxcore.language import Lang, Message, listed, number, plain, say, say_many, words
from cxcore.metrics import Metric, ledger, offered
from cxcore.metrics.alternatives import alternatives, told
from cxcore.metrics.base import Rule
from cxcore.metrics.cells import Asked, scale_of
from cxcore.metrics.estimate import estimates, small_words
from cxcore.metrics.figures import bare, figure
from cxcore.metrics.frames import frames
from cxcore.metrics.measure import measure
from cxcore.report import experiment, pictures
from cxcore.report.experiment import Trial
from cxcore.report.groups import MOST_GROUPS, Group, drawn, in_order
from cxcore.trend import place, signals, trends
from cxcore.values import Condition, Estimate, Every, Finding, Table, Trend

COMPARED = ("agent", "team", "channel", "topic")  # who is compared on the desk's metrics, and never ranked
_NOTHING = say("No difference and no change is large enough to be told from chance after looking at all of them.")
_TOTALS = say("The rows are totals: whether a difference between them is more than chance cannot be told.")
TOP_FINDINGS = 8  # on the first page; the others stand with their metric


@dataclass(frozen=True)
class Told:
    """A finding in words, the ground under it, and whether it is good news (None: neither)."""

    sentence: str
    ground: str
    good: bool | None


@dataclass(frozen=True)
class Split:
    """A metric by the groups of one segment, largest first; `unseen` says how many groups are not in the list."""

    segment: str
    groups: tuple[Group, ...]
    unseen: str


@dataclass(frozen=True)
class Part:
    """One metric: its number, its picture over time, its groups, its definition, what was left out. `terms` are its
    clock and its open cases, `otherwise` its figures under other rules, `compared` whether groups can be told apart."""

    title: str
    question: str
    value: str
    interval: str
    ground: str
    latest: str
    picture: Markup | None
    caption: str
    found: tuple[Told, ...]
    splits: tuple[Split, ...]
    definition: str
    source: str
    left_out: str
    terms: tuple[str, ...] = ()
    otherwise: tuple[str, ...] = ()
    compared: tuple[str, ...] = ()


@dataclass(frozen=True)
class Content:
    """The whole report."""

    file: str
    period: str
    rows: str
    filters: str
    found: tuple[Told, ...]
    nothing: str
    pain_points: tuple[Told, ...]
    parts: tuple[Part, ...]
    facts: tuple[str, ...]
    columns: tuple[str, ...]
    problems: tuple[str, ...]
    trial: Trial | None = None


def of_table(
    engine: Engine, table: Table, lang: Lang, where: Sequence[Condition] = (), plan: Plan | None = None
) -> Content:
    """The content of a table's report, with the experiment it holds (that of the plan, where there is one).

    Raises what `measure` raises: UnknownName for a condition on no column; with a plan, what `compare` raises.
    """
    metrics = (*offered(table), *offered(table, "desk"))
    series = {trend.metric: trend for trend in trends(engine, table, metrics, where=where)}
    found = findings.of_table(engine, table, where, known=tuple(series.values()))
    splits = _splits(engine, table, metrics, lang, where)
    top = findings.stories(found)[:TOP_FINDINGS]
    told = [story[0] for story in top]
    conditions = listed([receipt.spelled(one) for one in where])
    return Content(
        file=table.name,
        period=words(say("{start} to {end}", start=table.period[0], end=table.period[1]), lang) if table.period else "",
        rows=words(say_many("{n} row", "{n} rows", table.rows_used), lang),
        filters=words(say("Only rows where: {conditions}", conditions=conditions), lang) if where else "",
        found=tuple(_story(story, lang) for story in top),
        nothing=words(_TOTALS if table.mapping.kind == "daily" else _NOTHING, lang),
        pain_points=tuple(_told(one, lang) for one in findings.pain_points(found)),
        parts=(
            *(
                _part(engine, table, metric, lang, where, series.get(metric.name), found, told, splits[metric.name])
                for metric in metrics
            ),
            *_totals(engine, table, lang, where),
        ),
        facts=tuple(words(line, lang) for line in receipt.facts(table, where)),
        columns=tuple(words(line, lang) for line in receipt.columns(table)),
        problems=tuple(words(line, lang) for line in receipt.problems(table)),
        trial=experiment.of_table(engine, table, lang, where, plan),
    )


def _totals(engine: Engine, table: Table, lang: Lang, where: Sequence[Condition]) -> list[Part]:
    """A part for each column of a file of totals."""
    return [
        _part(
            engine, table, metric, lang, where, totals.trend(engine, table, metric, metric.rules[0], where), (), (), ()
        )
        for metric in totals.of_table(engine, table)
    ]


def _part(
    engine: Engine,
    table: Table,
    metric: Metric,
    lang: Lang,
    where: Sequence[Condition],
    trend: Trend | None,
    found: Sequence[Finding],
    told: Sequence[Finding],
    splits: tuple[Split, ...],
) -> Part:
    measured = measure(engine, table, metric, where=where)
    rule, whole = measured.rule, measured.estimates[0]
    shown = trend if trend is not None and len(trend.points) > 1 else None
    latest = _latest(shown, rule, lang) if shown else None
    reasons = [say("{reason}: {n}", reason=receipt.left_out_words(name), n=n) for name, n in measured.left_out if n]
    return Part(
        title=words(metric.title, lang),
        question=words(metric.question, lang),
        value=_value(whole, rule, lang),
        interval=_interval(whole, rule, lang),
        ground="" if rule.taken is not None else words(_ground(whole, metric), lang),
        latest=words(latest, lang) if latest else "",
        picture=_picture(shown, metric, rule, found, lang) if shown else None,
        caption=words(_caption(shown), lang) if shown else "",
        found=tuple(_told(one, lang) for one in found if one.metric == metric.name and one not in told),
        splits=splits,
        definition=words(rule.meaning, lang),
        source=words(metric.source, lang),
        left_out=words(listed(reasons), lang),
        terms=tuple(words(line, lang) for line in ledger.lines(measured.terms)) if measured.terms else (),
        otherwise=tuple(words(line, lang) for line in _otherwise(engine, table, metric, where)),
        compared=tuple(words(line, lang) for line in _compared(engine, table, metric, rule, where)),
    )


def _otherwise(engine: Engine, table: Table, metric: Metric, where: Sequence[Condition]) -> list[Message]:
    """The metric under its other rules, those the file can answer."""
    found = alternatives(engine, table, metric, where=where)
    return [told(one, found[0]) for one in found[1:] if one.estimate is not None]


def _compared(engine: Engine, table: Table, metric: Metric, rule: Rule, where: Sequence[Condition]) -> list[Message]:
    """Whether agents, teams, channels and topics can be told apart on a metric of the desk's work."""
    if not metric.desk or rule.family == "stock" or rule.per_customer:
        return []
    found = []
    for role in COMPARED:
        if table.has(role):
            comparison = compare_groups(engine, table, metric, role, where=where)
            if sum(group.value is not None for group in comparison.groups) < 2:
                continue
            found.append(say("{role}: {sentence} {ground}", role=plain(table.header(role)),
                             sentence=comparison.sentence, ground=comparison.ground))  # fmt: skip
    return found


def _story(story: Sequence[Finding], lang: Lang) -> Told:
    """A finding with the other metrics that show the same."""
    first = _told(story[0], lang)
    others = findings.also_seen(story)
    if not others:
        return first
    also = words(say("The same is seen in {names}.", names=listed(others)), lang)
    return replace(first, ground=f"{also} {first.ground}")


def _told(finding: Finding, lang: Lang) -> Told:
    return Told(words(finding.sentence, lang), words(finding.ground, lang), finding.good)


def _value(estimate: Estimate, rule: Rule, lang: Lang) -> str:
    return words(figure(estimate.value, rule.unit), lang)


def _ends(estimate: Estimate, rule: Rule, lang: Lang) -> str:
    if estimate.low is None or estimate.high is None:
        return words(estimate.method, lang)
    low, high = (_bound(end, rule, lang) for end in (estimate.low, estimate.high))
    return words(say("{low} to {high}", low=low, high=high), lang)


def _bound(value: float, rule: Rule, lang: Lang) -> str:
    """The end of an interval; the percent sign stands with the value."""
    return words(figure(value, "points" if rule.unit == "%" else rule.unit), lang)


def _interval(estimate: Estimate, rule: Rule, lang: Lang) -> str:
    ends = _ends(estimate, rule, lang)
    return ends if estimate.low is None else words(say("95 % interval {ends}", ends=ends), lang)


def _ground(estimate: Estimate, metric: Metric) -> Message:
    told = [small_words(estimate) or _count(estimate, metric)]
    if estimate.low is not None:
        told.append(estimate.method)
    return listed(told)


def _count(estimate: Estimate, metric: Metric) -> Message:
    if metric.desk:
        return say_many("{n} case", "{n} cases", estimate.n)
    return say_many("{n} answer", "{n} answers", estimate.n)


def _latest(trend: Trend, rule: Rule, lang: Lang) -> Message | None:
    """The last whole period against the one before, and whether it lies where a steady series would.

    The interval is told and no claim is made of it: over many metrics one week in twenty would look changed by chance.
    Only the control limits call a period unusual.
    """
    change = trend.change
    if change is None:
        return None
    facts = {
        "when": _period_words(trend.every, change.later),
        "later": _value(change.later, rule, lang),
        "earlier": _value(change.earlier, rule, lang),
    }
    if change.value is not None and rule.family == "stock":
        return say("{when}: {later}, after {earlier} in the period before.", **facts)
    if change.value is None or change.low is None or change.high is None:
        return say("The last two periods hold too few answers to be compared.")
    told = say(
        "{when}: {later}, after {earlier} in the period before ({change}, 95 % interval {low} to {high}).",
        **facts,
        change=bare(change.value, rule.unit),
        low=bare(change.low, rule.unit),
        high=bare(change.high, rule.unit),
    )
    return {
        "outside": say("{told} It lies outside the range of a steady series.", told=told),
        "within": say("{told} It lies within the range of a steady series.", told=told),
        "unjudged": say("{told} Too few periods are known to say what is usual.", told=told),
    }[place(trend)]


def _period_words(every: Every, estimate: Estimate) -> Message:
    start = estimate.period
    return {
        "day": say("The last full day, {start}", start=start),
        "week": say("The last full week, from {start}", start=start),
        "month": say("The last full month, from {start}", start=start),
        "quarter": say("The last full quarter, from {start}", start=start),
    }[every]


def _picture(trend: Trend, metric: Metric, rule: Rule, found: Sequence[Finding], lang: Lang) -> Markup:
    """The trend, named by the finding it shows, else by what it spans."""
    own = [one.sentence for one in found if one.metric == metric.name and one.kind == "shift" and not one.by]
    shown = [point for point in trend.points if point.value is not None]
    values = [point.value or 0.0 for point in shown]
    sentence = (
        say("{metric} over time.", metric=metric.title)
        if not values
        else say("{metric} from {start} to {end}: lowest {low}, highest {high}.", metric=metric.title,
                 start=shown[0].period, end=shown[-1].period,
                 low=_bound(min(values), rule, lang), high=_bound(max(values), rule, lang))
    )  # fmt: skip
    title = words(own[0] if own else sentence, lang)
    return pictures.svg(charts.of_trend(trend, metric, rule, lang, "light", title), lang, title)


def _caption(trend: Trend) -> Message:
    length = {"day": say("a day"), "week": say("a week"), "month": say("a month"), "quarter": say("a quarter")}
    told = (
        say("Each point is {length}.", length=length[trend.every])
        if all(point.low is None for point in trend.points)
        else say("Each point is {length}; the band is its 95 % interval.", length=length[trend.every])
    )
    if any(trend.limits):
        told = say("{told} A steady series would stay between the dotted lines.", told=told)
    if signals(trend):
        told = say("{told} Diamonds lie outside them.", told=told)
    return say("{told} The last period is not complete.", told=told) if trend.partial_last else told


def _splits(
    engine: Engine, table: Table, metrics: Sequence[Metric], lang: Lang, where: Sequence[Condition]
) -> dict[str, tuple[Split, ...]]:
    """For each metric its groups in every segment; one query a segment serves all metrics."""
    asked = [Asked(metric, metric.default(table) if metric.desk else metric.rules[0]) for metric in metrics]
    found: dict[str, list[Split]] = {metric.name: [] for metric in metrics}
    for name in findings.segments(table) if asked else ():
        for one, frame in zip(asked, frames(engine, table, asked, by=[name], where=where), strict=True):
            ordered = frame[frame["n"] > 0].sort_values("n", ascending=False, kind="stable")
            groups = estimates(ordered, one.metric.name, one.rule, scale_of(table, one.metric), [name], split=True,
                               beside=True)  # fmt: skip
            if len(groups) > 1:
                segment = words(findings.segment_name(table, name), lang)
                found[one.metric.name].append(_split(segment, groups, one.rule, lang))
    return {name: tuple(splits) for name, splits in found.items()}


def _split(segment: str, groups: Sequence[Estimate], rule: Rule, lang: Lang) -> Split:
    unseen = len(groups) - MOST_GROUPS
    groups = in_order(groups[:MOST_GROUPS])
    return Split(
        segment=segment,
        groups=tuple(
            Group(
                name=words(plain(one.by[0][1]) if one.by[0][1] else say("(nothing given)"), lang),
                n=number(one.n, lang),
                value=_value(one, rule, lang),
                interval=_ends(one, rule, lang),
                small=words(small_words(one) or plain(""), lang) if one.small else "",
                whisker=whisker,
            )
            for one, whisker in zip(groups, drawn(groups), strict=True)
        ),
        unseen=words(say_many("{n} smaller group is not listed.", "{n} smaller groups are not listed.", unseen), lang)
        if unseen > 0
        else "",
    )
