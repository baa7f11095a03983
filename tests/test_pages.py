"""The pages as a person reads them, through AppTest: nothing yet, the sample, a refused file, too few answers."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from streamlit.proto.Metric_pb2 import Metric as MetricProto
from streamlit.testing.v1 import AppTest

from cxcore.engine import Engine
from cxcore.language import words
from cxcore.metrics import METRICS
from pages.ui import cached

ROOT = Path(__file__).parent.parent
PAGES = [f"pages/{path.name}" for path in sorted((ROOT / "pages").glob("[0-9]*.py"))]
THREE = "Date;How likely are you to recommend us to a friend? (0-10)\n2026-01-05;10\n2026-01-06;9\n2026-01-07;3\n"


def home() -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    return app.run()


def with_sample() -> AppTest:
    app = home()
    app.button(key="sample").click()
    return app.run()


def with_file(name: str, content: bytes) -> AppTest:
    app = home()
    app.file_uploader[0].set_value((name, content, "text/csv"))
    return app.run()


def test_scores_already_computed_are_shown_as_given() -> None:
    rows = "\n".join(f"2025-{k:02}-01;{30 + k}" for k in range(1, 13))
    app = with_file("scores.csv", f"Month;NPS\n{rows}\n".encode())
    text = said(app)
    assert "NPS was given as 42.00 in" in text
    assert "No interval: the file does not say how many answers are behind each." in text


def opened(app: AppTest, page: str) -> AppTest:
    return app.switch_page(page).run()


def said(app: AppTest) -> str:
    """All the words on the page."""
    kinds = (app.title, app.header, app.text, app.caption, app.markdown, app.metric)
    assert not app.exception
    told = "\n".join(str(getattr(each, "value", "")) for kind in kinds for each in kind)
    return told.replace("\u00a0", " ")


def assert_chat_fell(text: str, where: str) -> None:
    """The NPS of chat truly falls from 32 to 0; the file gives a fall of 32.7 with a standard error of 3.4."""
    told = re.search(rf"NPS fell from (\S+) to (\S+){re.escape(where)} from 4 May 2026 on", text)
    assert told, text
    before, after = (float(figure.replace("−", "-")) for figure in told.groups())
    assert abs(before - 32) < 3.4
    assert abs(after) < 3.4


def in_tables(app: AppTest) -> str:
    return "\n".join(frame.value.to_csv() for frame in app.dataframe)


# Nothing yet ---------------------------------------------------------------------------------------------------------


def test_home_invites_before_there_is_a_file() -> None:
    app = home()
    assert "Bring a spreadsheet with what customers answered." in said(app)
    assert app.button(key="sample").label == "Try the sample"


def test_a_file_without_a_score_is_said_and_nothing_is_claimed_of_it() -> None:
    text = said(with_file("stock.csv", b"Colour;Shelf\n" + b"red;4\nblue;7\n" * 20))
    assert "No score was recognised in this file" in text
    assert "No change" not in text
    assert "No group is clearly worse" not in text


@pytest.mark.parametrize("page", ["pages/1_Data.py", "pages/2_Surveys.py"])
def test_a_page_without_a_file_teaches_what_would_light_it_up(page: str) -> None:
    app = opened(home(), page)
    assert "Nothing to show yet" in said(app)
    app.button(key="sample").click()
    app.run()
    assert "Nothing to show yet" not in said(app)


def test_definitions_need_no_file() -> None:
    text = said(opened(home(), "pages/9_Definitions.py"))
    for metric in METRICS.values():
        assert words(metric.question, "en") in text
        assert words(metric.source, "en") in text
        for rule in metric.rules:
            assert words(rule.meaning, "en") in text


@pytest.mark.parametrize("page", ["app.py", *PAGES])
def test_the_menu_lists_the_pages_that_exist(page: str) -> None:
    app = opened(home(), page) if page != "app.py" else home()
    assert [link.proto.label for link in app.sidebar.get("page_link")] == [
        "Home",
        "Data",
        "Surveys",
        "Operators",
        "Experiments",
        "Definitions",
    ]


# The sample: what is true of it stands in sample_data/README.md ------------------------------------------------------


def test_the_sample_is_one_click_from_its_true_story() -> None:
    app = with_sample()
    text = said(app)
    assert_chat_fell(text, " in Chat (Canale)")
    assert "CES in Fatturazione (Motivo) is lower than in the rest" in text
    assert [metric.label for metric in app.metric] == ["NPS", "CSAT", "CES", "Meets needs", "Easy", "Enjoyable"]
    assert "6,172 rows counted" in text


def test_no_arrow_of_the_sample_is_coloured() -> None:
    """Nothing changes in its last two weeks: what the arrows show is noise."""
    app = with_sample()
    assert {metric.proto.color for metric in app.metric} == {MetricProto.MetricColor.GRAY}


def test_the_receipt_of_the_sample_names_what_was_dropped_and_shows_none_of_it() -> None:
    app = opened(with_sample(), "pages/1_Data.py")
    assert "6,172 rows were read and 6,172 counted" in said(app)
    tables = in_tables(app)
    assert "E-mail" in tables
    assert "personal, not kept" in tables
    assert "@example.com" not in tables + said(app)
    assert "3 answers are off the scale 0–10" in tables


def test_surveys_answers_each_question_with_a_sentence() -> None:
    app = opened(with_sample(), "pages/2_Surveys.py")
    text = said(app)
    assert "How did NPS change?" in text
    assert_chat_fell(text, " in Chat (Canale)")
    assert "are promoters (9–10)" in text
    assert "Who is happier, who is not?" in text
    assert "comments; the newest 200 are shown." in text


def test_a_filter_is_a_condition_everywhere() -> None:
    app = opened(with_sample(), "pages/2_Surveys.py")
    app.selectbox(key="channel").select("Chat")
    app.run()
    assert_chat_fell(said(app), "")


def test_the_rows_behind_a_period_can_be_had_by_keyboard() -> None:
    app = opened(with_sample(), "pages/2_Surveys.py")
    app.selectbox(key="point").set_value(date(2026, 5, 4))
    app.run()
    assert "rows, the newest first" in said(app)


def test_a_role_taken_off_and_put_back() -> None:
    app = opened(with_sample(), "pages/1_Data.py")
    app.selectbox(key="role").select("enjoyment")
    app.run()
    app.selectbox(key="column-of-enjoyment").select("")
    app.run()
    app.button(key="apply").click()
    app.run()
    assert not app.session_state["work"].table.has("enjoyment")
    app.button(key="undo").click()
    app.run()
    assert app.session_state["work"].table.has("enjoyment")


def test_italian_is_one_click_away_and_writes_numbers_its_way() -> None:
    app = with_sample()
    assert app.metric[0].value == "22.2"
    app.button_group(key="language").set_value("it")
    app.run()
    assert app.metric[0].value == "22,2"
    text = said(app)
    assert "6.172" in text
    assert "Worth knowing" not in text


def test_delete_my_data_leaves_nothing() -> None:
    app = with_sample()
    folder = app.session_state["work"].table.path.parent.parent
    assert folder.is_dir()
    app.button(key="delete").click()
    app.run()
    assert not folder.exists()
    assert app.session_state["work"].table is None
    assert "Bring a spreadsheet" in said(app)


# Bad, and too little -------------------------------------------------------------------------------------------------


def test_a_file_that_cannot_be_read_is_said_plainly_and_the_session_lives() -> None:
    app = with_file("holiday.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)
    text = said(app)
    assert "This could not be done" in text
    assert "holiday.csv" in text
    app.button(key="sample").click()
    app.run()
    assert "This could not be done" not in said(app)
    assert "6,172 rows counted" in said(app)


def test_three_answers_are_too_few_to_claim_anything() -> None:
    app = with_file("three.csv", THREE.encode())
    text = said(app)
    assert app.metric[0].value == "33.3"  # two promoters and one detractor of three
    assert "small sample: 3 answers" in text
    assert "No change was found beyond what chance explains. No column splits the answers into groups." in text
    surveys = said(opened(app, "pages/2_Surveys.py"))
    assert "3 answers: too few to show how they spread." in surveys
    assert "No column splits the answers into a few groups" in surveys
    assert "Not measured: no column of this file holds comments." in surveys


def test_a_file_without_scores_says_where_to_name_one() -> None:
    rows = "\n".join(f"{k};place {k % 7}" for k in range(40))
    app = with_file("places.csv", f"number;where\n{rows}\n".encode())
    assert "No score was recognised in this file" in said(app)
    assert "No score was recognised in this file" in said(opened(app, "pages/2_Surveys.py"))


def test_a_mistake_of_ours_is_a_neutral_box_and_the_log_holds_no_cell(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> None:
        raise ValueError("Mario Rossi, 555-1234")

    app = with_sample()
    monkeypatch.setattr(cached, "wholes", broken)
    with caplog.at_level(logging.ERROR):
        text = said(app.run())
    assert "Something in this app went wrong" in text
    assert "Mario" not in text
    assert "ValueError at" in caplog.text
    assert "Mario" not in caplog.text


# Speed ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["app.py", *PAGES])
def test_a_rerun_with_nothing_new_asks_the_engine_nothing(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    app = with_sample()
    if page != "app.py":
        app = opened(app, page)
    asked: list[Path] = []
    ask = Engine.ask
    monkeypatch.setattr(Engine, "ask", lambda self, path, build: (asked.append(path), ask(self, path, build))[1])
    app.run()
    assert not asked
    if page == "pages/2_Surveys.py":  # and the counter counts: another channel is another question
        app.selectbox(key="channel").select("Chat")
        app.run()
        assert asked


def test_starting_up_imports_no_costly_statistics() -> None:
    script = (
        "from streamlit.testing.v1 import AppTest\n"
        "import sys\n"
        f"app = AppTest.from_file({str(ROOT / 'app.py')!r}, default_timeout=60).run()\n"
        "assert app.title[0].value == 'Home'\n"
        "print([name for name in sys.modules if name.split('.')[0] == 'statsmodels' or name == 'scipy.stats'])\n"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=True,
                          cwd=ROOT)  # fmt: skip
    assert done.stdout.strip() == "[]"


def test_the_server_takes_memory_from_the_system_alone() -> None:
    script = "import pages.ui.server, pyarrow; print(pyarrow.default_memory_pool().backend_name)"
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=True,
                          cwd=ROOT)  # fmt: skip
    assert done.stdout.strip() == "system"
