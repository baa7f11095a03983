"""RawTable + Mapping → Table: every row read once by the engine, and everything that did not fit counted and named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from cxcore.engine import Engine
from cxcore.language import Message, say_many
from cxcore.mapping import door, typed, unlikely, zones
from cxcore.mapping.answers import NO_ANSWER
from cxcore.mapping.check import Check as _Check
from cxcore.mapping.facts import Facts
from cxcore.mapping.twice import Repeats, marked, repeats
from cxcore.roles import PERIOD_OF, ROLES
from cxcore.store import Workspace
from cxcore.values import ROWS_SHOWN, SMALL_GROUP, Mapping, Problem, Profile, RawTable, RoleUse, Table

EARLIEST = datetime(1990, 1, 1)  # no customer's contact is older; 1970 and 1980 are what empty clocks show


def apply(raw: RawTable, mapping: Mapping, profiles: Sequence[Profile], engine: Engine, workspace: Workspace) -> Table:
    """The table of a file under a mapping, written into the workspace.

    Exact repetitions of a row count once; of rows that share an id but differ, the latest counts. Both are said. Rows
    are kept with the reason they do not count, so that nothing is lost and a correction can bring them back.
    """
    facts = [Facts(profile) for profile in profiles]
    draft = workspace.draft()
    guarded = door.guards(raw, mapping, facts, engine)
    twice = repeats(raw, mapping, engine)
    engine.write(
        raw.path,
        lambda table: _columns(
            door.closed(table, raw, guarded, workspace.key), raw, mapping, facts, twice, workspace.key
        ),
        draft,
    )
    with ThreadPoolExecutor(1) as pool:  # the file is hashed and flushed while the engine looks at it
        named = pool.submit(workspace.fingerprint, draft)
        checked = _checked(draft, mapping, facts, guarded, engine)
        most = busiest(engine, draft, mapping)
        path, fingerprint = workspace.keep(draft, named.result())
    used = raw.rows - sum(count for _, count in checked.left_out)
    return Table(
        path=path,
        fingerprint=fingerprint,
        name=raw.name,
        raw=raw,
        mapping=mapping,
        rows_read=raw.rows,
        rows_used=used,
        left_out=checked.left_out,
        problems=(*mapping.problems, *checked.problems, *_too_few(mapping, used)),
        period=checked.period,
        unanswered=checked.unanswered,
        busiest=most,
    )


def busiest(engine: Engine, path: Path, mapping: Mapping) -> int:
    """The most rows that one customer has; 1 where no customer is known."""
    if mapping.use("customer_id") is None:
        return 1

    def most(rows: ir.Table) -> ir.Table:
        rows = rows.filter(rows["customer_id"].notnull())
        counts = rows.group_by("customer_id").aggregate(n=rows.count())
        return counts.aggregate(n=counts["n"].max())

    return max(1, _whole(engine.ask(path, most)["n"].iloc[0]))


def _too_few(mapping: Mapping, used: int) -> tuple[Problem, ...]:
    rated = any(ROLES[use.role].type == "rating" for use in mapping.roles)
    if not rated or used >= SMALL_GROUP:
        return ()
    what = say_many("{n} answer is too few to say anything of the others",
                    "{n} answers are too few to say anything of the others", used)  # fmt: skip
    return (Problem("too_few_answers", "warning", what, count=used),)


def _columns(
    table: ir.Table, raw: RawTable, mapping: Mapping, facts: list[Facts], twice: Repeats | None, key: bytes
) -> ir.Table:
    columns: dict[str, Any] = {"row": table["row"]}
    for use in mapping.roles:
        columns |= typed.column(table, raw, use, facts, key)
    for own in mapping.columns:
        served = mapping.use(own.role) if own.role and own.fate == "role" else None
        kept_already = served is not None and (served.plain or served.role == "customer_id")
        if raw.text(own.index) in table.columns and own.fate != "personal" and not kept_already:
            columns[f"x{own.index}"] = table[raw.text(own.index)]
    for use in mapping.roles:
        if ROLES[use.role].type == "duration":
            columns |= unlikely.set_apart(columns, use.role)
        if ROLES[use.role].type == "time":
            limit = datetime.now() + timedelta(days=2)
            when = columns[use.role]
            off = ibis.cases((when < EARLIEST, "old"), (when > limit, "future"), else_=ibis.null("string"))
            columns[f"{use.role}_off"] = off
            columns[use.role] = ibis.ifelse(off.isnull(), when, None)
    result = table.select(**columns)
    if twice is None:
        return result.mutate(left_out=ibis.null("string"))
    return marked(result, mapping, twice)


@dataclass(frozen=True)
class _Checked:
    problems: tuple[Problem, ...]
    left_out: tuple[tuple[str, int], ...]
    period: tuple[date, date] | None
    unanswered: tuple[tuple[str, int, int], ...]


def _checked(
    path: Any, mapping: Mapping, facts: list[Facts], guarded: dict[int, door.Treatment], engine: Engine
) -> _Checked:
    """What the written table says of itself: cells that did not fit, rows left out, the period."""

    ratings = [use.role for use in mapping.roles if ROLES[use.role].type == "rating"]
    with engine.reading(path) as table:
        checks = _checks(table, mapping, facts, guarded)
        when = _when(mapping)
        spans = {"start": table[when].min(), "end": table[when].max()} if when else {}
        counted = table.aggregate(
            duplicate=(table["left_out"] == "duplicate").sum(),
            superseded=(table["left_out"] == "superseded").sum(),
            **{f"c{k}": check.holds.sum() for k, check in enumerate(checks)},
            **spans,
            **unanswered(table, ratings),
        )
        row = counted.to_pandas().iloc[0]
        problems = []
        for k, check in enumerate(checks):
            count = _whole(row[f"c{k}"])
            if count:
                rows = table.filter(check.holds).order_by("row").select("row").limit(ROWS_SHOWN).to_pandas()["row"]
                problems.append(
                    Problem(
                        check.code, check.severity, check.says(count), check.column, count, tuple(int(r) for r in rows)
                    )
                )
    left_out = tuple((name, _whole(row[name])) for name in ("duplicate", "superseded") if _whole(row[name]))
    period = None
    if "start" in row and not pd.isna(row["start"]):
        period = (row["start"].date(), row["end"].date())
    silent = tuple((role, _whole(row[f"{role}_skipped"]), _whole(row[f"{role}_off"])) for role in ratings)
    return _Checked(tuple(problems), left_out, period, silent)


def unanswered(table: ir.Table, ratings: Sequence[str]) -> dict[str, Any]:
    """For each rating, the rows that count but hold no answer, and those whose answer is off the scale."""
    sums = {}
    for role in ratings:
        counts = table["left_out"].isnull()
        off = table[f"{role}_off"].fill_null(False)
        sums[f"{role}_off"] = (counts & off).sum()
        sums[f"{role}_skipped"] = (counts & table[role].isnull() & ~off).sum()
    return sums


def _whole(value: Any) -> int:
    return 0 if pd.isna(value) else int(value)


def _when(mapping: Mapping) -> str | None:
    return next((role for role in PERIOD_OF if mapping.use(role)), None)


def _checks(table: ir.Table, mapping: Mapping, facts: list[Facts], guarded: dict[int, door.Treatment]) -> list[_Check]:
    checks = [
        _Check("duplicate_rows", "", table["left_out"] == "duplicate", lambda n: say_many(
            "{n} row repeats another in every cell and is counted once",
            "{n} rows repeat others in every cell and are counted once", n)),
        _Check("conflicting_duplicates", "", table["left_out"] == "superseded", lambda n: say_many(
            "{n} row shares its number with a later one that differs; the latest counts",
            "{n} rows share their number with later ones that differ; the latest count", n)),
    ]  # fmt: skip
    for start, end in (
        ("created_at", "first_response_at"), ("created_at", "resolved_at"), ("first_response_at", "resolved_at")
    ):  # fmt: skip
        if mapping.use(start) and (later := mapping.use(end)):
            header = mapping.columns[later.columns[-1]].header
            checks.append(_Check("negative_duration", header, table[end] < table[start], lambda n: say_many(
                "{n} time lies before the one it should follow, so no duration comes of it",
                "{n} times lie before the ones they should follow, so no durations come of them", n)))  # fmt: skip
    for index, holds in door.masked_cells(table, mapping, guarded):
        said = _masked_words(mapping, index)
        checks.append(_Check("personal_data_masked", mapping.columns[index].header, holds, said, "info"))
    for use in mapping.roles:
        if facts[use.columns[0]].filled:
            checks += (
                unlikely.checks(table, use, mapping, facts[use.columns[0]])
                if ROLES[use.role].type == "duration"
                else _cell_checks(table, use, mapping.columns[use.columns[0]].header, facts)
            )
    return checks


def _masked_words(mapping: Mapping, index: int) -> Callable[[int], Message]:
    comment = mapping.use("comment")
    if comment is not None and index in {*comment.columns, *comment.also}:
        return lambda n: say_many("{n} comment had personal data in it, which was masked",
                                  "{n} comments had personal data in them, which was masked", n)  # fmt: skip
    return lambda n: say_many("{n} cell had personal data in it, which was masked",
                              "{n} cells had personal data in them, which was masked", n)  # fmt: skip


def _cell_checks(table: ir.Table, use: RoleUse, header: str, facts: list[Facts]) -> list[_Check]:
    kind, role = ROLES[use.role].type, use.role
    text = table[f"x{use.columns[0]}"] if f"x{use.columns[0]}" in table.columns else None
    if text is None or kind in {"id", "category", "text"}:
        return []
    unread = text.notnull() & table[role].isnull()
    if kind == "rating":
        low, high = use.scale or (0.0, 0.0)
        off = table[f"{role}_off"].fill_null(False)
        skipped = text.strip().lower().isin(sorted(NO_ANSWER))
        return [
            _Check(f"{role}_out_of_range", header, off, lambda n: say_many(
                "{n} answer is off the scale {low}–{high} and is not counted",
                "{n} answers are off the scale {low}–{high} and are not counted", n, low=low, high=high)),
            _Check(f"{role}_unreadable", header, unread & ~off & ~skipped, lambda n: say_many(
                "{n} cell is no answer on the scale", "{n} cells are no answers on the scale", n)),
        ]  # fmt: skip
    if kind == "time":
        off = table[f"{role}_off"]
        return [
            *zones.clock_change(table, use, header, facts),
            _Check("implausible_dates", header, off == "old", lambda n: say_many(
                "{n} date lies before 1990 and is set apart", "{n} dates lie before 1990 and are set apart", n)),
            _Check("future_dates", header, off == "future", lambda n: say_many(
                "{n} date lies in the future and is set apart", "{n} dates lie in the future and are set apart", n)),
            _Check("invalid_dates", header, unread & off.isnull(), lambda n: say_many(
                "{n} cell is no date that exists", "{n} cells are no dates that exist", n)),
        ]  # fmt: skip
    return [
        _Check("unreadable_cells", header, unread, lambda n: say_many(
            "{n} cell could not be read", "{n} cells could not be read", n))
    ]  # fmt: skip
