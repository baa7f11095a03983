"""The joined table written: the rows of one file beside the columns of another, with a mapping for both."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from cxcore.engine import Engine
from cxcore.join.keys import Key, key_of
from cxcore.join.pairs import Pairs, span, timed, when
from cxcore.language import Message, say
from cxcore.mapping.apply import busiest, unanswered
from cxcore.mapping.typed import ALIKE
from cxcore.roles import PERIOD_OF, ROLES
from cxcore.store import Workspace
from cxcore.values import ColumnUse, RoleUse, Table

_MEASURED = frozenset({"rating", "duration", "flag", "count", "amount", "time"})


@dataclass(frozen=True)
class Written:
    """The table, and which of the other file's columns it gained or had to refuse, by header."""

    table: Table
    gained: tuple[str, ...]
    refused: tuple[str, ...]


@dataclass(frozen=True)
class _Column:
    """One column of the other file on its way: its name there, its name here, whether it counts once."""

    there: str
    here: str
    once: bool


def of(engine: Engine, workspace: Workspace, base: Table, other: Table, key: Key, pairs: Pairs) -> Written:
    """Writes the joined table into the workspace."""
    several = _several_valued(engine, base, other, key)
    same = _same(engine, base, other, pairs)
    uses, roles = _uses(base, other, several, same)
    with engine.reading(other.path) as rows:
        columns = [c for c in _columns(base, other, uses, roles, several) if c.there in rows.columns]
    start = len(base.mapping.columns)

    def build(mine: ir.Table, theirs: ir.Table, found: ir.Table) -> ir.Table:
        carried = {"theirs": theirs["row"]} | {f"o{k}": theirs[column.there] for k, column in enumerate(columns)}
        paired = found.inner_join(theirs.select(**carried), "theirs")
        wide = mine.left_join(paired, mine["row"] == paired["mine"])
        own = {name: wide[name] for name in mine.columns}
        for k, column in enumerate(columns):
            cell: Any = wide[f"o{k}"]
            own[column.here] = ibis.ifelse(wide["once"], cell, None) if column.once else cell
        return wide.select(**own).order_by("row")

    draft = workspace.draft()
    engine.write_of([base.path, other.path, pairs.path], build, draft)
    path, fingerprint = workspace.keep(draft)
    mapping = replace(
        base.mapping,
        roles=tuple(sorted((*base.mapping.roles, *roles), key=lambda use: list(ROLES).index(use.role))),
        columns=(*base.mapping.columns, *uses),
        zone=base.mapping.zone or other.mapping.zone,
    )
    raw = replace(
        base.raw,
        headers=tuple(use.header for use in mapping.columns),
        descriptions=(*base.raw.descriptions, *other.raw.descriptions),
        filled=(*base.raw.filled, *other.raw.filled),
        at=(),
        names=(),
    )
    table = replace(base, path=path, fingerprint=fingerprint, raw=raw, mapping=mapping)
    table = _figures(engine, table, roles)
    gained = tuple(
        other.mapping.columns[use.index - start].header for use in uses if use.fate not in {"personal", "ignored"}
    )
    refused = tuple(other.mapping.columns[k].header for k in sorted(several))
    return Written(table, gained, refused)


def _several_valued(engine: Engine, base: Table, other: Table, key: Key) -> set[int]:
    """The other file's columns that cannot be told for an id: those with several values where nothing picks one.

    What was measured of a customer's answers or contacts belongs to none of the customer's rows in particular, unless
    times tell to which.
    """
    if timed(base, other):
        return set()
    measured: set[int] = set()
    if not key.specific and not key.alone and other.mapping.kind in {"responses", "interactions"}:
        measured = {k for use in other.mapping.roles if ROLES[use.role].type in _MEASURED for k in use.columns}
    if key.unique:
        return measured
    kept = {use.index: other.text(use.index) for use in other.mapping.columns if use.fate != "personal"}

    def build(rows: ir.Table) -> ir.Table:
        rows = rows.filter(rows["left_out"].isnull())
        rows = rows.mutate(key=key_of(rows, key.theirs, key.steps))
        rows = rows.filter(rows["key"].notnull())
        counts = rows.group_by("key").aggregate(
            **{f"c{k}": rows[name].nunique() for k, name in kept.items() if name in rows.columns}
        )
        return counts.aggregate(**{name: counts[name].max() for name in counts.columns if name != "key"})

    row = engine.ask(other.path, build).iloc[0]
    return measured | {int(str(name)[1:]) for name, most in row.items() if not pd.isna(most) and most > 1}


