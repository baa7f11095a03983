"""Correcting how a file was understood: the questions it leaves open, and the column of a role."""

from __future__ import annotations

import streamlit as st

from cxcore import intake
from cxcore.language import Message, plain, say
from cxcore.mapping.understand import labels
from cxcore.roles import ROLES
from cxcore.values import Question, Table
from pages.ui import cached, files, state, tell

_CHOICES: dict[str, Message] = {
    "high": say("a high number is good"),
    "low": say("a low number is good"),
    "dmy": say("the day comes first"),
    "mdy": say("the month comes first"),
    "ms": say("milliseconds"),
    "s": say("seconds"),
    "min": say("minutes"),
    "h": say("hours"),
    "d": say("days"),
    "": say("no"),
    "none": say("none of them"),
    "rows": say("no: each row of the file counts by itself"),
    "cases": say("yes: one row a case"),
    "answers": say("yes: one row an answered survey"),
}


def questions(table: Table) -> None:
    """What the file does not say, asked; the answer is put to use at once."""
    if not table.mapping.questions:
        return
    with st.container(border=True):
        tell.question(say("What the file does not say"))
        for question in table.mapping.questions:
            _ask(table, question)


def _ask(table: Table, question: Question) -> None:
    tell.sentence(question.asks)
    header = table.header(question.about.partition(".")[0])
    if header and header not in question.choices:
        tell.sentence(say("Column: {name}", name=header))
    chosen = st.selectbox(
        tell.told(say("Your answer")),
        question.choices,
        index=None,
        format_func=tell.labels(_CHOICES).__getitem__,
        placeholder=tell.told(say("not answered: read as “{choice}”", choice=_choice(question))),
        key=f"question-{question.about}",
    )
    if chosen is not None:
        _again(table, {**state.corrections(), question.about: chosen})


def _choice(question: Question) -> Message:
    return _CHOICES.get(question.choices[0], plain(question.choices[0]))


def roles(table: Table) -> None:
    """A role put on another column, or taken off, in place."""
    with st.expander(tell.told(say("Change what a column is used for")), icon=":material/edit:"):
        tell.sentence(say("Choose a role and the column that holds it. Everything is computed anew from the file."))
        names = labels([use.header for use in table.mapping.columns])
        kept = [name for name, use in zip(names, table.mapping.columns, strict=True) if use.fate != "personal"]
        role = st.selectbox(
            tell.told(say("Role")),
            list(ROLES),
            format_func=tell.Labels(
                {each: f"{each}: {tell.told(known.meaning)}" for each, known in ROLES.items()}
            ).__getitem__,
            key="role",
        )
        use = table.mapping.use(role)
        now = names[use.columns[0]] if use else ""
        column = st.selectbox(
            tell.told(say("Column")),
            ["", *kept],
            index=kept.index(now) + 1 if now in kept else 0,
            format_func=tell.labels({"": say("no column")}).__getitem__,
            key=f"column-of-{role}",
        )
        if st.button(tell.told(say("Apply")), key="apply", disabled=column == now):
            _again(table, {**state.corrections(), role: column})
        if state.corrections():
            tell.sentence(say("Corrected by you: {names}", names=", ".join(state.corrections())))
            if st.button(tell.told(say("Undo all corrections")), key="undo"):
                _again(table, {})


def _again(table: Table, corrections: dict[str, str]) -> None:
    with st.spinner(tell.told(say("Reading the file anew"))):
        new = intake.again(table, cached.engine(), cached.workspace(), corrections=corrections)
    files.corrected(new, corrections)
    st.rerun()
