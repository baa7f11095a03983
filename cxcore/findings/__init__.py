"""Level 5. Values → sentences: what changed, what stands out, what hurts; claimed only where it survives the search."""

from cxcore.findings.search import changes, differences, of_table, segments
from cxcore.findings.stories import also_seen, pain_points, stories
from cxcore.findings.trials import (
    amount,
    check_name,
    ground_of_effect,
    of_effect,
    of_guardrail,
    of_needed,
    of_shuffled,
    size,
    verdict_word,
    view_name,
)
from cxcore.findings.wording import segment_name

__all__ = [
    "also_seen",
    "amount",
    "changes",
    "check_name",
    "differences",
    "ground_of_effect",
    "of_effect",
    "of_guardrail",
    "of_needed",
    "of_shuffled",
    "of_table",
    "pain_points",
    "segment_name",
    "segments",
    "size",
    "stories",
    "verdict_word",
    "view_name",
]
