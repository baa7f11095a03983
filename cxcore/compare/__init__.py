"""Level 4. A plan and a table → what the experiment comes to: checks, effects with intervals, verdicts."""

from cxcore.compare.answer import compare
from cxcore.compare.basis import baseline
from cxcore.compare.course import arms_of, over_time, spread
from cxcore.compare.given import Given, of_aggregates
from cxcore.compare.outcome import measures, variants
from cxcore.compare.rows import rows_compared
from cxcore.compare.scene import likely_control
from cxcore.compare.shuffle import shuffled

__all__ = [
    "Given",
    "arms_of",
    "baseline",
    "compare",
    "likely_control",
    "measures",
    "of_aggregates",
    "over_time",
    "rows_compared",
    "shuffled",
    "spread",
    "variants",
]
