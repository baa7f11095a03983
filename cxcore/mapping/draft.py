"""The working state of an assignment: which column serves which role, and how strongly its header says so."""

from __future__ import annotations

from dataclasses import dataclass, field

from cxcore.mapping.known import Export
from cxcore.values import Kind

STRONG = 1.9  # a header's strength from which its words alone name the role


@dataclass
class Assignment:
    """The working state: role → columns, role → further candidates, personal columns, and the header strengths."""

    chosen: dict[str, tuple[int, ...]] = field(default_factory=dict)
    also: dict[str, list[int]] = field(default_factory=dict)
    strength: dict[str, float] = field(default_factory=dict)
    personal: dict[int, str] = field(default_factory=dict)
    by_hand: set[str] = field(default_factory=set)
    kind: Kind = "unknown"
    export: Export | None = None

    def taken(self, column: int) -> bool:
        """Whether a column already serves a role on its own."""
        return any(column in columns for columns in self.chosen.values())
