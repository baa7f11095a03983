"""The page Operators in a real browser: both languages, wide and narrow, a click on a point and on a group."""

from __future__ import annotations

import re
from typing import Any, Literal

import pytest
from playwright.sync_api import expect
from test_browser_looks import sideways, violations
from visiting import PATIENCE, Visit, Visitor

pytestmark = pytest.mark.browser


def desk(one: Visit) -> Visit:
    """The page with the sample of a help desk."""
    if not one.page.locator(".st-key-sample-desk").count():
        one.open("Operators")
    one.page.locator(".st-key-sample-desk button").click()
    one.page.locator(".st-key-measure").wait_for(timeout=PATIENCE)
    one.page.locator(".st-key-backlog-table").wait_for(timeout=PATIENCE)
    one.settled()
    return one


@pytest.mark.parametrize(
    ("width", "scheme", "locale"),
    [(1280, "light", "en-GB"), (1280, "dark", "it-IT"), (390, "light", "it-IT"), (390, "dark", "en-GB")],
)
def test_the_page_fits_and_is_accessible(
    visit: Visitor, width: int, scheme: Literal["light", "dark"], locale: str
) -> None:
    one = visit(width=width, scheme=scheme, locale=locale)
    one.open("Operators")
    faults: dict[str, Any] = {"empty": (violations(one), sideways(one))}
    desk(one)
    faults["sample"] = (violations(one), sideways(one))
    assert {where: fault for where, fault in faults.items() if fault != ([], 0)} == {}
    asks = "Che cosa è ancora aperto, e da quanto?" if locale == "it-IT" else "What is still open, and how old is it?"
    assert asks in one.text


def test_a_click_on_a_point_and_on_a_group_opens_their_rows(visit: Visitor) -> None:
    one = desk(visit())
    for chart, box, expected in (
        ("desk-trend", "point", r"the week of \d+ \w+ 20\d\d"),
        ("funnel", "picked", r"OP\d\d"),
    ):
        drawn = one.page.locator(f".st-key-{chart}")
        drawn.scroll_into_view_if_needed()
        marks = drawn.locator("svg .mark-symbol path")
        marks.nth(10).click(force=True)
        one.settled()
        expect(one.page.locator(f".st-key-{box} input")).to_have_value(re.compile(f"^{expected}$"), timeout=PATIENCE)
        one.settled()
    expect(one.page.get_by_role("button", name="Download these rows")).to_have_count(2, timeout=PATIENCE)


def test_every_chart_says_its_sentence(visit: Visitor) -> None:
    one = desk(visit())
    for sentence in (
        "Most contacts arrive on",
        "cannot be told apart",
        "The busiest hour",
        "cases are open at the end",
    ):
        chart = one.page.locator(f'[data-testid=stVegaLiteChart][aria-label*="{sentence}"]').first
        chart.wait_for(state="attached", timeout=PATIENCE)


def test_the_keyboard_alone_chooses_a_number_and_opens_the_rows_behind_a_point(visit: Visitor) -> None:
    one = desk(visit())
    one.tab_to(one.page.locator(".st-key-measure").get_by_role("radio", checked=True))
    one.page.keyboard.press("ArrowRight")
    one.page.keyboard.press("Enter")
    one.settled()
    one.page.get_by_text(re.compile("^Handle time \\(AHT\\): ")).first.wait_for(timeout=PATIENCE)
    box = one.page.locator(".st-key-point input")  # what a click on the chart does, by keyboard
    one.tab_to(box)
    one.page.keyboard.press("ArrowDown")
    one.page.keyboard.press("Enter")
    expect(box).to_have_value(re.compile(r"^the week of "), timeout=PATIENCE)
    one.settled()
    expect(one.page.get_by_role("button", name="Download these rows")).to_have_count(1, timeout=PATIENCE)
