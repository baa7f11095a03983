"""Which id links two tables: every pair of ids tried in both directions, the better chosen, with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from cxcore.engine import Engine
from cxcore.language import Message, listed, say
from cxcore.mapping.ids import STEPS, alike
from cxcore.mapping.typed import ALIKE
from cxcore.values import Table

_SPECIFIC = ("interaction_id", "response_id")  # these say which contact or answer; a customer's code only whose
_LEAST = 0.05  # where fewer ids than this are found in either direction, they meet by chance
_SAME_COUNTER = 0.9  # of mere numbers under different names, so many must be found in one direction
_WORTH = 0.01  # a looser reading of the ids is used where it finds at least this share more


@dataclass(frozen=True)
class Key:
    """An id of one table that is found in another.

    `mine` and `theirs` are the roles, `steps` what was taken out of the ids to make them meet; `matched` of `rows` rows
    that count find theirs, and `their_matched` of `their_rows` the other way round. `unique`: no id of theirs stands in
    two rows; `alone`: no id of mine does.
    """

    mine: str
    theirs: str
    steps: tuple[str, ...]
    rows: int
    matched: int
    their_rows: int
    their_matched: int
    unique: bool
    alone: bool
    why: Message

    @property
    def rate(self) -> float:
        """The share of rows that find theirs."""
        return self.matched / self.rows if self.rows else 0.0

    @property
    def their_rate(self) -> float:
        """The share of the other table's rows that are found."""
        return self.their_matched / self.their_rows if self.their_rows else 0.0

    @property
    def reach(self) -> float:
        """The better of both rates: an answer's contact is found, though most contacts have no answer."""
        return max(self.rate, self.their_rate)

    @property
    def specific(self) -> bool:
        """Whether it names the contact or the answer itself, not only the customer."""
        return self.mine != "customer_id"


def key_of(rows: ir.Table, role: str, steps: Sequence[str]) -> Any:
    """The engine's expression of a row's id."""
    if role != "customer_id":
        return alike(rows[role], steps)
    return rows[ALIKE] if steps and ALIKE in rows.columns else rows["customer_id"]


def best(engine: Engine, mine: Table, theirs: Table) -> Key | None:
    """The id that links two tables, None where none does.

    An id of the contact or answer is taken before the customer's code, unless the code reaches more than twice as far.
    """
    found = [key for pair in _pairs(mine, theirs) if (key := _tried(engine, mine, theirs, *pair)) is not None]
    found = [key for key in found if key.reach >= _LEAST]
    if not found:
        return None
    most = max(key.reach for key in found)
    near = [key for key in found if 2 * key.reach >= most]
    chosen = max(near, key=lambda key: (key.specific, key.mine == key.theirs, key.reach))
    return replace(chosen, why=_why(chosen, found, mine))


def _pairs(mine: Table, theirs: Table) -> Iterator[tuple[str, str]]:
    for role in (*_SPECIFIC, "customer_id"):
        if mine.has(role) and theirs.has(role):
            yield role, role
    for one, other in (_SPECIFIC, _SPECIFIC[::-1]):
        if mine.has(one) and theirs.has(other):
            yield one, other


def _tried(engine: Engine, mine: Table, theirs: Table, role: str, other: str) -> Key | None:
    plain = _counted(engine, mine, theirs, role, other, ())
    if plain is None or _by_accident(plain, mine, theirs, role, other):
        return None
    chosen, key = plain, plain["key"]
    if key.matched < min(key.rows, plain["held"]) or key.their_matched < key.their_rows:
        ladders: Sequence[tuple[str, ...]] = [STEPS[: k + 1] for k in range(len(STEPS))]
        if role == "customer_id":
            ladders = [STEPS] if ALIKE in _names(engine, mine) | _names(engine, theirs) else []
        for steps in ladders:
            looser = _counted(engine, mine, theirs, role, other, steps)
            merges = looser is None or any(looser[side] < plain[side] for side in ("distinct", "their_distinct"))
            if looser is None or merges:  # two different ids would become one
                continue
            if looser["key"].matched >= chosen["key"].matched + max(1.0, _WORTH * key.rows):
                chosen = looser
    found: Key = chosen["key"]
    return found if found.matched else None


