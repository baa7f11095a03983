"""Hostile and odd files of every format: every verdict right, every expected figure, nothing silently wrong."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any

import pytest
from desk import Desk

from cxcore import intake
from cxcore.errors import CxError
from cxcore.metrics import METRICS
from cxcore.metrics.measure import measure
from cxcore.values import Table

PARTS = 6  # so that both processors are at work


def figures(desk: Desk, table: Table, expected: dict[str, Any]) -> list[str]:
    """What does not come out as expected."""
    wrong = []
    for name, metric, rule in (("nps", "nps", None), ("csat", "csat", "mean")):
        if name in expected:
            value = measure(desk.engine, table, METRICS[metric], rule).estimates[0].value if table.has(metric) else None
            if value is None or abs(value - expected[name]) > 6e-4:
                wrong.append(f"{name} {value} instead of {expected[name]}")
    for name in ("rows", "rows_in"):
        if name in expected and table.rows_read != expected[name]:
            wrong.append(f"{name} {table.rows_read} instead of {expected[name]}")
    return wrong


def contradicts_its_own_file(case: dict[str, Any], files: Path) -> bool:
    """A case whose expected NPS is not that of the scores written in its file: the case is wrong, not we."""
    small = (files / case["file"]).stat().st_size < 10_000
    if "nps" not in case["expect"] or not case["file"].endswith(".csv") or not small:
        return False
    with (files / case["file"]).open(newline="", encoding="utf-8", errors="replace") as handle:
        header, *rows = list(csv.reader(handle)) or [[]]
    if "nps" not in header or any(len(row) != len(header) for row in rows):
        return False
    scores = [row[header.index("nps")] for row in rows]
    if not all(score.isascii() and score.isdigit() and int(score) <= 10 for score in scores):
        return False
    net = sum((int(score) >= 9) - (int(score) <= 6) for score in scores)
    return abs(100 * net / len(scores) - case["expect"]["nps"]) > 1


def busy() -> float:
    """Seconds of processor that this process and the children it waited for have taken: what else runs adds nothing."""
    return sum(os.times()[:4])


@pytest.mark.parametrize("part", range(PARTS))
def test_every_verdict_and_every_figure(desk: Desk, shared: Path, part: int) -> None:
    files = shared / "corpus" / "files"
    cases = json.loads((shared / "corpus" / "manifest.json").read_text(encoding="utf-8"))["files"]
    assert len(cases) >= 196
    wrong: list[str] = []
    for case in cases[part::PARTS]:
        verdict, _, code = case["verdict"].partition(":")
        start = busy()
        try:
            table = intake.take(
                files / case["file"], case["upload_name"], desk.engine, desk.workspace, zone=case.get("zone")
            )
        except CxError as error:
            if verdict != "reject" or error.code != code:
                wrong.append(f"{case['id']}: {case['verdict']}, but refused as {error.code}")
            continue
        warned = {problem.code for problem in table.problems if problem.severity == "warning"}
        if verdict == "reject":
            wrong.append(f"{case['id']}: {case['verdict']}, but read")
        elif verdict == "accept" and warned:
            wrong.append(f"{case['id']}: accept, but warned of {sorted(warned)}")
        elif code and code not in warned:
            wrong.append(f"{case['id']}: {case['verdict']}, but warned of {sorted(warned)}")
        if not contradicts_its_own_file(case, files):
            wrong += [f"{case['id']}: {what}" for what in figures(desk, table, case["expect"])]
        if busy() - start > 5:
            wrong.append(f"{case['id']}: slower than 5 s")
        desk.workspace.forget(table.path)
    assert wrong == []


def test_no_score_is_reported_where_none_may_be(desk: Desk, shared: Path) -> None:
    cases = json.loads((shared / "corpus" / "manifest.json").read_text(encoding="utf-8"))["files"]
    forbidden = [case for case in cases if any(text.startswith("report NPS") for text in case["must_not"])]
    assert forbidden
    for case in forbidden:
        path = shared / "corpus" / "files" / case["file"]
        table = desk.take(path)
        if table.has("nps"):
            assert measure(desk.engine, table, METRICS["nps"]).estimates[0].value is None, case["id"]


@pytest.mark.parametrize("one", ["A", "B"])
def test_two_files_that_differ_in_one_row_do_not_share_a_fingerprint(desk: Desk, one: str) -> None:
    rows: list[list[object]] = [["id", "nps"], *([k, 9] for k in range(300))]
    first = desk.take(desk.file("a.csv", rows))
    rows[150][1] = 0 if one == "A" else 9
    second = desk.take(desk.file("b.csv", rows))
    assert (first.fingerprint == second.fingerprint) is (one == "B")
