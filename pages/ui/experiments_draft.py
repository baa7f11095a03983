"""The plan as it is drafted: its fields, filled with what the file suggests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

import streamlit as st

from cxcore import compare
from cxcore.errors import CxError
from cxcore.experiment import Baseline, Design, Guardrail, Looks, Plan
from cxcore.language import Message, plain, say
from cxcore.metrics import METRICS
from cxcore.metrics.columns import direction_of
from cxcore.metrics.select import column_of
from cxcore.values import Table
from pages.ui import cached, state, tell

Choice = TypeVar("Choice", bound=str)
_FIELD = 251  # pixels: three stand in a row on a laptop
_MOST_ARMS = 4  # treatments that are taken where none is chosen
_MOST_LOOKS = 10
_SURE = frozenset({"variant", "phase", "file", "sheet"})  # columns known to hold the arms
_LOOKS: dict[Looks, Message] = {
    "one": say("once, at the end"),
    "planned": say("at planned times"),
    "free": say("whenever I like"),
}
_DESIGNS: dict[Design, Message] = {
    "arms": say("groups at the same time"),
    "before_after": say("before and after (weaker)"),
}


def plan(table: Table) -> Plan | None:
    """The plan as drafted; None, and what is missing, where no two groups or no metric can be named."""
    hypothesis = _words("hypothesis", say("What do you expect?"), say("With the new guide more customers are content."))
    with st.container(horizontal=True, gap="small"):
        metric = _metric(table)
        variant = _variant(table)
        if metric is None or variant is None:
            tell.sentence(_lacking(metric))
            return None
        control, treatments = _arms(table, Plan(metric, variant=variant))
        drafted = Plan(metric, variant=variant, control=control, treatments=treatments, hypothesis=hypothesis)
        base = _baseline(table, drafted) if treatments else None
        unit = _unit(base)
        effect = _number("effect", say("Smallest effect that matters ({unit})", unit=unit), suggested(base))
        # No margin is suggested: what is practically the same only the person can say, and a verdict would rest on it.
        margin = _number("margin", say("Practically the same within ({unit})", unit=unit), None)
    if not treatments:
        tell.sentence(say("Choose at least one group to compare with the control."))
        return None
    with st.expander(tell.told(say("More: change, split, size, guardrails, unit, design"))):
        return _more(table, replace(drafted, effect=effect, margin=margin))


def bare(drafted: Plan) -> Plan:
    """The plan without what does not bear on the answers before the change, so that they are remembered."""
    return Plan(
        drafted.metric, drafted.rule, drafted.settings, variant=drafted.variant, control=drafted.control,
        treatments=drafted.treatments, unit=drafted.unit, start=drafted.start, where=drafted.where,
        design=drafted.design,
    )  # fmt: skip


def suggested(base: Baseline | None) -> float | None:
    """An effect to begin with: about a tenth of how much single answers differ, as a round number."""
    if base is None or base.variance <= 0:
        return None
    tenth = base.variance**0.5 / 10
    power = 10.0 ** len(str(int(tenth))) / 10 if tenth >= 1 else 10.0 ** -_zeros(tenth)
    return next(step * power for step in (5.0, 3.0, 2.0, 1.0) if step * power <= tenth * 1.05)


def _zeros(small: float) -> int:
    """After how many digits behind the point the first one stands that is not 0."""
    return next(k for k in range(1, 12) if small * 10**k >= 1 / 1.05) if small > 1e-11 else 11


def _lacking(metric: str | None) -> Message:
    if metric is None:
        return say("This file has no score and no column of numbers or of 0 and 1 to compare groups by.")
    return say("No column was recognised as saying who got what. Choose it, if there is one.")


def title(metric: str) -> Message:
    """What a metric, or a column in its place, is called."""
    return METRICS[metric].title if metric in METRICS else plain(metric)


def _metric(table: Table) -> str | None:
    names = cached.measures(table)
    if not names:
        return None
    shown = {name: METRICS[name].title if name in METRICS else plain(_header(table, name)) for name in names}
    chosen: str | None = st.selectbox(
        tell.told(say("The one metric")), names, format_func=tell.labels(shown).__getitem__,
        key=state.DRAFT + "metric", persist_state="session", width=_FIELD,
    )  # fmt: skip
    return chosen


def _header(table: Table, name: str) -> str:
    return table.header(name) if table.has(name) else name


def _variant(table: Table) -> str | None:
    names = compare.variants(table)
    chosen: str | None = st.selectbox(
        tell.told(say("Who got what")), names, index=0 if names and names[0] in _SURE else None,
        format_func=tell.Labels({name: _header(table, name) for name in names}).__getitem__,
        placeholder=tell.told(say("choose a column")), key=state.DRAFT + "variant", persist_state="session",
        width=_FIELD,
    )  # fmt: skip
    return chosen


def _arms(table: Table, drafted: Plan) -> tuple[str | None, tuple[str, ...]]:
    """The control and the treatments, as the file suggests them."""
    there = [name for name, _ in cached.arms_of(table, drafted)]
    control = st.selectbox(
        tell.told(say("Control (as before)")), there, index=compare.likely_control(there) if there else None,
        key=state.DRAFT + "control", persist_state="session", width=_FIELD,
    )  # fmt: skip
    others = [name for name in there if name != control]
    label, place = tell.told(say("Treatment (what is new)")), there.index(control) if control in there else 0
    if len(others) == 1:  # no choice; and the marks of several choices are hard to read in the dark
        st.selectbox(label, others, key=f"{state.DRAFT}treatment-{place}", width=_FIELD)
        return control, tuple(others)
    chosen = st.multiselect(
        label, others, default=others[:_MOST_ARMS],
        key=f"{state.DRAFT}treatments-{place}", persist_state="session", width=_FIELD,
    )  # fmt: skip
    return control, tuple(chosen)


def _baseline(table: Table, drafted: Plan) -> Baseline | None:
    try:
        found: Baseline = cached.baseline(table, bare(drafted))
    except CxError:
        return None
    return found


def _unit(base: Baseline | None) -> Message:
    known = {"%": say("points"), "points": say("points"), "seconds": say("seconds")}
    return known.get(base.unit if base else "", say("as the column"))


def _more(table: Table, drafted: Plan) -> Plan:
    """The fields that have a sensible default for almost every experiment."""
    name = _words("name", say("Name of the experiment"), say("New guide"))
    change = _words("change", say("The one change"), say("The treatment gets the new activation guide."))
    with st.container(horizontal=True, gap="small"):
        split = _split(1 + len(drafted.treatments))
        size = _number("size", say("Planned answers per group"), None, step=1.0)
        start = _day("start", say("Start, or day of the change"))
        end = _day("end", say("Planned end"))
    with st.container(horizontal=True, gap="small"):
        unit = _unit_of(table)
        looks = _one_of("looks", say("You look at the result"), _LOOKS)
        looks_at = _look_at(looks)
        design = _one_of("design", say("Design"), _DESIGNS)
        before, before_on = _before(table, drafted)
    guards = _guardrails(table, drafted)
    return replace(
        drafted, name=name, changes=(change,) if change else (), split=split, size=None if size is None else int(size),
        start=start, end=end, unit=unit, design=design, looks=looks, look_at=looks_at, before=before,
        before_on=before_on, guardrails=guards, lower_is_better=_lower(table, drafted),
    )  # fmt: skip


def _split(arms: int) -> tuple[float, ...]:
    """The planned shares, control first; none typed are equal ones."""
    equal = "50/50" if arms == 2 else "/".join(["1"] * arms)
    text = st.text_input(
        tell.told(say("Planned split, control first")), placeholder=equal,
        key=state.DRAFT + "split", persist_state="session", width=_FIELD,
    )  # fmt: skip
    parts = [part.strip().replace(",", ".") for part in (text or "").split("/") if part.strip()]
    if not parts:
        return ()
    if len(parts) != arms or not all(part.replace(".", "", 1).isdigit() and float(part) > 0 for part in parts):
        tell.sentence(say("The split needs {n} numbers above 0, such as 50/50; equal shares are taken.", n=arms))
        return ()
    return tuple(float(part) for part in parts)


def _unit_of(table: Table) -> str | None:
    """What was assigned to the groups: the customer where the code repeats, unless the rows are wanted."""
    if table.busiest <= 1:
        return None
    rows = st.selectbox(
        tell.told(say("What was assigned")), (False, True),
        format_func=tell.labels({False: say("the customer (the code repeats)"), True: say("each row")}).__getitem__,
        key=state.DRAFT + "rows", persist_state="session", width=_FIELD,
    )  # fmt: skip
    return "row" if rows else None


def _look_at(looks: Looks) -> tuple[float, ...]:
    if looks != "planned":
        return ()
    times = int(_number("times", say("How many looks"), 4.0, step=1.0) or 4)
    times = min(max(times, 2), _MOST_LOOKS)
    return tuple(k / times for k in range(1, times + 1))


def _before(table: Table, drafted: Plan) -> tuple[str | None, date | None]:
    """A number of each customer from before the change, which takes noise out of the comparison."""
    names = [name for name in cached.measures(table) if name not in METRICS and name != drafted.metric]
    if not names:
        return None, None
    chosen = st.selectbox(
        tell.told(say("A number known before the change")), names, index=None,
        placeholder=tell.told(say("none")), key=state.DRAFT + "before", persist_state="session", width=_FIELD,
    )  # fmt: skip
    return (chosen, _day("before-on", say("… measured on"))) if chosen else (None, None)


def _guardrails(table: Table, drafted: Plan) -> tuple[Guardrail, ...]:
    """Metrics that must not get worse, each with how much worse still counts as unharmed."""
    names = [name for name in cached.measures(table) if name != drafted.metric]
    if not names:
        return ()
    shown = {name: METRICS[name].title if name in METRICS else plain(_header(table, name)) for name in names}
    chosen = st.multiselect(
        tell.told(say("Guardrails: what must not get worse")), names, format_func=tell.labels(shown).__getitem__,
        key=state.DRAFT + "guardrails", persist_state="session",
    )  # fmt: skip
    found = []
    for name in chosen:
        base = _baseline(table, replace(drafted, metric=name))
        label = say("{metric}: unharmed within ({unit})", metric=shown[name], unit=_unit(base))
        margin = _number(f"guard-{names.index(name)}", label, suggested(base))
        if margin is not None:
            found.append(Guardrail(name, margin))
    return tuple(found)


def _lower(table: Table, drafted: Plan) -> bool | None:
    """Whether less is better: asked only where neither the metric nor the column's role says it."""
    known = METRICS.get(drafted.metric)
    if known.direction if known is not None else direction_of(column_of(table, drafted.metric)):
        return None
    label = tell.told(say("Less is better"))
    return True if st.toggle(label, key=state.DRAFT + "lower", persist_state="session") else None


