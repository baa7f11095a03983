"""Roots of many monotone equations at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cxcore.stats.results import FloatArray

_RESOLUTION = 1e-14  # of the unknown, which here is a proportion or an angle
_STEPS = 100


def bracketed_root(equation: Callable[[FloatArray], FloatArray], below: FloatArray, above: FloatArray) -> FloatArray:
    """The roots, one an element, of equations that change sign between `below` and `above`.

    Bisection with inverse quadratic interpolation where that is safe (Chandrupatla 1997, Adv. Eng. Software
    28:145–149). Written here because importing scipy.optimize costs more than everything else in this package.
    """
    a, b = above, below
    fa, fb = equation(a), equation(b)
    c, fc = a, fa
    t = np.full_like(a, 0.5)
    for _ in range(_STEPS):
        x = a + t * (b - a)
        fx = equation(x)
        same = np.sign(fx) == np.sign(fa)
        c, fc = np.where(same, a, b), np.where(same, fa, fb)
        b, fb = np.where(same, b, a), np.where(same, fb, fa)
        a, fa = x, fx
        width = np.abs(b - a)
        if np.all((width <= _RESOLUTION) | (fa == 0)):
            break
        with np.errstate(divide="ignore", invalid="ignore"):
            xi, phi = (a - b) / (c - b), (fa - fb) / (fc - fb)
            t = fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
            floor = 0.5 * _RESOLUTION / width
            safe = (phi**2 < xi) & ((1 - phi) ** 2 < 1 - xi) & np.isfinite(t)
        t = np.where(safe, np.clip(t, floor, 1 - floor), 0.5)
        t = np.where((width <= _RESOLUTION) | (fa == 0), 0.0, t)  # the solved ones wait for the others
    return np.where(np.abs(fa) <= np.abs(fb), a, b)
