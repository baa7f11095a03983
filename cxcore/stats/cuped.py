"""Less noise from what was known before: a value of each customer measured before the change."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxcore.stats.means import mean_difference
from cxcore.stats.results import Difference


@dataclass(frozen=True)
class Paired:
    """One arm's moments: n customers, means, sample variances and covariance of outcome (y) and earlier value (x)."""

    n: float
    mean_y: float
    mean_x: float
    variance_y: float
    variance_x: float
    covariance: float


@dataclass(frozen=True)
class Adjusted:
    """The adjusted difference, the plain one, θ, and how much of the variance the earlier value took away (0 … 1)."""

    difference: Difference
    plain: Difference
    theta: float
    removed: float


def paired(y: npt.ArrayLike, x: npt.ArrayLike) -> Paired:
    """The moments of one arm from its customers' outcomes and earlier values."""
    values, before = np.asarray(y, np.float64), np.asarray(x, np.float64)
    off_y, off_x = values - values.mean(), before - before.mean()
    df = values.size - 1
    return Paired(
        float(values.size), float(values.mean()), float(before.mean()),
        float(off_y @ off_y) / df, float(off_x @ off_x) / df, float(off_x @ off_y) / df,
    )  # fmt: skip


def cuped(control: Paired, treatment: Paired, level: float = 0.95) -> Adjusted | None:
    """Treatment − control of y − θ·x, θ pooled over both arms together; None where the earlier value never varies.

    Deng, Xu, Kohavi & Walker 2013 (WSDM '13:123–132, eq. 4), then Welch. x must have been measured before the change.
    """
    n = control.n + treatment.n
    apart_x, apart_y = treatment.mean_x - control.mean_x, treatment.mean_y - control.mean_y
    between = control.n * treatment.n / n
    spread = (control.n - 1) * control.variance_x + (treatment.n - 1) * treatment.variance_x + between * apart_x**2
    if spread <= 0:
        return None
    together = (control.n - 1) * control.covariance + (treatment.n - 1) * treatment.covariance
    theta = (together + between * apart_x * apart_y) / spread

    def arm(one: Paired) -> tuple[float, float, float]:
        variance = one.variance_y - 2 * theta * one.covariance + theta**2 * one.variance_x
        return one.n, one.mean_y - theta * one.mean_x, math.sqrt(max(variance, 0.0))

    def raw(one: Paired) -> tuple[float, float, float]:
        return one.n, one.mean_y, math.sqrt(one.variance_y)

    adjusted = mean_difference(arm(control), arm(treatment), level)
    plain = mean_difference(raw(control), raw(treatment), level)
    removed = 1 - (adjusted.error / plain.error) ** 2 if adjusted.error is not None and plain.error else 0.0
    return Adjusted(adjusted, plain, theta, removed)


def lin(y: npt.ArrayLike, x: npt.ArrayLike, treated: npt.ArrayLike, level: float = 0.95) -> Difference:
    """Treatment − control by regression on the arm, the centred earlier value and their product, with HC2 errors.

    Lin 2013 (Ann. Appl. Stat. 7:295–318); `ols("y ~ t*xc").fit(cov_type="HC2", use_t=True)`.
    """
    from statsmodels.regression.linear_model import OLS  # noqa: PLC0415  1.6 s

    values, before, arm = (np.asarray(given, np.float64) for given in (y, x, treated))
    centred = before - before.mean()
    design = np.column_stack([np.ones_like(values), arm, centred, arm * centred])
    fitted = OLS(values, design).fit(cov_type="HC2", use_t=True)
    low, high = fitted.conf_int(alpha=1 - level)[1]
    return Difference(
        float(fitted.params[1]), float(low), float(high), float(fitted.pvalues[1]),
        error=float(fitted.bse[1]), df=float(fitted.df_resid),
    )  # fmt: skip
