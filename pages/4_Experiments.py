"""Experiments: plan one change, check the design, read the effect, get a verdict, hand it on."""

from cxcore.language import say
from pages.ui import (
    experiments,
    experiments_check,
    experiments_effect,
    experiments_journal,
    experiments_report,
    experiments_verdict,
    frame,
)

with frame.begin(say("Experiments")):
    trial = experiments.planned()
    if trial is not None:
        found = experiments.found(trial)
        experiments_check.cell(trial, found)
        experiments_effect.cell(trial, found)
        experiments_verdict.cell(trial, found)
        experiments_report.cell(trial, found)
    experiments_journal.cell()
