"""From where an experiment's numbers come: a file, totals that are typed, or nowhere yet; and what it comes to."""

from __future__ import annotations

import streamlit as st

from cxcore import compare
from cxcore.experiment import Comparison
from cxcore.language import Message, say
from cxcore.values import Table
from pages.ui import cached, experiments_plan, experiments_typed, state, tell, upload
from pages.ui.trials import Trial

_SOURCES: dict[str, Message] = {
    "file": say("a file"),
    "totals": say("totals I type in"),
    "nothing": say("no data yet"),
}


def planned() -> Trial | None:
    """The experiment whose plan was kept; before that None, and the means to plan one."""
    source = st.segmented_control(
        tell.told(say("Where do the numbers come from?")),
        list(_SOURCES),
        default="file",
        required=True,
        format_func=tell.labels(_SOURCES).__getitem__,
        key="experiment-source",
        persist_state="session",
    )
    if source == "nothing":
        experiments_typed.plan()
        return None
    if source == "totals":
        return experiments_typed.totals()
    table = _table()
    return None if table is None else experiments_plan.cell(table)


def found(trial: Trial) -> Comparison:
    """What the experiment comes to; effects are held back where a check failed, until the person wants them anyway."""
    anyway = state.anyway(trial.entry.id, trial.entry.fingerprint)
    if trial.table is None:
        return compare.of_aggregates(trial.given, trial.entry.plan)
    answer: Comparison
    if not state.first_time((cached.identity(trial.table), trial.entry.plan, anyway)):
        answer = cached.outcome(trial.table, trial.entry.plan, anyway)
        return answer
    with st.spinner(tell.told(say("Comparing the groups"))):
        answer = cached.outcome(trial.table, trial.entry.plan, anyway)
    return answer


def _table() -> Table | None:
    """The rows to compare: the table in use, or the files that were brought, each as one group."""
    table = state.table()
    if table is None:
        tell.empty(
            say("Nothing to compare yet. An experiment needs a file with one row for each answer or customer, a column"
                " that says who got what (such as A or B), and a number, a score or a yes/no to compare them by."),
            say("Look round with the sample: 2,400 new customers of a made-up company got one of two guides, and said"
                " how satisfied they were."),
        )  # fmt: skip
        upload.sample_of_an_experiment()
        upload.for_a_test()
        return None
    files = state.files()
    alike = [file for file in files if len(file.raw.headers) == len(files[0].raw.headers)]
    if len(alike) > 1:
        apart = not any(compare.variants(file)[:1] == ("variant",) for file in files)
        if st.toggle(tell.told(say("Each file is one group")), value=apart, key="experiment-files"):
            stacked: Table = cached.stacked(files)
            return stacked
    if not compare.variants(table):
        tell.empty(
            say("No column of this file splits its rows into groups that could be compared."),
            say("Bring a file with a column that says who got what, or one file for each group."),
        )
        upload.sample_of_an_experiment()
        upload.another()
        return None
    return table
