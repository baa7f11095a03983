"""Without a file: totals that are typed in, and a plan from what one expects before there are any data."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from cxcore import findings
from cxcore import plan as planning
from cxcore.compare import Given
from cxcore.errors import CxError
from cxcore.experiment import Plan
from cxcore.language import Message, say
from pages.ui import cells, experiments_plan, state, tell
from pages.ui.trials import Trial

Kind = Literal["share", "mean", "nps"]
_KINDS: dict[Kind, Message] = {
    "share": say("a share (yes or no)"),
    "mean": say("a mean"),
    "nps": say("NPS"),
}
_SHORT = 190  # pixels
_MOST_ARMS = 6
_TOTALS = "typed totals"  # what the state knows this draft by


def plan() -> None:
    """How many answers an effect takes, from what one expects."""
    with cells.cell(say("1. Plan: how many answers will it take?")):
        kind = _kind("plan-kind")
        with st.container(horizontal=True, gap="small"):
            text = _baseline(kind)
            effect = _number(
                "expected-effect", _EFFECT[kind], 10.0 if kind == "nps" else 5.0 if kind == "share" else 0.2
            )
            power = _number("expected-power", say("Chance of seeing it, %"), 80.0)
        try:
            # A column that holds 0 and 1, or numbers, is planned like a share or a mean of any name.
            base = planning.typed("nps" if kind == "nps" else "", text)
            needed = planning.needed(base, effect or 0.0, (power or 80.0) / 100)
        except CxError as error:
            tell.trouble(error.message, error.hint)
            return
        tell.sentence(findings.of_needed(needed))
        experiments_plan.power(needed, None, Plan("", effect=effect, power=(power or 80.0) / 100), None)


_EXPECTED: dict[Kind, float] = {"share": 5.0, "mean": 0.2, "nps": 10.0}
_EFFECT: dict[Kind, Message] = {
    "share": say("Smallest effect that matters, points"),
    "mean": say("Smallest effect that matters"),
    "nps": say("Smallest effect that matters, points"),
}


def totals() -> Trial | None:
    """An experiment of which only the totals are known."""
    state.drafting(_TOTALS)
    with cells.cell(say("1. Plan: what do you change, and what do you expect?")):
        entry = experiments_plan.kept(_TOTALS)
        if entry is not None:
            experiments_plan.summary(entry)
        kind = _kind("totals-kind")
        with st.container(horizontal=True, gap="small"):
            metric = st.text_input(tell.told(say("The one metric")), key="totals-metric", max_chars=100, width=_SHORT,
                                   persist_state="session", placeholder=tell.told(_KINDS[kind]))  # fmt: skip
            effect = _number("totals-effect", _EFFECT[kind], None)
            margin = _number("totals-margin", say("Practically the same within"), None)
            arms = int(_number("totals-arms", say("How many groups"), 2.0) or 2)
        given = [_arm(kind, k) for k in range(min(max(arms, 2), _MOST_ARMS))]
        known = tuple(one for one in given if one is not None)
        if len(known) < len(given) or len({one.name for one in known}) < len(known):
            tell.sentence(say("Fill in each group under a name of its own; the first is the control."))
            return None
        names = tuple(one.name for one in known)
        draft = Plan(metric or "", control=names[0], treatments=names[1:], effect=effect, margin=margin)
        experiments_plan.keep(_TOTALS, entry, draft, "")
    entry = experiments_plan.kept(_TOTALS)
    if entry is None or entry.plan.control not in names or not set(entry.plan.treatments) <= set(names):
        return None
    return Trial(entry, None, known)


def _kind(key: str) -> Kind:
    chosen: Kind | None = st.segmented_control(
        tell.told(say("You compare")), list(_KINDS), default="share", required=True,
        format_func=tell.labels(_KINDS).__getitem__, key=key, persist_state="session",
    )  # fmt: skip
    return chosen or "share"


def _baseline(kind: Kind) -> str:
    """What is expected before the change, as a baseline is written."""
    if kind == "nps":
        good = _number("promoters-now", say("Promoters now, %"), 50.0)
        bad = _number("detractors-now", say("Detractors now, %"), 20.0)
        return f"{good or 0:f}/{bad or 0:f}"
    if kind == "share":
        share = _number("share-now", say("Share now, %"), 60.0)
        return f"{share or 0:f}"
    mean, deviation = _number("mean-now", say("Mean now"), 4.0), _number("sd-now", say("Standard deviation"), 1.2)
    return f"{mean or 0:f}/{deviation or 0:f}"


def _arm(kind: Kind, k: int) -> Given | None:
    """One group's totals; None until they are all there."""
    with st.container(horizontal=True, gap="small"):
        label = say("Control") if k == 0 else say("Treatment {k}", k=k)
        name = st.text_input(tell.told(label), value="ABCDEF"[k], key=f"arm-{k}-name", max_chars=60,
                             width=_SHORT, persist_state="session")  # fmt: skip
        n = _whole(f"arm-{k}-n", say("answers"), k)
        if kind == "share":
            count = _whole(f"arm-{k}-count", say("of them yes"), k)
            return None if n is None or count is None or not name else Given(name, n, count=count)
        if kind == "nps":
            good, bad = _whole(f"arm-{k}-good", say("promoters"), k), _whole(f"arm-{k}-bad", say("detractors"), k)
            return None if None in {n, good, bad} or not name else Given(name, n or 0, promoters=good, detractors=bad)
        mean, sd = _of(f"arm-{k}-mean", say("mean"), k), _of(f"arm-{k}-sd", say("standard deviation"), k)
        return None if n is None or mean is None or sd is None or not name else Given(name, n, mean=mean, sd=sd)


def _whole(key: str, label: Message, k: int) -> int | None:
    return st.number_input(
        tell.told(_of_group(label, k)), min_value=0, value=None, step=1, key=key, width=_SHORT, persist_state="session"
    )


def _of(key: str, label: Message, k: int) -> float | None:
    return st.number_input(
        tell.told(_of_group(label, k)), value=None, format="%g", key=key, width=_SHORT, persist_state="session"
    )


def _of_group(label: Message, k: int) -> Message:
    """A field's name with its group's, so that each is heard apart."""
    return say("{group}: {field}", group=say("Control") if k == 0 else say("Treatment {k}", k=k), field=label)


def _number(key: str, label: Message, value: float | None) -> float | None:
    return st.number_input(
        tell.told(label), min_value=0.0, value=value, format="%g", key=key, width=_SHORT, persist_state="session"
    )
