"""Level 4. A file → a Table: read, recognised, checked, in one call, with progress by step. Nothing of it is lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Literal
from zoneinfo import available_timezones

from cxcore.engine import Engine
from cxcore.errors import CxError, UnknownName
from cxcore.language import say
from cxcore.mapping import plausible, profile, shape, stack
from cxcore.mapping.understand import understand
from cxcore.read.sandbox import read
from cxcore.store import Workspace
from cxcore.values import RawTable, Table

Step = Literal["reading", "recognising", "checking", "computing"]
ALL_SHEETS = "*"  # in place of a sheet's name
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
    if sheet == ALL_SHEETS:
        raw = _together(source, name, workspace, progress)
    else:
        raw = read(source, name, workspace.drafts, sheet=sheet, progress=progress)
    try:
        return understood(raw, engine, workspace, corrections, zone, progress)
    finally:
        workspace.forget(raw.path)


def _together(source: Path | BinaryIO, name: str, workspace: Workspace, progress: Progress) -> RawTable:
    """All the sheets of a workbook that hold a table like the first one's, as one table."""
    parts = [read(source, name, workspace.drafts, progress=progress)]
    try:
        for sheet in parts[0].sheets:
            if sheet != parts[0].sheet:
                with suppress(CxError):  # no table: the sheet chosen first is known to be one
                    parts.append(read(source, name, workspace.drafts, sheet=sheet, progress=progress))
        if len(parts) == 1:
            return parts.pop()
        order = {sheet: k for k, sheet in enumerate(parts[0].sheets)}
        parts.sort(key=lambda part: order.get(part.sheet or "", 0))
        whole = stack.stacked(parts, [part.sheet or "" for part in parts], "sheet", workspace)
        return replace(whole, sheet=ALL_SHEETS)
    finally:
        for part in parts:
            workspace.forget(part.path)


def together(
    sources: Sequence[Path],
    engine: Engine,
    workspace: Workspace,
    *,
    sheet: str | None = None,
    corrections: Mapping[str, str] | None = None,
    zone: str | None = None,
) -> Table:
    """The table of several files with the same columns, as one; raises what `take` raises."""
    parts: list[RawTable] = []
    try:
        for source in sources:
            parts.append(read(source, source.name, workspace.drafts, sheet=sheet))
        return _as_one(parts, engine, workspace, corrections, zone)
    finally:
        for part in parts:
            workspace.forget(part.path)


def stacked(tables: Sequence[Table], engine: Engine, workspace: Workspace) -> Table:
    """Files brought one by one as one table, whose column "file" says which of them a row is from."""
    return _as_one([_as_brought(table) for table in tables], engine, workspace, None, None)


def _as_one(
    parts: Sequence[RawTable],
    engine: Engine,
    workspace: Workspace,
    corrections: Mapping[str, str] | None,
    zone: str | None,
) -> Table:
    whole = stack.stacked(parts, [part.name for part in parts], "file", workspace)
    try:
        whole = replace(whole, sha256=sha256("".join(part.sha256 for part in parts).encode()).hexdigest())
        return understood(whole, engine, workspace, corrections, zone, _silent)
    finally:
        workspace.forget(whole.path)


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
    return understood(_as_brought(table), engine, workspace, corrections, zone, progress)


def _as_brought(table: Table) -> RawTable:
    """The file as it was read, from what was kept of it."""
    table = table.before or table
    names = tuple(table.text(k) for k in range(len(table.mapping.columns)))
    personal = tuple((use.index, use.personal) for use in table.mapping.columns if use.personal)
    return replace(table.raw, path=table.path, names=names, personal=personal)


def understood(
    raw: RawTable,
    engine: Engine,
    workspace: Workspace,
    corrections: Mapping[str, str] | None = None,
    zone: str | None = None,
    progress: Progress = _silent,
) -> Table:
    """The table of a file already read. Raises what `take` raises for corrections."""
    progress("recognising", raw.rows)
    profiles = profile.of(raw)
    mapping = understand(raw, profiles, corrections=corrections, zone=zone)
    mapping = plausible.settled(raw, mapping, profiles, corrections or {}, engine)
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
