"""The receipt on the page: what was read, what became of each column, what does not fit."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from cxcore import receipt
from cxcore.language import Message, say, say_many
from cxcore.roles import ROLES
from cxcore.values import ColumnUse, Confidence, Fate, Problem, Table
from pages.ui import cached, tell

_FATES: dict[Fate, Message] = {
    "segment": say("to split by"),
    "ignored": say("not used"),
    "personal": say("personal, not kept"),
}
_SURE: dict[Confidence, Message] = {"high": say("high"), "medium": say("medium"), "low": say("low: please check")}


def summary(table: Table) -> None:
    """What was recognised, in one sentence, and the file's facts folded under it."""
    with st.container(border=True):
        tell.question(say("What was read?"))
        tell.sentence(receipt.counted(table))
        if table.cases is not None:
            tell.sentence(say("Rows that belong together were taken as one, which makes {n}.", n=table.cases))
        if table.period:
            tell.sentence(say("The dates run from {start} to {end}.", start=table.period[0], end=table.period[1]))
        with st.expander(tell.told(say("The receipt")), icon=":material/receipt_long:"):
            for line in receipt.facts(table):
                tell.sentence(line)


def columns(table: Table) -> None:
    """Every column of the file in one table: what became of it, how sure that is, examples."""
    with st.container(border=True):
        tell.question(say("What became of each column?"))
        tell.sentence(_counted(table))
        shown = cached.examples(table)
        names = [say("column"), say("used as"), say("scale"), say("confidence"), say("examples"),
                 say("unit"), say("reason")]  # fmt: skip
        frame = pd.DataFrame([_column(table, use, shown.get(use.index, ())) for use in table.mapping.columns])
        frame.columns = pd.Index([tell.told(name) for name in names])
        st.dataframe(
            frame,
            hide_index=True,
            key="columns",
            placeholder="",
            height="content" if len(frame) <= 20 else 560,
            column_config={
                name: st.column_config.TextColumn(width=width)
                for name, width in zip(frame.columns, (190, 290, 60, 130, 240, 60, 360), strict=True)
            },
            alt=tell.told(say("What became of each column of the file")),
        )


def _counted(table: Table) -> Message:
    fates = [use.fate for use in table.mapping.columns]
    return say(
        "Columns used: {used}. Others that can split the answers: {segments}. Personal, and not kept: {personal}. Not"
        " used: {other}.",
        used=fates.count("role") + fates.count("also"),
        segments=fates.count("segment"),
        personal=fates.count("personal"),
        other=fates.count("ignored"),
    )


def _column(table: Table, use: ColumnUse, examples: tuple[str, ...]) -> tuple[str, ...]:
    role = table.mapping.use(use.role) if use.role and use.fate == "role" else None
    scale = say("{low}–{high}", low=role.scale[0], high=role.scale[1]) if role and role.scale else None
    turned = role is not None and role.reversed
    why = role.why if role else use.why
    return (
        use.header,
        tell.told(_used_as(table, use)),
        (tell.told(scale) if scale else "") + (tell.told(say(", turned round")) if turned else ""),
        tell.told(_SURE[role.confidence]) if role else "",
        " · ".join(" ".join(text.split())[:60] for text in examples),
        (role.unit or "") if role else "",
        tell.told(why) if why else "",
    )


def _used_as(table: Table, use: ColumnUse) -> Message:
    if use.index in table.mapping.given:
        return say("shown as it is given")
    if use.role is None:
        return _FATES[use.fate]
    meaning = ROLES[use.role].meaning
    return say("could stand in: {meaning}", meaning=meaning) if use.fate == "also" else meaning


def problems(table: Table) -> None:
    """What does not fit: warnings first, with the spreadsheet's own row numbers."""
    with st.container(border=True):
        tell.question(say("What does not fit?"))
        found = sorted(table.problems, key=lambda problem: problem.severity != "warning")
        if not found:
            tell.sentence(say("Everything fits."))
            return
        warnings = sum(problem.severity == "warning" for problem in found)
        tell.sentence(say_many("{n} thing to look at.", "{n} things to look at.", warnings) if warnings
                      else say("Nothing to mend; these are for your information."))  # fmt: skip
        names = [say("what"), say("column"), say("cells"), say("rows of the spreadsheet")]
        frame = pd.DataFrame([_problem(table, problem) for problem in found])
        frame.columns = pd.Index([tell.told(name) for name in names])
        st.dataframe(
            frame,
            hide_index=True,
            key="problems",
            row_height=tell.TWO_LINES,
            height="content" if len(frame) <= 15 else 560,
            column_config={
                name: st.column_config.TextColumn(width=width)
                for name, width in zip(frame.columns, (360, 190, 70, 170), strict=True)
            },
            alt=tell.told(say("What does not fit in the file")),
        )


def _problem(table: Table, problem: Problem) -> tuple[str, str, str, str]:
    rows = ", ".join(str(row) for row in problem.rows)
    if problem.count > len(problem.rows) > 0:
        rows += " …"
    column = problem.column or ""
    return (
        tell.told(problem.what),
        table.header(column) if column in ROLES and table.has(column) else column,
        tell.told(say("{n}", n=problem.count)) if problem.count else "",
        rows,
    )
