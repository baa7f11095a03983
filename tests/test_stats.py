"""The statistics door: against other implementations, published figures and cases countable by hand."""

from __future__ import annotations

import itertools
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import ndtr, ndtri
from scipy.stats import gamma, multinomial, norm, ttest_ind_from_stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint, proportions_ztest
from statsmodels.stats.weightstats import DescrStatsW

from cxcore import stats
from cxcore.stats import ranges, search, shifts
from cxcore.stats.roots import bracketed_root

TRINOMIALS = [(3, 1, 1), (10, 5, 5), (6, 9, 15), (0, 12, 0), (40, 0, 60), (1, 0, 0), (999, 0, 1)]
SKEWED = (0.9, 0.07, 0.03)
WORTH = np.array([100.0, 0.0, -100.0])


def test_importing_the_door_stays_cheap() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys; from cxcore import stats; print(*sys.modules)"],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert "scipy.special" in loaded
    assert {"statsmodels", "scipy.stats", "scipy.optimize", "pandas"}.isdisjoint(loaded)


def test_roots_of_equations_with_known_roots() -> None:
    known = np.array([0.0, 0.1, 0.5, 0.999, 1.0])
    for equation in (
        lambda x: x - known,
        lambda x: np.sign(x - known) * np.sqrt(abs(x - known)),
        lambda x: x**9 - known**9,
    ):
        assert bracketed_root(equation, np.zeros(5), np.ones(5)) == pytest.approx(known, abs=1e-13)


# One NPS ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("counts", TRINOMIALS)
def test_nps_limits_are_where_the_score_statistic_reaches_z(counts: tuple[int, int, int]) -> None:
    """The definition, by brute force: maximise the likelihood under each limit, then standardise."""
    promoters, _passives, detractors = counts
    n = sum(counts)
    interval = stats.nps_interval(*counts)
    assert interval is not None
    for limit, sign in ((interval.low / 100, 1), (interval.high / 100, -1)):
        if abs(limit) == 1:
            assert n in (promoters, detractors)
            continue

        def lost(d: float, score: float = limit) -> float:
            shares = (score + d, 1 - score - 2 * d, d)
            return -sum(k * math.log(max(s, 1e-300)) for k, s in zip(counts, shares, strict=True) if k)

        d = minimize_scalar(
            lost, bounds=(max(0, -limit), (1 - limit) / 2), method="bounded", options={"xatol": 1e-13}
        ).x
        z = ((promoters - detractors) / n - limit) / math.sqrt((2 * d + limit - limit**2) / n)
        assert z == pytest.approx(sign * 1.959964, rel=1e-4)


def test_turning_promoters_into_detractors_mirrors_the_nps_interval() -> None:
    counts = np.random.default_rng(7).integers(0, 40, (3, 500)) + np.array([[1], [0], [0]])
    straight, mirrored = stats.nps_intervals(*counts), stats.nps_intervals(*counts[::-1])
    assert straight.low == pytest.approx(-mirrored.high, abs=1e-9)
    assert straight.high == pytest.approx(-mirrored.low, abs=1e-9)


def test_many_nps_intervals_are_those_of_each() -> None:
    promoters, passives, detractors = (np.array(column) for column in zip(*TRINOMIALS, strict=True))
    many = stats.nps_intervals(promoters, passives, detractors, 0.9)
    for place, counts in enumerate(TRINOMIALS):
        one = stats.nps_interval(*counts, level=0.9)
        assert one is not None
        assert (many.low[place], many.high[place]) == pytest.approx(tuple(one), abs=1e-9)
        assert -100 <= one.low < one.high <= 100


