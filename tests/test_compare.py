"""Experiments on real files and on files made to be wrong: effects, checks, verdicts."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from desk import Desk
from test_oracle import CASES

from cxcore import compare, findings, intake
from cxcore.compare import Given
from cxcore.engine import Engine
from cxcore.errors import CxError
from cxcore.experiment import Comparison, Effect, Guardrail, Plan
from cxcore.language import words
from cxcore.metrics.select import condition
from cxcore.store import Workspace
from cxcore.values import Table

SAMPLE = Path(__file__).parent.parent / "sample_data" / "experiment.csv"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("compare")
    engine = Engine(folder)
    yield Desk(engine, Workspace(folder / "workspace"), folder)
    engine.close()


@pytest.fixture(scope="module")
def games(place: Desk, shared: Path) -> Table:
    return place.take(shared / "data" / "f40_cookie_cats.csv")


@pytest.fixture(scope="module")
def offers(place: Desk, shared: Path) -> Table:
    return place.take(shared / "data" / "f41_ab_test_results.csv")


@pytest.fixture(scope="module")
def campaigns(place: Desk, shared: Path) -> Table:
    files = [shared / "data" / "f42a_control_group.csv", shared / "data" / "f42b_test_group.csv"]
    return intake.together(files, place.engine, place.workspace)


@pytest.fixture(scope="module")
def guides(place: Desk) -> Table:
    return place.take(SAMPLE)


def only(found: Comparison) -> Effect:
    (effect,) = found.effects
    return effect


def seen(effect: Effect, name: str) -> Any:
    return next(view for view in effect.also if view.name == name)


def check(found: Comparison, name: str) -> Any:
    return next(test for test in found.checks if test.name == name)


def made(place: Desk, rows: Sequence[Sequence[object]], header: Sequence[str] = ("Response ID", "Variant", "NPS"),
         name: str = "made.csv", **corrections: str) -> Table:  # fmt: skip
    return place.take(place.file(name, [header, *rows]), corrections=corrections or None)


def answers(arms: dict[str, Sequence[object]]) -> list[list[object]]:
    """A row an answer, the arms in turn so that no order of rows tells them apart."""
    rows = [[arm, value] for arm, values in arms.items() for value in values]
    random.Random(3).shuffle(rows)
    return [[f"R{k:05}", *row] for k, row in enumerate(rows)]


def scores(promoters: int, passives: int, detractors: int) -> list[int]:
    return [10] * promoters + [8] * passives + [2] * detractors


# Real files: what others published of them.


@pytest.mark.shared
@pytest.mark.parametrize(("column", "z", "p"), [("retention_1", -1.784, 0.074), ("retention_7", -3.164, 0.0016)])
def test_the_games_published_z(games: Table, place: Desk, column: str, z: float, p: float) -> None:
    found = compare.compare(place.engine, games, Plan(column))
    effect = only(found)
    assert seen(effect, "z").value == pytest.approx(z, abs=5e-4)
    assert effect.p == pytest.approx(p, abs=5e-4 if p > 0.01 else 5e-5)
    assert found.arms[0].name == "gate_30"
    assert effect.verdict == ("cannot tell yet" if column == "retention_1" else "worse")


@pytest.mark.shared
def test_the_games_split_is_a_caution(games: Table, place: Desk) -> None:
    split = check(compare.compare(place.engine, games, Plan("retention_7"), also=False), "sample ratio")
    assert split.p == pytest.approx(0.0086, abs=5e-5)
    assert split.state == "caution"


@pytest.mark.shared
def test_the_games_published_t_of_a_heavy_tail(games: Table, place: Desk) -> None:
    assert only(compare.compare(place.engine, games, Plan("sum_game_rounds"))).p == pytest.approx(0.376, abs=5e-4)


@pytest.mark.shared
def test_discount_against_free_shipping(offers: Table, place: Desk) -> None:
    effect = only(compare.compare(place.engine, offers, Plan("converted")))
    assert seen(effect, "z").value == pytest.approx(2.0348, abs=5e-5)
    assert effect.p == pytest.approx(0.0419, abs=5e-5)
    assert effect.verdict == "better"
    revenue = only(compare.compare(place.engine, offers, Plan("revenue")))
    assert revenue.p == pytest.approx(0.0597, abs=5e-5)
    assert revenue.verdict == "cannot tell yet"


@pytest.mark.shared
@pytest.mark.parametrize(("column", "p"), [("Spend [USD]", 0.006), ("# of View Content", 0.776), ("Reach", 0.0)])
def test_two_files_are_the_arms(campaigns: Table, place: Desk, column: str, p: float) -> None:
    plan = Plan(column, where=(condition("created_at!=2019-08-05"),))
    found = compare.compare(place.engine, campaigns, plan)
    assert [arm.n for arm in found.arms] == [29, 29]
    assert [arm.name for arm in found.arms] == ["Control Campaign", "Test Campaign"]
    assert only(found).p == pytest.approx(p, abs=6e-4)


@pytest.mark.shared
def test_files_without_a_variant_are_told_apart_by_their_name(place: Desk, shared: Path) -> None:
    files = [shared / "data" / "f24b_prep122_prepair_nps.csv", shared / "data" / "f24a_prep122_airlines_nps.csv"]
    table = intake.together(files, place.engine, place.workspace)
    found = compare.compare(place.engine, table, Plan("nps", variant="file", control=files[0].name), anyway=True)
    assert found.arms[0].value == pytest.approx(21.1957, abs=1e-4)


def test_the_samples_planted_experiment(guides: Table, place: Desk) -> None:
    found = compare.compare(place.engine, guides, Plan("csat", effect=5, margin=3, by=("product",)))
    effect = only(found)
    assert (effect.control, effect.treatment) == ("attuale", "nuova")
    assert effect.low is not None
    assert effect.high is not None
    assert effect.low < 8 < effect.high  # planted: 62 % and 70 %
    assert effect.verdict == "better"
    assert [test.name for test in found.checks if test.state != "ok"] == []
    assert {one.by[0][1] for one in found.segments} == {"Fibra", "Gas", "Luce"}
    assert all(one.level == pytest.approx(1 - 0.05 / 3) for one in found.segments)


# The reference cases through compare itself.


def test_an_nps_comparison_from_counts() -> None:
    found = compare.of_aggregates(
        [Given("A", 36, promoters=16, detractors=8), Given("B", 31, promoters=11, detractors=11)], Plan("nps", effect=5)
    )
    effect = only(found)
    assert effect.value == pytest.approx(-22.2222222, abs=1e-6)
    assert effect.low == pytest.approx(-59.2050564, abs=1e-6)  # reference case npsdiff_01_n36_31_mover
    assert effect.high == pytest.approx(16.9345631, abs=1e-6)
    assert effect.p == pytest.approx(0.26996974, abs=1e-6)
    assert effect.verdict == "cannot tell yet"
    assert effect.needed_per_arm is not None
    assert effect.more_per_arm == effect.needed_per_arm - 31


def test_the_interval_of_shares_is_not_the_wrong_one_of_statsmodels() -> None:
    """statsmodels #10269: its score interval of 56/70 against 48/80 is not 0.0528 … 0.3382; ours is Newcombe's."""
    effect = only(compare.of_aggregates([Given("A", 80, count=48), Given("B", 70, count=56)], Plan("csat")))
    assert effect.low == pytest.approx(5.24314724, abs=1e-6)  # Newcombe 1998, example (a)
    assert effect.high == pytest.approx(33.38726540, abs=1e-6)


