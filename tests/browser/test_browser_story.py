"""What a person does first: one click, one sentence; by mouse, by keyboard, in either language, on any page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from visiting import PATIENCE, Visit, Visitor

FELL = r"NPS fell from 3\S+ to \S+ from 4 May 2026 on"  # what the filter "Chat" leaves of the sample's story
pytestmark = pytest.mark.browser


def test_the_browser_chooses_the_language_and_a_click_another(visit: Visitor) -> None:
    one = visit(locale="it-IT")
    one.take_sample()
    assert "22,2" in one.text
    assert "4 mag 2026" in one.text
    one.page.get_by_role("radio", name="English").click()
    one.settled()
    assert "22.2" in one.text
    assert "4 May 2026" in one.text
    one.open("Data")  # and the choice travels
    assert one.page.get_by_role("heading", level=1).inner_text() == "Data"


def test_the_keyboard_alone_reaches_the_sample_its_sentence_and_the_menu(visit: Visitor) -> None:
    one = visit()
    _tab_to(one, "Try the sample")
    one.page.keyboard.press("Enter")
    one.page.locator(".st-key-period").wait_for(timeout=90_000)
    one.settled()
    assert re.search(r"NPS fell from 3\S+ to \S+ in Chat \(Canale\) from 4 May 2026 on", one.text)
    assert "22.2" in one.text
    _tab_to(one, "Surveys")
    one.page.keyboard.press("Enter")
    one.page.get_by_role("heading", name="How did NPS change?").wait_for(timeout=90_000)


def _tab_to(one: Visit, name: str) -> None:
    focused = "(e => ['A', 'BUTTON'].includes(e.tagName) ? e.innerText : '')(document.activeElement)"
    for _ in range(60):
        one.page.keyboard.press("Tab")
        if name in str(one.page.evaluate(focused)):
            return
    pytest.fail(f"sixty presses of Tab do not reach {name}")


def test_a_filter_stands_in_the_link_and_travels_and_outlives_a_dropped_link(visit: Visitor) -> None:
    one = visit()
    one.take_sample()
    one.drop_the_link()
    one.unfold("channel").filter(has_text="Chat").click()
    one.settled()
    assert "channel=Chat" in one.page.url
    assert re.search(FELL, one.text)
    one.open("Surveys")
    assert "channel=Chat" in one.page.url
    assert re.search(FELL, one.text)
    one.open("Data")
    one.open("Surveys")
    assert re.search(FELL, one.text)


def test_a_click_opens_rows_charts_say_their_sentence_and_delete_forgets(visit: Visitor) -> None:
    one = visit()
    one.take_sample()
    one.open("Surveys")
    chart = one.page.locator(".st-key-trend-chart")
    chart.scroll_into_view_if_needed()
    marks = chart.locator("svg .mark-symbol path")
    assert marks.count() == 52  # a year of weeks
    marks.nth(30).click(force=True)
    one.settled()
    expect(one.page.locator(".st-key-point input")).to_have_value("the week of 4 May 2026", timeout=PATIENCE)
    one.page.locator(".st-key-point-download").wait_for(timeout=PATIENCE)
    one.settled()
    assert re.search(r"\d+ rows, the newest first", one.text)
    with one.page.expect_download() as saved:
        one.page.get_by_role("button", name="Download these rows").click()
    assert re.fullmatch(r"rows-[0-9a-f]{12}\.csv", saved.value.suggested_filename)
    assert "@example.com" not in saved.value.path().read_text(encoding="utf-8-sig")
    groups = one.page.locator(".st-key-segments-chart")
    groups.scroll_into_view_if_needed()
    groups.locator("svg .mark-symbol path").nth(2).click(force=True)
    one.settled()
    expect(one.page.locator(".st-key-picked input")).to_have_value("Lettura contatore", timeout=PATIENCE)
    one.page.locator(".st-key-group-download").wait_for(timeout=PATIENCE)
    one.settled()
    for sentence in ("are promoters (9–10)", "NPS "):
        chart = one.page.locator(f'[data-testid=stVegaLiteChart][aria-label*="{sentence}"]').first
        chart.wait_for(state="attached", timeout=PATIENCE)
    one.page.get_by_role("button", name="Delete my data").click()
    one.page.get_by_role("button", name="Yes, delete everything").click()
    one.page.get_by_text("Bring a spreadsheet").first.wait_for(timeout=PATIENCE)
    one.settled()
    assert "survey.csv" not in one.text


def test_deleting_empties_the_other_tab_too_and_leads_nobody_astray(visit: Visitor) -> None:
    one = visit()
    one.take_sample()
    other = visit(beside=one, path="/Surveys")
    other.page.get_by_role("radio", name="Italiano").click()
    other.page.locator(".st-key-trend-chart").wait_for(timeout=PATIENCE)
    one.page.get_by_role("button", name="Delete my data").click()
    one.page.get_by_role("button", name="Yes, delete everything").click()
    one.page.get_by_text("Bring a spreadsheet").first.wait_for(timeout=PATIENCE)
    one.open("Operators")
    other.page.get_by_text("Ancora nulla da mostrare").first.wait_for(timeout=PATIENCE)  # within the sweeper's seconds
    other.settled()
    assert other.page.get_by_role("heading", level=1).inner_text() == "Sondaggi"
    assert one.page.get_by_role("heading", level=1).inner_text() == "Operators"


@pytest.mark.parametrize("path", ["/Data", "/Surveys", "/Operators", "/Definitions"])
def test_a_deep_link_of_a_first_visitor_works(visit: Visitor, path: str) -> None:
    one = visit(path=path)
    assert one.page.get_by_role("heading", level=1).inner_text() == path[1:]
    assert one.page.get_by_test_id("stSidebar").get_by_test_id("stPageLink-NavLink").count() == 6
