"""A workspace and an engine for a test, and files made on the spot."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cxcore import intake
from cxcore.engine import Engine
from cxcore.store import Workspace
from cxcore.values import Table


@dataclass(frozen=True)
class Desk:
    """Where a test works."""

    engine: Engine
    workspace: Workspace
    folder: Path

    def take(self, path: Path, **options: object) -> Table:
        """The table of a file."""
        return intake.take(path, path.name, self.engine, self.workspace, **options)  # type: ignore[arg-type]

    def file(self, name: str, rows: Sequence[Sequence[object]]) -> Path:
        """A CSV file with these rows, the first of them the header."""
        path = self.folder / name
        with path.open("w", newline="", encoding="utf-8") as handle:
            csv.writer(handle).writerows(rows)
        return path

    def column(self, header: str, values: Sequence[object], others: Mapping[str, object] | None = None) -> Table:
        """The table of a file with one column of interest beside a number and a date for each row."""
        rows: list[list[object]] = [["Response ID", "Survey date", header, *(others or {})]]
        for k, value in enumerate(values):
            rows.append([f"R{k:05}", f"2026-{1 + k % 12:02}-{1 + k % 28:02}", value, *(others or {}).values()])
        return self.take(self.file("one.csv", rows))