def _same(engine: Engine, base: Table, other: Table, pairs: Pairs) -> set[str]:
    """Roles both files have that say the same in every pair of rows: told once is enough."""
    shared = [use.role for use in other.mapping.roles if base.has(use.role)]
    if not shared or not pairs.matched:
        return set()

    def build(mine: ir.Table, theirs: ir.Table, found: ir.Table) -> ir.Table:
        one = mine.select(mine="row", **{f"a{k}": mine[role] for k, role in enumerate(shared)})
        two = theirs.select(theirs="row", **{f"b{k}": theirs[role] for k, role in enumerate(shared)})
        met = found.inner_join(one, "mine").inner_join(two, "theirs")
        return met.aggregate(**{f"d{k}": (met[f"a{k}"] != met[f"b{k}"]).sum() for k in range(len(shared))})

    row = engine.ask_of([base.path, other.path, pairs.path], build).iloc[0]
    return {role for k, role in enumerate(shared) if pd.isna(row[f"d{k}"]) or not row[f"d{k}"]}


def _uses(
    base: Table, other: Table, several: set[int], same: set[str]
) -> tuple[tuple[ColumnUse, ...], tuple[RoleUse, ...]]:
    """What becomes of each column of the other file, and the roles it brings."""
    start = len(base.mapping.columns)
    taken = {use.header for use in base.mapping.columns}
    roles = tuple(
        replace(
            use,
            columns=tuple(start + k for k in use.columns),
            also=tuple(start + k for k in use.also if k not in several),
            why=say("from {file}: {why}", file=other.name, why=use.why),
        )
        for use in other.mapping.roles
        if not base.has(use.role) and not several & set(use.columns) and not _retimes(base, use.role)
    )
    brought = {use.role for use in roles}
    uses = []
    for own in other.mapping.columns:
        header = f"{own.header} ({other.name})" if own.header in taken else own.header
        moved = replace(own, index=start + own.index, header=header)
        if own.fate != "personal":
            moved = _kept(moved, own, other.name, several, same, brought)
        uses.append(moved)
    return tuple(uses), roles


def _retimes(base: Table, role: str) -> bool:
    """Whether a time would take the place of the one that puts the rows of the first file into periods."""
    own = when(base)
    return own is not None and role in PERIOD_OF and PERIOD_OF.index(role) < PERIOD_OF.index(own)


def _kept(
    moved: ColumnUse, own: ColumnUse, file: str, several: set[int], same: set[str], brought: set[str]
) -> ColumnUse:
    why: Message = say("from {file}", file=file)
    if own.index in several:
        return replace(moved, fate="ignored", role=None, why=say("several values for one id in {file}", file=file))
    if own.role in brought or own.role is None:
        return replace(moved, why=why)
    if own.fate == "role" and own.role not in same and ROLES[own.role].type == "category":
        return replace(moved, fate="segment", role=None, why=why)
    if own.role in same:
        why = say("says the same as the column of the first file")
    return replace(moved, fate="ignored", role=None, why=why)


def _columns(
    base: Table, other: Table, uses: Sequence[ColumnUse], roles: Sequence[RoleUse], several: set[int]
) -> list[_Column]:
    """The columns of the Parquet file to carry over: roles under their names, texts under x and their number."""
    undated = when(base) is None
    once = {
        use.role for use in roles
        if ROLES[use.role].type in _MEASURED and not (undated and use.role in PERIOD_OF)
    }  # fmt: skip
    found: dict[str, _Column] = {}
    for use in roles:
        found[use.role] = _Column(use.role, use.role, use.role in once)
        if ROLES[use.role].type in {"rating", "time"}:
            found[f"{use.role}_off"] = _Column(f"{use.role}_off", f"{use.role}_off", use.role in once)
    if "customer_id" in found:
        found[ALIKE] = _Column(ALIKE, ALIKE, once=False)
    plain = {use.role for use in roles if use.plain or use.role == "customer_id"}
    for own, moved in zip(other.mapping.columns, uses, strict=True):
        if own.fate == "personal" or own.index in several or (moved.fate == "role" and moved.role in plain):
            continue
        here = f"x{moved.index}"
        found[here] = _Column(other.text(own.index), here, moved.fate == "role" and moved.role in once)
    return list(found.values())


def _figures(engine: Engine, table: Table, roles: Sequence[RoleUse]) -> Table:
    """The table with its period, its unanswered ratings and its busiest customer counted anew."""
    rated = [use.role for use in roles if ROLES[use.role].type == "rating"]
    time = when(table)

    def build(rows: ir.Table) -> ir.Table:
        spans: Dict[str, Any] = {"start": rows[time].min(), "end": rows[time].max()} if time else {}
        return rows.aggregate(n=rows.count(), **spans, **unanswered(rows, rated))

    row = engine.ask(table.path, build).iloc[0]
    left = tuple((role, int(row[f"{role}_skipped"]), int(row[f"{role}_off"])) for role in rated)
    return replace(
        table,
        period=table.period or (span(row["start"], row["end"]) if time else None),
        unanswered=(*table.unanswered, *left),
        busiest=busiest(engine, table.path, table.mapping),
    )
