"""Looking before the end: how far an interval must reach when it is read more than once."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri

from cxcore.stats.results import FloatArray, Interval
from cxcore.stats.roots import bracketed_root

_POINTS = 300  # of the quadrature over one look's continuation region


class Boundaries(NamedTuple):
    """At each look: how much of α is spent up to it, and the |z| that a difference must pass."""

    spent: FloatArray
    z: FloatArray


class Anytime(NamedTuple):
    """An interval that holds at every look together, and the p that goes with it."""

    interval: Interval
    p: float


def obrien_fleming(information: tuple[float, ...], level: float = 0.95) -> Boundaries:
    """Two-sided boundaries for looks at these shares (ascending, 0 … 1) of the planned answers.

    O'Brien–Fleming-like spending, 4 (1 − Φ(z₁₋α⸝₄ / √t)) (Lan & DeMets 1983, Biometrika 70:659–663; DeMets & Lan 1994,
    Stat. Med. 13:1341–1352), each boundary found by integrating over the paths that have not crossed one before
    (Armitage, McPherson & Rowe 1969).
    """
    alpha = 1 - level
    times = np.asarray(information, np.float64)
    if times.size == 0 or np.any(np.diff(times) <= 0) or times[0] <= 0:
        raise ValueError("looks are at growing shares of the planned answers")
    spent = np.minimum(4 * ndtr(-ndtri(1 - alpha / 4) / np.sqrt(np.minimum(times, 1.0))), alpha)
    nodes, weights = np.polynomial.legendre.leggauss(_POINTS)
    bounds = np.empty_like(times)
    places, mass, before, gone = np.zeros(1), np.ones(1), 0.0, 0.0
    for k, (now, due) in enumerate(zip(times, spent, strict=True)):
        step = math.sqrt(now - before)
        root = math.sqrt(now)
        where, held = places, mass

        def excess(z: FloatArray, where: FloatArray = where, held: FloatArray = held, step: float = step,
                   root: float = root, more: float = due - gone) -> FloatArray:  # fmt: skip
            out = ndtr((where - z[:, None] * root) / step) + ndtr((-z[:, None] * root - where) / step)
            return np.asarray(out @ held - more, np.float64)

        bounds[k] = bracketed_root(excess, np.array([0.0]), np.array([12.0]))[0]
        edge = bounds[k] * root
        fresh = edge * nodes
        density = np.exp(-0.5 * ((fresh[:, None] - where) / step) ** 2) / (step * math.sqrt(2 * math.pi))
        places, mass = fresh, (density @ held) * weights * edge
        before, gone = float(now), float(due)
    return Boundaries(spent, bounds)


def look_level(z: float) -> float:
    """The level of the plain interval whose ends stand |z| standard errors away: what a look's boundary asks for."""
    return float(1 - 2 * ndtr(-z))


def asymptotic_interval(estimate: float, error: float, n: float, planned: float, level: float = 0.95) -> Anytime:
    """The asymptotic confidence sequence at `n` answers in all, tightest near `planned` of them.

    Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas 2024 (Ann. Stat. 52:2613–2640; arXiv 2103.06476, eq. 9, 155, 161).
    However often one looks, the chance that it ever leaves out the truth is at most 1 − level, in large samples.
    """
    alpha = 1 - level
    tuning = -2 * math.log(alpha)
    rho2 = (tuning + math.log(tuning + 1)) / planned
    room = n * rho2 + 1
    half = error * math.sqrt(2 * room / (n * rho2) * math.log(math.sqrt(room) / alpha))
    if error == 0:
        return Anytime(Interval(estimate, estimate), 1.0)
    exponent = (estimate / error) ** 2 * n * rho2 / (2 * room)
    p = min(1.0, math.exp(0.5 * math.log(room) - exponent))
    return Anytime(Interval(estimate - half, estimate + half), p)
