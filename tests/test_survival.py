"""Times with open cases, and quantiles of times: against figures that others published, and statsmodels' own."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from cxcore import stats

sys.path.insert(0, str(Path(__file__).parent / "bench"))

import simulate_open_cases

# Freireich et al. 1963 (Blood 21:699–716): weeks in remission, 6-MP and placebo; + is still in remission.
SIX_MP = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"
# Miller 1981, Survival Analysis, p. 49; R's `survival::aml`.
MAINTAINED = "9 13 13+ 18 23 28+ 31 34 45+ 48 161+"
NOT_MAINTAINED = "5 5 8 8 12 16+ 23 27 30 33 43 45"


def counted(*groups: str) -> tuple[list[float], list[float], list[float], list[int]]:
    """Distinct times, events, open cases and starts of the groups, as the engine brings them."""
    times: list[float] = []
    events: list[float] = []
    censored: list[float] = []
    starts = []
    for group in groups:
        starts.append(len(times))
        cases = [(float(text.rstrip("+")), text.endswith("+")) for text in group.split()]
        for time in sorted({time for time, _ in cases}):
            times.append(time)
            events.append(sum(1 for at, still in cases if at == time and not still))
            censored.append(sum(1 for at, still in cases if at == time and still))
    return times, events, censored, starts


def test_the_curve_and_its_band_of_the_remission_times() -> None:
    """Stata's `sts list` (its band is the log-log one) as printed in Kleinbaum & Klein, Survival Analysis: A
    Self-Learning Text, Computer Appendix; without the band also in Klein & Moeschberger 2003, table 4.1B."""
    published = {
        6.0: (21, 0.8571, 0.0764, 0.6197, 0.9516),
        7.0: (17, 0.8067, 0.0869, 0.5631, 0.9228),
        10.0: (15, 0.7529, 0.0963, 0.5032, 0.8894),
        13.0: (12, 0.6902, 0.1068, 0.4316, 0.8491),
        16.0: (11, 0.6275, 0.1141, 0.3675, 0.8049),
        22.0: (7, 0.5378, 0.1282, 0.2678, 0.7468),
        23.0: (6, 0.4482, 0.1346, 0.1881, 0.6801),
    }
    times, events, censored, starts = counted(SIX_MP)
    curve = stats.survival_curves(times, events, censored, starts)
    for time, expected in published.items():
        k = list(curve.time).index(time)
        got = (curve.at_risk[k], curve.survival[k], curve.error[k], curve.low[k], curve.high[k])
        assert got == pytest.approx(expected, abs=5e-5)


def test_medians_of_published_data() -> None:
    """Medians: 23 and 8 weeks (Klein & Moeschberger 2003, 4.2); 31 and 23 weeks (R's `survfit`, as printed by
    `survfit(Surv(time, status) ~ x, data = aml)`)."""
    found = stats.survival_quantiles(*counted(SIX_MP, PLACEBO, MAINTAINED, NOT_MAINTAINED), 0.5)
    assert found.value.tolist() == [23, 8, 31, 23]


def test_the_curve_of_the_leukaemia_data() -> None:
    """`summary(survfit(...))` of R's survival for the maintained group: times, at risk, survival, standard error."""
    published = [(9, 11, 0.909, 0.0867), (13, 10, 0.818, 0.1163), (18, 8, 0.716, 0.1397), (23, 7, 0.614, 0.1526),
                 (31, 5, 0.491, 0.1642), (34, 4, 0.368, 0.1627), (48, 2, 0.184, 0.1535)]  # fmt: skip
    times, events, censored, starts = counted(MAINTAINED)
    curve = stats.survival_curves(times, events, censored, starts)
    rows = [(t, r, s, e) for t, r, s, e, d in
            zip(curve.time, curve.at_risk, curve.survival, curve.error, events, strict=True) if d]  # fmt: skip
    assert len(rows) == len(published)
    for got, (time, risk, survival, error) in zip(rows, published, strict=True):
        assert got[:2] == (time, risk)
        assert got[2] == pytest.approx(survival, abs=5e-4)
        assert got[3] == pytest.approx(error, abs=5e-5)


@pytest.fixture(scope="module")
def lung(shared: Path) -> dict[str, Any]:
    cases = json.loads((shared / "oracle" / "cases.json").read_text(encoding="utf-8"))
    found: dict[str, Any] = next(case["inputs"] for case in cases if case["id"] == "logrank_lung")
    return found


