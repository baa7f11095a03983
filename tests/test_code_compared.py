"""The script shown beside an effect gives that effect, without the core."""

from __future__ import annotations

import contextlib
import io
import re
import runpy
import shlex
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from desk import Desk

from cxcore import code, compare, export
from cxcore.code.compared import command
from cxcore.compare import Given
from cxcore.engine import Engine
from cxcore.errors import CxError
from cxcore.experiment import Comparison, Guardrail, Plan
from cxcore.metrics.select import condition
from cxcore.store import Workspace
from cxcore.values import Table

SAMPLE = Path(__file__).parent.parent / "sample_data" / "experiment.csv"
NUMBER = r"(-?[\d.]+(?:e[+-]?\d+)?)"
LINE = re.compile(rf"^(.+?): {NUMBER} \({NUMBER} to {NUMBER}\), p = {NUMBER}$", re.MULTILINE)
HOLM = re.compile(rf"'(\w+)': np.float64\({NUMBER}\)")


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


def cases() -> list[list[object]]:
    """Two arms of 60 customers who come back, before and after a day, with open cases among the later."""
    rows: list[list[object]] = [
        ["Ticket ID", "Customer ID", "Variant", "Created", "Resolved", "NPS", "CSAT", "Minutes"]
    ]
    start = datetime(2026, 3, 2, 8)
    for k in range(300):
        who = (k * 7) % 120
        arm = "AB"[who % 2]
        opened = start + timedelta(hours=6 * k)
        took = 2.0 + (who * 13) % 40 + (k * k) % 17 + (5.5 if arm == "B" else 0)
        done = "" if k > 150 and k % 5 == 0 else (opened + timedelta(hours=took)).isoformat(sep=" ")
        score = min(10, max(0, 10 - (who * 3) % 9 + (k % 3) - (arm == "A")))
        rows.append([f"T{k:03}", f"C{who:03}" if k % 31 else "", arm, opened.isoformat(sep=" "), done, score,
                     1 + (who + k * k) % 5, took])  # fmt: skip
    return rows


LATER: dict[str, Any] = {"start": date(2026, 4, 10), "design": "before_after", "variant": "Variant"}
AGAIN = [
    Plan("nps"), Plan("csat"), Plan("csat", rule="mean"), Plan("Minutes"), Plan("handle_duration"),
    Plan("nps", looks="free", size=400), Plan("handle_duration", looks="free", size=400),
    Plan("csat", looks="planned", size=300, look_at=(0.5, 1.0)), Plan("nps", start=date(2026, 3, 20)),
    Plan("nps", **LATER), Plan("handle_duration", **LATER), Plan("csat", looks="free", size=400, **LATER),
    Plan("contacts"),
]  # fmt: skip
ALONE = [
    Plan("resolution"), Plan("resolution", looks="free", size=300), Plan("nps", looks="free", size=200),
    Plan("csat", looks="free", size=200), Plan("csat", rule="mean", looks="free", size=200),
    Plan("nps", unit="row", **LATER), Plan("csat", unit="row", **LATER), Plan("csat", rule="mean", unit="row", **LATER),
    Plan("handle_duration", unit="row", looks="free", size=150),
]  # fmt: skip


