"""The fifth cell: the experiment to hand on: a page to print, the plan as a file, the code behind the figures."""

from __future__ import annotations

import json

import streamlit as st

from cxcore import journal
from cxcore.experiment import Comparison
from cxcore.language import say
from cxcore.report import experiment
from pages.ui import cells, download, state, tell
from pages.ui.trials import Trial


def cell(trial: Trial, found: Comparison) -> None:
    """The report and the plan as files, and the code."""
    lang, entry = state.language(), trial.entry
    with cells.cell(say("5. Report: hand it on")):
        tell.sentence(
            say("The report holds the plan with its time and fingerprint, the checks, the effect, the verdict, the"
                " method and its sources.")
        )  # fmt: skip
        made_of = repr((entry, found.status, found.held_back, lang))
        with st.container(horizontal=True, gap="small"):
            download.button(
                say("Download the report"), lambda: experiment.html(entry, found, lang).encode(), "experiment", made_of,
                "report-download", "html",
            )  # fmt: skip
            download.button(
                say("Download the plan"),
                lambda: json.dumps(journal.as_words(entry.plan), ensure_ascii=False, indent=1).encode(),
                "plan", made_of, "plan-download", "json",
            )  # fmt: skip
