"""Every reference case of a method we offer: figures computed outside Python, several of them published."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from desk import Desk

from cxcore import stats
from cxcore.metrics import METRICS
from cxcore.metrics.measure import measure
from cxcore.stats import (
    clusters,
    cuped,
    durations,
    equivalence,
    logrank,
    looks,
    planning,
    ranks,
    rates,
    several,
    splits,
)

REFERENCE = Path(os.environ.get("CX_SHARED", Path(__file__).parents[2] / "shared")) / "oracle" / "cases.json"

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


def share_difference(given: Case) -> stats.Difference:
    return stats.share_difference(*shares(given), given["conf"], with_p=True)


@pytest.mark.shared
@of_kind("proportion_diff_ztest")
def test_share_p_of_many_answers(case: Case) -> None:
    found = share_difference(case["inputs"])
    agree(found.value, case, "diff")
    if max(case["inputs"]["n_control"], case["inputs"]["n_treatment"]) > 100:
        agree(found.p, case, "pvalue")
    else:  # answered by the exact test, which may differ from the z-test but not by much where nothing differs
        assert found.p == pytest.approx(case["expected"]["pvalue"], abs=0.1)


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


@pytest.mark.shared
@of_kind("edge_nps_scores")
def test_answers_off_the_scale_are_left_out_and_counted(case: Case, desk: Desk) -> None:
    # Four answers alone look like something else than an NPS; as many promoters as detractors change nothing.
    scores = [*case["inputs"]["scores"], *[10, 0] * 50]
    rows = [["Response ID", "Recommend"], *[[f"R{k}", score] for k, score in enumerate(scores)]]
    table = desk.take(desk.file("a.csv", rows), corrections={"nps": "Recommend"})
    found = measure(desk.engine, table, METRICS["nps"])
    agree(found.estimates[0].value, case, "nps")
    assert found.estimates[0].n == case["expected"]["n"] + 100
    assert dict(found.left_out)["off_scale"] == case["expected"]["dropped"]


def three(found: stats.Difference, name: str = "diff") -> dict[str, Any]:
    return {name: found.value, "lower": found.low, "upper": found.high, "pvalue": found.p}


def both(given: Case, of: Callable[[Any], Any] = lambda arm: arm) -> tuple[Any, Any]:
    return of(given["control"]), of(given["treatment"])


def log_arm(values: list[float]) -> tuple[int, float, float]:
    return mean_arm([math.log(value) for value in values])


def shares(given: Case) -> tuple[tuple[int, int], tuple[int, int]]:
    return (given["count_control"], given["n_control"]), (given["count_treatment"], given["n_treatment"])


def customers(given: Case, values: list[float]) -> tuple[Any, Any]:
    """The table of customers of each arm, from rows."""
    arms = []
    for arm in (0, 1):
        sums: dict[int, list[float]] = {}
        for customer, side, value in zip(given["customer"], given["arm"], values, strict=True):
            if side == arm:
                sums.setdefault(customer, []).append(value)
        arms.append(clusters.customers_of([len(v) for v in sums.values()], [sum(v) for v in sums.values()]))
    return arms[0], arms[1]


def customer_means(given: Case) -> tuple[Any, Any]:
    arms: list[dict[int, list[float]]] = [{}, {}]
    for customer, side, value in zip(given["customer"], given["arm"], given["y"], strict=True):
        arms[side].setdefault(customer, []).append(value)
    return tuple(mean_arm([sum(v) / len(v) for v in arm.values()]) for arm in arms)  # type: ignore[return-value]


def clustered(given: Case, values: list[float]) -> dict[str, Any]:
    found = clusters.cluster_difference(*customers(given, values))
    return {"diff": found.value, "se_cr2": found.error, "df_satterthwaite": found.df, "pvalue_cr2_satt": found.p,
            "lower_cr2": found.low, "upper_cr2": found.high}  # fmt: skip


def nps_points(scores: list[int]) -> list[float]:
    return [100.0 if score >= 9 else -100.0 if score <= 6 else 0.0 for score in scores]


def delta(given: Case) -> dict[str, Any]:
    found = clusters.delta_difference(*customers(given, given["y"]))
    return {"diff": found.value, "se": found.error, "pvalue_z": found.p, "lower_z": found.low, "upper_z": found.high}


def intraclass(given: Case) -> dict[str, Any]:
    kept: dict[int, list[float]] = {}
    for customer, value in zip(given["customer"], given["y"], strict=True):
        kept.setdefault(customer, []).append(value)
    within = sum((value - sum(v) / len(v)) ** 2 for v in kept.values() for value in v)
    icc, size = clusters.intraclass(
        clusters.customers_of([len(v) for v in kept.values()], [sum(v) for v in kept.values()]), within
    )
    return {"icc": icc, "k0": size}


def adjusted(given: Case) -> dict[str, Any]:
    y, x, arm = (np.array(given[name], float) for name in ("y", "x_pre", "treatment"))
    found = cuped.cuped(cuped.paired(y[arm == 0], x[arm == 0]), cuped.paired(y[arm == 1], x[arm == 1]))
    assert found is not None
    return {**three(found.difference), "se": found.difference.error, "df": found.difference.df, "theta": found.theta,
            "raw_diff": found.plain.value, "raw_se": found.plain.error, "raw_pvalue": found.plain.p,
            "variance_reduction": found.removed}  # fmt: skip


def regressed(given: Case) -> dict[str, Any]:
    found = cuped.lin(given["y"], given["x_pre"], given["treatment"])
    return {"ate": found.value, "se_hc2": found.error}


def superior(given: Case) -> dict[str, Any]:
    found = ranks.superiority(given["control"], given["treatment"], given["conf"])
    assert found is not None
    return {"prob_treatment_larger": found.value, "pvalue": found.p, "lower": found.low, "upper": found.high}


def ranked(given: Case) -> dict[str, Any]:
    exact = given["method"] == "exact"
    u, p = ranks.mann_whitney(given["control"], given["treatment"], exact=exact)
    return {"U_treatment": u, "pvalue" if exact else "pvalue_continuity": p}


def capped(given: Case) -> dict[str, Any]:
    found, cap = durations.winsorised_difference(given["control"], given["treatment"], given["upper_percentile"])
    return {**three(found), "df": found.df, "cap": cap}


def several_shares(given: Case) -> dict[str, Any]:
    control = given["control"]["success"], given["control"]["n"]
    raw = [stats.share_difference(control, (t["success"], t["n"]), with_p=True).p for t in given["treatments"]]
    return {"pvalue_raw": raw, "pvalue_holm": several.holm(raw)}


def equivalent(found: equivalence.Equivalence | None) -> dict[str, Any]:
    assert found is not None
    return {"p_lower": found.p_low, "p_upper": found.p_high, "pvalue": found.p}


def equivalent_means(given: Case) -> dict[str, Any]:
    found = equivalence.same_means(*both(given, mean_arm), given["low"], given["upp"])
    assert found is not None
    return {**equivalent(found), "ci90_lower": found.interval.low, "ci90_upper": found.interval.high}


def not_worse(given: Case) -> dict[str, Any]:
    found = equivalence.not_worse_mean(
        *both(given, mean_arm), given["margin"], higher_is_better=given["higher_is_better"]
    )
    assert found is not None
    return {"pvalue": found[0], "lower_one_sided_95": found[1]}


def anytime(given: Case) -> dict[str, Any]:
    found = looks.asymptotic_interval(
        given["estimate"], given["se"], given["n_total"], given["tuning_n"], 1 - given["alpha"]
    )
    return {"lower": found.interval.low, "upper": found.interval.high, "pvalue": found.p}


def boundaries(given: Case) -> dict[str, Any]:
    found = looks.obrien_fleming(tuple(k / given["looks"] for k in range(1, given["looks"] + 1)))
    return {"spent": found.spent, "z_bounds": found.z}


def exact_rates(given: Case) -> dict[str, Any]:
    found = rates.rate_ratio(
        (given["count_control"], given["exposure_control"]), (given["count_treatment"], given["exposure_treatment"])
    )
    return {"rate_ratio": found.value, "pvalue": found.p, "lower": found.interval.low, "upper": found.interval.high}


def sized(given: Case, n: float) -> dict[str, Any]:
    assert given["alpha"] == 0.05
    return {"n_per_group": n}


def nps_variance(given: Case) -> float:
    return planning.nps_variance(given["p_promoters"], given["p_detractors"])


def pair(found: stats.Interval | None) -> dict[str, Any]:
    assert found is not None
    return {"lower": found.low, "upper": found.high}


def triple(names: str, found: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(names.split(), found, strict=True))


# What our functions say of a case's inputs, under the names of what is expected. One row an offered kind.
ANSWERS: dict[str, Callable[[Case], dict[str, Any]]] = {
    "nps_ci_score": lambda g: pair(stats.nps_interval(*nps_arm(g), level=g["conf"])),
    "nps_eq_zero_exact": lambda g: {"pvalue": rates.nps_is_zero(g["promoters"], g["detractors"])},
    "nps_diff_mover_score": lambda g: three(stats.nps_difference(*both(g, nps_arm), g["conf"])),
    "proportion_ci_wilson": lambda g: pair(stats.share_interval(g["count"], g["nobs"], g["conf"])),
    "proportion_diff_ci_newcombe": lambda g: {**three(share_difference(g)), "pvalue": ...},
    "exact_2x2": lambda g: {"boschloo_pvalue": share_difference(g).p},
    "welch_t": lambda g: three(stats.mean_difference(*both(g, mean_arm), g["conf"])),
    "welch_t_aggregates": lambda g: three(stats.mean_difference(*both(g, aggregate_arm), g["conf"])),
    "student_t": lambda g: three(stats.mean_difference(*both(g, mean_arm), g["conf"], same_spread=True)),
    "standardised_effect": lambda g: {"hedges_g": stats.mean_difference(*both(g, mean_arm)).hedges_g},
    "geometric_mean_ratio": lambda g: three(durations.geometric_ratio(*both(g, log_arm), g["conf"]), "ratio"),
    "winsorised_welch": capped,
    "mann_whitney": ranked,
    "brunner_munzel": superior,
    "kruskal_wallis": lambda g: triple("statistic pvalue", ranks.kruskal_wallis(g["groups"])),
    "welch_anova": lambda g: triple(
        "statistic df_denom pvalue", several.equal_means([mean_arm(group) for group in g["groups"]])
    ),
    "chisquare_k_arms": lambda g: triple("statistic df pvalue", several.equal_shares(g["success"], g["n"])),
    "dunnett": lambda g: triple("statistic pvalue", several.dunnett(g["control"], g["treatments"])),
    "ab_n_proportion_holm": several_shares,
    "p_adjust": lambda g: {"holm": several.holm(g["pvalues"]), "bh": stats.false_discovery(g["pvalues"])},
    "cuped": adjusted,
    "lin_regression_adjustment": regressed,
    "ratio_delta_method": delta,
    "cluster_robust_diff": lambda g: clustered(g, g["y"]),
    "cluster_robust_nps_diff": lambda g: {
        **clustered(g, nps_points(g["score"])), "lower_cr2": ..., "upper_cr2": ...
    },
    "customer_mean_welch": lambda g: three(stats.mean_difference(*customer_means(g), g["conf"])),
    "icc": intraclass,
    "asymptotic_cs": anytime,
    "group_sequential_obf": boundaries,
    "tost_means": equivalent_means,
    "tost_proportions_wald": lambda g: equivalent(equivalence.same_shares(*shares(g), g["margin"])),
    "tost_nps_wald": lambda g: equivalent(equivalence.same_nps(*both(g, nps_arm), g["margin_points"])),
    "noninferiority_mean": not_worse,
    "logrank": lambda g: triple(
        "chisq pvalue", logrank.logrank(g["time_1"], g["event_1"], g["time_2"], g["event_2"])
    ),
    "poisson_rate_ratio_exact": exact_rates,
    "srm_chisquare": lambda g: {"pvalue": splits.sample_ratio(g["observed"], g["weights"], exact=False)},
    "srm_binomial_exact": lambda g: {"pvalue": splits.sample_ratio(g["observed"], g["weights"], exact=True)},
    "sample_size_nps": lambda g: sized(
        g, planning.size_by_variance(nps_variance(g), g["delta_nps_points"], g["power"])
    ),
    "mde_nps": lambda g: {
        "mde_points": planning.effect_by_variance(nps_variance(g), g["n_per_group"], g["power"])
    },
    "sample_size_proportion": lambda g: sized(g, planning.size_of_shares(g["p1"], g["p2"], g["power"])),
    "mde_proportion": lambda g: {"mde": planning.effect_of_shares(g["p1"], g["n_per_group"], g["power"])},
    "sample_size_mean": lambda g: sized(g, planning.size_of_means(g["sd"], g["delta"], g["power"])),
    "mde_mean": lambda g: {"mde": planning.effect_of_means(g["sd"], g["n_per_group"], g["power"])},
    "power_mean": lambda g: {"power": planning.power_of_means(g["sd"], g["n_per_group"], g["delta"])},
    "sample_size_cluster": lambda g: {
        "design_effect": planning.design_effect(g["rows_per_customer"], g["icc"]),
        "rows_per_group": planning.size_by_variance(g["sd"] ** 2, g["delta"], g["power"])
        * planning.design_effect(g["rows_per_customer"], g["icc"]),
    },
}  # fmt: skip


@pytest.mark.shared
@pytest.mark.skipif(not CASES, reason="the reference folder is not on this machine")
@pytest.mark.parametrize("kind", ANSWERS)
def test_each_offered_kind_has_a_case(kind: str) -> None:
    assert any(case["kind"] == kind for case in CASES)


@pytest.mark.shared
@pytest.mark.parametrize("case", [case for case in CASES if case["kind"] in ANSWERS], ids=lambda case: case["id"])
def test_the_reference_figures(case: Case) -> None:
    got = {key: value for key, value in ANSWERS[case["kind"]](case["inputs"]).items() if value is not ...}
    assert got
    for key, value in got.items():
        expected = case["expected"][key]
        for one, wanted in zip(np.atleast_1d(value), np.atleast_1d(expected), strict=True):
            agree(None if one is None else float(one), {**case, "expected": {key: wanted}}, key)
