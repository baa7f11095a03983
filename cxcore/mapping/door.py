"""The door: what is personal in the columns that are kept is masked, or made a pseudonym, before anything is stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import ibis
import ibis.expr.types as ir

from cxcore.engine import pseudonym
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


def closed(table: ir.Table, raw: RawTable, mapping: Mapping, facts: Sequence[Facts], key: bytes) -> ir.Table:
    """The file's rows with every kept column guarded."""
    guarded: dict[str, Any] = {}
    for own in mapping.columns:
        name = raw.text(own.index)
        how = treatment(own, facts[own.index]) if name in table.columns else None
        text: Any = table[name] if how else None
        if how == "text":
            guarded[name] = private.masked(text)
        elif how == "code":
            maybe = (text.contains("@") | (text.length() >= private.SHORTEST)) & text.re_search(private.WHOLE)
            guarded[name] = ibis.ifelse(maybe, pseudonym(text.strip().lower(), key), text)
        elif how == "number":
            guarded[name] = ibis.ifelse(text.contains("@"), private.masked(text), text)
    return table.mutate(**guarded) if guarded else table


def masked_cells(table: ir.Table, mapping: Mapping, facts: Sequence[Facts]) -> Iterator[tuple[int, Any]]:
    """For each guarded column of words, by number: where a token stands in the stored table."""
    for own in mapping.columns:
        how = treatment(own, facts[own.index])
        use = mapping.use(own.role) if own.role and own.fate == "role" else None
        name = own.role if use and use.plain else f"x{own.index}"
        if how in {"text", "number"} and name in table.columns:
            yield own.index, table[name].contains("[") & table[name].re_search(private.TOKENS)
