"""Level 4. A file → a Table: read, recognised, checked, in one call, with progress by step. Nothing of it is lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Literal
from zoneinfo import available_timezones

from cxcore.engine import Engine
from cxcore.errors import UnknownName
from cxcore.language import say
from cxcore.mapping import profile, shape
from cxcore.mapping.understand import understand
from cxcore.read.sandbox import read
from cxcore.store import Workspace
from cxcore.values import RawTable, Table

Step = Literal["reading", "recognising", "checking", "computing"]
Progress = Callable[[Step, int], None]


def _silent(step: Step, rows: int) -> None:
    """Progress nobody watches."""


def take(
    source: Path | BinaryIO,
    name: str,
    engine: Engine,
    workspace: Workspace,
    *,
    sheet: str | None = None,
    corrections: Mapping[str, str] | None = None,
    zone: str | None = None,
    progress: Progress = _silent,
) -> Table:
    """The table of a file a person brings, under the name it was brought with.

    Raises FileRefused or CannotRead where nothing true can be said of the file, UnknownName for a sheet, role or column
    in the corrections that is not there.
    """
    progress("reading", 0)
    raw = read(source, name, workspace.drafts, sheet=sheet)
    try:
        return _understood(raw, engine, workspace, corrections, zone, progress)
    finally:
        workspace.forget(raw.path)


def again(
    table: Table,
    engine: Engine,
    workspace: Workspace,
    *,
    corrections: Mapping[str, str],
    zone: str | None = None,
    progress: Progress = _silent,
) -> Table:
    """The same file under corrected roles, from what was kept of it: the file itself need not be brought again."""
    table = table.before or table
    names = tuple(table.text(k) for k in range(len(table.mapping.columns)))
    personal = tuple((use.index, use.personal) for use in table.mapping.columns if use.personal)
    raw = replace(table.raw, path=table.path, names=names, personal=personal)
    return _understood(raw, engine, workspace, corrections, zone, progress)


def _understood(
    raw: RawTable,
    engine: Engine,
    workspace: Workspace,
    corrections: Mapping[str, str] | None,
    zone: str | None,
    progress: Progress,
) -> Table:
    progress("recognising", raw.rows)
    profiles = profile.of(raw)
    mapping = understand(raw, profiles, corrections=corrections, zone=zone)
    progress("checking", raw.rows)
    return shape.shaped(raw, mapping, profiles, engine, workspace, corrections=corrections or {}, zone=zone)


def zone_named(name: str | None) -> str | None:
    """A time zone's name, checked; raises UnknownName where there is no such zone."""
    if name is None:
        return None
    if name not in available_timezones():
        raise UnknownName(
            "unknown_zone",
            say("There is no time zone called {name}.", name=name),
            say("For example: Europe/Rome, UTC, America/New_York."),
        )
    return name
