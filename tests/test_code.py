"""The code shown beside a number gives that number, without the core."""

from __future__ import annotations

import contextlib
import io
import re
import runpy
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cxcore import code, intake
from cxcore.engine import Engine
from cxcore.metrics import EXPERIENCE, METRICS
from cxcore.metrics.measure import measure
from cxcore.metrics.select import condition
from cxcore.store import new_workspace
from cxcore.values import Condition, Estimate, Table

SAMPLE = Path(__file__).parent.parent / "sample_data" / "survey.csv"
NUMBER = r"(?:np\.\w+\()?(-?[\d.]+(?:e-?\d+)?)\)?"
FOUR = re.compile(rf"\({NUMBER}, {NUMBER}, {NUMBER}, {NUMBER}\)")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Engine, Table]:
    folder = tmp_path_factory.mktemp("code")
    engine = Engine(folder)
    return engine, intake.take(SAMPLE, SAMPLE.name, engine, new_workspace(folder))


def printed(script: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(SAMPLE.parent)
    path = folder / "shown.py"
    # The shown script prints for a person; here every digit and every group is wanted.
    wide = "pd.set_option('display.width', 999, 'display.max_colwidth', 999, 'display.max_rows', 999)"
    path.write_text(script.replace("as pd\n", f"as pd\n{wide}\n", 1), encoding="utf-8")
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        runpy.run_path(str(path))
    return said.getvalue()


def agree(numbers: tuple[str, ...], estimate: Estimate) -> None:
    n, value, low, high = map(float, numbers)
    assert n == estimate.n
    assert value == pytest.approx(estimate.value, abs=1e-6)
    assert low == pytest.approx(estimate.low, abs=1e-4)
    assert high == pytest.approx(estimate.high, abs=1e-4)


RULES = [(m.name, r.name) for m in EXPERIENCE for r in m.rules if not r.last_per_customer]


@pytest.mark.parametrize(("metric", "rule"), RULES)
def test_the_shown_code_gives_the_number(
    metric: str, rule: str, sample: tuple[Engine, Table], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = [condition("Canale!=Chat")]
    chosen = METRICS[metric].rule(rule)
    script = code.python(sample[1], METRICS[metric], chosen, where=where)
    assert script is not None
    assert "cxcore" not in script
    found = FOUR.findall(printed(script, tmp_path, monkeypatch))
    assert len(found) == 1
    agree(found[0], measure(*sample, METRICS[metric], rule, where=where).estimates[0])


def test_the_shown_code_gives_every_group_and_period(
    sample: tuple[Engine, Table], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nps = METRICS["nps"]
    script = code.python(sample[1], nps, nps.rules[0], "quarter", ["channel"])
    assert script is not None
    found = sorted(FOUR.findall(printed(script, tmp_path, monkeypatch)))
    wanted = [one for one in measure(*sample, nps, every="quarter", by=["channel"]).estimates if one.value is not None]
    assert len(found) >= len(wanted) > 10
    by_size: dict[tuple[int, float], Any] = {(int(f[0]), round(float(f[1]), 6)): f for f in found}
    for estimate in wanted:
        agree(by_size[estimate.n, round(estimate.value or 0.0, 6)], estimate)


def test_the_command_survives_a_shell(sample: tuple[Engine, Table]) -> None:
    nps = METRICS["nps"]
    table = replace(sample[1], name="a file; rm -rf '$HOME'.csv")
    line = code.command(table, nps, nps.rules[1], "week", ["channel"], [Condition("Motivo", "=", "it's $(x)")])
    assert shlex.split(line) == [
        "python", "-m", "cxcore", "measure", "a file; rm -rf '$HOME'.csv", "--metric", "nps", "--rule",
        "last_per_customer", "--every", "week", "--by", "channel", "--where", "Motivo=it's $(x)",
    ]  # fmt: skip


def test_where_it_is_not_simple_only_the_command_is_shown(sample: tuple[Engine, Table]) -> None:
    nps = METRICS["nps"]
    assert code.of_measure(sample[1], nps, nps.rules[1]).count("\n") == 0
    doubled = replace(sample[1], left_out=(("duplicate", 3),))
    assert code.python(doubled, nps, nps.rules[0]) is None
    assert code.of_measure(sample[1], nps, nps.rules[0]).startswith(
        "python -m cxcore measure survey.csv --metric nps\n"
    )
