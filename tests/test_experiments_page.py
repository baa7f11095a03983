"""The page Experiments as a person reads it: nothing yet, the sample, a failed design, too little, no data."""

from __future__ import annotations

import re

from streamlit.testing.v1 import AppTest
from test_pages import home, opened, said, with_file

PAGE = "pages/4_Experiments.py"


def trial(control: int, treatment: int) -> AppTest:
    """The page on a file of so many answers in each group, every third of them content."""
    rows = [f"{k},{arm},{5 if k % 3 else 2}" for arm, n in (("A", control), ("B", treatment)) for k in range(n)]
    numbered = [f"{k},{row.partition(',')[2]}" for k, row in enumerate(rows)]
    return opened(with_file("test.csv", "\n".join(["Response ID,Variant,CSAT (1-5)", *numbered]).encode()), PAGE)


def kept(app: AppTest) -> AppTest:
    app.button(key="keep-plan").click()
    app.run()
    assert not app.exception
    return app


def test_without_a_file_the_page_says_what_an_experiment_needs() -> None:
    app = opened(home(), PAGE)
    text = said(app)
    assert not app.exception
    assert "An experiment needs a file with one row for each answer or customer" in text
    assert "No experiment was planned yet." in text


def test_from_the_sample_to_a_verdict_in_two_clicks() -> None:
    app = opened(home(), PAGE)
    app.button(key="sample-experiment").click()
    app.run()
    assert "2. Check" not in [header.value for header in app.header]
    text = said(kept(app))
    assert "checks passed" in text
    low, high = (float(end) for end in re.search(r"95 % interval \+([\d.]+) to \+([\d.]+)", text).groups())  # type: ignore[union-attr]
    assert low < 8 < high, "the effect planted in the sample, by its README"
    assert "CSAT is better with nuova than with attuale" in text
    assert "1 experiment." in text


def test_a_failed_check_holds_the_effect_back_until_it_is_wanted_anyway() -> None:
    text = said(kept(app := trial(900, 600)))
    assert "1 check failed. The effect is held back" in text
    assert " with B, " not in text
    app.button(key="anyway").click()
    app.run()
    text = said(app)
    assert " with B, " in text
    assert "not valid" in text.lower()


def test_too_few_answers_give_no_effect() -> None:
    app = trial(12, 1)
    text = said(kept(app)) if [b for b in app.button if b.key == "keep-plan"] else said(app)
    assert not app.exception
    assert " with B, " not in text
    assert "too few" in text.lower()


def test_a_plan_can_be_made_before_there_are_data() -> None:
    app = opened(home(), PAGE)
    app.segmented_control(key="experiment-source").select("nothing")
    app.run()
    assert not app.exception
    assert "how many answers will it take?" in " ".join(header.value for header in (*app.header, *app.subheader))


def test_the_code_behind_the_effect_is_shown_with_the_rows_it_reads() -> None:
    app = opened(home(), PAGE)
    app.button(key="sample-experiment").click()
    app.run()
    assert "def interval(c, t, level)" in " ".join(block.value for block in kept(app).code)
    assert "rows-compared" not in {str(button.key) for button in app.get("download_button")}
    rows = [f"{k},C{k // 3},{'AB'[k // 3 % 2]},{1 + (k * k + k // 3) % 5}" for k in range(240)]
    content = "\n".join(["Response ID,Customer ID,Variant,CSAT (1-5)", *rows]).encode()
    app = kept(opened(with_file("again.csv", content), PAGE))
    (script,) = (block.value for block in app.code if "python -m cxcore compare" in block.value)
    assert "per_customer(answers)" in script
    assert "compared-rows.csv" in script
    assert "Download the rows compared" in {button.proto.label for button in app.get("download_button")}
