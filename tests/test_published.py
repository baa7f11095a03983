"""Figures that others published for real files, and figures computed from their bytes, come out of the whole path."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from desk import Desk

from cxcore.metrics import METRICS
from cxcore.metrics.measure import Measured, measure
from cxcore.metrics.select import condition
from cxcore.roles import ROLES
from cxcore.values import Table

NO_ROLE = ("x_", "pii:", "label:", "agg:", "also:")


def truths(shared: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((shared / "data" / "ground_truth.json").read_text(encoding="utf-8"))
    return found


def titled(shared: Path, *words: str) -> tuple[Path, dict[str, Any]]:
    """The reference file whose title holds all these words."""
    for truth in truths(shared):
        if all(word.casefold() in truth["title"].casefold() for word in words):
            return shared / "data" / truth["file"], truth
    pytest.fail(f"no reference file is titled {words}")


def asked(desk: Desk, table: Table, name: str, rule: str | None = None, **options: Any) -> Measured:
    return measure(desk.engine, table, METRICS[name], rule, **options)


def test_bank_nps_overall_and_by_market(desk: Desk, shared: Path) -> None:
    path, truth = titled(shared, "Retail bank NPS")
    table = desk.take(path)
    (whole,) = asked(desk, table, "nps").estimates
    assert whole.value == pytest.approx(truth["computed"]["nps"], abs=5e-4)
    markets = {e.by[0][1]: e.value for e in asked(desk, table, "nps", by=["country"]).estimates}
    assert markets == pytest.approx(truth["computed"]["by_market"], abs=5e-4)
    quarters = [e.value for e in asked(desk, table, "nps", every="quarter").estimates]
    assert quarters == pytest.approx(list(truth["computed"]["by_quarter"].values()), abs=5e-4)


def test_airline_nps(desk: Desk, shared: Path) -> None:
    path, truth = titled(shared, "NPS, Prep Air")
    (whole,) = asked(desk, desk.take(path), "nps").estimates
    assert whole.value == pytest.approx(truth["computed"]["nps"], abs=5e-4)
    assert whole.n == sum(truth["computed"][group] for group in "PND")


def test_event_rating_mapped_as_nps_by_hand(desk: Desk, shared: Path) -> None:
    path, truth = titled(shared, "event survey")
    header = truth["columns"][1]["column"]
    table = desk.take(path, corrections={"nps": header})
    (whole,) = asked(desk, table, "nps").estimates
    assert whole.value == pytest.approx(truth["computed"]["nps"], abs=5e-3)


def test_spanish_survey_with_and_without_its_filter(desk: Desk, shared: Path) -> None:
    path, truth = titled(shared, "Spanish CSAT")
    table = desk.take(path)
    found = asked(desk, table, "csat", "mean")
    assert found.estimates[0].value == pytest.approx(truth["computed"]["mean_on_csat_only"], abs=5e-5)
    assert found.estimates[0].n == truth["computed"]["valid_on_csat_only"]
    assert dict(found.left_out) == {"skipped": 312, "off_scale": 94}  # the file's stated traps
    grown = [condition("edad>=18"), condition("edad<=65")]
    filtered = asked(desk, table, "csat", "mean", where=grown).estimates[0]
    assert filtered.n == 9076
    assert filtered.value == pytest.approx(5.5024, abs=5e-5)
    areas = {e.by[0][1]: (e.n, round(e.value or 0, 2)) for e in
             asked(desk, table, "csat", "mean", by=["area"], where=grown).estimates}  # fmt: skip
    assert sorted(areas.values()) == [(961, 5.52), (2181, 5.51), (2705, 5.55), (3229, 5.45)]


@pytest.mark.parametrize("copy", ["edited copy", "other copy"])
def test_call_log_satisfaction_leaves_out_the_zeros(desk: Desk, shared: Path, copy: str) -> None:
    path, _ = titled(shared, "log", copy)
    found = asked(desk, desk.take(path), "csat", "mean")
    assert found.estimates[0].n == 4054
    assert found.estimates[0].value == pytest.approx(3.4036, abs=5e-5)  # naive with zeros: 2.76
    shares = asked(desk, desk.take(path), "csat")
    assert shares.estimates[0].value == pytest.approx(49.9, abs=0.05)


def test_closed_tickets_csat(desk: Desk, shared: Path) -> None:
    path, truth = titled(shared, "customer-support tickets")
    table = desk.take(path)
    assert asked(desk, table, "csat", "mean").estimates[0].value == pytest.approx(
        truth["computed"]["csat_mean"], abs=5e-5
    )
    assert asked(desk, table, "csat").estimates[0].value == pytest.approx(truth["computed"]["csat_top2_pct"], abs=5e-4)
    assert sum(p.count for p in table.problems if p.code == "negative_duration") == 1365


def test_italian_workbook_both_periods(desk: Desk, shared: Path) -> None:
    path, truth = titled(shared, "Italian customer-satisfaction workbook")
    sheets = [name for name, size in truth["dialect"]["sheets"].items() if size.endswith("x21")]
    means = []
    for sheet in sheets:
        table = desk.take(path, sheet=sheet)
        means.append(asked(desk, table, "csat", "mean").estimates[0].value)
        assert not table.has("nps")  # recommendation was asked on 1–5
        assert "nps_scale_suspect" in {problem.code for problem in table.problems}
    assert means == pytest.approx(truth["computed"]["Esperienza Complessiva mean period1/period2"])


def test_scores_already_computed_are_not_computed_again(desk: Desk, shared: Path) -> None:
    path, _ = titled(shared, "already computed")
    table = desk.take(path)
    assert not table.has("nps")
    assert table.mapping.kind == "scores"


def test_a_file_without_any_role_invents_nothing(desk: Desk, shared: Path) -> None:
    path, _ = titled(shared, "transport mode")
    table = desk.take(path)
    assert table.mapping.kind == "unknown"
    assert "no_cx_role" in {problem.code for problem in table.problems}
    assert {ROLES[use.role].type for use in table.mapping.roles} <= {"time"}


def right(column: dict[str, Any], role: str | None, fate: str) -> bool:
    """Whether a column ended as one of its listed roles (data/README.md says how `also` and the rest count)."""
    roles = column["roles"]
    if any(name.startswith("pii:") for name in roles):
        return fate == "personal"
    none = any(name in {"segment", "ignore", "survey_meta"} or name.startswith(NO_ROLE) for name in roles)
    return (fate == "role" and role in roles) or (fate != "role" and none)


def test_at_least_97_percent_of_all_columns_end_right(desk: Desk, shared: Path) -> None:
    wrong, total = [], 0
    for truth in truths(shared):
        per_sheet = truth["columns"] if isinstance(truth["columns"], dict) else {None: truth["columns"]}
        for sheet, columns in per_sheet.items():
            table = desk.take(shared / "data" / truth["file"], sheet=sheet)
            assert len(table.mapping.columns) == len(columns)
            if "qualtrics" not in truth["file"]:  # the one file a product made: no other is taken for an export
                assert table.mapping.recognised_as is None, truth["title"]
            for column, use in zip(columns, table.mapping.columns, strict=True):
                total += 1
                if not right(column, use.role, use.fate):
                    wrong.append((truth["title"], column["column"], column["roles"], use.fate, use.role))
    assert len(wrong) <= 0.03 * total, wrong