def test_an_exact_p_does_not_depend_on_the_order_of_rows() -> None:
    """barnard_exact does."""
    one = only(compare.of_aggregates([Given("A", 30, count=14), Given("B", 28, count=21)], Plan("csat")))
    other = only(compare.of_aggregates([Given("A", 28, count=21), Given("B", 30, count=14)], Plan("csat")))
    missed = only(compare.of_aggregates([Given("A", 30, count=16), Given("B", 28, count=7)], Plan("csat")))
    assert one.p == pytest.approx(other.p, abs=1e-9) == pytest.approx(missed.p, abs=1e-9)


def test_two_constant_arms_have_no_p(place: Desk) -> None:
    """ttest_ind gives p = 0."""
    rows = [[f"R{k}", "AB"[k % 2], 3 if k % 2 else 4] for k in range(40)]
    found = compare.compare(place.engine, made(place, rows, ("Response ID", "Variant", "Minutes")), Plan("Minutes"))
    assert found.status == "no_variation"
    assert only(found).p is None
    assert only(found).verdict is None
    assert check(found, "constant arms").state == "caution"


@pytest.mark.parametrize("arms", [((0, 0.0), (3, 4.0)), ((1, 4.0), (3, 4.0))])
def test_too_few_answers(arms: tuple[tuple[int, float], tuple[int, float]]) -> None:
    (n_c, mean_c), (n_t, mean_t) = arms
    found = compare.of_aggregates([Given("A", n_c, mean=mean_c, sd=0.0), Given("B", n_t, mean=mean_t, sd=1.0)],
                                  Plan("mean"))  # fmt: skip
    assert found.status == "too_few"
    assert only(found).p is None
    ground = words(findings.ground_of_effect(found, only(found)), "en")
    assert re.fullmatch(r"A: \d answers?, B: 3 answers", ground), "no method where nothing was computed"


