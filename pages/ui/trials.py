"""An experiment on the page: its entry in the journal, and the rows or totals it is about."""

from __future__ import annotations

from dataclasses import dataclass

from cxcore.compare import Given
from cxcore.experiment import Entry, Plan
from cxcore.values import Table


@dataclass(frozen=True)
class Trial:
    """A plan that was kept, with the table it is about, or the totals that were typed."""

    entry: Entry
    table: Table | None = None
    given: tuple[Given, ...] = ()

    @property
    def plan(self) -> Plan:
        """The plan that was kept."""
        return self.entry.plan
