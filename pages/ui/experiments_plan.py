"""The first cell: what is changed, by what it is judged, how much matters; and how many answers that takes."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import streamlit as st

from cxcore import charts_experiment, findings, journal
from cxcore import plan as planning
from cxcore.errors import CxError
from cxcore.experiment import Baseline, Entry, Needed, Plan
from cxcore.language import Message, plain, say
from cxcore.values import Table
from pages.ui import cached, cells, experiments_draft, pictures, state, tell
from pages.ui.trials import Trial


def cell(table: Table) -> Trial | None:
    """The plan of a table's experiment; None until it is kept, so that it is said before the results are seen."""
    subject = cached.identity(table)
    state.drafting(subject)
    with cells.cell(say("1. Plan: what do you change, and what do you expect?")):
        entry = kept(subject)
        if entry is not None:
            summary(entry)
        box = st.container() if entry is None else st.expander(tell.told(say("The plan in detail")))
        with box:
            draft = experiments_draft.plan(table)
            if draft is not None:
                sizes(table, draft)
        if draft is not None:
            keep(subject, entry, draft, table.name)
    entry = kept(subject)
    return None if entry is None else Trial(entry, table)


def kept(subject: str) -> Entry | None:
    """The experiment of the journal that is before the reader."""
    wanted = state.kept(subject)
    return next((one for one in journal.entries(cached.workspace().facts) if one.id == wanted), None)


def summary(entry: Entry) -> None:
    """A plan that was kept, in words: what, when, and whether it was changed after the results were seen."""
    plan = entry.plan
    facts = {"metric": experiments_draft.title(plan.metric), "control": plain(plan.control or "–"),
             "treatments": plain(", ".join(plan.treatments))}  # fmt: skip
    tell.sentence(say("{metric}: {treatments} against {control}.", **facts))
    if plan.hypothesis:
        tell.sentence(say("Hypothesis: {words}", words=plain(plan.hypothesis)))
    tell.aside(say("Plan kept on {day:time}, fingerprint {mark}.", day=entry.planned_at, mark=plain(entry.fingerprint)))
    if entry.changed_after_results:
        tell.sentence(
            say("⚠ The plan was changed on {day:time}, after the results had been seen. First it was {mark}.",
                day=entry.changed_at, mark=plain(entry.first))
        )  # fmt: skip


def keep(subject: str, entry: Entry | None, draft: Plan, file: str) -> None:
    """The button that keeps a plan; once it is kept, the button that keeps it changed."""
    if entry is not None and draft == entry.plan:
        return
    if entry is not None:
        tell.sentence(say("You are changing the plan. What follows is still the result of the plan that was kept."))
    label = say("Keep this plan and see the result") if entry is None else say("Keep the changed plan")
    if st.button(tell.told(label), key="keep-plan", type="primary", icon=":material/lock:"):
        now = datetime.now(UTC).astimezone()
        new = journal.keep(
            cached.workspace().facts, draft, now=now, entry_id=entry.id if entry else None, file=file
        )  # fmt: skip
        state.look_at(subject, new.id)
        st.rerun()


def sizes(table: Table, draft: Plan) -> None:
    """How many answers the smallest effect that matters takes, and what the answers there are can see."""
    if draft.effect is None:
        tell.sentence(say("Say which effect would matter to you, to learn how many answers it takes."))
        return
    try:
        base = cached.baseline(table, experiments_draft.bare(draft))
        needed = planning.needed(base, draft.effect, draft.power, draft.level)
    except CxError as error:
        tell.sentence(error.message)
        tell.aside(error.hint)
        return
    there = min((n for _, n in cached.arms_of(table, experiments_draft.bare(draft))), default=0)
    tell.sentence(findings.of_needed(needed))
    if there:
        tell.sentence(_seen(base, there, draft))
    power(needed, there or None, draft, table)


def _seen(base: Baseline, there: int, draft: Plan) -> Message:
    least = planning.visible(base, there, draft.power, draft.level)
    if math.isnan(least):
        return say("The smallest group has {n} answers: too few to see any effect on this scale.", n=there)
    return say("The smallest group of the file has {n} answers: enough to see an effect of {effect} or more.",
               n=there, effect=findings.size(least, base.unit))  # fmt: skip


def power(needed: Needed, there: int | None, draft: Plan, table: Table | None) -> None:
    """The power curve, on request."""
    if not st.toggle(tell.told(say("Show the power curve")), key="power-curve"):
        return
    sentence = findings.of_needed(needed)
    curve = planning.power_curve(needed.baseline, needed.effect, draft.power, draft.level)
    pictures.show(
        table, (), (needed, there), sentence,
        lambda lang, theme, alt: charts_experiment.of_power(curve, needed, there, lang, theme, alt),
        key="power-chart",
    )  # fmt: skip
