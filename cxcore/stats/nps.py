"""Net Promoter Score: counts in, points (−100 … 100) out."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from cxcore.stats.mover import mover
from cxcore.stats.results import Difference, FloatArray, Interval, Intervals
from cxcore.stats.roots import bracketed_root

_INSET = 1e-12  # both equations below may have a second, meaningless root on the very edge of their bracket


def nps_interval(promoters: float, passives: float, detractors: float, level: float = 0.95) -> Interval | None:
    """The score interval of one NPS in points; None without answers. See `nps_intervals`."""
    if promoters + passives + detractors == 0:
        return None
    found = nps_intervals(promoters, passives, detractors, level)
    return Interval(float(found.low), float(found.high))


def nps_intervals(
    promoters: npt.ArrayLike, passives: npt.ArrayLike, detractors: npt.ArrayLike, level: float = 0.95
) -> Intervals:
    """Score intervals of many NPS in points, NaN where there are no answers.

    The counts broadcast against each other. Tango 1998 (Stat. Med. 17:891–908) and May & Johnson 1997, with
    promoters and detractors as the two discordant cells of the trinomial.
    """
    b, passive, c = np.broadcast_arrays(
        *(np.asarray(counts, dtype=np.float64) for counts in (promoters, passives, detractors))
    )
    if min(np.min(b, initial=0), np.min(passive, initial=0), np.min(c, initial=0)) < 0:
        raise ValueError("counts cannot be negative")
    z = float(ndtri((1 + level) / 2))
    n = b + passive + c
    answered = n > 0
    # A cell without answers is solved as one passive answer and blanked afterwards, so that nothing divides by 0.
    n = np.where(answered, n, 1.0)
    # The lower limit is the upper one of the mirrored score; both sides are solved in one go.
    mirrored, upper = _upper_limit(np.stack([c, b]), np.stack([b, c]), n, z)
    return Intervals(np.where(answered, -100 * mirrored, np.nan), np.where(answered, 100 * upper, np.nan))


def nps_difference(
    control: tuple[float, float, float],
    treatment: tuple[float, float, float],
    level: float = 0.95,
    *,
    with_p: bool = True,
) -> Difference:
    """Treatment − control in points, from (promoters, passives, detractors) of each arm.

    Interval: `mover` on the two score intervals. p: the level at which
    that interval touches 0, so the two never disagree. No relative change is given: NPS has no natural zero. Without
    `with_p` it costs half.
    """
    n_c, n_t = sum(control), sum(treatment)
    if min(n_c, n_t) < 2:
        return Difference(None, None, None, None, "too_few")
    theta_c, theta_t = (control[0] - control[2]) / n_c, (treatment[0] - treatment[2]) / n_t
    value = 100 * (theta_t - theta_c)
    promoters, passives, detractors = np.array([control, treatment], np.float64).T
    lows, highs = nps_intervals(promoters, passives, detractors, level)
    of_c, of_t = Interval(lows[0], highs[0]), Interval(lows[1], highs[1])
    low, high = map(float, mover(100 * theta_c, of_c, 100 * theta_t, of_t))
    together = [mine + theirs for mine, theirs in zip(control, treatment, strict=True)]
    if max(together) == n_c + n_t:
        return Difference(value, low, high, None, "no_variation")
    if not with_p:
        return Difference(value, low, high, None)
    p = _touching_level(control, treatment) if theta_t >= theta_c else _touching_level(treatment, control)
    return Difference(value, low, high, p)


def _restricted_variance(b: FloatArray, c: FloatArray, score: FloatArray, n: FloatArray) -> FloatArray:
    """The variance of promoters − detractors if the true score were `score`, a proportion −1 … 1 (Tango 1998)."""
    # Mirrored for a negative score: the formula as printed then loses half its digits near −1.
    more, fewer, score = np.where(score >= 0, b, c), np.where(score >= 0, c, b), np.abs(score)
    linear = (2 * n - more + fewer) * score - more - fewer
    minority = (np.sqrt(linear**2 + 8 * n * fewer * score * (1 - score)) - linear) / (4 * n)
    return np.maximum(n * (2 * minority + score * (1 - score)), 0.0)


def _upper_limit(b: FloatArray, c: FloatArray, n: FloatArray, z: float) -> FloatArray:
    estimate = (b - c) / n

    def excess(score: FloatArray) -> FloatArray:
        return n * (score - estimate) - z * np.sqrt(_restricted_variance(b, c, score, n))

    return bracketed_root(excess, estimate + _INSET * (1 - estimate), np.ones_like(estimate))


def _touching_level(lower: tuple[float, float, float], higher: tuple[float, float, float]) -> float:
    """The two-sided p at which the MOVER interval of higher − lower touches 0.

    At that level the lower limit of `higher` and the upper limit of `lower` stand at distances d·cos φ and d·sin φ
    from their estimates (d: the difference), and both limits have the same z. Only φ is unknown.
    """
    b, n = np.array([lower[0], higher[0]]), np.array([sum(lower), sum(higher)])
    c = np.array([lower[2], higher[2]])
    theta_low, theta_high = (b - c) / n
    distance = theta_high - theta_low
    if distance == 0:
        return 1.0

    def errors(angle: FloatArray) -> FloatArray:
        limits = np.stack([theta_low + distance * np.sin(angle), theta_high - distance * np.cos(angle)])
        return np.asarray(np.sqrt(_restricted_variance(b, c, limits, n)) / n)

    def imbalance(angle: FloatArray) -> FloatArray:
        error_low, error_high = errors(angle)
        return np.asarray(np.cos(angle) * error_low - np.sin(angle) * error_high)

    edge = np.asarray(math.pi / 2)
    angle = bracketed_root(imbalance, edge * _INSET, edge * (1 - _INSET))
    # Either distance over its error is the z sought; over their hypotenuse it stays finite when one error is 0.
    return float(2 * ndtr(-distance / np.hypot(*errors(angle))))
