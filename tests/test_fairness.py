"""Groups compared fairly: limits, shrinkage, standardisation as published; whole files by construction."""

from __future__ import annotations

import math
import random
import sys
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from desk import Desk

from cxcore import stats
from cxcore.errors import CannotCompute, UnknownName
from cxcore.fairness import Compared, Comparison, compare_groups
from cxcore.language import words
from cxcore.metrics import METRICS
from cxcore.values import Table

sys.path.insert(0, str(Path(__file__).parent / "bench"))

import simulate_agents

# Bickel, Hammel & O'Connell 1975 (Science 187:398–404); R's `UCBAdmissions`: admitted and applied, men then women.
DEPARTMENTS = [((512, 825), (89, 108)), ((353, 560), (17, 25)), ((120, 325), (202, 593)), ((138, 417), (131, 375)),
               ((53, 191), (94, 393)), ((22, 373), (24, 341))]  # fmt: skip


def test_indirect_standardisation_of_the_berkeley_admissions() -> None:
    """Of women 30.4 % were admitted, of men 44.5 %; in the departments they applied to, that is more than expected."""
    group, kind, n, mean, variance = [], [], [], [], []
    for k, department in enumerate(DEPARTMENTS):
        for sex, (admitted, applied) in enumerate(department):
            share = admitted / applied
            group.append(sex)
            kind.append(k)
            n.append(applied)
            mean.append(share)
            variance.append(share * (1 - share))
    found = stats.indirect(group, kind, n, mean, variance)
    assert found.observed == pytest.approx([0.445, 0.304], abs=5e-4)
    applied = sum(women[1] for _, women in DEPARTMENTS)
    expected = sum(women[1] * (men[0] + women[0]) / (men[1] + women[1]) for men, women in DEPARTMENTS) / applied
    assert found.value[1] == pytest.approx(557 / applied - expected)
    assert found.value[1] > 0 > found.value[0]
    # Mantel & Haenszel's variance of the women admitted, given each department's totals.
    spread = sum(
        men[1] * women[1] * (men[0] + women[0]) * (men[1] + women[1] - men[0] - women[0])
        / ((men[1] + women[1]) ** 2 * (men[1] + women[1] - 1))
        for men, women in DEPARTMENTS
    )  # fmt: skip
    assert applied * math.sqrt(found.variance[1]) == pytest.approx(math.sqrt(spread), rel=0.01)


@pytest.mark.parametrize(("groups", "level", "limit"), [(1, 0.95, 1.959964), (1, 0.9973002, 3.0), (5, 0.95, 2.575829)])
def test_funnel_limits_are_bonferronis(groups: int, level: float, limit: float) -> None:
    """Normal quantiles at 1 − 0.05/2, 3 σ, and 1 − 0.05/10 (Spiegelhalter 2005)."""
    assert stats.funnel_limit(groups, level) == pytest.approx(limit, abs=1e-5)


def test_the_variance_between_groups_of_the_bcg_trials() -> None:
    """Paule–Mandel, as `metafor::rma(yi, vi, data = dat.bcg, method = "PM")` prints it: tau² = 0.3181 (Colditz et al.
    1994; Viechtbauer 2010)."""
    trials = [(4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619), (33, 5036, 47, 5761),
              (180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892), (29, 7470, 45, 7232),
              (17, 1699, 65, 1600), (186, 50448, 141, 27197), (5, 2493, 3, 2338), (27, 16886, 29, 17825)]  # fmt: skip
    value = [math.log(a / (a + b) / (c / (c + d))) for a, b, c, d in trials]
    variance = [1 / a - 1 / (a + b) + 1 / c - 1 / (c + d) for a, b, c, d in trials]
    drawn, left, between = stats.shrunk(value, variance)
    assert between == pytest.approx(0.3181, abs=5e-5)
    assert drawn == pytest.approx([0.3181 / (0.3181 + v) * y for y, v in zip(value, variance, strict=True)], rel=1e-3)
    assert np.all(left < variance)


def test_groups_that_differ_by_chance_only_are_drawn_together() -> None:
    """Rubin's eight schools (Rubin 1981; Gelman et al., Bayesian Data Analysis, 5.5): Q is below 7, so tau² is 0."""
    effect = np.array([28, 8, -3, 7, -1, 1, 18, 12.0])
    drawn, _, between = stats.shrunk(effect - 7.69, np.array([15, 10, 16, 11, 9, 11, 10, 18.0]) ** 2)
    assert between == 0
    assert drawn.tolist() == [0] * 8


