"""The third cell: how large is the effect? Pictures of the difference, the answers, the way there; guardrails."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from cxcore import charts_experiment, code, compare, export, findings, receipt
from cxcore.errors import CxError
from cxcore.experiment import Comparison, Effect, Plan
from cxcore.language import Message, plain, say, words
from cxcore.values import SMALL_GROUP, Table
from pages.ui import cached, cells, download, experiments_explore, pictures, state, tell
from pages.ui.trials import Trial

_VIEWS: dict[str, Message] = {
    "difference": say("The difference"),
    "answers": say("The answers"),
    "time": say("Over time"),
    "groups": say("By segment"),
    "shuffle": say("A/A check"),
}


def cell(trial: Trial, found: Comparison) -> None:
    """The effect with its interval; nothing of it while it is held back."""
    with cells.cell(say("3. Effect: how large is the difference?")):
        if found.held_back:
            tell.sentence(say("Held back, because a check of the design failed."))
            return
        for effect in found.effects:
            tell.sentence(told(found, effect))
        for guard in found.guardrails:
            word, icon = _HELD[guard.holds]
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                st.badge(tell.told(word), icon=icon, color="gray")
                tell.sentence(findings.of_guardrail(found, guard))
        _views(trial, found)
        _ground(trial, found)


_HELD: dict[bool | None, tuple[Message, str]] = {
    True: (say("guardrail held"), ":material/shield:"),
    False: (say("guardrail broken"), ":material/gpp_bad:"),
    None: (say("guardrail open"), ":material/help:"),
}


def told(found: Comparison, effect: Effect) -> Message:
    """Both arms' values and how far they are apart."""
    arms = {arm.name: arm for arm in found.arms}
    control, treatment = arms[effect.control], arms[effect.treatment]
    if effect.value is None or control.value is None or treatment.value is None:
        return findings.of_effect(found, effect)
    facts: dict[str, object] = {
        "metric": found.title, "treatment": plain(effect.treatment), "control": plain(effect.control),
        "after": value(treatment.value, found.unit), "before": value(control.value, found.unit),
    }  # fmt: skip
    if effect.low is None or effect.high is None:
        return say("{metric}: {after} with {treatment}, {before} with {control}.", **facts)
    if effect.told != "difference":
        return say("{metric}: {after} with {treatment}, {before} with {control}; {percent:+1} % ({level} % interval"
                   " {low:+1} % to {high:+1} %).", percent=100 * (effect.value - 1), low=100 * (effect.low - 1),
                   high=100 * (effect.high - 1), level=100 * effect.level, **facts)  # fmt: skip
    ends = {
        name: findings.amount(end, found.unit)
        for name, end in (("size", effect.value), ("low", effect.low), ("high", effect.high))
    }
    facts |= {"level": 100 * effect.level, **ends}
    if found.unit in {"%", "points"}:
        return say("{metric}: {after} with {treatment}, {before} with {control}; a difference of {size} points"
                   " ({level} % interval {low} to {high}).", **facts)  # fmt: skip
    return say("{metric}: {after} with {treatment}, {before} with {control}; a difference of {size}"
               " ({level} % interval {low} to {high}).", **facts)  # fmt: skip


def value(number: float, unit: str) -> Message:
    """A value of the metric in its unit."""
    told = findings.amount(number, unit, signed=False)
    return say("{value} %", value=told) if unit == "%" else told


def _views(trial: Trial, found: Comparison) -> None:
    """The picture that was chosen; only that one is computed."""
    views = {name: title for name, title in _VIEWS.items() if trial.table is not None or name == "difference"}
    if trial.plan.design != "arms":
        views = {"difference": _VIEWS["difference"]}
    chosen = st.segmented_control(
        tell.told(say("Look at")), list(views), default="difference", required=True,
        format_func=tell.labels(views).__getitem__, key="effect-view",
    )  # fmt: skip
    if trial.table is None or chosen in {None, "difference"}:
        _difference(trial, found)
        return
    drawn: dict[str, Callable[[Table, Plan, Comparison], None]] = {
        "answers": _answers, "time": _time, "groups": experiments_explore.segments,
        "shuffle": experiments_explore.shuffle,
    }  # fmt: skip
    try:
        drawn[chosen](trial.table, trial.plan, found)
    except CxError as error:
        tell.sentence(error.message)
        tell.sentence(error.hint)


def _difference(trial: Trial, found: Comparison) -> None:
    first = found.effects[0]
    what = (trial.plan, found.status, trial.given)
    sentence = told(found, first)
    if any(arm.value is not None for arm in found.arms):
        pictures.show(
            trial.table, (), (*what, "arms"), sentence,
            lambda lang, theme, alt: charts_experiment.of_arms(found, lang, theme, alt), key="arms-chart",
        )  # fmt: skip
    if not charts_experiment.on_one_axis(found) and first.value is not None:
        names = [f"{effect.treatment} − {effect.control}" for effect in found.effects]
        pictures.show(
            trial.table, (), (*what, "effects"), sentence,
            lambda lang, theme, alt: charts_experiment.of_effects(found.effects, names, found, lang, theme, alt),
            key="effects-chart",
        )  # fmt: skip
    tell.aside(
        say("Lines are intervals: the true value lies in them in {level:0} of 100 such experiments. The broken line is"
            " no difference.", level=100 * first.level)
    )  # fmt: skip
    if trial.plan.margin is not None:
        tell.aside(say("Inside the grey band a difference does not matter."))
    lines = [(arm.name, arm.n, arm.units or arm.n, *_ends(found, (arm.value, arm.low, arm.high))) for arm in found.arms]
    headers = [say("Group"), say("Answers"), say("Units"), found.title, say("from"), say("to")]
    cells.listing("arms", headers, lines, say("The groups with their intervals"))