def spelled(times: list[float], events: list[int]) -> str:
    return " ".join(f"{time:g}{'' if event else '+'}" for time, event in zip(times, events, strict=True))


def test_medians_of_the_lung_data(lung: dict[str, Any]) -> None:
    """R: `survfit(Surv(time, status) ~ 1, lung)` has 228 patients and a median of 310; by sex 270 and 426."""
    one, two = (spelled(lung[f"time_{k}"], lung[f"event_{k}"]) for k in (1, 2))
    found = stats.survival_quantiles(*counted(f"{one} {two}", one, two), 0.5)
    assert len(f"{one} {two}".split()) == 228
    assert found.value.tolist() == [310, 270, 426]


@pytest.mark.parametrize("group", [SIX_MP, PLACEBO, MAINTAINED, NOT_MAINTAINED])
@pytest.mark.parametrize("q", [0.25, 0.5, 0.75, 0.9])
def test_quantiles_are_those_of_statsmodels(group: str, q: float) -> None:
    """`SurvfuncRight.quantile`, at parts where no curve runs level: there R takes the middle, statsmodels the start."""
    cases = [(float(text.rstrip("+")), not text.endswith("+")) for text in group.split()]
    theirs = SurvfuncRight([time for time, _ in cases], [over for _, over in cases])
    times, events, censored, starts = counted(group)
    mine = stats.survival_quantiles(times, events, censored, starts, q)
    expected = theirs.quantile(q)
    assert mine.value[0] == expected or (np.isnan(mine.value[0]) and np.isnan(expected))


def band_of(theirs: Any, q: float) -> tuple[float, float]:
    """Where the two sides of the log-log band first fall to 1 − q, from statsmodels' own curve and errors."""
    survival, error = theirs.surv_prob, theirs.surv_prob_se
    with np.errstate(divide="ignore", invalid="ignore"):
        scale, reach = np.log(-np.log(survival)), 1.959964 * error / np.abs(survival * np.log(survival))
        low, high = np.exp(-np.exp(scale + reach)), np.exp(-np.exp(scale - reach))
    low = np.where(survival <= 0, 0.0, low)
    ends = [theirs.surv_times[side <= 1 - q] for side in (low, high)]
    return tuple(float(end[0]) if len(end) else float("nan") for end in ends)  # type: ignore[return-value]


@pytest.mark.parametrize("group", [SIX_MP, PLACEBO, MAINTAINED, NOT_MAINTAINED])
@pytest.mark.parametrize("q", [0.25, 0.5, 0.75])
def test_the_interval_of_a_quantile_inverts_the_band(group: str, q: float) -> None:
    """Brookmeyer & Crowley 1982: the times at which the band's sides pass the level."""
    cases = [(float(text.rstrip("+")), not text.endswith("+")) for text in group.split()]
    theirs = SurvfuncRight([time for time, _ in cases], [over for _, over in cases])
    mine = stats.survival_quantiles(*counted(group), q)
    got, expected = [mine.low[0], mine.high[0]], list(band_of(theirs, q))
    assert [None if np.isnan(end) else float(end) for end in got] == [
        None if np.isnan(end) else end for end in expected
    ]


def test_a_curve_that_runs_level_at_the_median_gives_the_middle() -> None:
    """R's `quantile.survfit`: of 1, 2, 3, 4 the curve is 0.5 from 2 to 3, and the median 2.5."""
    assert stats.survival_quantiles(*counted("1 2 3 4"), 0.5).value[0] == 2.5


def test_too_many_open_cases_leave_the_median_open() -> None:
    found = stats.survival_quantiles(*counted("1 2+ 3+ 4+ 5+"), 0.5)
    assert np.isnan(found.value[0])


def test_open_cases_counted_err_little_where_dropping_them_errs_much() -> None:
    """20,000 cases, 30 % open when the calendar closes the file: the Kaplan–Meier median within 3 % of the truth, that
    of the closed ones more than 15 % off. (200 runs are in the README; each of these is within the same bounds.)"""
    counted_in, dropped, still = simulate_open_cases.errors(runs=6)
    assert still == pytest.approx(0.30, abs=0.01)
    assert abs(counted_in) < 0.03
    assert dropped < -0.15


# --- the share that is over by a time


