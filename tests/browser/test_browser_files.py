"""Files a person might bring: real ones with published figures, and ones made to harm."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from visiting import PATIENCE, Visitor

pytestmark = pytest.mark.browser

PICTURE = "![x](http://127.0.0.1:9/x.png)"
SCRIPT = "<img src=x onerror=\"fetch('http://127.0.0.1:9/y')\">"
LINK = "[free money](http://127.0.0.1:9/z) :material/home: **bold** $x^2$"


@pytest.mark.shared
def test_a_bank_of_three_markets_and_a_spanish_survey_with_a_mean(visit: Visitor, shared: Path) -> None:
    one = visit()
    one.upload(shared / "data" / "f21_NPStimeseries.csv")
    assert "11.8" in one.page.get_by_test_id("stMetricValue").first.inner_text()
    assert "5,000 rows counted" in one.text
    one.open("Data")
    assert "Personal, and not kept: 1." in one.text

    one.page.get_by_role("button", name="Delete my data").click()
    one.page.get_by_role("button", name="Yes, delete everything").click()
    one.page.get_by_text("Bring a spreadsheet").wait_for()
    one.upload(shared / "data" / "f27_encuestas_202501.csv")
    one.open("Surveys")
    one.page.locator(".st-key-rule input").click()
    one.page.get_by_role("option", name="mean on the scale").click()
    one.settled()
    one.page.get_by_text("What this stands on").first.click()
    one.settled()
    assert "CSAT 5.50" in one.text


@pytest.mark.shared
def test_a_workbook_of_several_sheets(visit: Visitor, shared: Path) -> None:
    one = visit()
    one.upload(shared / "data" / "f29_dati.xlsx")
    assert "f29_dati.xlsx" in one.text
    one.page.get_by_text("Bring another file").click()
    options = one.unfold("sheet-1")
    assert options.count() == 8  # seven sheets, and all that are alike as one
    options.nth(3).click()
    one.begun()  # a click at once would meet a button that is about to be drawn anew
    one.settled()
    one.page.locator(".st-key-read-sheet button").click()
    one.begun()
    one.read()
    one.open("Data")
    one.page.get_by_text("The receipt").click()
    one.page.get_by_text("Sheet: Analaisi Pca 2 Periodo").wait_for(timeout=10_000)


def hostile_survey() -> bytes:
    text = io.StringIO()
    rows = csv.writer(text, delimiter=";")
    rows.writerow(
        ["Date", "How likely are you to recommend us? (0-10)", f"Channel {LINK}", f"Team {PICTURE}", "Comment"]
    )
    for k in range(400):
        day = f"2026-{1 + k // 34 % 12:02d}-{1 + k % 28:02d}"
        group = (PICTURE, SCRIPT, LINK)[k % 3]
        score = 10 if k % 3 else k % 5
        rows.writerow([day, score, group, (SCRIPT, PICTURE)[k % 2], f"{PICTURE} {SCRIPT} {LINK}"])
    return text.getvalue().encode()


def test_a_hostile_file_is_shown_as_text_and_fetches_nothing(visit: Visitor, tmp_path: Path) -> None:
    file = tmp_path / "![x](http:__127.0.0.1:9_n.png) **evil** :material_home:.csv"
    file.write_bytes(hostile_survey())
    one = visit()
    one.upload(file)
    assert file.name in one.text  # as it stands, stars and all
    assert "![x](http" in one.text
    for name in one.pages():
        one.open(name)
        _nothing_came_alive(one.page)
    one.open("Surveys")
    for key in ("segment", "split", "group"):
        options = one.unfold(key)
        _nothing_came_alive(one.page)
        options.first.click()
        one.settled()
        _nothing_came_alive(one.page)
    one.page.get_by_text("What this stands on").first.click()
    _nothing_came_alive(one.page)


def hostile_test() -> bytes:
    """Contacts of a desk that ran a test: names of agents, topics and arms that want to be more than text."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["Ticket ID", "Created at", "First response at", "Resolved at", "Agent", f"Topic {LINK}", "Variant",
                   "CSAT (1-5)"])  # fmt: skip
    for k in range(600):
        day, hour = f"2026-{1 + k // 50 % 12:02d}-{1 + k % 28:02d}", 8 + k % 9
        times = [f"{day} {hour:02d}:{k % 40:02d}", f"{day} {hour:02d}:{k % 40 + 9:02d}", f"{day} {hour + 3:02d}:30"]
        agent, topic = f"{(PICTURE, SCRIPT, LINK)[k % 3]} {k % 3}", (SCRIPT, PICTURE)[k // 2 % 2]
        rows.writerow([f"T{k:04}", *times, agent, topic, (LINK, PICTURE)[k % 2], 5 if k % 3 else 1 + k % 2])
    return text.getvalue().encode()


def test_hostile_names_of_agents_and_arms_stay_text(visit: Visitor, tmp_path: Path) -> None:
    file = tmp_path / "test.csv"
    file.write_bytes(hostile_test())
    one = visit()
    one.upload(file)
    one.open("Operators")
    one.page.locator(".st-key-backlog-table").wait_for(timeout=PATIENCE)
    one.settled()
    _nothing_came_alive(one.page)
    one.open("Experiments")
    one.page.locator(".st-key-keep-plan button").click()
    one.page.get_by_text("4. Verdict").wait_for(timeout=PATIENCE)
    one.settled()
    _nothing_came_alive(one.page)
    assert LINK in one.text, "the arm's name stands on the page as it is written"


def _nothing_came_alive(page: object) -> None:
    count = (
        'document.querySelectorAll(\'img[src*=":9/"], img[src="x"], a[href*=":9/"], a[href*="127.0.0.1:9"]\').length'
    )
    assert page.evaluate(count) == 0  # type: ignore[attr-defined]


def test_a_refused_file_says_what_to_do(visit: Visitor, tmp_path: Path) -> None:
    file = tmp_path / "photo.csv"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)
    one = visit()
    one.upload(file)
    assert "This could not be done" in one.text
    assert "photo.csv" in one.text
    one.take_sample()
    assert "This could not be done" not in one.text


def test_a_reading_can_be_stopped_and_outlives_a_click_on_the_menu(visit: Visitor, tmp_path: Path) -> None:
    large = tmp_path / "large.csv"
    rows = (
        f"R{k:07},2026-{1 + k % 12:02}-{1 + k % 28:02},{k % 11},text {k} {'and more ' * 6}\n" for k in range(400_000)
    )
    large.write_text("Response ID,Survey date,NPS (0-10),Comment\n" + "".join(rows), encoding="utf-8")
    one = visit()
    stop = one.page.locator(".st-key-stop-reading button")
    for leave in (stop.click, lambda: one.open("Surveys")):
        one.page.locator("[class*=st-key-upload-] input[type=file]").first.set_input_files(large)
        stop.wait_for(timeout=PATIENCE)
        assert "rows counted" not in one.text
        leave()
        one.read()
    assert "400,000 rows counted" in one.text
