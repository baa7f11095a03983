"""The page Operators as a person reads it: nothing yet, the sample, real exports, bad and too little."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from test_pages import home, in_tables, opened, said, with_file, with_sample

from cxcore.engine import Engine

PAGE = "pages/3_Operators.py"
HEADER = "Ticket ID;Created at;First response at;Resolved at;Agent;Channel;Status"


def of_the_desk() -> AppTest:
    app = opened(home(), PAGE)
    app.button(key="sample-desk").click()
    return app.run()


def tickets(rows: list[str]) -> AppTest:
    return opened(with_file("tickets.csv", "\n".join([HEADER, *rows]).encode()), PAGE)


# Nothing yet, and nothing for this page -------------------------------------------------------------------------------


def test_without_a_file_the_page_names_the_columns_it_lives_on() -> None:
    text = said(opened(home(), PAGE))
    assert "this page lights up once there is a file with a row for each contact or case" in text
    assert "when a person first replied" in text


def test_a_survey_alone_has_no_contacts_to_count_and_the_sample_has() -> None:
    app = opened(with_sample(), PAGE)
    assert "The file in use tells nothing of how contacts were handled" in said(app)
    app.button(key="sample-desk").click()
    app.run()
    assert "20,058 rows of interactions.csv, with what the answers say of them." in said(app)


# The sample: what is true of it stands in sample_data/README.md -------------------------------------------------------


@pytest.fixture(scope="module")
def loaded() -> AppTest:
    """The page with the sample, read once for all tests: two files and their join take a while."""
    return of_the_desk()


@pytest.fixture(scope="module")
def sample(loaded: AppTest) -> str:
    return said(loaded)


@pytest.fixture
def app(loaded: AppTest, sample: str) -> Iterator[AppTest]:
    """The same page, put back as it was when a test is through with it."""
    assert sample
    yield loaded
    loaded.button_group(key="language").set_value("en")
    loaded.button_group(key="measure").set_value("first_response")
    for key in ("channel", "point", "picked"):
        loaded.selectbox(key=key).set_value(None)
    for toggle in loaded.toggle:
        toggle.set_value(False)
    loaded.run()
    if [box for box in loaded.selectbox if box.key == "clock"]:
        loaded.selectbox(key="clock").select("calendar")
        loaded.run()


def test_every_cell_asks_and_answers(sample: str) -> None:
    for question in (
        "How long until a person replies?",
        "Is the target kept?",
        "At which hours does work arrive, and when does it go slowly?",
        "How do the times spread?",
        "Who works differently, beyond chance and the mix of work?",
        "Are customers who wait longer less satisfied?",
        "How many people does each hour ask for?",
        "What is still open, and how old is it?",
    ):
        assert question in sample
    assert re.search(r"Time to first response: .* \(95 %\), 19,445 cases\); nine in ten stay below", sample)
    assert "Most contacts arrive on " in sample
    assert "Clock: calendar time." in sample


def test_agents_who_are_all_alike_cannot_be_told_apart(sample: str) -> None:
    """The README: OP01 to OP32 are all alike."""
    assert "These 32 cannot be told apart." in sample
    assert "best" not in sample.lower()


def test_the_open_cases_of_the_sample_are_told(sample: str) -> None:
    """The README: 200 cases are open at the end."""
    assert re.search(r"200 cases are open at the end of the file, \d+ of them for 30 days or more", sample)


def test_satisfaction_does_not_depend_on_the_wait_in_the_sample(sample: str) -> None:
    assert "No clear link: the mean answer (CSAT) is" in sample


def test_staffing_is_a_hint_with_its_assumptions(sample: str) -> None:
    assert re.search(r"The busiest hour, .* answer 80 % within 20 s, so \d+ on the roster", sample)
    assert "Erlang C" in sample
    assert "nobody gives up" in sample


def test_names_can_be_hidden(app: AppTest) -> None:
    assert "OP29" in said(app) + str(app.selectbox(key="picked").options)
    app.toggle(key="hide-names").set_value(True)
    app.run()
    assert not re.search(r"\bOP\d\d\b", said(app) + str(app.selectbox(key="picked").options))
    assert "group 1" in str(app.selectbox(key="picked").options)


def test_the_clock_changes_the_number_and_stands_beside_it(app: AppTest) -> None:
    app.button_group(key="measure").set_value("resolution")
    before = said(app.run())
    app.selectbox(key="clock").select("business")
    app.run()
    after = said(app)
    assert "Clock: business hours mon-fri/09:00-18:00, without the public holidays of IT." in after
    whole = re.compile(r"Time to resolution: .*? \(")
    assert whole.findall(before) != whole.findall(after)
    app.text_input(key="hours").set_value("whenever")
    app.run()
    assert "These working hours cannot be read: whenever." in said(app)
    assert "Clock: calendar time." in said(app)


def test_a_target_is_kept_drawn_and_its_breaches_listed(app: AppTest) -> None:
    """70 % of the contacts are within 10 minutes and 5,822 are not, counted in the file with pandas."""
    app.number_input(key="target-first_response-60").set_value(10.0)
    app.text_input(key="target-first_response-60-owner").set_value("Team lead Adda")
    app.button(key="target-first_response-60-keep").click()
    app.run()
    text = said(app)
    assert re.search(r"(69|70)\.\d % of cases are within 10 min \(95 % interval", text)
    assert "Who answers for it: Team lead Adda." in text
    assert "The target of 80 % is missed." in text
    assert re.search(r"The slowest 10 of [\d,]+ breaches:", text)
    app.button(key="target-first_response-60-drop").click()
    app.run()
    assert "No target is set for this number yet." in said(app)


def test_the_keyboard_reaches_the_rows_behind_a_week_and_a_group(app: AppTest) -> None:
    app.selectbox(key="point").set_value(date(2026, 5, 4))
    app.selectbox(key="picked").set_value("OP07")
    app.run()
    assert said(app).count("rows; the download has them all.") == 2


def test_a_filter_chosen_elsewhere_holds_here(app: AppTest) -> None:
    app.selectbox(key="channel").select("Chat")
    app.run()
    assert re.search(r"Time to first response: .*, 6,\d\d\d cases", said(app))


def test_italian_is_complete(app: AppTest) -> None:
    app.button_group(key="language").set_value("it")
    app.run()
    text = said(app)
    assert "A che ora arriva il lavoro, e quando va a rilento?" in text
    assert "20.058 righe di interactions.csv" in text
    assert " cases" not in text


def test_a_rerun_asks_the_engine_nothing(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []
    ask = Engine.ask
    monkeypatch.setattr(Engine, "ask", lambda self, path, build: (asked.append(path), ask(self, path, build))[1])
    app.run()
    assert not asked
    app.selectbox(key="channel").select("Negozio")  # no other test asks for it, so nothing of it is remembered
    app.run()
    assert asked


# Bad, and too little -------------------------------------------------------------------------------------------------


def test_three_cases_claim_nothing() -> None:
    rows = [f"T{k};2026-01-0{k} 09:00;2026-01-0{k} 10:0{k};2026-01-0{k} 12:00;Ann;chat;closed" for k in (1, 2, 3)]
    text = said(tickets(rows))
    assert "3 cases: too few to show how their times spread." in text
    assert "There are no two groups with enough cases of the same kinds to compare." in text
    assert "Not measured: this needs how long customers waited and what they answered" in text
    assert "Not measured: this needs when contacts began, with the time of the day, and how long they took." in text
    assert "No case is open at the end of the file." in text


def test_a_small_group_shows_its_count_only() -> None:
    rows = [
        f"T{k};2026-01-{1 + k % 28:02} 09:{k % 60:02};2026-01-{1 + k % 28:02} 10:{k % 60:02};;{agent};chat;open"
        for k, agent in enumerate(["Ann"] * 40 + ["Bob"] * 40 + ["Cleo"] * 3)
    ]
    app = tickets(rows)
    assert "1 group has fewer than 5 cases and shows its count only." in said(app)
    app.toggle(key="compared-table").set_value(True)
    app.run()
    assert re.search(r"Cleo,3,–,–,–,–", in_tables(app))


def test_dates_without_hours_are_said() -> None:
    rows = [f"T{k};2026-01-{1 + k % 28:02};2026-02-{1 + k % 28:02};;Ann;chat;open" for k in range(60)]
    assert "No column says at what time of the day a contact began." in said(tickets(rows))


def test_home_sums_up_a_file_of_contacts_and_leads_here() -> None:
    rows = [
        f"T{k};2026-01-{1 + k % 28:02} 09:{k % 60:02};2026-01-{1 + k % 28:02} 10:{k % 50:02};;Ann;chat;open"
        for k in range(80)
    ]
    app = with_file("tickets.csv", "\n".join([HEADER, *rows]).encode())
    text = said(app)
    assert "No score was recognised" not in text
    assert "This file tells how contacts were handled, and holds no answers of customers." in text
    assert "Time to first response" in [metric.label for metric in app.metric]
    assert len(app.metric) <= 6


# Real files: figures from their published analyses --------------------------------------------------------------------


@pytest.mark.shared
def test_the_call_log_gives_its_published_figures(shared: Path) -> None:
    path = shared / "data" / "f01_01_Call-Center-Dataset.xlsx"
    app = home()
    app.file_uploader[0].set_value((path.name, path.read_bytes(), "application/octet-stream"))
    app.run()
    app = opened(app, PAGE)
    app.button_group(key="measure").set_value("wait")
    app.run()
    text = said(app)
    assert "Wait (ASA): 67.5 s" in text  # 67.52 s
    assert "4,054 cases" in text
    assert "No clear link: the mean answer (CSAT) is" in text


# What a change may be called ------------------------------------------------------------------------------------------


def days_of_work(days: int, quick: int = 1) -> list[str]:
    """Forty cases a day, none with a first reply; five hours each on the last `quick` days, ten to eleven before."""
    rows = []
    for day in range(1, days + 1):
        for k in range(40):
            hour = 13 if day > days - quick else 18 + k % 2
            rows.append(f"T{day}-{k};2026-03-{day:02} 08:{k:02};;2026-03-{day:02} {hour}:30;A;mail;ok")
    return rows


def solved_on(days: int, quick: int = 1) -> AppTest:
    app = tickets(days_of_work(days, quick))
    app.button_group(key="measure").set_value("resolution")
    app.selectbox(key="every").select("day")
    app.run()
    return app


def test_two_days_do_not_say_what_is_usual() -> None:
    text = said(solved_on(2))
    assert "too few periods are known to say what is usual" in text
    assert "steady series" not in text


def test_ten_days_do() -> None:
    text = said(solved_on(10))
    assert "fell to" in text
    assert "dotted lines hold what a steady series would do" in text


def test_a_second_quick_day_changes_nothing_and_is_still_unusual() -> None:
    text = said(solved_on(12, quick=2))
    assert "outside the range of a steady series, with no clear change since the period before" in text


def test_a_log_whose_states_nobody_explained_asks_for_the_one_that_means_solved() -> None:
    log = ["CaseID,ActivityID,CompleteTimestamp"]
    log += [f"{case},{step},2026-03-{1 + case % 27:02} {9 + step}:00:00" for case in range(1, 40) for step in (1, 8, 6)]
    app = opened(with_file("log.csv", "\n".join(log).encode()), PAGE)
    assert "not which of them means that a case is solved" in said(app)
    assert "tells nothing of how contacts were handled" not in said(app)


def test_a_column_that_is_there_and_empty_is_told_and_breaks_no_page() -> None:
    app = with_file("tickets.csv", "\n".join([HEADER, *days_of_work(10)]).encode())
    assert "went wrong" not in said(app)
    assert "went wrong" not in said(opened(app, PAGE))
