"""The fourth cell: what may be said, in one sentence that a manager can repeat."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from cxcore import findings, journal
from cxcore.experiment import Comparison, Effect
from cxcore.language import say
from pages.ui import cached, cells, tell
from pages.ui.trials import Trial

_LOOKS = {
    "better": (":material/trending_up:", "green"),
    "worse": (":material/trending_down:", "red"),
    "practically the same": (":material/drag_handle:", "gray"),
    "cannot tell yet": (":material/hourglass_empty:", "gray"),
    "not_valid": (":material/block:", "gray"),
    "too_few": (":material/hourglass_empty:", "gray"),
    "no_variation": (":material/remove:", "gray"),
}


def cell(trial: Trial, found: Comparison) -> None:
    """The verdict of each treatment, by its word and its sentence; it goes into the journal."""
    with cells.cell(say("4. Verdict: what may be said?")):
        for effect in found.effects:
            token = word(found, effect)
            icon, colour = _LOOKS[token]
            st.badge(tell.told(findings.verdict_word(token)), icon=icon, color=colour)  # type: ignore[arg-type]
            tell.sentence(findings.of_effect(found, effect))
    sentence = tell.told(findings.of_effect(found, found.effects[0]))
    if trial.entry.seen_at is None or trial.entry.sentence != sentence:
        now = datetime.now(UTC).astimezone()
        journal.seen(cached.workspace().facts, trial.entry.id, found, sentence, now=now)


def word(found: Comparison, effect: Effect) -> str:
    """The verdict's English token; a status where the design or the answers allow no verdict."""
    if found.status == "not_valid":
        return "not_valid"
    return effect.verdict or effect.status
