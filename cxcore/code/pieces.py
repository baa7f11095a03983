"""The functions of each method, as text: numpy, scipy and statsmodels alone.

In every piece `c` and `t` are the answers of control and treatment, and `interval(c, t, level)` gives value, low and
high. Answers of NPS are 100, 0 and −100, those of a share 100 and 0, and times that are told as a ratio are logarithms.
"""

from __future__ import annotations

from dataclasses import dataclass

BRENTQ = "from scipy.optimize import brentq"
_NORM = "from scipy.stats import norm"
_T = "from scipy.stats import t as t_of"
_WELCH = "from statsmodels.stats.weightstats import CompareMeans, DescrStatsW"


@dataclass(frozen=True)
class Piece:
    """Lines of a script with what they import. `with_p`: they give `p_value` too, else it is sought by `SOUGHT`;
    `with_error`: they give `estimate`, the value and its standard error."""

    lines: str
    imports: tuple[str, ...] = ()
    with_p: bool = True
    with_error: bool = False


_NPS = Piece(
    """\
def limits(answers, level):
    n, good, bad = len(answers), (answers > 0).sum(), (answers < 0).sum()
    score, z = (good - bad) / n, norm.ppf((1 + level) / 2)

    def gap(d, z):  # Tango 1998: z standard errors, as they would be if the true score were d
        linear = (2 * n - good + bad) * d - good - bad
        rarer = (max(linear**2 + 8 * n * bad * d * (1 - d), 0) ** 0.5 - linear) / (4 * n)
        return good - bad - n * d - z * max(n * (2 * rarer + d * (1 - d)), 0) ** 0.5

    low = brentq(gap, -1, score - 1e-9 * (1 + score), args=(z,))
    high = brentq(gap, score + 1e-9 * (1 - score), 1, args=(-z,))
    return 100 * score, 100 * low, 100 * high


def interval(c, t, level):  # MOVER: Zou & Donner 2008
    (score_c, low_c, high_c), (score_t, low_t, high_t) = limits(c, level), limits(t, level)
    value = score_t - score_c
    low = value - np.hypot(score_t - low_t, high_c - score_c)
    return value, low, value + np.hypot(high_t - score_t, score_c - low_c)
""",
    (BRENTQ, _NORM),
    with_p=False,
)
_SHARE = Piece(
    """\
def counts(c, t):
    return (t > 0).sum(), len(t), (c > 0).sum(), len(c)


def interval(c, t, level):
    low, high = confint_proportions_2indep(*counts(c, t), method="newcomb", compare="diff", alpha=1 - level)
    return t.mean() - c.mean(), 100 * low, 100 * high


def p_value(c, t):
    good_t, n_t, good_c, n_c = counts(c, t)
    if max(n_c, n_t) <= 100:
        return boschloo_exact([[good_t, good_c], [n_t - good_t, n_c - good_c]]).pvalue
    return proportions_ztest([good_t, good_c], [n_t, n_c])[1]
""",
    ("from scipy.stats import boschloo_exact",
     "from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest"),
)  # fmt: skip
_MEAN = Piece(
    """\
def interval(c, t, level):
    both = CompareMeans(DescrStatsW(t), DescrStatsW(c))
    return t.mean() - c.mean(), *both.tconfint_diff(alpha=1 - level, usevar="unequal")


def p_value(c, t):
    return CompareMeans(DescrStatsW(t), DescrStatsW(c)).ttest_ind(usevar="unequal")[1]
""",
    (_WELCH,),
)
_RANGE = Piece(
    """\
LOW, HIGH = {low}, {high}  # no number can leave this range


def room(mean):  # what the variance of such numbers is in proportion to
    return mean - LOW if HIGH == np.inf else (mean - LOW) * (HIGH - mean) / (HIGH - LOW)


def shared_spread(c, t):
    return sum((len(x) - 1) * x.var() for x in (c, t)) / sum((len(x) - 1) * room(x.mean()) for x in (c, t))


def limits(answers, shared, level):  # a score interval: the variance is that at the interval's own end
    n, mean = len(answers), answers.mean()
    beside = room(mean) + (0.5 if HIGH == np.inf else (HIGH - LOW) / 4) / n
    spread = ((n - 1) * answers.var() + 3 * shared * beside) / ((n - 1) * room(mean) + 3 * beside)
    spread = min(spread, (HIGH - LOW) * n / (n - 1))
    step = t_of.ppf((1 + level) / 2, n - 1) ** 2 * spread / n
    far = min(HIGH, mean + 1 + 3 * step + mean - LOW)
    gap = lambda end: (end - mean) ** 2 - step * room(end)
    under, over = mean - 1e-9 * (mean - LOW), mean + 1e-9 * (far - mean)
    return mean, brentq(gap, LOW, under, xtol=1e-12), brentq(gap, over, far, xtol=1e-12)


def interval(c, t, level):  # MOVER: Zou & Donner 2008
    shared = shared_spread(c, t)
    (mean_c, low_c, high_c), (mean_t, low_t, high_t) = limits(c, shared, level), limits(t, shared, level)
    value = mean_t - mean_c
    low = value - np.hypot(mean_t - low_t, high_c - mean_c)
    return value, low, value + np.hypot(high_t - mean_t, mean_c - low_c)
""",
    (BRENTQ, _T),
    with_p=False,
)
_CLUSTERS = Piece(
    """\
def per_customer(answers):  # each customer's sum, and the number of answers it is taken over
    rows = pd.DataFrame({"sum": answers, "count": per[answers.index], "n": 1}).groupby(unit[answers.index]).sum()
    return rows[rows["count"] > 0]


def of_arm(x):  # Bell & McCaffrey 2002: the mean, its CR2 variance, and what its degrees of freedom are made of
    m, total = x["count"], x["count"].sum()
    mean = x["sum"].sum() / total
    pulled = m**2 / (1 - m / total)
    variance = ((x["sum"] - mean * m) ** 2 / (1 - m / total)).sum() / total**2
    form = ((m**2).sum() + (pulled.sum() ** 2 - (pulled**2).sum()) / total**2) / total**4
    return mean, variance, 1 / total, form


def estimate(c, t):
    (mean_c, variance_c, *_), (mean_t, variance_t, *_) = of_arm(c), of_arm(t)
    return mean_t - mean_c, (variance_c + variance_t) ** 0.5


def spread(c, t):  # Student's t with Satterthwaite's degrees of freedom
    (*_, trace_c, form_c), (*_, trace_t, form_t) = of_arm(c), of_arm(t)
    return t_of((trace_c + trace_t) ** 2 / (form_c + form_t))


def interval(c, t, level):
    value, error = estimate(c, t)
    half = spread(c, t).ppf((1 + level) / 2) * error
    return value, value - half, value + half


def p_value(c, t):
    value, error = estimate(c, t)
    return 2 * spread(c, t).sf(abs(value) / error)
""",
    (_T,),
    with_error=True,
)
_RATIO = Piece(
    """\
def linear(answers):  # a ratio of sums as the mean of a number for each row: Cochran 1977
    beside = per[answers.index]
    ratio = answers.sum() / beside.sum()
    return ratio + (answers - ratio * beside) / beside.mean()


"""
    + _MEAN.lines,
    _MEAN.imports,
)
_HAZARD = Piece(
    """\
def away(c, t):  # Peto: ends observed in the treatment arm less those expected, and their variance
    time, ended = pd.concat([c, t]), over[np.concatenate([c.index, t.index])].to_numpy()
    treated = np.arange(len(time)) >= len(c)
    rows = pd.DataFrame({"time": time.to_numpy(), "all": 1, "t": treated, "ends": ended, "ends_t": ended * treated})
    at = rows.groupby("time").sum().astype(float)
    risk, risk_t = at["all"][::-1].cumsum()[::-1], at["t"][::-1].cumsum()[::-1]
    part = risk_t / risk
    variance = at["ends"] * part * (1 - part) * (risk - at["ends"]) / (risk - 1).clip(lower=1)
    return (at["ends_t"] - at["ends"] * part).sum(), variance.sum()


def estimate(c, t):  # the logarithm of the hazard ratio
    observed, variance = away(c, t)
    return observed / variance, variance**-0.5


def interval(c, t, level):
    value, error = estimate(c, t)
    half = norm.ppf((1 + level) / 2) * error
    return value, value - half, value + half


def p_value(c, t):
    time, ended = pd.concat([c, t]), over[np.concatenate([c.index, t.index])].to_numpy()
    return survdiff(time.to_numpy(), ended, np.arange(len(time)) >= len(c))[1]
""",
    (_NORM, "from statsmodels.duration.survfunc import survdiff"),
    with_error=True,
)
ERROR = """\
def estimate(c, t):
    return t.mean() - c.mean(), (c.var() / len(c) + t.var() / len(t)) ** 0.5
"""
FREE = """\
PLANNED = {planned}  # answers of both arms, where the interval is tightest


def tuned(c, t, level):  # Waudby-Smith & others 2024
    n, tuning = {n}, -2 * np.log(1 - level)
    return n * (tuning + np.log(tuning + 1)) / PLANNED


def interval(c, t, level):  # holds however often one looks
    (value, error), so_far = estimate(c, t), tuned(c, t, level)
    half = error * (2 * (so_far + 1) / so_far * np.log((so_far + 1) ** 0.5 / (1 - level))) ** 0.5
    return value, {ends}


def p_value(c, t, level):
    (value, error), so_far = estimate(c, t), tuned(c, t, level)
    return min(1, np.exp(np.log(so_far + 1) / 2 - (value / error) ** 2 * so_far / (2 * (so_far + 1))))
"""
MOVED = """\
def moved(c, t, level):  # each group's change, MOVER between the two: Zou & Donner 2008
    (change_c, low_c, high_c), (change_t, low_t, high_t) = interval(*c, level), interval(*t, level)
    value = change_t - change_c
    low = value - np.hypot(change_t - low_t, high_c - change_c)
    return value, low, value + np.hypot(high_t - change_t, change_c - low_c)
"""
SOUGHT = """\
def p_value(c, t):  # the level at which the interval touches 0
    value = {interval}(c, t, 0.95)[0]
    end = lambda p: {interval}(c, t, 1 - p)[1 if value > 0 else 2] * np.sign(value)
    if end(1e-13) > 0 or end(0.999) < 0:  # never, or always
        return 0.0 if end(1e-13) > 0 else 1.0
    return brentq(end, 1e-13, 0.999, xtol=1e-15) if value else 1.0
"""
PIECES = {
    "nps": _NPS, "share": _SHARE, "exact": _SHARE, "mean": _MEAN, "range": _RANGE, "ratio": _RATIO, "duration": _MEAN,
    "clusters": _CLUSTERS, "log_clusters": _CLUSTERS, "survival": _HAZARD,
}  # fmt: skip
