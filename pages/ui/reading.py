"""Reading the files a person brought, with progress by step and a way to stop.

A click ends the script that runs, whatever it is about. So a file is first laid into the workspace and made to wait in
the session, and every page reads what waits before it draws anything else: what a click interrupted begins anew on the
page that the click led to, and no upload is lost.
"""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path
from typing import BinaryIO

import streamlit as st

from cxcore import intake
from cxcore.errors import CxError
from cxcore.language import Message, say, say_many
from cxcore.values import Table
from pages.ui import cached, files, state, tell
from pages.ui.state import Waiting


def take(*brought: tuple[Path | BinaryIO, str], sheet: str | None = None) -> None:
    """Makes files wait; for the callback of a widget, after which the page runs anew and reads them."""
    state.wait_for([_laid(source, name, sheet) for source, name in brought])


def _laid(source: Path | BinaryIO, name: str, sheet: str | None) -> Waiting:
    """Where a file lies until it is read: an upload leaves the memory for the disk at once."""
    if isinstance(source, Path):
        return Waiting(source, name, sheet, copied=False)
    path = cached.workspace().drafts / f"upload-{secrets.token_hex(8)}"
    with path.open("wb") as target:
        shutil.copyfileobj(source, target)
    state.let_go(source)
    return Waiting(path, name, sheet, copied=True)


def waiting() -> None:
    """Reads the files that wait, then runs the page anew with their table, or with why there is none."""
    if not state.waiting():
        return
    with st.container(key="reading"):
        box = st.status(tell.told(say("Reading the file")))
        st.button(
            tell.told(say("Stop reading")), icon=":material/stop:", key="stop-reading", on_click=state.stop_reading
        )

        def step(which: intake.Step, rows: int) -> None:
            box.update(label=tell.told(_step_words(which, rows)))

        for file in state.waiting():
            try:
                _read(file, step)
            except CxError as error:
                state.refuse(file.name, error)
            except Exception:
                state.stop_reading()  # a mistake of ours: said once, not on every page from now on
                raise
            state.done_with(file)
    st.rerun()


def _read(file: Waiting, step: intake.Progress) -> None:
    table = intake.take(
        file.path, file.name, cached.engine(), cached.workspace(), sheet=file.sheet, progress=step
    )  # fmt: skip
    files.add(table, _kept_source(table, file))


def _kept_source(table: Table, file: Waiting) -> Path | None:
    """Where a workbook of several sheets is kept, so that another of them can be read."""
    old = state.source()
    if file.path == old:
        return old
    if old is not None:
        old.unlink(missing_ok=True)
    if not file.copied or len(table.raw.sheets) < 2:
        return None
    kept = cached.workspace().sources / f"source-{table.raw.sha256[:32]}"
    shutil.copyfile(file.path, kept)  # not moved: what is interrupted now is read again
    return kept


def _step_words(which: intake.Step, rows: int) -> Message:
    if which == "reading":
        return say_many("Reading the file: {n} row so far", "Reading the file: {n} rows so far", rows) if rows else (
            say("Reading the file"))  # fmt: skip
    if which == "recognising":
        return say_many("Recognising the columns of {n} row", "Recognising the columns of {n} rows", rows)
    if which == "checking":
        return say_many("Checking {n} row", "Checking {n} rows", rows)
    return say_many("Computing from {n} row", "Computing from {n} rows", rows)
