"""Child side. What there is to say about a file, as plain data: it travels to the parent as JSON.

Codes, counts, row numbers, headers. Never a sentence (the parent has those) and never a cell.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

ROWS_SENT = 50  # more than any Problem shows; the exact number is the parent's business


class Refused(Exception):
    """Nothing true can be said of this file, and why."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class Again(Exception):
    """The fast reader met something that only the careful one reads rightly."""


@dataclass
class Tally:
    """How often something was met, and in which rows first."""

    count: int = 0
    rows: list[int] = field(default_factory=list)

    def at(self, row: int, times: int = 1) -> None:
        """One more, in this row of the file."""
        self.count += times
        if len(self.rows) < ROWS_SENT and (not self.rows or self.rows[-1] != row):
            self.rows.append(row)


@dataclass
class Remarks:
    """Everything said so far, in the order it was found."""

    said: list[dict[str, Any]] = field(default_factory=list)

    def add(
        self,
        code: str,
        *,
        severity: str = "warning",
        column: str | None = None,
        count: int = 0,
        rows: Iterable[int] = (),
        **facts: Any,
    ) -> None:
        """Say one thing."""
        self.said.append(
            {
                "code": code,
                "severity": severity,
                "column": column,
                "count": count,
                "rows": list(rows)[:ROWS_SENT],
                "facts": facts,
            }
        )

    def tally(self, code: str, tally: Tally, *, column: str | None = None) -> None:
        """Say it if it was met at all."""
        if tally.count:
            self.add(code, column=column, count=tally.count, rows=tally.rows)
