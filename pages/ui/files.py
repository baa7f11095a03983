"""The files a person brought: which there are, how they fit together, what was remembered of their like."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import streamlit as st

from cxcore import intake, join, update
from cxcore import work as works
from cxcore.errors import CxError
from cxcore.language import plain, say, say_many
from cxcore.mapping.understand import labels
from cxcore.metrics import offered
from cxcore.values import Table
from cxcore.work import Work
from pages.ui import cached, state, tell


def add(table: Table, source: Path | None) -> None:
    """Keeps a file just read: in the place of one it continues, else beside the others; corrected as its like was."""
    table, corrections = _as_remembered(table)
    work, place, told = state.work(), None, None
    for at, before in enumerate(work.files):
        if before.raw.sha256 == table.raw.sha256:  # the same file, or another sheet of the same workbook
            place = at
            break
        found = update.of(before, table, cached.engine(), cached.workspace())
        if found is not None:
            place, told = at, works.Continued(at, before, table, update.told(found, before.name))
            table = found.table
            break
    work = works.kept(work, table, source, corrections, place, told)
    state.put(_arranged(work, choosing=True))


def corrected(table: Table, corrections: dict[str, str]) -> None:
    """Puts a corrected file in use, and remembers the corrections for files with the same columns."""
    state.put(_arranged(works.corrected(state.work(), table, corrections), choosing=False))
    cached.workspace().facts.correct(table.raw.headers, corrections)


def _as_remembered(table: Table) -> tuple[Table, dict[str, str]]:
    """The table under the corrections made to a file with the same columns; as it is where they do not fit."""
    remembered = cached.workspace().facts.corrections(table.raw.headers)
    if not remembered:
        return table, {}
    try:
        return intake.again(table, cached.engine(), cached.workspace(), corrections=remembered), remembered
    except CxError:
        return table, {}


def _arranged(work: Work, *, choosing: bool) -> Work:
    """The work with the file in use joined with the others where an id links them; `choosing` anew whose rows."""
    own = work.file
    if own is None:
        return work
    if len(work.files) < 2 or not work.together:
        return works.used(work, work.place)
    engine, workspace = cached.engine(), cached.workspace()
    joined = join.of(engine, workspace, own, [file for file in work.files if file is not own])
    base = join.base_of([own, *joined.linked])
    if choosing and joined.links and base is not own:
        joined = join.of(engine, workspace, base, [file for file in work.files if file is not base])
        own = base
    return works.used(work, work.files.index(own), joined.table, joined.links)


def of_contacts() -> Table | None:
    """The table in use; where it holds answers and another file the contacts they are about, the contacts with what
    the answers say of them: not every contact is answered, and the desk's work is all of them."""
    own, brought = state.file(), state.files()
    if own is None or own.mapping.kind != "responses" or not state.together():
        return state.table()
    contacts = [file for file in brought if file.mapping.kind == "interactions" and offered(file, "desk")]
    if not contacts or not state.links():
        return state.table()
    others = tuple(file for file in brought if file is not contacts[0])
    joined: Table = cached.joined(contacts[0], others)
    return joined


def brought() -> Table:
    """The file in use as its own table; above it, where there are several files, which there are and how they fit."""
    own = state.file()
    if own is None:
        raise ValueError("a file is chosen once there is one")
    _continued()
    if state.corrections():
        tell.aside(say("Read as you corrected it, or a file with the same columns before: {names}. Undo it below.",
                       names=plain(", ".join(state.corrections()))))  # fmt: skip
    if len(state.files()) > 1:
        with st.container(border=True):
            tell.question(say("How do the files fit together?"))
            _choose()
            _fit(own)
    return own


def _continued() -> None:
    found = state.continued()
    if found is None:
        return
    with st.container(border=True):
        tell.sentence(found.told)
        if st.button(tell.told(say("Take it as a file of its own")), key="separate"):
            apart = works.kept(state.work(), found.before, None, {}, found.place)
            apart = works.kept(apart, found.alone, None, {}, None)
            state.put(_arranged(apart, choosing=False))
            st.rerun()


def _choose() -> None:
    """Whose rows are looked at, and whether with what the other files say of them."""
    files = state.files()
    names = labels([file.name for file in files])
    chosen = st.selectbox(
        tell.told(say("Rows of")), range(len(files)), index=state.work().place, format_func=names.__getitem__,
        key=f"rows-of-{state.uploads()}",
    )  # fmt: skip
    wanted = st.toggle(
        tell.told(say("With what the other files say of them")), value=state.together(),
        key=f"together-{state.uploads()}",
    )  # fmt: skip
    if chosen != state.work().place or wanted != state.together():
        state.put(_arranged(replace(works.used(state.work(), chosen), together=wanted), choosing=False))
        st.rerun()


def _fit(own: Table) -> None:
    """How each other file is joined, in words."""
    links = state.links()
    for link in links:
        tell.sentence(join.told(link))
        for note in link.notes:
            tell.aside(note)
        if link.gained:
            tell.aside(say_many("{n} column gained.", "{n} columns gained.", len(link.gained)))
        if link.refused:
            tell.aside(
                say("Not joined, since one id has several values: {names}", names=plain(", ".join(link.refused)))
            )
    alone = [file for file in state.files() if file is not own and file.name not in {link.file for link in links}]
    if alone and state.together():
        tell.sentence(say("No id links these files to it, so they stand alone: {names}.",
                          names=plain(", ".join(file.name for file in alone))))  # fmt: skip
