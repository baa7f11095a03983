"""Level 5. Values → the contract's JSON, and the same for a person at a terminal. One place for both."""

from cxcore.contract.tables import inspected, inspection_text, joined, joined_text, measured, measurement_text
from cxcore.contract.trials import compared, comparison_text, planned, planned_text

__all__ = [
    "compared",
    "comparison_text",
    "inspected",
    "inspection_text",
    "joined",
    "joined_text",
    "measured",
    "measurement_text",
    "planned",
    "planned_text",
]