def _ends(found: Comparison, ends: tuple[float | None, ...]) -> list[str]:
    return ["–" if end is None else tell.told(value(end, found.unit)) for end in ends]


def _answers(table: Table, plan: Plan, _: Comparison) -> None:
    spread = cached.answers_of_arms(table, plan)
    sentence = say("How the answers spread in each group, as a share of the group.")
    tell.sentence(sentence)
    pictures.show(
        table, (), (plan, "spread"), sentence,
        lambda lang, theme, alt: charts_experiment.of_spread(spread, lang, theme, alt), key="answers-chart",
    )  # fmt: skip
    lines = [(arm, tell.told(say("{value}", value=answer)), n) for arm, answers in spread for answer, n in answers]
    headers = [say("Group"), say("answer"), say("answers")]
    cells.listing("answers", headers, lines, say("How many gave each answer in each group"))


def _time(table: Table, plan: Plan, found: Comparison) -> None:
    moments = cached.over_time(table, plan)
    shown = [moment for moment in moments if moment.value is not None]
    if len(shown) < 2:
        tell.sentence(say("All answers came in at once, so there is nothing to draw over time."))
        return
    sentence = say("The difference between {treatment} and {control} as the answers came in.",
                   treatment=plain(found.effects[0].treatment), control=plain(found.effects[0].control))  # fmt: skip
    tell.sentence(sentence)
    pictures.show(
        table, (), (plan, "time"), sentence,
        lambda lang, theme, alt: charts_experiment.of_moments(moments, found, lang, theme, alt), key="time-chart",
    )  # fmt: skip
    if plan.looks == "one":
        tell.aside(say("To be read at the end only: whoever looks often and stops when the band leaves the line of no"
                       " difference errs up to one time in five."))  # fmt: skip
    else:
        tell.aside(say("The dotted lines are the boundary that allows for looking early: only they may end the"
                       " experiment before its end."))  # fmt: skip
    lines = [
        (tell.told(say("{day}", day=m.until)), *m.n, *(_gap(end, found.unit) for end in (m.value, m.low, m.high)))
        for m in shown
    ]
    first = found.effects[0]
    headers = [say("until"), plain(f"n {first.control}"), plain(f"n {first.treatment}"), say("difference"), say("from"),
               say("to")]  # fmt: skip
    cells.listing("time", headers, lines, say("The difference as the answers came in"))


def _gap(size: float | None, unit: str) -> str:
    return "–" if size is None else tell.told(findings.amount(size, unit))


def _ground(trial: Trial, found: Comparison) -> None:
    """What the effect stands on, folded away: method, p, other views, customers who repeat, the code."""
    with st.expander(tell.told(say("What this stands on")), icon=":material/info:"):
        for effect in found.effects:
            tell.sentence(say("{name}: {ground}.", name=plain(f"{effect.treatment} − {effect.control}"),
                              ground=findings.ground_of_effect(found, effect)))  # fmt: skip
            for view in effect.also:
                tell.sentence(experiments_explore.view(view))
        for view in found.together:
            tell.sentence(experiments_explore.view(view))
        if found.clusters is not None:
            tell.sentence(say("{rows:1} answers a customer on average; the interval allows for it.",
                              rows=found.clusters.rows_per_unit))  # fmt: skip
        _code(trial, found)


def _code(trial: Trial, found: Comparison) -> None:
    """The command, and the script that gives the same figures; with the rows that it reads, where it reads them."""
    table, plan = trial.table, trial.plan
    if table is None:
        shown = code.of_totals(trial.given, plan, found)
    else:
        shown = cached.code_of(table, plan, state.anyway(trial.entry.id, trial.entry.fingerprint))
    tell.aside(say("The same figures without a browser; the script needs neither the app nor its code:"))
    st.code(shown, language="python")
    if table is None or not code.reads_rows(shown):
        return
    if min(min(arm.units or arm.n, arm.n) for arm in found.arms) < SMALL_GROUP:
        tell.aside(say("The script reads the rows compared; of so small a group they are not handed out."))
        return
    tell.aside(say("The script reads the rows compared. Save them beside it as {name}.", name=code.ROWS))
    engine, lang = cached.engine(), state.language()

    def make() -> bytes:  # runs when the button is pressed, outside the page: nothing of Streamlit in it
        try:
            return export.csv_of(compare.rows_compared(engine, table, plan), receipt.lines(table, lang, plan.where))
        except CxError as error:
            return export.csv_of(pd.DataFrame(), [words(error.message, lang)])

    what = repr((cached.identity(table), plan, lang))
    download.button(say("Download the rows compared"), make, code.ROWS.removesuffix(".csv"), what, "rows-compared")