def _words(field: str, label: Message, example: Message) -> str:
    text = st.text_input(
        tell.told(label), max_chars=300, placeholder=tell.told(say("For example: {words}", words=example)),
        key=state.DRAFT + field, persist_state="session",
    )  # fmt: skip
    return (text or "").strip()


def _number(field: str, label: Message, value: float | None, step: float | None = None) -> float | None:
    """A number above 0, or none."""
    found = st.number_input(
        tell.told(label), min_value=0.0, value=value, step=step, format="%g" if step is None else "%.0f",
        placeholder=tell.told(say("optional")) if value is None else None,
        key=state.DRAFT + field, persist_state="session", width=_FIELD,
    )  # fmt: skip
    return found or None


def _day(field: str, label: Message) -> date | None:
    return st.date_input(
        tell.told(label), value=None, format="DD/MM/YYYY", key=state.DRAFT + field, persist_state="session",
        width=_FIELD,
    )  # fmt: skip


def _one_of(field: str, label: Message, options: dict[Choice, Message]) -> Choice:
    chosen: Choice = st.selectbox(
        tell.told(label), list(options), format_func=tell.labels(options).__getitem__, key=state.DRAFT + field,
        persist_state="session", width=_FIELD,
    )  # fmt: skip
    return chosen


def fill(plan: Plan, arms: Sequence[str]) -> None:
    """Fills the draft with a plan of the journal; `arms` are the groups of the file, the control first."""
    control = arms.index(plan.control) if plan.control in arms else 0
    state.draft({
        "hypothesis": plan.hypothesis, "metric": plan.metric, "variant": plan.variant, "control": plan.control,
        f"treatments-{control}": list(plan.treatments), "effect": plan.effect, "margin": plan.margin,
        "looks": plan.looks, "name": plan.name, "change": "; ".join(plan.changes),
        "split": "/".join(f"{share:g}" for share in plan.split), "size": plan.size, "start": plan.start,
        "end": plan.end, "rows": plan.unit == "row", "design": plan.design, "times": len(plan.look_at) or 4,
        "before": plan.before, "before-on": plan.before_on, "guardrails": [one.metric for one in plan.guardrails],
        "lower": bool(plan.lower_is_better),
    })  # fmt: skip