def _names(engine: Engine, table: Table) -> set[str]:
    with engine.reading(table.path) as rows:
        return set(rows.columns)


def _counted(
    engine: Engine, mine: Table, theirs: Table, role: str, other: str, steps: tuple[str, ...]
) -> dict[str, Any] | None:
    """How many rows meet under one reading of the ids, and what the ids look like on both sides."""

    def build(one: ir.Table, two: ir.Table) -> ir.Table:
        first = _ids(one, role, steps, "n")
        second = _ids(two, other, steps, "m")
        both = first.outer_join(second, "key")
        met = both["n"].notnull() & both["m"].notnull()
        n, m = both["n"].fill_null(0), both["m"].fill_null(0)
        return both.aggregate(
            held=n.sum(), their_held=m.sum(), matched=ibis.ifelse(met, n, 0).sum(),
            their_matched=ibis.ifelse(met, m, 0).sum(), distinct=both["n"].count(), their_distinct=both["m"].count(),
            most=n.max(), their_most=m.max(), top=both["top_n"].max(), bottom=both["top_n"].min(),
            their_top=both["top_m"].max(), their_bottom=both["top_m"].min(),
            texts=both["text_n"].sum(), their_texts=both["text_m"].sum(),
        )  # fmt: skip

    frame = engine.ask_of([mine.path, theirs.path], build).iloc[0]
    row: dict[str, Any] = {str(name): 0 if pd.isna(value) else value for name, value in frame.items()}
    if not row["held"] or not row["their_held"]:
        return None
    key = Key(role, other, steps, mine.rows_used, int(row["matched"]), theirs.rows_used, int(row["their_matched"]),
              row["their_most"] <= 1, row["most"] <= 1, say("the only id both files hold"))  # fmt: skip
    return {**row, "key": key}


def _ids(rows: ir.Table, role: str, steps: tuple[str, ...], count: str) -> ir.Table:
    """Each id with its rows; and its number where it is one, to see whether ids are mere counters."""
    rows = rows.filter(rows["left_out"].isnull())
    rows = rows.select(key=key_of(rows, role, steps))
    rows = rows.filter(rows["key"].notnull() & (rows["key"] != ""))
    number = rows["key"].try_cast("int64")
    return rows.group_by("key").aggregate(
        **{count: rows.count(), f"top_{count}": number.max(), f"text_{count}": number.isnull().any().cast("int64")}
    )


def _by_accident(row: dict[str, Any], mine: Table, theirs: Table, role: str, other: str) -> bool:
    """Whether both ids only count rows (1, 2, 3 …), which meet in any two files, and no name says they are the same."""
    uses = (mine.mapping.use(role), theirs.mapping.use(other))
    headers = {" ".join(name.split()).casefold() for name in (mine.header(role), theirs.header(other))}
    if role == "customer_id":
        return False
    reach = row["key"].reach
    spread, their_spread = row["top"] - row["bottom"] + 1, row["their_top"] - row["their_bottom"] + 1
    dense = spread <= 20 * row["distinct"] or their_spread <= 20 * row["their_distinct"]
    counters = bool(not row["texts"] and not row["their_texts"] and dense)
    if role != other:
        return counters or reach < 0.5
    named_alike = len(headers) == 1 and mine.mapping.kind != theirs.mapping.kind
    sure = all(use and use.confidence != "low" for use in uses)
    return counters and not named_alike and (not sure or reach < _SAME_COUNTER)


def _why(chosen: Key, found: Sequence[Key], mine: Table) -> Message:
    others = [key for key in found if key.mine == key.theirs and key.mine != chosen.mine]
    told = [
        say("“{header}” would find {share:0} %", header=mine.header(key.mine), share=100 * key.rate) for key in others
    ]
    if chosen.specific and any(not key.specific for key in others):
        return say("it says which contact is meant, a customer's code only whose ({others})", others=listed(told))
    if others:
        return say("it finds more rows ({others})", others=listed(told))
    return say("the only id both files hold")
