"""Level 5. Values → sentences: what changed, what stands out, what hurts; claimed only where it survives the search."""

from cxcore.findings.search import of_table, of_trends, segments
from cxcore.findings.stories import also_seen, pain_points, stories
from cxcore.findings.wording import segment_name

__all__ = ["also_seen", "of_table", "of_trends", "pain_points", "segment_name", "segments", "stories"]
