"""Bringing a file: the uploader, the sample, the sheet of a workbook, and taking everything away again."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from cxcore import intake
from cxcore.language import say, say_many
from cxcore.read import process
from cxcore.values import Table
from cxcore.work import MOST_FILES
from pages.ui import cached, reading, state, tell

_SAMPLES = Path(__file__).resolve().parents[2] / "sample_data"
_SAMPLE, _SAMPLE_OF_THE_DESK = _SAMPLES / "survey.csv", _SAMPLES / "interactions.csv"
_SAMPLE_OF_AN_EXPERIMENT = _SAMPLES / "experiment.csv"


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
    _uploader()
    _sample_button()


def _uploader() -> None:
    process.make_ready()
    key = f"upload-{state.uploads()}"
    st.file_uploader(
        tell.told(say("Your files: CSV, Excel, OpenDocument, Parquet or JSON; up to {n} together", n=MOST_FILES)),
        accept_multiple_files=True,
        key=key,
        on_change=_brought,
        args=(key,),
    )


def _brought(key: str) -> None:
    reading.take(*((file, file.name) for file in state.brought(key)))


def _sample_button() -> None:
    st.button(
        tell.told(say("Try the sample")),
        key="sample",
        icon=":material/play_arrow:",
        on_click=reading.take,
        args=((_SAMPLE, _SAMPLE.name),),
    )


def sample_of_an_experiment() -> None:
    """The sample of a test of two guides."""
    st.button(
        tell.told(say("Try the sample's experiment")),
        key="sample-experiment",
        icon=":material/play_arrow:",
        on_click=reading.take,
        args=((_SAMPLE_OF_AN_EXPERIMENT, _SAMPLE_OF_AN_EXPERIMENT.name),),
    )


def for_a_test() -> None:
    """The means to bring the file of an experiment."""
    refused()
    _uploader()


def sample_of_the_desk() -> None:
    """The sample's contacts, with the answers of its survey joined to them."""
    st.button(
        tell.told(say("Try the sample of a help desk")),
        key="sample-desk",
        icon=":material/play_arrow:",
        on_click=reading.take,
        args=tuple((path, path.name) for path in (_SAMPLE, _SAMPLE_OF_THE_DESK)),
    )


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
    st.button(
        tell.told(say("Read this sheet")),
        key="read-sheet",
        on_click=reading.take,
        args=((source, table.name),),
        kwargs={"sheet": chosen},
    )


def refused() -> None:
    """Which files could not be taken last, why, and what to do."""
    for refusal in state.refusals():
        st.text(refusal.name)
        tell.trouble(refusal.message, refusal.hint)