@pytest.mark.parametrize(("n", "published"), [(10, 0.959), (20, 0.955), (30, 0.954)])
def test_nps_interval_covers_as_published(n: int, published: float) -> None:
    """Exact coverage over all outcomes, for every trinomial in steps of a tenth; mean as in STATISTICS.md."""
    outcomes = np.array([(p, n - p - d, d) for p in range(n + 1) for d in range(n + 1 - p)])
    limits = stats.nps_intervals(*outcomes.T)
    coverage = []
    for p, d in itertools.product(range(1, 9), repeat=2):
        if p + d < 10:
            truth = (p / 10, (10 - p - d) / 10, d / 10)
            inside = (limits.low <= 10 * (p - d) + 1e-9) & (10 * (p - d) - 1e-9 <= limits.high)
            coverage.append(multinomial.pmf(outcomes[inside], n, truth).sum())
    assert np.mean(coverage) >= 0.94
    assert np.mean(coverage) == pytest.approx(published, abs=0.01)


def test_nps_interval_from_one_answer_to_a_million() -> None:
    # All promoters: n(1 − x)² = z²(1 − x²) gives x = (n − z²) / (n + z²).
    z2 = ndtri(0.975) ** 2
    for n in (1, 7, 1_000_000):
        interval = stats.nps_interval(n, 0, 0)
        assert interval is not None
        assert interval == pytest.approx((100 * (n - z2) / (n + z2), 100), abs=1e-7)
    wald = 196 * math.sqrt((0.7 - 0.3**2) / 1e6)
    large = stats.nps_interval(500_000, 300_000, 200_000)
    assert large == pytest.approx((30 - wald, 30 + wald), abs=1e-3)


def test_without_answers_nothing_is_said() -> None:
    assert stats.nps_interval(0, 0, 0) is None
    assert stats.share_interval(0, 0) is None
    assert np.isnan(stats.nps_intervals([0, 5], [0, 0], [0, 5]).low).tolist() == [True, False]
    assert np.isnan(stats.share_intervals([0, 1], [0, 2]).high).tolist() == [True, False]
    assert stats.mean_interval(1, 4.0, math.nan) is None
    assert stats.nps_moments(1, 0, 0) is None


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        stats.nps_interval(-1, 3, 3)
    with pytest.raises(ValueError, match="between 0 and n"):
        stats.share_interval(4, 3)
    with pytest.raises(ValueError, match="between 0 and 1"):
        stats.false_discovery([0.2, math.nan])