def test_identical_agents_are_left_alone_and_a_slow_one_is_found() -> None:
    """30 agents of 200 cases: at most 5 % of files flag any (400 runs: 8 % would be three standard errors more), and an
    agent 25 % slower is flagged in at least 90 %."""
    alike, found = simulate_agents.shares(400)
    assert alike <= 0.08
    assert found >= 0.90


# --- whole files


def desk_of(desk: Desk, slow: float = 1.0, cases: int = 150, extra: list[list[object]] | None = None) -> Table:
    """Five agents; refunds take three times as long, and Ann takes nine refunds in ten, the others one in two."""
    chance = random.Random(4)
    rows: list[list[object]] = [["Call ID", "Created at", "Agent", "Topic", "Handle time (s)"]]
    for agent in ("Ann", "Bob", "Cy", "Dee", "Eve"):
        for k in range(cases):
            refund = chance.random() < (0.9 if agent == "Ann" else 0.5)
            took = math.exp(chance.gauss(5.0, 0.5)) * (3 if refund else 1) * (slow if agent == "Eve" else 1)
            rows.append([f"{agent}{k}", datetime(2026, 1, 5, 9) + timedelta(minutes=k), agent,
                         "Refund" if refund else "Order", round(took)])  # fmt: skip
    return desk.take(desk.file("agents.csv", [*rows, *(extra or [])]))


def groups(found: Comparison) -> dict[str | None, Compared]:
    return {one.name: one for one in found.groups}


def test_a_harder_mix_is_nobodys_fault(desk: Desk) -> None:
    found = compare_groups(desk.engine, desk_of(desk), METRICS["handle_time"], "agent")
    ann = groups(found)["Ann"]
    assert found.adjusted_for == ("topic",)
    assert found.ratio
    assert ann.raw is not None
    assert ann.value is not None
    assert found.centre is not None
    assert ann.raw > 1.3 * found.centre  # her own figure, refunds and all
    assert abs(ann.value / found.centre - 1) < 0.15  # with everybody's mix
    assert [one.apart for one in found.groups] == [None] * 5
    assert words(found.sentence, "en") == "These 5 cannot be told apart."
    unadjusted = compare_groups(desk.engine, desk_of(desk), METRICS["handle_time"], "agent", mix=())
    assert groups(unadjusted)["Ann"].apart == "above"
    assert [one.name for one in found.groups] == sorted(str(one.name) for one in found.groups)  # names, no ranks


def test_a_slow_agent_is_told_apart_and_drawn_towards_the_whole(desk: Desk) -> None:
    found = compare_groups(desk.engine, desk_of(desk, slow=1.35), METRICS["handle_time"], "agent")
    eve = groups(found)["Eve"]
    assert eve.apart == "above"
    assert eve.limits is not None
    assert eve.value is not None
    assert eve.drawn is not None
    assert found.centre is not None
    assert found.centre < eve.limits[1] < eve.value
    assert found.centre < eve.drawn < eve.value
    assert words(found.sentence, "en").startswith("4 of 5 cannot be told apart")


def test_few_cases_are_counted_only_and_own_work_is_not_compared(desk: Desk) -> None:
    extra: list[list[object]] = [[f"F{k}", "2026-01-05 10:00", "Flo", "Order", 100] for k in range(4)]
    extra += [[f"G{k}", "2026-01-05 10:00", "Gus", "Audit", 100 + k] for k in range(30)]
    extra += [["H1", "2026-01-05 10:00", "", "Order", 100]]
    found = compare_groups(desk.engine, desk_of(desk, extra=extra), METRICS["handle_time"], "agent")
    flo, gus = groups(found)["Flo"], groups(found)["Gus"]
    assert (flo.n, flo.raw, flo.value) == (4, None, None)
    assert (gus.n, gus.alone, gus.value) == (30, True, None)
    assert gus.raw is not None
    assert found.left_out == 1


def test_what_cannot_be_compared_says_so(desk: Desk) -> None:
    table = desk_of(desk)
    with pytest.raises(CannotCompute):
        compare_groups(desk.engine, table, METRICS["backlog"], "agent")
    with pytest.raises(UnknownName):
        compare_groups(desk.engine, table, METRICS["handle_time"], "Colour")
