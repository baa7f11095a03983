"""A change of level somewhere in a series of periods."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from cxcore.stats.results import FloatArray, Moments, Shift
from cxcore.stats.search import null_of, windows_of

CLAIM_LEVEL = 0.045
"""Adjusted p below which a shift is claimed. Where nothing changes at most 5 % of runs may claim one; this is a little
less because the null distribution is simulated and approximate (measured by tests/bench/simulate_findings.py)."""

# With twelve periods the largest of all windows passes 2.6 by chance in one steady series of seven, with forty it
# passes 3.0 in one of five. A smaller one is never claimed, so its p is given as 1 and nothing is simulated: most
# steady series cost nothing.
_HOPELESS = ((40, 3.0), (12, 2.6))
_ROUNDING = 1e-12  # a standard deviation below this share of the mean is rounding, not variation
_SYMMETRIC = 1e-6  # the smallest skewness at which the gamma formulas still keep their digits


def find_shift(
    n: npt.ArrayLike,
    mean: npt.ArrayLike,
    answers: Moments,
    *,
    bounds: tuple[float, float] | None = None,
    min_answers: int = 5,
    level: float = CLAIM_LEVEL,
) -> Shift | None:
    """The window of consecutive periods that differs most from the rest of the series; None when none can be tested.

    `n` answers (0 allowed) and their `mean` per period; `answers`: the moments of all single answers of the series
    together, as if nothing had changed (`nps_moments`, `share_moments`, `pooled_moments`), in the unit of `mean`.
    `bounds` of the metric clip the interval. The window and the rest hold at least `min_answers` each.

    Windows are up to half of the periods long (`Windows` says which): a lasting change in the first half is found as
    the periods before it (`start` 0), one in the second half as the periods after it. Each has
    Z = (mean inside − mean of the rest) / sqrt(variance · (1/N inside + 1/N rest)), shrunk where few skewed answers
    make a large Z likely (`_normal_score`). The largest is judged by the distribution of such maxima in steady series
    with these very n (as in circular binary segmentation: Olshen, Venkatraman, Lucito & Wigler 2004, Biostatistics
    5:557–572), simulated, or by the Bonferroni bound where that is smaller; the interval is unbounded where no claim
    can follow (p not below `level`, and given as 1 where that is plain without simulation). It asks whether the level
    moved by more than chance in sampling answers explains; weeks that differ by nature count as moves once n is large.
    """
    sizes, means = np.asarray(n, np.float64), np.asarray(mean, np.float64)
    held = np.flatnonzero(sizes > 0)
    if held.size < 2 or answers.variance <= (_ROUNDING * answers.mean) ** 2:
        return None
    weights = sizes[held]
    windows = windows_of(held.size)
    inside, outside = windows.inside_and_rest(weights)
    in_sum, out_sum = windows.inside_and_rest(weights * (means[held] - answers.mean))
    gap = in_sum / inside - out_sum / outside
    error = np.sqrt(answers.variance * (1 / inside + 1 / outside))
    up, down = _tails(answers, inside, outside)
    score = _normal_score(np.abs(gap) / error, np.where(gap > 0, up, down)) - windows.asked
    score[np.minimum(inside, outside) < min_answers] = -np.inf
    best = int(np.argmax(score))
    if score[best] == -np.inf:
        return None
    value = float(gap[best])
    start, end = int(windows.starts[best]), int(windows.ends[best])
    place = (int(held[start]) if start else 0, sizes.size if end == held.size else int(held[end - 1]) + 1)
    if any(held.size >= periods and score[best] < floor for periods, floor in _HOPELESS):
        return Shift(*place, value, -math.inf, math.inf, 1.0, math.inf)
    null = null_of(tuple(weights.tolist()), min_answers)
    p = null.p(float(score[best]), level)
    if p >= level:
        return Shift(*place, value, -math.inf, math.inf, p, math.inf)
    critical = null.critical(level) + float(windows.asked[best])
    low = value - float(error[best] * _raw_score(critical, up[best]))
    high = value + float(error[best] * _raw_score(critical, down[best]))
    if bounds is not None:
        span = bounds[1] - bounds[0]
        low, high = max(low, -span), min(high, span)
    return Shift(*place, value, low, high, p, critical)


def _tails(answers: Moments, inside: FloatArray, outside: FloatArray) -> tuple[FloatArray, FloatArray]:
    """How heavy the upper and the lower tail of every window's Z are, as a skewness ≥ 0 (0: normal).

    Skewness makes one tail heavy; the other, lighter than normal, is taken as normal. Excess kurtosis beyond that of
    a gamma variate of this skewness makes both heavy: at Z = 4, where claims are decided, as much as the same amount
    of skewness would (equal terms of the Edgeworth exponent, skewness·Z³/6 and kurtosis·Z⁴/24).
    """
    total = inside + outside
    skew = answers.skewness * (outside - inside) / np.sqrt(inside * outside * total)
    both = max(0.0, answers.kurtosis - 1.5 * answers.skewness**2) * (inside**-3 + outside**-3)
    both *= (inside * outside / total) ** 2
    return np.maximum(skew, 0) + both, np.maximum(-skew, 0) + both


def _normal_score(z: FloatArray, tail: FloatArray) -> FloatArray:
    """The normal score of |Z| when it follows a standardised gamma distribution with this skewness.

    Wilson & Hilferty 1931 (PNAS 17:684–688). Without it 9 promoters in 10 and few answers raise false alarms: two
    detractors among five answers are a Z of −4, and not rare.
    """
    k = np.maximum(tail, _SYMMETRIC)
    return np.asarray(6 / k * (np.cbrt(1 + k * z / 2) - 1 + k**2 / 36))


def _raw_score(score: float, tail: float) -> float:
    """The |Z| whose `_normal_score` is this."""
    k = max(tail, _SYMMETRIC)
    return 2 / k * ((1 - k**2 / 36 + k * score / 6) ** 3 - 1)