def test_everyone_a_promoter_has_a_value_and_no_p() -> None:
    found = compare.of_aggregates(
        [Given("A", 10, promoters=10, detractors=0), Given("B", 12, promoters=12, detractors=0)], Plan("nps")
    )
    assert (found.status, only(found).value, only(found).p) == ("no_variation", 0, None)


def test_no_relative_lift_of_an_nps() -> None:
    """growthbook #6658: from −10 to −5 is +5 points, and no share of anything."""
    found = compare.of_aggregates(
        [Given("A", 100, promoters=30, detractors=40), Given("B", 100, promoters=30, detractors=35)], Plan("nps")
    )
    assert only(found).told == "difference"
    assert only(found).value == pytest.approx(5)
    assert "%" not in words(findings.of_effect(found, only(found)), "en").replace("95 %", "")


def reference(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = next(case for case in CASES if case["kind"] == kind)
    return found


@pytest.mark.shared
@pytest.mark.parametrize("kind", ["cluster_robust_diff", "cluster_robust_nps_diff"])
def test_customers_who_repeat_are_one(place: Desk, kind: str) -> None:
    case = reference(kind)
    given, wanted = case["inputs"], case["expected"]
    outcome = "score" if "score" in given else "y"
    rows = [[f"R{k}", f"C{c:03}", "AB"[arm], value] for k, (c, arm, value) in
            enumerate(zip(given["customer"], given["arm"], given[outcome], strict=True))]  # fmt: skip
    header = ("Response ID", "Customer ID", "Variant", "Minutes" if outcome == "y" else "NPS")
    table = made(place, rows, header, f"{kind}.csv", **({"nps": "NPS"} if outcome == "score" else {}))
    found = compare.compare(place.engine, table, Plan("Minutes" if outcome == "y" else "nps"), anyway=True)
    effect = only(found)
    assert effect.value == pytest.approx(wanted["diff"], rel=1e-7)
    assert effect.p == pytest.approx(wanted["pvalue_cr2_satt"], rel=1e-6)
    assert found.clusters is not None
    assert dict(found.clusters.units) == {
        name: len({c for c, arm in zip(given["customer"], given["arm"], strict=True) if arm == k})
        for k, name in enumerate("AB")
    }
    if "lower_cr2" in wanted:
        assert effect.low == pytest.approx(wanted["lower_cr2"], rel=1e-6)
        assert effect.high == pytest.approx(wanted["upper_cr2"], rel=1e-6)
    alone = only(compare.compare(place.engine, table, replace(found.plan, unit="row"), anyway=True))
    assert alone.low is not None
    assert effect.low is not None
    assert alone.low > effect.low  # the rows taken each by itself give a narrower interval, which is the known fault


@pytest.mark.shared
def test_durations_by_the_ratio_of_geometric_means(place: Desk) -> None:
    case = reference("geometric_mean_ratio")
    rows = answers({"A": case["inputs"]["control"], "B": case["inputs"]["treatment"]})
    table = made(place, rows, ("Ticket ID", "Variant", "Handle time (s)"), "aht.csv", handle_duration="Handle time (s)")
    effect = only(compare.compare(place.engine, table, Plan("handle_time", lower_is_better=True)))
    wanted = case["expected"]
    assert effect.told == "ratio"
    assert effect.value == pytest.approx(wanted["ratio"], rel=1e-9)
    assert effect.low == pytest.approx(wanted["lower"], rel=1e-9)
    assert effect.high == pytest.approx(wanted["upper"], rel=1e-9)
    assert effect.p == pytest.approx(wanted["pvalue"], rel=1e-9)
    assert words(findings.of_effect(compare.compare(place.engine, table, Plan("handle_time")), effect), "en").count(
        "typically 16.1 % faster"
    )


def test_a_time_of_zero_has_no_logarithm(place: Desk) -> None:
    rows = answers({"A": [0, 30, 60, 90] * 5, "B": [10, 20, 30, 45] * 5})
    table = made(
        place, rows, ("Ticket ID", "Variant", "Handle time (s)"), "zero.csv", handle_duration="Handle time (s)"
    )
    effect = only(compare.compare(place.engine, table, Plan("handle_time")))
    assert effect.told == "difference"
    assert effect.value == pytest.approx(26.25 - 45)
    assert "logarithm" in words(effect.method, "en")


@pytest.mark.shared
def test_time_until_it_is_over_with_open_cases(place: Desk) -> None:
    case = reference("logrank")
    given, rows = case["inputs"], []
    last = date(2026, 1, 1).toordinal()
    for arm in (1, 2):
        for time, over in zip(given[f"time_{arm}"], given[f"event_{arm}"], strict=True):
            start = last - 2_000 if over else last - time
            end = date.fromordinal(start + time).isoformat() if over else ""
            rows.append([f"T{len(rows):04}", "AB"[arm - 1], date.fromordinal(start).isoformat(), end])
    rows.append(["T9999", "", "2026-01-01", ""])  # the file speaks of this day, and of no arm
    table = made(place, rows, ("Ticket ID", "Variant", "Created at", "Resolved at"), "lung.csv",
                 created_at="Created at", resolved_at="Resolved at")  # fmt: skip
    found = compare.compare(place.engine, table, Plan("resolution"), anyway=True)
    effect = only(found)
    assert effect.told == "hazard ratio"
    assert effect.p == pytest.approx(case["expected"]["pvalue"], rel=1e-5)
    assert effect.high is not None
    assert effect.high < 1  # p is below 0.05, so the interval leaves out 1
    assert [arm.n for arm in found.arms] == [len(given["time_1"]), len(given["time_2"])]


@pytest.mark.shared
def test_several_arms_hold_together() -> None:
    case = reference("ab_n_proportion_holm")
    given = case["inputs"]
    arms = [Given("control", given["control"]["n"], count=given["control"]["success"])]
    arms += [Given(f"T{k}", t["n"], count=t["success"]) for k, t in enumerate(given["treatments"])]
    found = compare.of_aggregates(arms, Plan("retention"))
    assert [e.p for e in found.effects] == pytest.approx(case["expected"]["pvalue_holm"], rel=1e-9)
    assert [e.p_alone for e in found.effects] == pytest.approx(case["expected"]["pvalue_raw"], rel=1e-9)
    assert {e.level for e in found.effects} == {0.975}


@pytest.mark.shared
@pytest.mark.parametrize("kind", ["kruskal_wallis", "dunnett"])
def test_all_arms_at_once(place: Desk, kind: str) -> None:
    case = reference(kind)
    groups = case["inputs"].get("groups") or [case["inputs"]["control"], *case["inputs"]["treatments"]]
    rows = answers({"ABC"[k]: group for k, group in enumerate(groups)})
    table = made(place, rows, ("Response ID", "Variant", "Minutes"), f"{kind}.csv")
    found = {view.name: view.p for view in compare.compare(place.engine, table, Plan("Minutes")).together}
    if kind == "dunnett":
        assert [found["dunnett B"], found["dunnett C"]] == pytest.approx(case["expected"]["pvalue"], abs=2e-4)
    else:
        assert found["all arms alike by ranks"] == pytest.approx(case["expected"]["pvalue"], rel=1e-9)
        assert found["all arms alike"] == pytest.approx(reference("welch_anova")["expected"]["pvalue"], rel=1e-9)


@pytest.mark.shared
def test_the_order_of_answers_is_asked_too(place: Desk) -> None:
    case = reference("brunner_munzel")
    rows = answers({"A": case["inputs"]["control"], "B": case["inputs"]["treatment"]})
    table = made(place, rows, ("Response ID", "Variant", "Steps"), "bm.csv")
    view = seen(only(compare.compare(place.engine, table, Plan("Steps"))), "probability of superiority")
    assert view.value == pytest.approx(case["expected"]["prob_treatment_larger"], rel=1e-6)
    assert view.p == pytest.approx(case["expected"]["pvalue"], rel=1e-6)


@pytest.mark.shared
def test_less_noise_from_before_the_change(place: Desk) -> None:
    case, other = reference("cuped"), reference("lin_regression_adjustment")
    given = case["inputs"]
    rows = [[f"R{k}", "AB"[t], y, x] for k, (t, y, x) in
            enumerate(zip(given["treatment"], given["y"], given["x_pre"], strict=True))]  # fmt: skip
    table = made(place, rows, ("Response ID", "Variant", "Minutes", "Minutes last year"), "cuped.csv")
    effect = only(compare.compare(place.engine, table, Plan("Minutes", before="Minutes last year"), anyway=True))
    view = seen(effect, "CUPED")
    assert view.value == pytest.approx(case["expected"]["diff"], rel=1e-9)
    assert view.p == pytest.approx(case["expected"]["pvalue"], rel=1e-7)
    assert effect.value == pytest.approx(case["expected"]["raw_diff"], rel=1e-9)
    assert seen(effect, "Lin").value == pytest.approx(other["expected"]["ate"], rel=1e-9)


@pytest.mark.parametrize("plan", [
    Plan("csat", before="csat"),
    Plan("csat", before="NPS now"),
    Plan("csat", before="Age", before_on=date(2026, 3, 1), start=date(2026, 2, 1)),
])  # fmt: skip
def test_a_value_from_after_the_change_is_refused(place: Desk, plan: Plan) -> None:
    rows = [[f"R{k:03}", "AB"[k % 2], f"2026-02-{1 + k % 28:02}", 1 + k % 5, k % 11, 20 + k % 50] for k in range(200)]
    table = made(place, rows, ("Response ID", "Variant", "Survey date", "CSAT", "NPS now", "Age"), "after.csv",
                 csat="CSAT", nps="NPS now")  # fmt: skip
    with pytest.raises(CxError) as refused:
        compare.compare(place.engine, table, plan)
    assert refused.value.code == "measured_after"


# Designs that went wrong.


def test_a_broken_split_holds_the_effect_back(place: Desk) -> None:
    table = made(place, answers({"A": scores(300, 100, 100), "B": scores(150, 100, 100)}), nps="NPS")
    found = compare.compare(place.engine, table, Plan("nps"))
    assert (found.status, found.held_back, only(found).value, only(found).verdict) == ("not_valid", True, None, None)
    assert check(found, "sample ratio").state == "fail"
    assert [arm.value for arm in found.arms] == [None, None]
    assert words(findings.of_effect(found, only(found)), "en").startswith("Not valid")
    anyway = compare.compare(place.engine, table, Plan("nps"), anyway=True)
    assert (anyway.status, only(anyway).verdict) == ("not_valid", None)
    assert only(anyway).value == pytest.approx(100 * (50 / 350) - 100 * (200 / 500))
    assert words(findings.of_effect(anyway, only(anyway)), "en").startswith("Not valid")
    planned = compare.compare(place.engine, table, Plan("nps", split=(10, 7)))
    assert check(planned, "sample ratio").state == "ok"
    assert planned.status == "ok"


@pytest.mark.parametrize(("arms", "code"), [(1, "one_arm"), (40, "too_many_arms")])
def test_a_column_of_arms_with_one_or_too_many_values_is_named_as_such(place: Desk, arms: int, code: str) -> None:
    rows = [[f"R{k}", f"V{k % arms}", (7 * k) % 11] for k in range(400)]
    table = made(place, rows, name=f"arms{arms}.csv", nps="NPS")
    with pytest.raises(CxError) as raised:
        compare.compare(place.engine, table, Plan("nps"))
    assert raised.value.code == code


def test_eight_arms_are_compared_without_being_asked_for(place: Desk) -> None:
    rows = [[f"R{k}", f"V{k % 8}", (7 * k) % 11] for k in range(400)]
    found = compare.compare(place.engine, made(place, rows, name="eight.csv", nps="NPS"), Plan("nps"))
    assert [arm.name for arm in found.arms] == [f"V{k}" for k in range(8)]


def test_a_customer_who_is_much_of_an_arm_is_named_as_a_caution(place: Desk) -> None:
    rows = [[f"R{k}", "C1" if k % 2 and k % 3 else f"C{k}", "AB"[k % 2], (7 * k) % 11] for k in range(120)]
    table = made(place, rows, ("Response ID", "Customer ID", "Variant", "NPS"), "much.csv", nps="NPS")
    test = check(compare.compare(place.engine, table, Plan("nps")), "repeated customers")
    assert test.state == "caution"
    assert words(test.says, "en") == "One customer gave 67 % of the answers in B: the effect hangs on that customer."


def test_a_planned_arm_with_nobody_in_it_stays(place: Desk) -> None:
    table = made(place, answers({"A": scores(20, 10, 10), "B": scores(20, 10, 10)}), name="empty.csv", nps="NPS")
    found = compare.compare(place.engine, table, Plan("nps", control="A", treatments=("B", "C")))
    assert [(arm.name, arm.n) for arm in found.arms] == [("A", 40), ("B", 40), ("C", 0)]
    assert check(found, "sample ratio").state == "fail"


@pytest.mark.parametrize("blank", ["NA", "n/a", "-", ""])
def test_a_cell_that_names_no_arm_is_no_arm(place: Desk, blank: str) -> None:
    arms = {"A": scores(20, 10, 10), "B": scores(30, 5, 5), blank: scores(0, 0, 3)}
    found = compare.compare(place.engine, made(place, answers(arms)), Plan("nps"))
    assert [(arm.name, arm.n) for arm in found.arms] == [("A", 40), ("B", 40)]
    assert "3 rows name no arm and are left out." in [words(said, "en") for said in found.notes]


def test_an_arm_that_the_plan_calls_so_is_one(place: Desk) -> None:
    table = made(place, answers({"NA": scores(20, 10, 10), "EMEA": scores(30, 5, 5)}))
    found = compare.compare(place.engine, table, Plan("nps", control="NA", treatments=("EMEA",)))
    assert [(arm.name, arm.n) for arm in found.arms] == [("NA", 40), ("EMEA", 40)]


def test_arms_in_different_months_are_no_experiment(place: Desk) -> None:
    rows = [[f"R{k:03}", "AB"[k % 2], f"2026-{3 + k % 2:02}-{1 + k // 2 % 28:02}", k % 11] for k in range(200)]
    table = made(place, rows, ("Response ID", "Variant", "Survey date", "NPS"), "months.csv", nps="NPS")
    found = compare.compare(place.engine, table, Plan("nps"))
    assert check(found, "same period").state == "fail"
    assert found.status == "not_valid"


def test_arms_filled_at_another_pace_are_a_caution(place: Desk) -> None:
    rows = [[f"R{k:03}", "A" if k < 150 or k >= 350 else "B", f"2026-03-{1 + k // 20:02}", k % 11] for k in range(400)]
    table = made(place, rows, ("Response ID", "Variant", "Survey date", "NPS"), "pace.csv", nps="NPS")
    found = compare.compare(place.engine, table, Plan("nps", split=(1, 1)))
    assert check(found, "same period").state == "caution"


def test_two_changes_at_once(place: Desk) -> None:
    rows = [[f"R{k:03}", "AB"[k % 2], ["Chat", "Phone"][k % 2], k % 11] for k in range(100)]
    table = made(place, rows, ("Response ID", "Variant", "Channel", "NPS"), "two.csv", nps="NPS")
    assert check(compare.compare(place.engine, table, Plan("nps")), "one change").state == "fail"
    mixed = [[f"R{k:03}", "AB"[k % 2], ["Chat", "Phone"][k // 2 % 2], k % 11] for k in range(100)]
    table = made(place, mixed, ("Response ID", "Variant", "Channel", "NPS"), "one.csv", nps="NPS")
    assert check(compare.compare(place.engine, table, Plan("nps")), "one change").state == "ok"
    named = Plan("nps", changes=("new guide", "new price"))
    assert check(compare.compare(place.engine, table, named), "one change").state == "fail"


@pytest.mark.parametrize(("both", "state"), [(0, "ok"), (2, "caution"), (40, "fail")])
def test_customers_in_both_arms(place: Desk, both: int, state: str) -> None:
    rows = [[f"C{k:03}", "AB"[k % 2], (7 * k) % 11] for k in range(200)]
    rows += [[f"C{k:03}", "AB"[k % 2], (5 * k) % 11] for k in range(60, 100)]
    rows += [[f"C{k:03}", "BA"[k % 2], (3 * k) % 11] for k in range(both)]
    named = [[f"R{k:03}", *row] for k, row in enumerate(rows)]
    table = made(place, named, ("Response ID", "Customer ID", "Variant", "NPS"), f"both{both}.csv", nps="NPS",
                 customer_id="Customer ID", variant="Variant")  # fmt: skip
    assert check(compare.compare(place.engine, table, Plan("nps")), "units in both arms").state == state


def test_too_good_to_be_true() -> None:
    big = compare.of_aggregates([Given("A", 400, count=100), Given("B", 400, count=220)], Plan("csat", effect=5))
    assert check(big, "too good to be true").state == "caution"
    fair = compare.of_aggregates([Given("A", 400, count=100), Given("B", 400, count=140)], Plan("csat", effect=5))
    assert check(fair, "too good to be true").state == "ok"


# Verdicts.


@pytest.mark.parametrize(
    ("good", "margin", "verdict", "real"),
    [((5000, 5600), None, "better", True), ((5000, 4400), None, "worse", True),
     ((5000, 5010), 3.0, "practically the same", False), ((5000, 5160), 3.0, "practically the same", True),
     ((5000, 5100), 1.0, "cannot tell yet", False)],
)  # fmt: skip
def test_the_verdict_follows_the_interval(
    good: tuple[int, int], margin: float | None, verdict: str, *, real: bool
) -> None:
    plan = Plan("csat", margin=margin)
    found = compare.of_aggregates([Given("A", 10_000, count=good[0]), Given("B", 10_000, count=good[1])], plan)
    effect = only(found)
    assert (effect.verdict, effect.real) == (verdict, real)
    assert (effect.needed_per_arm is None) == (margin is None)
    said = words(findings.of_effect(found, effect), "en")
    assert ("real difference, smaller than matters" in said) == (real and verdict == "practically the same")


def test_up_is_not_always_good() -> None:
    arms = [Given("A", 10_000, count=5000), Given("B", 10_000, count=5600)]
    assert only(compare.of_aggregates(arms, Plan("returns", lower_is_better=True))).verdict == "worse"


def test_a_guardrail_asks_that_nothing_else_gets_worse(place: Desk) -> None:
    rows = [[f"R{k:04}", "AB"[k % 2], (k // 2) % 11, 1 if k % 20 == 1 else 5] for k in range(2000)]
    table = made(place, rows, ("Response ID", "Variant", "NPS", "CSAT"), "guard.csv", nps="NPS", csat="CSAT")
    guards = (Guardrail("csat", 3), Guardrail("csat", 15))
    found = compare.compare(place.engine, table, Plan("nps", guardrails=guards))
    assert [guard.holds for guard in found.guardrails] == [False, True]
    assert found.guardrails[1].effect.p is not None
    assert found.guardrails[1].effect.p < 0.05


@pytest.mark.shared
def test_a_guardrail_is_a_test_of_non_inferiority(place: Desk) -> None:
    case = reference("noninferiority_mean")
    given = case["inputs"]
    rows = answers({"A": given["control"], "B": given["treatment"]})
    rows = [[*row, 10 if k % 3 else 2] for k, row in enumerate(rows)]
    table = made(place, rows, ("Response ID", "Variant", "Minutes", "NPS"), "inferior.csv", nps="NPS")
    assert given["higher_is_better"]
    found = compare.compare(place.engine, table, Plan("nps", guardrails=(Guardrail("Minutes", given["margin"]),)))
    (guard,) = found.guardrails
    assert guard.effect.p == pytest.approx(case["expected"]["pvalue"], rel=1e-9)
    assert guard.bound == pytest.approx(case["expected"]["lower_one_sided_95"], rel=1e-9)
    assert guard.holds == (case["expected"]["pvalue"] < 0.05)


def test_a_column_whose_role_says_so_is_better_when_there_is_less_of_it(place: Desk) -> None:
    rows = [[f"C{k}", "AB"[k % 2], int((k * 7) % 100 < (20 if k % 2 else 50)), k % 97] for k in range(2000)]
    table = made(place, rows, ("Customer ID", "Variant", "Churned", "Visits"), "left.csv")
    found = compare.compare(place.engine, table, Plan("churned"))
    assert (found.direction, only(found).verdict) == (-1, "better")
    assert not any("taken as better" in words(note, "en") for note in found.notes)
    visits = compare.compare(place.engine, table, Plan("Visits"))
    assert any("taken as better" in words(note, "en") for note in visits.notes)
    chosen = compare.compare(place.engine, table, Plan("Visits", lower_is_better=False))
    assert not any("taken as better" in words(note, "en") for note in chosen.notes)


@pytest.mark.parametrize(
    ("arms", "control"),
    [(["nuova", "vecchia"], 1), (["A", "B"], 0), (["B", "control"], 1), (["V0", "V1"], 0), (["new page", "old"], 1),
     (["treatment", "no treatment"], 1), (["no", "yes"], 0), (["gate_30", "gate_40"], 0)],
)  # fmt: skip
def test_the_arm_called_as_what_was_before_is_suggested_as_the_control(arms: list[str], control: int) -> None:
    assert compare.likely_control(arms) == control