# One share, one mean ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [0.8, 0.95, 0.999])
def test_wilson_equals_statsmodels(level: float) -> None:
    counts, sizes = np.array([(k, n) for n in (1, 2, 9, 50, 1000) for k in {0, 1, n // 3, n - 1, n}]).T
    low, high = proportion_confint(counts, sizes, alpha=1 - level, method="wilson")
    found = stats.share_intervals(counts, sizes, level)
    assert found.low == pytest.approx(low, abs=1e-12)
    assert found.high == pytest.approx(high, abs=1e-12)
    assert (found.low[counts == 0] == 0).all()
    assert (found.high[counts == sizes] == 1).all()


def test_mean_interval_equals_statsmodels() -> None:
    values = [3, 4, 2, 5, 6, 3, 4, 5, 2, 4]
    found = stats.mean_interval(len(values), np.mean(values), np.std(values, ddof=1), 0.9)
    assert found == pytest.approx(DescrStatsW(values).tconfint_mean(alpha=0.1), abs=1e-12)


def test_equal_answers_give_no_zero_width_interval() -> None:
    assert stats.mean_interval(30, 4.0, 0.0) is None
    assert stats.mean_interval(30, 0.1, 1.4e-17) is None  # what rounding leaves of thirty times 0.1
    assert stats.mean_interval(30, 1.7e9, 0.5) is not None  # timestamps half a second apart do vary


# Differences --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("control", "treatment"),
    [((16, 12, 8), (11, 9, 11)), ((10, 0, 0), (0, 12, 0)), ((0, 0, 10), (0, 1, 10)), ((2, 0, 0), (0, 0, 2))],
)
def test_nps_p_is_the_level_at_which_the_interval_touches_0(
    control: tuple[int, int, int], treatment: tuple[int, int, int]
) -> None:
    p = stats.nps_difference(control, treatment).p
    assert p is not None
    at_p = stats.nps_difference(control, treatment, 1 - p)
    assert at_p.low is not None
    assert at_p.high is not None
    assert min(abs(at_p.low), abs(at_p.high)) < 1e-6


def test_nps_differences_swap_sign_with_the_arms() -> None:
    there, back = stats.nps_difference((16, 12, 8), (30, 9, 2)), stats.nps_difference((30, 9, 2), (16, 12, 8))
    assert (there.value, there.low, there.high) == pytest.approx((-back.value, -back.high, -back.low), abs=1e-9)
    assert there.p == pytest.approx(back.p, rel=1e-9)
    assert there.value > 0


def test_equal_nps_has_p_1() -> None:
    assert stats.nps_difference((5, 5, 0), (50, 50, 0)).p == 1


def test_too_few_and_no_variation_give_no_p() -> None:
    for few in (
        stats.nps_difference((1, 0, 0), (5, 3, 2)),
        stats.share_difference((1, 1), (5, 9), with_p=True),
        stats.mean_difference((1, 4.0, math.nan), (3, 4.0, 1.0)),
    ):
        assert (few.status, few.value, few.low, few.high, few.p) == ("too_few", None, None, None, None)
    same_share = stats.share_difference((0, 10), (0, 20), with_p=True)
    assert (same_share.status, same_share.value, same_share.p) == ("no_variation", 0, None)
    assert same_share.low < 0 < same_share.high
    constant = stats.mean_difference((5, 4.0, 0.0), (6, 5.0, 0.0))
    assert (constant.status, constant.value, constant.low, constant.p) == ("no_variation", 1.0, None, None)


def test_share_p_is_exact_to_100_answers_and_z_above() -> None:
    assert stats.share_difference((48, 80), (56, 70)).p is None
    above = stats.share_difference((60, 101), (80, 100), with_p=True).p
    assert above == pytest.approx(proportions_ztest([80, 60], [100, 101])[1], rel=1e-12)
    # 7 of 7 against 0 of 7, by hand: the only more extreme table is its mirror, so p = 2 · max q⁷(1−q)⁷ = 2 / 2¹⁴.
    assert stats.share_difference((0, 7), (7, 7), with_p=True).p == pytest.approx(2 / 2**14, rel=1e-4)


def test_welch_equals_scipy() -> None:
    found = stats.mean_difference((12, 3.7, 1.2), (40, 4.3, 0.8))
    theirs = ttest_ind_from_stats(4.3, 0.8, 40, 3.7, 1.2, 12, equal_var=False)
    assert found.p == pytest.approx(theirs.pvalue, rel=1e-9)
    assert (found.low < 0 < found.high) is bool(theirs.pvalue > 0.05)


# Families -----------------------------------------------------------------------------------------------------------


def test_false_discovery_on_the_published_example() -> None:
    """Benjamini & Hochberg 1995, section 3.2: of these 15 the procedure rejects the first four at 0.05."""
    p = [1e-4, 4e-4, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1]
    mixed = np.random.default_rng(3).permutation(p)
    adjusted = stats.false_discovery(mixed)
    assert sorted(mixed[adjusted <= 0.05]) == p[:4]
    assert adjusted == pytest.approx(multipletests(mixed, method="fdr_bh")[1], abs=1e-15)
    assert stats.false_discovery([]).size == 0


# Moments and limits -------------------------------------------------------------------------------------------------


def test_moments_are_those_of_the_answers() -> None:
    answers = np.repeat(WORTH, (9, 4, 2))
    found = stats.nps_moments(9, 4, 2)
    off = answers - answers.mean()
    assert found == pytest.approx(
        (
            answers.mean(),
            answers.var(ddof=1),
            (off**3).mean() / answers.std() ** 3,
            (off**4).mean() / answers.var() ** 2 - 3,
        )
    )
    # A fair coin by hand: variance ¼, no skewness, kurtosis 1 − 3.
    assert stats.share_moments(500_000, 1_000_000) == pytest.approx((0.5, 0.25, 0, -2), abs=1e-6)
    assert stats.nps_moments(0, 5, 0) == (0, 0, 0, 0)


def test_pooled_moments_are_those_of_all_rows() -> None:
    groups = [np.array([1.0, 5, 7, 7]), np.array([]), np.array([2.0, 2, 3]), np.array([7.0])]
    rows = np.concatenate(groups)
    off = rows - rows.mean()
    filled = [group if group.size else np.array([math.nan]) for group in groups]
    found = stats.pooled_moments(
        [group.size for group in groups],
        [group.mean() for group in filled],
        [group.var() for group in filled],
        [((group - group.mean()) ** 3).mean() for group in filled],
    )
    assert found is not None
    assert found[:3] == pytest.approx((rows.mean(), rows.var(ddof=1), (off**3).mean() / rows.std() ** 3))


def test_moving_range_limits_of_the_textbook() -> None:
    """Montgomery, Introduction to Statistical Quality Control, 6.4: viscosity of aircraft primer paint."""
    batches = [33.75, 33.05, 34.00, 33.81, 33.46, 34.02, 33.68, 33.27, 33.49, 33.20, 33.62, 33.00, 33.54, 33.12, 33.84]
    assert stats.moving_range_limits(batches) == pytest.approx((32.24, 34.80), abs=0.01)
    assert stats.moving_range_limits(batches, (33.0, 34.0)) == (33.0, 34.0)
    assert all(math.isnan(end) for end in stats.moving_range_limits(batches[:7]))


def test_control_limits_of_the_textbook() -> None:
    """Montgomery, Introduction to Statistical Quality Control, example 7.1: p̄ = 0.2313, n = 50."""
    limits = stats.control_limits([50, 0, 2], 0.2313, math.sqrt(0.2313 * 0.7687), (0, 1))
    assert (limits.low[0], limits.high[0]) == pytest.approx((0.0524, 0.4102), abs=1e-4)
    assert math.isnan(limits.low[1])
    assert (limits.low[2], limits.high[2]) == (0, 1)


# Shifts -------------------------------------------------------------------------------------------------------------


def shift_of(counts: np.ndarray, **options: float) -> stats.Shift | None:
    n = counts.sum(axis=1)
    answers = stats.nps_moments(*counts.sum(axis=0))
    assert answers is not None
    mean = np.divide(counts @ WORTH, n, out=np.full(n.size, np.nan), where=n > 0)
    return stats.find_shift(n, mean, answers, bounds=(-100, 100), **options)


def weeks(*levels: tuple[int, tuple[int, int, int]]) -> np.ndarray:
    return np.array([counts for times, counts in levels for _ in range(times)])


HIGH, LOW, EMPTY = (60, 30, 10), (30, 30, 40), (0, 0, 0)


@pytest.mark.parametrize(
    ("series", "start", "end", "value"),
    [
        (weeks((10, HIGH), (4, LOW), (12, HIGH)), 10, 14, -60),
        (weeks((10, LOW), (4, HIGH), (12, LOW)), 10, 14, 60),
        (weeks((17, HIGH), (9, LOW)), 17, 26, -60),  # since the eighteenth week
        (weeks((9, HIGH), (17, LOW)), 0, 9, 60),  # until the ninth
        (weeks((6, HIGH), (6, LOW)), 6, 12, -60),
        (weeks((10, HIGH), (1, LOW), (2, EMPTY), (1, LOW), (12, HIGH)), 10, 14, -60),
        (weeks((2, EMPTY), (15, HIGH), (2, LOW), (3, EMPTY)), 17, 22, -60),
        (weeks((1, HIGH), (1, LOW)), 1, 2, -60),
    ],
)
def test_a_plain_shift_is_found_where_it_is(series: np.ndarray, start: int, end: int, value: float) -> None:
    shift = shift_of(series)
    assert shift is not None
    assert (shift.start, shift.end) == (start, end)
    assert shift.value == pytest.approx(value)
    assert shift.p < 0.001
    assert shift.low < value < shift.high
    assert not shift.low <= 0 <= shift.high


def test_without_a_series_or_variation_there_is_no_shift() -> None:
    steady = stats.Moments(50, 100, 0)
    assert stats.find_shift([], [], steady) is None
    assert stats.find_shift([10, 0], [50, math.nan], steady) is None
    assert stats.find_shift([3, 3, 3], [50, 60, 50], steady) is None  # fewer than five answers in every window
    assert shift_of(weeks((12, (0, 9, 0)))) is None


def test_the_shift_interval_leaves_out_0_exactly_when_p_is_below_the_level() -> None:
    rng = np.random.default_rng(11)
    said = []
    for drop in np.linspace(0, 0.2, 60):
        series = rng.multinomial(60, (0.5, 0.3, 0.2), 12)
        series[4:7] = rng.multinomial(60, (0.5 - drop, 0.3, 0.2 + drop), 3)
        for level in (1e-7, 0.001, 0.045, 0.3):
            shift = shift_of(series, level=level)
            assert shift is not None
            assert (not shift.low <= 0 <= shift.high) is (shift.p < level)
            said.append(shift.p < level)
    assert 0.2 < np.mean(said) < 0.8


def test_two_periods_are_an_ordinary_z_test() -> None:
    shift = stats.find_shift([400, 900], [10, 19], stats.Moments(16, 70**2, 0))
    assert shift is not None
    z = 9 / (70 * math.sqrt(1 / 400 + 1 / 900))
    assert shift.p == pytest.approx(2 * ndtr(-z), rel=0.05)
    assert shift.critical == pytest.approx(ndtri(1 - shifts.CLAIM_LEVEL / 2), rel=0.02)


def test_the_null_distribution_is_that_of_series_looked_at_one_by_one() -> None:
    n = np.array([50, 5, 80, 20, 20, 100, 3, 40, 60, 10, 30, 30.0])
    windows = search.windows_of(n.size)
    contrasts, asked = [], []
    for start, end, more in zip(windows.starts, windows.ends, windows.asked, strict=True):
        inside = np.zeros(n.size, bool)
        inside[start:end] = True
        held, rest = n[inside].sum(), n[~inside].sum()
        if min(held, rest) >= 5:
            gap = np.where(inside, n / held, -n / rest)
            contrasts.append(gap / math.sqrt(1 / held + 1 / rest))
            asked.append(more)
    means = np.random.default_rng(99).standard_normal((20_000, n.size)) / np.sqrt(n)
    largest = (np.abs(means @ np.array(contrasts).T) - asked).max(axis=1)
    null = search.null_of(tuple(n.tolist()), 5)
    for level in (0.5, 0.1, 0.045, 0.01):
        assert np.mean(largest > null.critical(level)) == pytest.approx(level, abs=5 * math.sqrt(level / 20_000))


def test_windows_are_no_longer_than_the_rest_and_each_comparison_stands_once() -> None:
    for periods in (2, 3, 8, 13, 52):
        windows = search.windows_of(periods)
        compared = [
            frozenset([inside := frozenset(range(start, end)), frozenset(range(periods)) - inside])
            for start, end in zip(windows.starts.tolist(), windows.ends.tolist(), strict=True)
        ]
        assert len(set(compared)) == len(compared)
        assert (2 * (windows.ends - windows.starts) <= periods).all()
        assert sum(frozenset(range(cut)) in pair for cut in range(1, periods) for pair in compared) == periods - 1


@pytest.mark.parametrize("skew", [0.1, 0.5, 1.0])
def test_skewed_statistics_are_read_as_normal_scores(skew: float) -> None:
    shape = 4 / skew**2
    for score in (2.0, 3.0, 4.0):
        z = (gamma.isf(norm.sf(score), shape) - shape) / math.sqrt(shape)
        assert shifts._normal_score(np.array(z), np.array(skew)) == pytest.approx(score, abs=0.06)
        assert shifts._raw_score(score, skew) == pytest.approx(z, rel=0.03)


def test_two_detractors_among_five_answers_are_no_news() -> None:
    """Seven detractors thrown at 52 weeks meet in one of them in three files of ten (the birthday problem)."""
    series = weeks((46, (5, 0, 0)), (5, (4, 0, 1)), (1, (3, 0, 2)))
    shift = shift_of(np.random.default_rng(1).permutation(series))
    assert shift is not None
    assert shift.p > 0.2


@pytest.mark.parametrize(
    ("periods", "answers", "scores"),
    [
        (52, 100, (0.5, 0.3, 0.2)),
        (52, 5, SKEWED),
        (52, 20, (0.98, 0.01, 0.01)),
        (12, 20, SKEWED),
        (52, 10, (0.02, 0.96, 0.02)),
    ],
)
def test_steady_series_are_rarely_said_to_shift(periods: int, answers: int, scores: tuple[float, float, float]) -> None:
    rng = np.random.default_rng(2)
    claims = 0
    for _ in range(400):
        shift = shift_of(rng.multinomial(answers, scores, periods))
        claims += shift is not None and shift.p < stats.CLAIM_LEVEL
    assert claims <= 31  # 5 % of 400 is 20; more than 31 have a chance below 1 % even then


def test_a_lasting_drop_is_mostly_named() -> None:
    rng = np.random.default_rng(4)
    named = 0
    for _ in range(300):
        series = rng.multinomial(100, (0.5, 0.3, 0.2), 52)
        series[20:24] = rng.multinomial(100, (0.4, 0.3, 0.3), 4)
        shift = shift_of(series)
        assert shift is not None
        named += shift.p < stats.CLAIM_LEVEL and shift.value < 0 and min(shift.end, 24) - max(shift.start, 20) >= 2
    assert named >= 255  # 90 % of 300 is 270; fewer than 255 have a chance below 1 % even then


def holds_none(found: stats.Difference) -> bool:
    assert found.low is not None
    assert found.high is not None
    return found.low <= 0 <= found.high


def test_means_near_the_end_of_their_scale_hold_in_few_answers_against_many() -> None:
    """Where Welch's interval of 10 v 100 answers misses the truth in one case of ten, it may in one of twenty."""
    rng = np.random.default_rng(5)
    within, weights = (1.0, 5.0), (0.03, 0.04, 0.08, 0.25, 0.60)
    runs, welch, ours = 600, 0, 0
    for _ in range(runs):
        arms = [rng.choice(np.arange(1, 6), n, p=weights) for n in (10, 100)]
        control, treatment = ((float(arm.size), float(arm.mean()), float(arm.std(ddof=1))) for arm in arms)
        theirs = stats.mean_difference(control, treatment)
        skewed = ranges.skewed_by(control, treatment, within)
        chosen = ranges.range_difference(control, treatment, within) if skewed else theirs
        welch, ours = welch + holds_none(theirs), ours + holds_none(chosen)
    assert welch < 0.92 * runs < 0.94 * runs < ours


def test_ten_answers_all_alike_do_not_claim_certainty() -> None:
    found = ranges.range_difference((10, 5.0, 0.0), (100, 4.4, 1.0), (1, 5), with_p=True)
    assert found.p is not None
    assert found.high is not None
    assert found.high > 0  # Welch takes the ten for a mean known exactly: −0.8 to −0.4
    assert found.p > 0.05
    assert ranges.range_difference((10, 5.0, 0.0), (9, 5.0, 0.0), (1, 5)).status == "no_variation"
    assert ranges.range_difference((1, 5.0, 0.0), (9, 4.0, 1.0), (1, 5)).status == "too_few"


def test_numbers_far_from_the_end_of_their_range_are_left_to_welch() -> None:
    assert not ranges.skewed_by((10, 10.0, 1.0), (100, 10.2, 1.0), (0, math.inf))
    assert not ranges.skewed_by((10, 3.0, 1.2), (100, 3.1, 1.1), (1, 5))
    assert ranges.skewed_by((10, 1.0, 1.5), (100, 1.2, 1.6), (0, math.inf))
    assert not ranges.skewed_by((10, 1.0, 1.5), (12, 1.2, 1.6), (0, math.inf))  # skewness cancels in even arms
