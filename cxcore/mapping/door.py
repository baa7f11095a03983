"""The door: what is personal in the columns that are kept is masked, or made a pseudonym, before anything is stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import ibis
import ibis.expr.types as ir

from cxcore.engine import Engine, pseudonym
from cxcore.mapping import private
from cxcore.mapping.facts import Facts
from cxcore.roles import ROLES
from cxcore.values import ColumnUse, Mapping, RawTable

Treatment = Literal["text", "code", "number"]


def treatment(own: ColumnUse, facts: Facts) -> Treatment | None:
    """How a kept column is guarded: words are searched, ids and names that tell rows apart become pseudonyms, a stray
    address among numbers and dates is masked. None where every text of the column was seen and none needs it."""
    if own.fate == "personal" or own.role == "customer_id" or not facts.filled:
        return None
    if facts.profile.complete and not facts.suspicious:
        return None
    kind = ROLES[own.role].type if own.role and own.fate == "role" else None
    if kind in {"id", "category"}:
        return "code" if not facts.profile.complete or any(
            private.names_a_person(text) for text, _ in facts.profile.values
        ) else None  # fmt: skip
    if kind in {"time", "rating", "duration", "amount", "count", "flag"} or facts.dated or facts.number.share >= 0.95:
        return "number"
    return "text"


def guards(raw: RawTable, mapping: Mapping, facts: Sequence[Facts], engine: Engine) -> dict[int, Treatment]:
    """How each column that holds anything personal is guarded, by its number.

    One look at every cell decides: most files hold nothing to mask, and the expression that masks is a long one.
    """
    maybe = {own.index: how for own in mapping.columns if (how := treatment(own, facts[own.index])) is not None}
    maybe = {k: how for k, how in maybe.items() if how != "number" or raw.may_hold_at(k)}

    def look(table: ir.Table) -> ir.Table:
        seen = {k: _suspect(table[raw.text(k)], how, at=raw.may_hold_at(k)) for k, how in there.items()}
        return table.aggregate(**{f"c{k}": suspect.any() for k, suspect in seen.items()})

    with engine.reading(raw.path) as rows:
        there = {k: how for k, how in maybe.items() if raw.text(k) in rows.columns}
        if not there:
            return {}
        found = look(rows).to_pandas().iloc[0]
    return {k: how for k, how in there.items() if bool(found[f"c{k}"])}


def _suspect(text: Any, how: Treatment, *, at: bool = True) -> Any:
    """Whether a cell may hold what its treatment looks for; an @ is looked for where one may stand."""
    if how == "text":
        return text.re_search(private.SUSPECT)
    if how == "number":
        return text.contains("@")
    long = text.length() >= private.SHORTEST
    maybe = text.contains("@") | long if at else long
    return ibis.ifelse(maybe, text.re_search(private.WHOLE), False)  # an engine takes both sides of "and" in full


def closed(table: ir.Table, raw: RawTable, guarded: dict[int, Treatment], key: bytes) -> ir.Table:
    """The file's rows with every kept column guarded."""
    columns: dict[str, Any] = {}
    for k, how in guarded.items():
        text = table[raw.text(k)]
        if how == "text":
            columns[raw.text(k)] = private.masked(text)
        else:
            instead = pseudonym(text.strip().lower(), key) if how == "code" else private.masked(text)
            columns[raw.text(k)] = ibis.ifelse(_suspect(text, how), instead, text)
    return table.mutate(**columns) if columns else table


def masked_cells(table: ir.Table, mapping: Mapping, guarded: dict[int, Treatment]) -> Iterator[tuple[int, Any]]:
    """For each guarded column of words, by number: where a token stands in the stored table."""
    for k, how in guarded.items():
        own = mapping.columns[k]
        use = mapping.use(own.role) if own.role and own.fate == "role" else None
        name = own.role if use and use.plain else f"x{k}"
        if how in {"text", "number"} and name in table.columns:
            yield k, table[name].contains("[") & table[name].re_search(private.TOKENS)
