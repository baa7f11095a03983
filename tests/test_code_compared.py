"""The script shown beside an effect gives that effect, without the core."""

from __future__ import annotations

import contextlib
import io
import re
import runpy
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk import Desk

from cxcore import code, compare
from cxcore.engine import Engine
from cxcore.experiment import Guardrail, Plan
from cxcore.metrics.select import condition
from cxcore.store import Workspace

SAMPLE = Path(__file__).parent.parent / "sample_data" / "experiment.csv"
NUMBER = r"(?:np\.\w+\()?(-?[\d.]+(?:e-?\d+)?)\)?"
LINE = re.compile(rf"^(.+?) \({NUMBER}, {NUMBER}, {NUMBER}, {NUMBER}\)$", re.MULTILINE)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("shown")
    engine = Engine(folder)
    yield Desk(engine, Workspace(folder / "workspace"), folder)
    engine.close()


def few() -> list[list[object]]:
    """Three arms of some dozens: an answer 0–10, minutes, seconds, yes or no."""
    rows: list[list[object]] = []
    for k in range(150):
        arm = k % 3
        score = 10 - (7 * k + arm * k * k) % 11
        rows.append([f"R{k:03}", "ABC"[arm], score, (k * 37) % 90 + arm / 2, 30 + (k * k) % 400 + 20 * arm,
                     "yes" if (k * 13) % (4 + arm) else "no"])  # fmt: skip
    return [["Response ID", "Variant", "NPS", "Minutes", "Handle time (s)", "Came back"], *rows]


@pytest.mark.parametrize(
    ("plan", "arms"),
    [
        (Plan("nps"), 2), (Plan("Minutes"), 2), (Plan("Came back"), 2), (Plan("handle_duration"), 2),
        (Plan("nps", control="B", treatments=("A",), where=(condition("Minutes>10"),)), 1),
    ],
    ids=["nps", "mean", "share, exact", "times", "conditions"],
)  # fmt: skip
def test_the_script_gives_the_effect(
    plan: Plan, arms: int, place: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = place.take(place.file("few.csv", few()), corrections={"nps": "NPS", "handle_duration": "Handle time (s)"})
    agree(place, table, plan, arms, tmp_path, monkeypatch)


@pytest.mark.parametrize(("metric", "few"), [("ces", 10), ("Parcels", 10), ("Parcels", 40)])
def test_the_script_gives_means_of_skewed_numbers(
    metric: str, few: int, place: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The script finds the ends of the score intervals by search, from the equation: none of the core's formulas."""
    rows: list[list[object]] = [
        [
            f"R{k:03}",
            "A" if k % (few // 5) else "B",
            7 - (k * k) % 7 % 3 * (k % 4 == 0) * 2,
            (k * k * k) % 11 // (1 + k % 5),
        ]
        for k in range(5 * few)
    ]
    table = place.take(place.file(f"skewed{few}.csv", [["Response ID", "Variant", "Effort", "Parcels"], *rows]),
                       corrections={"ces": "Effort", "ces.scale": "1-7"})  # fmt: skip
    agree(place, table, Plan(metric, rule="mean"), 1, tmp_path, monkeypatch)


def test_the_script_gives_the_samples_effect(place: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place.folder / SAMPLE.name).write_bytes(SAMPLE.read_bytes())
    agree(place, place.take(place.folder / SAMPLE.name), Plan("csat"), 1, tmp_path, monkeypatch)


def agree(place: Desk, table: object, plan: Plan, arms: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = compare.compare(place.engine, table, plan, anyway=True)  # type: ignore[arg-type]
    script = code.of_comparison(place.engine, table, plan, found).partition("\n\n")[2]  # type: ignore[arg-type]
    assert script
    assert "cxcore" not in script
    monkeypatch.chdir(place.folder)
    (folder / "shown.py").write_text(script, encoding="utf-8")
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        runpy.run_path(str(folder / "shown.py"))
    printed = {name: tuple(map(float, numbers)) for name, *numbers in LINE.findall(said.getvalue())}
    assert len(printed) == arms == len(found.effects)
    for effect in found.effects:
        value, low, high, p = printed[effect.treatment]
        assert (value, low, high) == pytest.approx((effect.value, effect.low, effect.high), rel=1e-6, abs=1e-6)
        assert p == pytest.approx(effect.p_alone, rel=1e-5, abs=1e-9)


def test_the_command_is_the_plan(place: Desk) -> None:
    plan = Plan("csat", variant="Variante", control="attuale", treatments=("nuova",), effect=5.0, margin=3.0,
                split=(50.0, 50.0), guardrails=(Guardrail("nps", 4.0),), by=("product",),
                where=(condition("Prodotto=Luce & co"),), lower_is_better=True)  # fmt: skip
    line = code.of_comparison(place.engine, table := place.take(SAMPLE), plan, compare.compare(
        place.engine, table, Plan("csat"))).splitlines()[0]  # fmt: skip
    assert shlex.split(line) == [
        "python", "-m", "cxcore", "compare", "experiment.csv", "--metric", "csat", "--variant", "Variante", "--control",
        "attuale", "--effect", "5", "--margin", "3", "--treatment", "nuova", "--by", "product", "--guardrail", "nps=4",
        "--where", "Prodotto=Luce & co", "--split", "50/50", "--lower-is-better",
    ]  # fmt: skip