@pytest.mark.parametrize("plan", [*AGAIN, *(replace(plan, unit="row") for plan in ALONE)], ids=str)
def test_the_script_gives_every_other_kind_of_effect(
    plan: Plan, place: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = place.take(place.file("cases.csv", cases()), corrections={"handle_duration": "Minutes"}
                       if plan.metric == "handle_duration" else {})  # fmt: skip
    agree(place, table, plan, 1, tmp_path, monkeypatch)


def test_the_script_finds_arms_that_look_like_formulas(
    place: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head, *rows = cases()
    named = [[*row[:2], {"A": "=new", "B": "-old"}[str(row[2])], *row[3:]] for row in rows]
    table = place.take(place.file("signs.csv", [head, *named]))
    agree(place, table, Plan("nps", control="-old", treatments=("=new",)), 1, tmp_path, monkeypatch)


@pytest.mark.parametrize("unit", ["row", "customer_id"])
@pytest.mark.parametrize("free", [{}, {"looks": "free", "size": 300}], ids=["once", "free"])
def test_the_script_gives_a_ratio_of_sums(
    unit: str, free: dict[str, Any], place: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows: list[list[object]] = [["Call ID", "Customer ID", "Variant", "Handle time (s)", "Idle (s)"]]
    for k in range(200):
        who = (k * 7) % 60
        rows.append([f"K{k}", f"C{who}", "AB"[who % 2], 60 + (k * 37 + who * who) % 400 + 20 * (who % 2), (k * k) % 90])
    table = place.take(place.file("busy.csv", rows), corrections={"handle_duration": "Handle time (s)"})
    plan = Plan("occupancy", settings=(("available", "Idle (s)"),), unit=unit, **free)
    agree(place, table, plan, 1, tmp_path, monkeypatch)


def test_the_script_gives_the_effect_of_a_workbook(
    place: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = place.folder / "few.xlsx"
    path.write_bytes(export.xlsx_of(pd.DataFrame(few()[1:], columns=few()[0])))
    table = place.take(path)
    script = agree(place, table, Plan("nps"), 2, tmp_path, monkeypatch)
    assert code.reads_rows(script)


@pytest.mark.parametrize("arms", [
    (Given("A", 4021, count=407), Given("B", 3979, count=459)),
    (Given("A", 40, count=9), Given("B", 38, count=20)),
    (Given("A", 120, mean=4.1, sd=1.2), Given("B", 96, mean=4.4, sd=1.1), Given("C", 80, mean=4.0, sd=0.9)),
    (Given("A", 36, promoters=16, detractors=8), Given("B", 40, promoters=9, detractors=21)),
], ids=["share", "few", "mean", "nps"])  # fmt: skip
@pytest.mark.parametrize("plan", [Plan("it"), Plan("it", looks="free", size=5000)], ids=["once", "free"])
def test_the_script_gives_the_effect_of_totals(arms: tuple[Given, ...], plan: Plan, tmp_path: Path) -> None:
    found = compare.of_aggregates(arms, plan)
    shown = code.of_totals(arms, plan, found)
    given = [words for flag, words in pairwise(shlex.split(shown.splitlines()[0])) if flag == "--arm"]
    assert given == [f"{arm.name}={arm.totals}" for arm in arms]
    printed_alike(shown, found, len(arms) - 1, tmp_path)


def test_what_is_held_back_has_no_script(place: Desk) -> None:
    rows = [few()[0], *(row for row in few()[1:] if row[1] != "B" or row[0] < "R030")]
    table = place.take(place.file("held.csv", rows))
    plan = Plan("nps", control="A", treatments=("B",), split=(50, 50))
    found = compare.compare(place.engine, table, plan)
    assert found.held_back
    assert len(code.of_comparison(place.engine, table, plan, found).splitlines()) == 1


def test_rows_of_a_small_group_are_not_handed_out(place: Desk) -> None:
    table = place.take(place.file("small.csv", few()[:10]))
    with pytest.raises(CxError) as raised:
        compare.rows_compared(place.engine, table, Plan("nps"))
    assert raised.value.code == "small_group"


def agree(place: Desk, table: Table, plan: Plan, arms: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    found = compare.compare(place.engine, table, plan, anyway=True)
    shown = code.of_comparison(place.engine, table, plan, found)
    monkeypatch.chdir(place.folder)
    if code.reads_rows(shown):
        rows = compare.rows_compared(place.engine, table, plan)
        (place.folder / code.ROWS).write_bytes(export.csv_of(rows))
    printed_alike(shown, found, arms, folder)
    return shown


def printed_alike(shown: str, found: Comparison, arms: int, folder: Path) -> None:
    """The script runs without the core, and prints what the core found."""
    script = shown.partition("\n\n")[2]
    assert script
    assert "cxcore" not in script
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
    holm = {name: float(p) for name, p in HOLM.findall(said.getvalue())}
    assert holm == pytest.approx({e.treatment: e.p for e in found.effects} if arms > 1 else {}, rel=1e-5)


def test_the_command_is_the_plan(place: Desk) -> None:
    plan = Plan("csat", variant="Variante", control="attuale", treatments=("nuova",), effect=5.0, margin=3.0,
                split=(50.0, 50.0), guardrails=(Guardrail("nps", 4.0),), by=("product",),
                where=(condition("Prodotto=Luce & co"),), lower_is_better=True)  # fmt: skip
    line = command(place.take(SAMPLE), plan)
    assert shlex.split(line) == [
        "python", "-m", "cxcore", "compare", "experiment.csv", "--metric", "csat", "--variant", "Variante", "--control",
        "attuale", "--effect", "5", "--margin", "3", "--treatment", "nuova", "--by", "product", "--guardrail", "nps=4",
        "--where", "Prodotto=Luce & co", "--split", "50/50", "--lower-is-better",
    ]  # fmt: skip
