"""The page Experiments in a real browser: from the sample to a verdict, in both languages, and by keyboard."""

from __future__ import annotations

import re
import time
from typing import Any, Literal

import pytest
from test_browser_looks import sideways, violations
from visiting import PATIENCE, Visit, Visitor

pytestmark = pytest.mark.browser

_A_VERDICT = {
    "en-GB": "CSAT is better with nuova than with attuale",
    "it-IT": "CSAT: meglio con nuova che con attuale",
}


def planned(one: Visit) -> Visit:
    """The page with the sample of an experiment, its plan filled in."""
    one.open("Experiments")
    one.page.locator(".st-key-sample-experiment button").click()
    one.page.locator(".st-key-keep-plan button").wait_for(timeout=PATIENCE)
    one.settled()
    return one


@pytest.mark.parametrize(("width", "scheme", "locale"), [(1280, "light", "en-GB"), (390, "dark", "it-IT")])
def test_from_the_sample_to_a_verdict_everything_fits_and_is_accessible(
    visit: Visitor, width: int, scheme: Literal["light", "dark"], locale: str
) -> None:
    one = visit(width=width, scheme=scheme, locale=locale)
    begun = time.monotonic()
    planned(one)
    faults: dict[str, Any] = {"plan": (violations(one), sideways(one))}
    one.page.locator(".st-key-keep-plan button").click()
    one.page.get_by_text(_A_VERDICT[locale]).first.wait_for(timeout=PATIENCE)
    one.settled()
    assert time.monotonic() - begun < 120, "two minutes from the sample to a verdict"
    faults["verdict"] = (violations(one), sideways(one))
    assert {where: fault for where, fault in faults.items() if fault != ([], 0)} == {}


def test_the_keyboard_alone_reaches_a_verdict(visit: Visitor) -> None:
    one = visit()
    one.open("Experiments")
    for key in ("sample-experiment", "keep-plan"):
        one.tab_to(one.page.locator(f".st-key-{key} button"))
        one.page.keyboard.press("Enter")
        one.page.wait_for_timeout(500)
        one.read()
    one.page.get_by_text(_A_VERDICT["en-GB"]).first.wait_for(timeout=PATIENCE)
    chart = one.page.locator("[data-testid=stVegaLiteChart][aria-label]").first
    assert re.search(r"CSAT", chart.get_attribute("aria-label") or "")
