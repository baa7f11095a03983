"""Beside the planned question: the same by segment, the A/A check, other views. Exploration, and called that."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from cxcore import charts_experiment, findings
from cxcore.experiment import Also, Comparison, Plan
from cxcore.findings import segments as splits
from cxcore.language import Message, plain, say, say_many
from cxcore.values import Table
from pages.ui import cached, cells, pictures, state, tell

_RUNS = 500


def segments(table: Table, plan: Plan, found: Comparison) -> None:
    """The effect in each group of a segment, corrected for looking at several, and labelled as exploration."""
    names = [name for name in splits(table) if name not in {plan.variant, "variant"}]
    if not names:
        tell.sentence(say("No column splits the answers into a few groups, such as a channel or a team."))
        return
    name = st.selectbox(
        tell.told(say("Split by")), names,
        format_func=tell.Labels({each: table.header(each) if table.has(each) else each for each in names}).__getitem__,
        key="effect-split",
    )  # fmt: skip
    seen = cached.outcome(table, replace(plan, by=(name,)), anyway=True)
    shown = [effect for effect in seen.segments if effect.value is not None]
    clear = [effect for effect in shown if effect.real]
    sentence = say_many(
        "Exploration, not proof: {clear} of {n} group shows a difference, with intervals widened for looking at all of"
        " them.",
        "Exploration, not proof: {clear} of {n} groups show a difference, with intervals widened for looking at all of"
        " them.", len(shown), clear=len(clear),
    )  # fmt: skip
    tell.sentence(sentence)
    if not shown:
        return
    several = len(found.effects) > 1
    labels = [
        f"{effect.by[0][1] or '–'} · {effect.treatment}" if several else f"{effect.by[0][1] or '–'}" for effect in shown
    ]
    pictures.show(
        table, (), (plan, name), sentence,
        lambda lang, theme, alt: charts_experiment.of_effects(shown, labels, seen, lang, theme, alt),
        key="segments-effect-chart",
    )  # fmt: skip
    tell.aside(say("An idea found here is worth an experiment of its own; it decides nothing in this one."))
    small = len(seen.segments) - len(shown)
    if small:
        tell.aside(say_many("{n} group is too small to show.", "{n} groups are too small to show.", small))
    lines = [(label, *(tell.told(findings.amount(end, seen.unit)) if end is not None else "–"
                       for end in (effect.value, effect.low, effect.high)))
             for label, effect in zip(labels, shown, strict=True)]  # fmt: skip
    headers = [say("Group"), say("difference"), say("from"), say("to")]
    cells.listing("effect-groups", headers, lines, say("The difference in each group"))


def shuffle(table: Table, plan: Plan, _: Comparison) -> None:
    """How often the method cries wolf on this very file: the labels are shuffled, so that nothing is true."""
    tell.sentence(
        say("Would the method cry wolf on your data? The labels of the groups are shuffled {n} times, so that any"
            " difference it claims is a false alarm.", n=_RUNS)
    )  # fmt: skip
    asked = (cached.identity(table), plan)
    pressed = st.button(tell.told(say("Shuffle {n} times", n=_RUNS)), key="shuffle", icon=":material/shuffle:")
    if not pressed and not state.shuffled(asked):
        return
    state.shuffled(asked, now=True)
    with st.spinner(tell.told(say("Shuffling the labels {n} times", n=_RUNS))):
        found = cached.shuffled(table, plan)
    tell.sentence(findings.of_shuffled(found))
    if found.units < found.of:
        tell.aside(say("Shuffled were {units} of {of}, drawn with seed {seed}.", units=found.units, of=found.of,
                       seed=found.seed))  # fmt: skip


def view(seen: Also) -> Message:
    """Another view of the effect, in a line."""
    facts = {"name": findings.view_name(seen), "method": seen.method}
    parts = [figure for figure in (seen.value, seen.low, seen.high) if figure is not None]
    p = say("p below {p:3}", p=0.001) if seen.p is not None and seen.p < 0.001 else say("p = {p:3}", p=seen.p or 0.0)
    if len(parts) == 3:
        return say("{name}: {value:2} ({low:2} to {high:2}); {method}.", value=parts[0], low=parts[1], high=parts[2],
                   **facts)  # fmt: skip
    number = say("{value:3}", value=parts[0]) if parts else p
    if parts and seen.p is not None:
        number = say("{value:3}, {p}", value=parts[0], p=p)
    return say("{name}: {number}; {method}.", number=number, **facts) if parts or seen.p is not None else plain("")
