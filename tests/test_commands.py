"""The commands answer as the contract says, in JSON and in words, and never with a trace."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cxcore.__main__ import main

ROOT = Path(__file__).parent.parent
SURVEY = ROOT / "sample_data" / "survey.csv"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(arguments)
    out, err = capsys.readouterr()
    return code, out, err


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    code, out, err = run(capsys, *arguments, "--json")
    assert (code, err) == (0, "")
    found: dict[str, Any] = json.loads(out)
    return found


def test_inspect_has_the_contracts_keys(capsys: pytest.CaptureFixture[str]) -> None:
    found = said(capsys, "inspect", str(SURVEY))
    assert set(found) >= {
        "file", "recognised_as", "sheet", "header_rows", "delimiter", "encoding", "rows_read", "rows_used", "kind",
        "roles", "columns", "problems", "period",
    }  # fmt: skip
    assert found["kind"] == "responses"
    assert found["delimiter"] == ";"
    nps = found["roles"]["nps"]
    assert set(nps) >= {"column", "also", "confidence", "scale", "reversed", "unit", "n", "distinct", "first", "last",
                        "mean", "why"}  # fmt: skip
    assert nps["scale"] == [0, 10]
    assert found["roles"]["answered_at"]["order"] == "dmy"
    assert found["columns"]["E-mail"] == {"as": "personal"}
    assert found["columns"]["Canale"] == {"as": "channel"}
    for problem in found["problems"]:
        assert set(problem) == {"code", "severity", "column", "what", "count", "rows"}
        assert problem["severity"] in {"info", "warning"}


def test_measure_has_the_contracts_keys(capsys: pytest.CaptureFixture[str]) -> None:
    found = said(capsys, "measure", str(SURVEY), "--metric", "nps", "--every", "month", "--by", "channel")
    assert set(found) >= {"metric", "rule", "definition", "unit", "estimates", "left_out"}
    assert (found["metric"], found["rule"], found["unit"]) == ("nps", "per_answer", "points")
    first = found["estimates"][0]
    assert set(first) == {"period", "by", "n", "value", "low", "high", "method"}
    assert first["period"] == "2025-10-01"
    assert set(first["by"]) == {"channel"}


def test_without_period_and_groups_there_is_one_estimate(capsys: pytest.CaptureFixture[str]) -> None:
    found = said(capsys, "measure", str(SURVEY), "--metric", "csat", "--rule", "mean_100")
    (whole,) = found["estimates"]
    assert (whole["period"], whole["by"]) == (None, {})
    assert 0 < whole["low"] < whole["value"] < whole["high"] < 100


def test_a_column_is_a_metric_too(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Response ID,NPS,Age,Club member\n" + "".join(f"R{k},9,{20 + k},{k % 2}\n" for k in range(20)))
    assert said(capsys, "measure", str(path), "--metric", "Age")["estimates"][0]["value"] == pytest.approx(29.5)
    assert said(capsys, "measure", str(path), "--metric", "Club member")["estimates"][0]["value"] == pytest.approx(50)


def test_a_mapping_by_hand_comes_first(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,How was it\n" + "".join(f"R{k},{k % 11}\n" for k in range(110)))
    assert "nps" not in said(capsys, "inspect", str(path))["roles"]
    found = said(capsys, "measure", str(path), "--metric", "nps", "--map", "nps=How was it")
    assert found["estimates"][0]["value"] == pytest.approx(100 * (2 - 7) / 11)


def test_a_recommendation_answered_from_1_to_5_is_no_nps_until_a_person_says_so(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    rows = "".join(f"R{k},{k % 5 + 1}\n" for k in range(100))
    path.write_text(f"Response ID,How likely are you to recommend us to a friend?\n{rows}")
    found = said(capsys, "inspect", str(path))
    assert "nps" not in found["roles"]
    (question,) = found["questions"]
    answer = f"{question['about']}={question['choices'][1]}"
    assert said(capsys, "inspect", str(path), "--map", answer)["roles"]["nps"]["scale"] == [0, 10]
    assert said(capsys, "measure", str(path), "--metric", "nps", "--map", answer)["estimates"][0]["value"] == -100


def test_several_files_one_object_a_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    code, out, err = run(capsys, "inspect", str(SURVEY), str(empty), "--json")
    lines = [json.loads(line) for line in out.splitlines()]
    assert (code, err, len(lines)) == (0, "", 2)
    assert lines[0]["file"] == "survey.csv"
    assert lines[1]["error"]["code"] == "empty_file"
    assert run(capsys, "inspect", str(empty), str(empty), "--json")[0] == 2


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("inspect", "not there.csv"), "no_such_file"),
        (("measure", str(SURVEY), "--metric", "npz"), "unknown_metric"),
        (("measure", str(SURVEY), "--metric", "nps", "--rule", "top_two"), "unknown_rule"),
        (("measure", str(SURVEY), "--metric", "nps", "--by", "Colour"), "unknown_column"),
        (("measure", str(SURVEY), "--metric", "nps", "--by", "E-mail"), "personal_column"),
        (("measure", str(SURVEY), "--metric", "nps", "--where", "nonsense"), "bad_condition"),
        (("measure", str(SURVEY), "--metric", "nps", "--map", "npz=NPS"), "unknown_role"),
        (("measure", str(SURVEY), "--metric", "nps", "--set", "within=60"), "unknown_setting"),
        (("measure", str(SURVEY), "--metric", "nps", "--zone", "Europe/Roma"), "unknown_zone"),
        (("report", str(SURVEY), "-o", "report.docx"), "unknown_format"),
        (("compare", str(SURVEY), "--metric", "nps"), "no_variant"),
        (("compare", "--metric", "nps"), "no_file"),
        (("compare", "--metric", "nps", "--arm", "A=16/12/8", "--arm", "B=3979:459"), "bad_totals"),
        (("compare", "--metric", "nps", "--arm", "A=16/12/8", "--arm", "B"), "bad_totals"),
        (("compare", "--metric", "nps", "--arm", "A=16/12/8"), "one_arm"),
        (("compare", str(SURVEY), "--metric", "nps", "--variant", "Colour"), "unknown_column"),
        (("compare", str(SURVEY), "--metric", "nps", "--variant", "channel", "--split", "50"), "bad_split"),
        (("compare", str(SURVEY), "--metric", "nps", "--variant", "channel", "--margin", "0"), "bad_effect"),
        (("compare", str(SURVEY), "--metric", "nps", "--variant", "channel", "--looks", "free"), "no_size"),
        (("compare", str(SURVEY), "--metric", "nps", "--variant", "channel", "--start", "1/3/26"), "bad_date"),
        (("compare", str(SURVEY), "--metric", "nps", "--variant", "channel", "--guardrail", "csat"), "bad_guardrail"),
        (("plan", "--metric", "nps", "--baseline", "50/20"), "no_effect"),
        (("plan", "--metric", "nps", "--effect", "10"), "no_baseline"),
        (("plan", "--metric", "nps", "--baseline", "50", "--effect", "10"), "bad_baseline"),
        (("measure", str(SURVEY)), "bad_command"),
    ],
)
def test_what_cannot_be_done_says_why_and_what_to_do(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: str
) -> None:
    status, out, err = run(capsys, *arguments, "--json")
    error = json.loads(out)["error"]
    assert (status, err, error["code"]) == (2, "", code)
    assert error["message"]
    assert error["hint"]
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 2  # one message line, one hint line


EXPERIMENT = str(ROOT / "sample_data" / "experiment.csv")


def test_compare_has_the_contracts_keys(capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--variant", "Variante", "--effect", "5", "--margin", "3", "--split", "50/50", "--by", "product")
    found = said(capsys, "compare", EXPERIMENT, "--metric", "csat", *options)
    assert set(found) >= {"metric", "unit", "status", "arms", "effects", "checks", "clusters"}
    assert (found["metric"], found["unit"], found["status"], found["clusters"]) == ("csat", "%", "ok", None)
    assert list(found["arms"]) == ["attuale", "nuova"]
    assert set(found["arms"]["nuova"]) >= {"n", "value", "low", "high"}
    (effect,) = found["effects"]
    assert set(effect) >= {"control", "treatment", "status", "value", "low", "high", "p", "method", "verdict",
                           "needed_per_arm", "more_per_arm", "also"}  # fmt: skip
    assert effect["verdict"] == "better"
    assert effect["more_per_arm"] == max(effect["needed_per_arm"] - min(a["n"] for a in found["arms"].values()), 0)
    for check in found["checks"]:
        assert set(check) == {"name", "state", "p", "says"}
        assert check["state"] in {"ok", "caution", "fail"}
    assert "sample ratio" in {check["name"] for check in found["checks"]}
    assert "attuale" in found["assumed"]
    assert len(found["segments"]) == 3
    italian = said(capsys, "compare", EXPERIMENT, "--metric", "csat", "--lang", "it")
    assert italian["effects"][0]["verdict"] == "better"
    assert (
        italian["effects"][0]["says"] != said(capsys, "compare", EXPERIMENT, "--metric", "csat")["effects"][0]["says"]
    )


def test_plan_has_the_contracts_keys(capsys: pytest.CaptureFixture[str]) -> None:
    found = said(capsys, "plan", "--metric", "nps", "--baseline", "50/20", "--effect", "10")
    assert set(found) >= {"per_arm", "half_width", "says"}
    assert found["per_arm"] == 958
    assert "958" in found["says"]
    clustered = said(capsys, "plan", "--metric", "nps", "--baseline", "50/20", "--effect", "10", "--rows-per-unit", "3",
                     "--icc", "0.3")  # fmt: skip
    assert clustered["per_arm"] == pytest.approx(957.5 * 1.6, abs=1)
    assert said(capsys, "plan", EXPERIMENT, "--metric", "csat", "--effect", "8")["baseline"]["n"] > 1000


def test_arms_by_their_totals(capsys: pytest.CaptureFixture[str]) -> None:
    found = said(capsys, "compare", "--metric", "nps", "--arm", "A=16/12/8", "--arm", "B=11/9/11")
    assert found["arms"]["A"]["value"] == pytest.approx(22.2, abs=0.05)
    assert found["effects"][0]["low"] == pytest.approx(-59.2, abs=0.05)
    code, out, _ = run(capsys, "compare", "--metric", "csat", "--arm", "A=4021:407", "--arm", "B=3979:459")
    assert code == 0
    assert out.startswith("CSAT is better with B than with A")


def test_words_follow_the_language_and_tokens_do_not(capsys: pytest.CaptureFixture[str]) -> None:
    english = said(capsys, "measure", str(SURVEY), "--metric", "nps")
    italian = said(capsys, "measure", str(SURVEY), "--metric", "nps", "--lang", "it")
    assert english["definition"] != italian["definition"]
    assert english["estimates"][0]["value"] == italian["estimates"][0]["value"]
    assert (english["rule"], english["left_out"].keys()) == (italian["rule"], italian["left_out"].keys())


def test_nothing_is_written_but_the_report_and_the_file_stays(tmp_path: Path) -> None:
    """As a person would: another process, another folder, a temporary place that must be empty again afterwards."""
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    work = tmp_path / "work"
    work.mkdir()
    before = SURVEY.read_bytes()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(scratch)}
    done = subprocess.run(
        [sys.executable, "-m", "cxcore", "report", str(SURVEY), "-o", "r.html", "--lang", "it"],
        cwd=work, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert [path.name for path in work.iterdir()] == ["r.html"]
    assert list(scratch.iterdir()) == []
    assert SURVEY.read_bytes() == before
