"""The second cell: is the design sound? It is read before any effect."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cxcore import findings
from cxcore.experiment import CheckState, Comparison, DesignCheck
from cxcore.language import Message, say, say_many
from pages.ui import cells, state, tell
from pages.ui.trials import Trial

_STATES: dict[CheckState, tuple[Message, str, str]] = {
    "fail": (say("failed"), ":material/error:", "red"),
    "caution": (say("caution"), ":material/warning:", "orange"),
    "ok": (say("passed"), ":material/check_circle:", "green"),
}


def cell(trial: Trial, found: Comparison) -> None:
    """Each check with its state in words; where one failed, the button that shows the effect anyway."""
    with cells.cell(say("2. Check: can the result be trusted?")):
        tell.sentence(_said(found.checks))
        for state_of in _STATES:
            if state_of != "ok":
                _listed([check for check in found.checks if check.state == state_of])
        passed = [check for check in found.checks if check.state == "ok"]
        if passed:
            with st.expander(tell.told(say("The checks that passed"))):
                _listed(passed)
        for note in (found.assumed, *found.notes):
            if note is not None:
                tell.sentence(note)
        if found.held_back:
            _anyway(trial)


def _said(checks: Sequence[DesignCheck]) -> Message:
    failed, doubtful = (sum(check.state == which for check in checks) for which in ("fail", "caution"))
    if failed:
        return say_many("No: {n} check failed. The effect is held back, since it would mislead.",
                        "No: {n} checks failed. The effect is held back, since it would mislead.", failed)  # fmt: skip
    if doubtful:
        return say_many("Yes, with {n} caution.", "Yes, with {n} cautions.", doubtful)
    return say_many("Yes: the only check passed.", "Yes: all {n} checks passed.", len(checks))


def _listed(checks: Sequence[DesignCheck]) -> None:
    for check in checks:
        word, icon, colour = _STATES[check.state]
        with st.container(gap="xsmall"):
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                st.badge(tell.told(word), icon=icon, color=colour)  # type: ignore[arg-type]
                st.markdown(f"**{tell.told(findings.check_name(check))}**")
            tell.sentence(check.says)


def _anyway(trial: Trial) -> None:
    st.button(
        tell.told(say("Show the effect anyway; the verdict stays “not valid”")), key="anyway",
        icon=":material/visibility:", on_click=state.want_anyway, args=(trial.entry.id, trial.entry.fingerprint),
    )  # fmt: skip
