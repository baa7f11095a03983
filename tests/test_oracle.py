"""Every reference case of a method we offer: figures computed outside Python, several of them published."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any

import pytest

from cxcore import stats

REFERENCE = Path(os.environ.get("CX_SHARED", Path(__file__).parents[2] / "shared")) / "oracle" / "cases.json"

OFFERED = (
    "nps",
    "nps_ci_score",
    "nps_diff_mover_score",
    "proportion_ci_wilson",
    "proportion_diff_ci_newcombe",
    "proportion_diff_ztest",
    "exact_2x2",
    "welch_t",
    "welch_t_aggregates",
    "standardised_effect",
    "p_adjust",
    "edge_mean_values",
    "edge_nps_counts",
)

Case = dict[str, Any]


def read_cases() -> list[Case]:
    if not REFERENCE.exists():
        return []
    found = json.loads(REFERENCE.read_text(encoding="utf-8"))
    return found if isinstance(found, list) else found["cases"]


CASES = read_cases()


def of_kind(kind: str) -> pytest.MarkDecorator:
    chosen = [case for case in CASES if case["kind"] == kind]
    return pytest.mark.parametrize("case", chosen, ids=[case["id"] for case in chosen])


def agree(got: float | None, case: Case, *keys: str) -> None:
    expected: Any = case["expected"]
    for key in keys:
        expected = expected[key]
    if expected is None:
        assert got is None, f"{keys} must not be given"
        return
    assert got is not None, f"{keys} is missing"
    assert abs(got - expected) <= case["tolerance"] * max(1, abs(expected)), f"{keys}: {got}, not {expected}"


def nps_arm(counts: dict[str, int]) -> tuple[int, int, int]:
    return counts["promoters"], counts["passives"], counts["detractors"]


def mean_arm(values: list[float]) -> tuple[int, float, float]:
    if not values:
        return 0, math.nan, math.nan
    mean = math.fsum(values) / len(values)
    squares = math.fsum((value - mean) ** 2 for value in values)
    return len(values), mean, math.sqrt(squares / (len(values) - 1)) if len(values) > 1 else math.nan


def aggregate_arm(sums: dict[str, float]) -> tuple[float, float, float]:
    n, total = sums["n"], sums["sum"]
    return n, total / n, math.sqrt((sums["sum_squares"] - total**2 / n) / (n - 1))


@pytest.mark.shared
def test_the_reference_is_here() -> None:
    if not REFERENCE.exists() and not os.environ.get("CI"):
        pytest.skip("the reference folder is not on this machine")
    assert CASES, "set CX_SHARED to the reference folder"


@pytest.mark.shared
@pytest.mark.skipif(not CASES, reason="the reference folder is not on this machine")
@pytest.mark.parametrize("kind", OFFERED)
def test_each_offered_kind_has_a_case(kind: str) -> None:
    assert any(case["kind"] == kind for case in CASES)


@pytest.mark.shared
@of_kind("nps")
def test_nps(case: Case) -> None:
    scores = [score for score in case["inputs"]["scores"] if score is not None]
    promoters = sum(score >= 9 for score in scores)
    detractors = sum(score <= 6 for score in scores)
    moments = stats.nps_moments(promoters, len(scores) - promoters - detractors, detractors)
    interval = stats.nps_interval(promoters, len(scores) - promoters - detractors, detractors)
    assert moments is not None
    assert interval is not None
    agree(moments.mean, case, "nps")
    assert interval.low < case["expected"]["nps"] < interval.high


@pytest.mark.shared
@of_kind("nps_ci_score")
def test_nps_interval(case: Case) -> None:
    interval = stats.nps_interval(*nps_arm(case["inputs"]), level=case["inputs"]["conf"])
    assert interval is not None
    agree(interval.low, case, "lower")
    agree(interval.high, case, "upper")


@pytest.mark.shared
@of_kind("nps_diff_mover_score")
def test_nps_difference(case: Case) -> None:
    given = case["inputs"]
    found = stats.nps_difference(nps_arm(given["control"]), nps_arm(given["treatment"]), given["conf"])
    agree(found.value, case, "diff")
    agree(found.low, case, "lower")
    agree(found.high, case, "upper")
    agree(found.p, case, "pvalue")


@pytest.mark.shared
@of_kind("proportion_ci_wilson")
def test_share_interval(case: Case) -> None:
    given = case["inputs"]
    interval = stats.share_interval(given["count"], given["nobs"], given["conf"])
    assert interval is not None
    agree(interval.low, case, "lower")
    agree(interval.high, case, "upper")


def share_difference(case: Case, *, with_p: bool) -> stats.Difference:
    given = case["inputs"]
    control, treatment = (
        (given["count_control"], given["n_control"]),
        (given["count_treatment"], given["n_treatment"]),
    )
    return stats.share_difference(control, treatment, given["conf"], with_p=with_p)


@pytest.mark.shared
@of_kind("proportion_diff_ci_newcombe")
def test_share_difference(case: Case) -> None:
    found = share_difference(case, with_p=False)
    agree(found.value, case, "diff")
    agree(found.low, case, "lower")
    agree(found.high, case, "upper")


@pytest.mark.shared
@of_kind("proportion_diff_ztest")
def test_share_p_of_many_answers(case: Case) -> None:
    found = share_difference(case, with_p=True)
    agree(found.value, case, "diff")
    if max(case["inputs"]["n_control"], case["inputs"]["n_treatment"]) > 100:
        agree(found.p, case, "pvalue")
    else:  # answered by the exact test, which may differ from the z-test but not by much where nothing differs
        assert found.p == pytest.approx(case["expected"]["pvalue"], abs=0.1)


@pytest.mark.shared
@of_kind("exact_2x2")
def test_share_p_of_few_answers(case: Case) -> None:
    agree(share_difference(case, with_p=True).p, case, "boschloo_pvalue")


@pytest.mark.shared
@of_kind("welch_t")
def test_mean_difference(case: Case) -> None:
    control, treatment = mean_arm(case["inputs"]["control"]), mean_arm(case["inputs"]["treatment"])
    found = stats.mean_difference(control, treatment, case["inputs"]["conf"])
    agree(found.value, case, "diff")
    agree(found.low, case, "lower")
    agree(found.high, case, "upper")
    agree(found.p, case, "pvalue")


@pytest.mark.shared
@of_kind("welch_t_aggregates")
def test_mean_difference_from_sums(case: Case) -> None:
    control, treatment = aggregate_arm(case["inputs"]["control"]), aggregate_arm(case["inputs"]["treatment"])
    found = stats.mean_difference(control, treatment, case["inputs"]["conf"])
    agree(found.value, case, "diff")
    agree(found.low, case, "lower")
    agree(found.high, case, "upper")
    agree(found.p, case, "pvalue")


@pytest.mark.shared
@of_kind("standardised_effect")
def test_hedges_g(case: Case) -> None:
    found = stats.mean_difference(mean_arm(case["inputs"]["control"]), mean_arm(case["inputs"]["treatment"]))
    agree(found.hedges_g, case, "hedges_g")


@pytest.mark.shared
@of_kind("p_adjust")
def test_false_discovery(case: Case) -> None:
    adjusted = stats.false_discovery(case["inputs"]["pvalues"])
    for place, got in enumerate(adjusted):
        agree(float(got), {**case, "expected": {"bh": case["expected"]["bh"][place]}}, "bh")


@pytest.mark.shared
@of_kind("edge_mean_values")
def test_too_few_for_a_mean_difference(case: Case) -> None:
    found = stats.mean_difference(mean_arm(case["inputs"]["control"]), mean_arm(case["inputs"]["treatment"]))
    assert found.status == case["expected"]["status"]
    agree(found.p, case, "pvalue")


@pytest.mark.shared
@of_kind("edge_nps_counts")
def test_no_variation_in_an_nps_difference(case: Case) -> None:
    found = stats.nps_difference(nps_arm(case["inputs"]["control"]), nps_arm(case["inputs"]["treatment"]))
    assert found.status == case["expected"]["status"]
    agree(found.value, case, "diff")
