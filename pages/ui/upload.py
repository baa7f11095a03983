"""Bringing a file: the uploader, the sample, the sheet of a workbook, and taking everything away again."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import streamlit as st

from cxcore import intake
from cxcore.errors import CxError
from cxcore.language import Message, say, say_many
from cxcore.values import Table
from cxcore.work import MOST_FILES
from pages.ui import cached, files, state, tell

_SAMPLES = Path(__file__).resolve().parents[2] / "sample_data"
_SAMPLE, _SAMPLE_OF_THE_DESK = _SAMPLES / "survey.csv", _SAMPLES / "interactions.csv"


def bring() -> Table | None:
    """The table in use; before there is one, None and an invitation to bring a file."""
    table = state.table()
    refused()
    if table is None:
        tell.sentence(
            say(
                "Bring a spreadsheet with what customers answered. You get what changed, where it hurts, and how sure"
                " that is. The file stays on this machine."
            )
        )
        _invitation()
    return table


def another() -> None:
    """The means to bring another file, or to read another sheet of this one; folded away below what matters."""
    table = state.file()
    if table is not None:
        with st.expander(tell.told(say("Bring another file")), icon=":material/upload_file:"):
            _other_sheet(table)
            _invitation()


def needed() -> Table | None:
    """The table in use; None, and how to come by one, before there is."""
    table = state.table()
    if table is None:
        tell.empty(
            say("Nothing to show yet: this page lights up once there is a file with answers of customers."),
            say("Bring yours on the first page, or look round with the sample: a year of a help desk that is made up."),
        )
        _sample_button()
    return table


def in_use() -> None:
    """Which file is in use, and the one button that deletes everything; for the side of the page."""
    table = state.table()
    if table is None:
        return
    st.space("small")
    tell.aside(say("File in use"))
    st.text(table.name)
    tell.aside(say_many("{n} row counted", "{n} rows counted", table.rows_used))
    with st.popover(tell.told(say("Delete my data")), icon=":material/delete:", width="stretch"):
        tell.sentence(say("This deletes the file and everything found in it from this machine, at once and for good."))
        if st.button(tell.told(say("Yes, delete everything")), key="delete"):
            cached.delete()
            st.switch_page("app.py")


def _invitation() -> None:
    brought = st.file_uploader(
        tell.told(say("Your files: CSV, Excel, OpenDocument, Parquet or JSON; up to {n} together", n=MOST_FILES)),
        accept_multiple_files=True,
        key=f"upload-{state.uploads()}",
    )
    if brought:
        _take([(file, file.name) for file in brought])
    _sample_button()


def _sample_button() -> None:
    if st.button(
        tell.told(say("Try the sample")),
        key="sample",
        icon=":material/play_arrow:",
    ):
        _take([(_SAMPLE, _SAMPLE.name)])


def sample_of_the_desk() -> None:
    """The sample's contacts, with the answers of its survey joined to them."""
    if st.button(tell.told(say("Try the sample of a help desk")), key="sample-desk", icon=":material/play_arrow:"):
        _take([(path, path.name) for path in (_SAMPLE, _SAMPLE_OF_THE_DESK)])


def _other_sheet(table: Table) -> None:
    source = state.source()
    if source is None:
        return
    options = (*table.raw.sheets, intake.ALL_SHEETS)
    chosen = st.selectbox(
        tell.told(say("Sheet of the workbook")),
        options,
        index=options.index(table.raw.sheet) if table.raw.sheet in options else 0,
        format_func=tell.labels({intake.ALL_SHEETS: say("all sheets with the same columns, as one table")}).__getitem__,
        key=f"sheet-{state.uploads()}",
    )
    if st.button(tell.told(say("Read this sheet")), key="read-sheet"):
        _take([(source, table.name)], chosen)


def _take(brought: Sequence[tuple[Path | BinaryIO, str]], sheet: str | None = None) -> None:
    """Reads files with progress by step, then runs the page anew with their table, or with why there is none."""
    refused: list[tuple[str, CxError]] = []
    with st.status(tell.told(say("Reading the file"))) as box:

        def step(which: intake.Step, rows: int) -> None:
            box.update(label=tell.told(_step_words(which, rows)))

        for source, name in brought:
            with _on_disk(source) as path:
                try:
                    table = intake.take(path, name, cached.engine(), cached.workspace(), sheet=sheet, progress=step)
                    files.add(table, _kept_source(table, path))
                except CxError as error:
                    refused.append((name, error))
    state.read(refused)
    st.rerun()


def _step_words(which: intake.Step, rows: int) -> Message:
    if which == "reading":
        return say("Reading the file")
    if which == "recognising":
        return say_many("Recognising the columns of {n} row", "Recognising the columns of {n} rows", rows)
    if which == "checking":
        return say_many("Checking {n} row", "Checking {n} rows", rows)
    return say_many("Computing from {n} row", "Computing from {n} rows", rows)


@contextmanager
def _on_disk(source: Path | BinaryIO) -> Iterator[Path]:
    """Where a file lies while it is read: an upload leaves the memory for the disk before the reading begins."""
    if isinstance(source, Path):
        yield source
        return
    path = cached.workspace().drafts / f"upload-{secrets.token_hex(8)}"
    try:
        with path.open("wb") as target:
            shutil.copyfileobj(source, target)
        state.let_go(source)
        yield path
    finally:
        path.unlink(missing_ok=True)


def _kept_source(table: Table, path: Path) -> Path | None:
    """Where a workbook of several sheets is kept, so that another of them can be read."""
    old = state.source()
    if path in {old, _SAMPLE}:
        return old if path == old else None
    if old is not None:
        old.unlink(missing_ok=True)
    if len(table.raw.sheets) < 2:
        return None
    return path.replace(cached.workspace().sources / f"source-{table.raw.sha256[:32]}")


def refused() -> None:
    """Which files could not be taken last, why, and what to do."""
    for refusal in state.refusals():
        st.text(refusal.name)
        tell.trouble(refusal.message, refusal.hint)
