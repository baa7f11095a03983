"""Level 1. The one door to statistics: every method named, cited, and tested against figures from outside.

NPS functions take counts and return points (−100 … 100); share functions take counts and return proportions (0 … 1);
means keep their unit. A difference is treatment − control, or later − earlier. Importing this costs numpy and
scipy.special; what costs more is imported inside the function that needs it.
"""

from cxcore.stats.family import false_discovery
from cxcore.stats.groups import Deviations, funnel_limit, indirect, shrunk
from cxcore.stats.limits import control_limits, moving_range_limits
from cxcore.stats.means import mean_difference, mean_interval, mean_intervals
from cxcore.stats.moments import nps_moments, pooled_moments, share_moments
from cxcore.stats.mover import mover
from cxcore.stats.nps import nps_difference, nps_interval, nps_intervals
from cxcore.stats.quantiles import Quantiles, order_ranks, probes, quantiles, spread_interval
from cxcore.stats.queues import Queue, people_needed, queue, waiting_share
from cxcore.stats.results import Difference, FloatArray, Interval, Intervals, Moments, Shift, Status
from cxcore.stats.shares import pooled_z, share_difference, share_interval, share_intervals
from cxcore.stats.shifts import CLAIM_LEVEL, find_shift
from cxcore.stats.smooth import Smooth, smooth
from cxcore.stats.survival import Curve, shares_by, survival_curves, survival_quantiles

__all__ = [
    "CLAIM_LEVEL",
    "Curve",
    "Deviations",
    "Difference",
    "FloatArray",
    "Interval",
    "Intervals",
    "Moments",
    "Quantiles",
    "Queue",
    "Shift",
    "Smooth",
    "Status",
    "control_limits",
    "false_discovery",
    "find_shift",
    "funnel_limit",
    "indirect",
    "mean_difference",
    "mean_interval",
    "mean_intervals",
    "mover",
    "moving_range_limits",
    "nps_difference",
    "nps_interval",
    "nps_intervals",
    "nps_moments",
    "order_ranks",
    "people_needed",
    "pooled_moments",
    "pooled_z",
    "probes",
    "quantiles",
    "queue",
    "share_difference",
    "share_interval",
    "share_intervals",
    "share_moments",
    "shares_by",
    "shrunk",
    "smooth",
    "spread_interval",
    "survival_curves",
    "survival_quantiles",
    "waiting_share",
]
