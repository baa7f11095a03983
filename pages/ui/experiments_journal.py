"""The journal: every experiment that was planned here, what came of it, and the journal as a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from cxcore import findings, journal
from cxcore.errors import CxError
from cxcore.experiment import Entry, State
from cxcore.language import Message, plain, say, say_many
from cxcore.mapping.understand import labels
from pages.ui import cached, cells, download, experiments_draft, state, tell

_STATES: dict[State, Message] = {
    "planned": say("planned"),
    "running": say("running"),
    "finished": say("finished"),
    "stopped": say("stopped"),
}


def cell() -> None:
    """All experiments with their plan, state and verdict; open, stop or take one out; the journal as a file."""
    entries = journal.entries(cached.workspace().facts)
    with cells.cell(say("Journal: what was tried before?")):
        if entries:
            tell.sentence(say_many("{n} experiment.", "{n} experiments.", len(entries)))
            _table(entries)
            _one(entries)
            download.button(
                say("Download the journal"), lambda: journal.as_file(entries), "experiments", repr(entries),
                "journal-download", "json",
            )  # fmt: skip
        else:
            tell.sentence(
                say("No experiment was planned yet. Each plan that is kept stands here, with what came of it.")
            )
        _brought()


def title(entry: Entry) -> Message:
    """What an experiment is called: its name, else what it compares by, and when it was planned."""
    name = plain(entry.plan.name) if entry.plan.name else experiments_draft.title(entry.plan.metric)
    return say("{name}, {day:time}", name=name, day=entry.planned_at)


def _table(entries: Sequence[Entry]) -> None:
    lines = [
        (
            tell.told(title(entry)),
            tell.told(_STATES[entry.state]),
            "–" if entry.verdict in {None, "ok"} else tell.told(findings.verdict_word(str(entry.verdict))),
            entry.sentence,
            tell.told(say("after the results")) if entry.changed_after_results else "–",
            entry.file,
            entry.fingerprint,
        )
        for entry in entries
    ]
    frame = pd.DataFrame(lines)
    headers = [say("Experiment"), say("State"), say("Verdict"), say("In one sentence"), say("Plan changed"),
               say("File"), say("Fingerprint")]  # fmt: skip
    frame.columns = pd.Index(labels([tell.told(header) for header in headers]))
    st.dataframe(frame, hide_index=True, key="journal-rows", alt=tell.told(say("All experiments with their verdicts")))


def _one(entries: Sequence[Entry]) -> None:
    """What can be done with one entry."""
    by_id = {entry.id: entry for entry in entries}
    chosen = st.selectbox(
        tell.told(say("One experiment")), list(by_id), index=None, placeholder=tell.told(say("choose one")),
        format_func=tell.labels({name: title(entry) for name, entry in by_id.items()}).__getitem__, key="journal-one",
    )  # fmt: skip
    if chosen not in by_id:
        return
    entry = by_id[chosen]
    with st.container(horizontal=True, gap="small"):
        if state.table() is not None:
            st.button(tell.told(say("Open it on the file in use")), key="journal-open", on_click=_opened, args=(entry,))
        if entry.state != "stopped":
            st.button(tell.told(say("Mark as stopped")), key="journal-stop", on_click=_stopped, args=(entry,))
        st.button(tell.told(say("Take it out")), key="journal-forget", on_click=_forgotten, args=(entry,))


def _opened(entry: Entry) -> None:
    table = state.table()
    if table is None:
        return
    try:
        arms = [name for name, _ in cached.arms_of(table, experiments_draft.bare(entry.plan))]
    except CxError as error:
        state.start_anew()
        state.refuse(entry.file or "–", error)
        return
    experiments_draft.fill(entry.plan, arms)
    state.look_at(cached.identity(table), entry.id)


def _stopped(entry: Entry) -> None:
    journal.stop(cached.workspace().facts, entry.id, now=datetime.now(UTC).astimezone())


def _forgotten(entry: Entry) -> None:
    journal.forget(cached.workspace().facts, entry.id)


def _brought() -> None:
    """A journal that was downloaded, read again."""
    with st.expander(tell.told(say("Bring a journal that was downloaded")), icon=":material/upload_file:"):
        file = st.file_uploader(tell.told(say("A journal of experiments (JSON)")), type=["json"],
                                key=f"journal-upload-{state.uploads()}")  # fmt: skip
        if file is not None:
            found = journal.from_file(cached.workspace().facts, file.getvalue())
            state.start_anew()
            st.toast(tell.told(say_many("{n} experiment read.", "{n} experiments read.", len(found))))
            st.rerun()
