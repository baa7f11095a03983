"""Rows that stand twice in a file: which count, which do not, and what tells a repetition from two like answers."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from cxcore.engine import Engine
from cxcore.roles import PERIOD_OF, ROLES
from cxcore.values import Mapping, RawTable

MOST_OLDER = 0.3  # an id of which more rows than this share are "older versions" names something other than a row


@dataclass(frozen=True)
class Repeats:
    """What makes rows the same: a role that numbers them, or their time of day; and whether older versions give way."""

    role: str | None
    versions: bool


def repeats(raw: RawTable, mapping: Mapping, engine: Engine) -> Repeats | None:
    """How repeated rows are known in this file; None where nothing repeats, or nothing tells.

    Without an id or a time of day nothing tells a repeated row from two people who answered alike: all rows count. An
    id whose rows differ so often that a third of them would go is no row's id (a call that was passed on, a customer):
    then only exact repetitions go.
    """
    if mapping.kind not in {"interactions", "responses"}:
        return None
    order = ("response_id", "interaction_id") if mapping.kind == "responses" else ("interaction_id", "response_id")
    role = next((name for name in order if mapping.use(name)), None)
    if role is None:
        clocked = any(ROLES[use.role].type == "time" for use in mapping.roles)
        return Repeats(None, versions=False) if clocked and len(mapping.columns) > 2 else None
    use = mapping.use(role)
    name = raw.text(use.columns[0]) if use else ""
    seen = engine.ask(raw.path, lambda rows: rows.aggregate(n=rows[name].count(), ids=rows[name].nunique())).iloc[0]
    if seen["n"] <= seen["ids"]:
        return None
    texts = [raw.text(k) for k in range(len(raw.headers))]
    different = engine.ask(
        raw.path,
        lambda rows: (
            rows.filter(rows[name].notnull())
            .select([text for text in texts if text in rows.columns])
            .distinct()
            .aggregate(n=lambda t: t.count())
        ),
    )["n"][0]
    return Repeats(role, versions=bool(1 - seen["ids"] / different <= MOST_OLDER))


def marked(rows: ir.Table, mapping: Mapping, known: Repeats) -> ir.Table:
    """The rows with `left_out` filled: "duplicate" for exact repetitions, "superseded" for older versions of an id."""
    plain = {use.role for use in mapping.roles if use.plain or use.role == "customer_id"}
    texts = [rows[name] for name in rows.columns if name.startswith("x") or name in plain]
    again = ibis.row_number().over(ibis.window(group_by=texts, order_by=rows["row"])) > 0
    if known.role is None:
        times = [rows[use.role] for use in mapping.roles if ROLES[use.role].type == "time"]
        clocked = [when.notnull() & (when != when.truncate("D")) for when in times]
        certain = clocked[0] if len(clocked) == 1 else ibis.or_(*clocked)
        return rows.mutate(left_out=ibis.ifelse(again & certain, "duplicate", None))
    once = rows.mutate(left_out=ibis.ifelse(again & rows[known.role].notnull(), "duplicate", None))
    if not known.versions:
        return once
    when = next((once[role] for role in PERIOD_OF if mapping.use(role)), None)
    order = [once["left_out"].notnull(), *([ibis.desc(when)] if when is not None else []), ibis.desc(once["row"])]
    newest = ibis.row_number().over(ibis.window(group_by=once[known.role], order_by=order))
    older = (newest > 0) & once[known.role].notnull() & once["left_out"].isnull()
    return once.mutate(left_out=ibis.ifelse(older, "superseded", once["left_out"]))