def test_the_share_over_by_a_time_is_wilsons_where_no_case_is_open() -> None:
    """Newcombe 1998 (Statist. Med. 17:857–872), table I, method 3: 81 of 263, and 15 of 148."""
    for events, n, expected in ((81, 263, (0.2553, 0.3662)), (15, 148, (0.0624, 0.1605))):
        found = stats.shares_by([10, 30], [events, n - events], [0, 0], [0], 20.0)
        assert found.value[0] == pytest.approx(events / n)
        assert (found.low[0], found.high[0]) == pytest.approx(expected, abs=5e-5)


def test_the_share_over_by_a_time_with_open_cases() -> None:
    """1 − the published curve, with Wilson's interval for as many cases as have the published error (Rothman 1978)."""
    times, events, censored, starts = counted(SIX_MP)
    found = stats.shares_by(times, events, censored, starts, 13.0)
    assert found.value[0] == pytest.approx(1 - 0.6902, abs=5e-5)
    p, n, z = 0.6902, 0.6902 * 0.3098 / 0.1068**2, 1.959964
    middle, reach = (
        (p + z * z / 2 / n) / (1 + z * z / n),
        z / (1 + z * z / n) * (p * (1 - p) / n + z * z / 4 / n**2) ** 0.5,
    )
    assert (found.low[0], found.high[0]) == pytest.approx((1 - middle - reach, 1 - middle + reach), abs=5e-4)


def test_beyond_the_last_case_seen_nothing_is_known() -> None:
    times, events, censored, starts = counted(SIX_MP)
    assert np.isnan(stats.shares_by(times, events, censored, starts, 36.0).value[0])
    assert stats.shares_by(*counted(PLACEBO), 36.0).value[0] == 1.0
    assert stats.shares_by(*counted(PLACEBO), 0.5).value[0] == 0.0


# --- quantiles without open cases


@pytest.mark.parametrize("q", [0.5, 0.9, 0.95])
def test_quantiles_are_numpys(q: float) -> None:
    chance = np.random.default_rng(5)
    samples = [np.round(chance.lognormal(5, 1, size)) for size in (7, 40, 600)]
    parts = [np.unique(sample, return_counts=True) for sample in samples]
    starts = np.cumsum([0, *(len(values) for values, _ in parts[:-1])])
    found = stats.quantiles(np.concatenate([v for v, _ in parts]), np.concatenate([n for _, n in parts]), starts, q)
    assert found.value == pytest.approx([np.quantile(sample, q) for sample in samples])


def test_the_interval_of_a_median_is_the_binomials() -> None:
    """Conover 1999, table A3 and R's qbinom: of 15 values the 4th and the 12th (95 % and more), of 100 the 40th and the
    61st, of 5 none is sure enough."""
    low, high = stats.order_ranks([15, 100, 5], 0.5)
    assert low.tolist() == [4, 40, 0]
    assert high.tolist() == [12, 61, 6]


def test_the_interval_of_the_reference_case(shared: Path) -> None:
    cases = json.loads((shared / "oracle" / "cases.json").read_text(encoding="utf-8"))
    case = next(case for case in cases if case["kind"] == "median_ci_order_statistic")
    values, counts = np.unique(case["inputs"]["values"], return_counts=True)
    found = stats.quantiles(values, counts, [0], 0.5)
    expected = case["expected"]
    assert (found.value[0], found.low[0], found.high[0]) == (expected["median"], expected["lower"], expected["upper"])


@pytest.mark.parametrize("sizes", [(400, 400), (200, 800)])
def test_intervals_from_three_quantiles_are_close_to_those_from_all_values(sizes: tuple[int, int]) -> None:
    """What large tables are given instead: within a tenth of the interval's width on average."""
    chance = np.random.default_rng(8)
    typical = float(np.mean(sizes))
    gaps: list[float] = []
    for q in (0.5, 0.9):
        probes = stats.probes(typical, q)
        for size in sizes:
            for _ in range(60):
                sample: npt.NDArray[np.float64] = chance.lognormal(5, 0.8, size)
                values, n = np.unique(sample, return_counts=True)
                exact = stats.quantiles(values, n, [0], q)
                at = tuple(np.quantile(sample, [part]) for part in (probes[0], q, probes[1]))
                close = stats.spread_interval([size], q, probes, at)  # type: ignore[arg-type]
                width = exact.high[0] - exact.low[0]
                gaps += [(close.low[0] - exact.low[0]) / width, (close.high[0] - exact.high[0]) / width]
    assert abs(float(np.mean(gaps))) < 0.05
    assert float(np.mean(np.abs(gaps))) < 0.10
