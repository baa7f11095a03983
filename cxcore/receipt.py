"""Level 4. The receipt: what was read, how it was understood, what does not count and why, in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import ibis.expr.types as ir
import pandas as pd

from cxcore.engine import Engine
from cxcore.language import Lang, Message, listed, plain, say, say_many, words
from cxcore.roles import ROLES
from cxcore.values import Condition, Fate, Kind, Problem, RoleFigures, RoleUse, Table

EXAMPLES = 3  # of each column
_LOOKED_AT = 1_000  # rows in which examples are looked for first
_NUMBERS = frozenset({"rating", "duration", "flag", "count", "amount"})
# Problems told elsewhere in the receipt, and not a second time: rows left out, columns dropped.
_KINDS: dict[Kind, Message] = {
    "interactions": say("each row is a contact with a customer"),
    "responses": say("each row is an answer to a survey"),
    "events": say("each row is an event of a case"),
    "daily": say("each row holds totals, as of a day or of an agent"),
    "scores": say("each row holds scores already computed"),
    "unknown": say("what a row stands for was not recognised"),
}
_FORMATS: dict[str, Message] = {"text": say("text in columns"), "xlsx": say("Excel workbook")}
_DELIMITERS: dict[str, Message] = {
    ",": say("comma"),
    ";": say("semicolon"),
    "\t": say("tab"),
    "|": say("vertical bar"),
    " ": say("space"),
}
_LEFT_OUT_CODES = {"duplicate": "duplicate_rows", "superseded": "conflicting_duplicates"}
_TOLD = frozenset({*_LEFT_OUT_CODES.values(), "personal_columns_dropped"})


def lines(table: Table, lang: Lang, where: Sequence[Condition] = ()) -> tuple[str, ...]:
    """The whole receipt, a sentence a line, for the foot of an export."""
    return tuple(words(line, lang) for line in (*facts(table, where), *columns(table), *problems(table)))


def facts(table: Table, where: Sequence[Condition] = ()) -> tuple[Message, ...]:
    """The file, its rows read, used and left out (with their spreadsheet row numbers), period, zone and filters."""
    raw = table.raw
    found = [say("File: {name}", name=table.name)]
    if raw.sheet is not None:
        found.append(say("Sheet: {name}", name=raw.sheet))
    found.append(say("Fingerprint of the file (SHA-256): {code}", code=raw.sha256))
    found.append(_format(table))
    found.append(counted(table))
    for reason, count in table.left_out:
        problem = next((p for p in table.problems if p.code == _LEFT_OUT_CODES.get(reason)), None)
        rows = problem.rows if problem else ()
        found.append(say("Left out: {n} – {reason}{rows}", n=count, reason=left_out_words(f"{reason}_rows"),
                         rows=_in_rows(rows, count)))  # fmt: skip
    if table.period:
        found.append(say("The dates run from {start} to {end}.", start=table.period[0], end=table.period[1]))
        zone = table.mapping.zone
        found.append(
            say("Times are in the zone {zone}.", zone=zone)
            if zone
            else say("Times are taken as they stand in the file; it names no zone.")
        )
    if where:
        found.append(say("Only rows where: {conditions}", conditions=listed([spelled(one) for one in where])))
    return tuple(found)


def counted(table: Table) -> Message:
    """How many rows were read and count, and what a row is."""
    return say_many("{n} row was read and {used} counted: {kind}.", "{n} rows were read and {used} counted: {kind}.",
                    table.rows_read, used=table.rows_used, kind=_kind(table))  # fmt: skip


def _kind(table: Table) -> Message:
    """What a row stands for. One row a customer, with no contact's number and no date, is a list of customers."""
    kind = table.mapping.kind
    dated = any(ROLES[use.role].type == "time" for use in table.mapping.roles)
    if kind == "interactions" and table.has("customer_id") and table.busiest <= 1 and not (
        dated or table.has("interaction_id")
    ):  # fmt: skip
        return say("each row is a customer")
    return _KINDS[kind]


def _format(table: Table) -> Message:
    raw = table.raw
    written = _FORMATS.get(raw.format, plain(raw.format.upper()))
    if raw.delimiter is None:
        return say("Format: {format}. Header rows: {rows}.", format=written, rows=raw.header_rows)
    delimiter = _DELIMITERS.get(raw.delimiter, plain(raw.delimiter))
    return say("Format: {format}. Encoding: {encoding}. Cells are separated by: {delimiter}. Header rows: {rows}.",
               format=written, encoding=raw.encoding or "–", delimiter=delimiter, rows=raw.header_rows)  # fmt: skip


def columns(table: Table) -> tuple[Message, ...]:
    """Every column that was used and what for, then those kept to split by, standing by, ignored and dropped."""
    return (*(used(table, use) for use in table.mapping.roles), *unused(table))


def unused(table: Table) -> tuple[Message, ...]:
    """The columns that fill no role: kept to split by, standing by, ignored, dropped."""
    found: list[Message] = []
    told: tuple[tuple[Fate, Any], ...] = (
        ("segment", lambda names: say("Kept to split by: {names}", names=names)),
        ("also", lambda names: say("Could stand in for a column used: {names}", names=names)),
        ("ignored", lambda names: say("Not used: {names}", names=names)),
        ("personal", lambda names: say("Dropped as personal data, not kept: {names}", names=names)),
    )
    for fate, tell in told:
        names = [use.header for use in table.mapping.columns if use.fate == fate]
        if names:
            found.append(tell(listed(names)))
    return tuple(found)


def problems(table: Table) -> tuple[Message, ...]:
    """What does not fit, warnings first: what, in which column, in which spreadsheet rows."""
    told = [p for p in table.problems if p.code not in _TOLD]
    return tuple(_problem(p) for p in sorted(told, key=lambda p: p.severity != "warning"))


def left_out_words(reason: str) -> Message:
    """The words for a reason of `Measured.left_out`."""
    known = {
        "skipped": say("no answer"),
        "off_scale": say("answer off the scale"),
        "earlier_answers": say("earlier answers of the same customer"),
        "duplicate_rows": say("rows that repeat another in every cell"),
        "superseded_rows": say("older versions of a row with the same number"),
        "not_answered": say("contacts no person took"),
        "abandoned": say("contacts given up that this rule leaves out"),
        "short_abandons": say("contacts given up at once"),
        "not_said": say("rows that do not say it"),
        "no_time": say("rows without the time"),
        "negative": say("times below 0"),
        "ends_before_it_starts": say("ends before its start"),
        "still_open": say("open cases, dropped by this rule"),
        "no_customer": say("rows without a customer"),
        "no_customer_or_date": say("rows without a customer or a date"),
        "window_not_over": say("contacts whose window is not over"),
        "not_solved": say("cases not solved"),
        "no_date": say("rows without the date that groups them"),
    }
    return known.get(reason, plain(reason))


def spelled(one: Condition) -> Message:
    """A condition as a person reads it: Channel = chat."""
    return plain(f"{one.column} {one.comparison} {one.value}")


def figures(engine: Engine, table: Table) -> dict[str, RoleFigures]:
    """For each role, over the rows that count: n, distinct, first and last in row order, mean where it is a number.

    First and last are texts: times as 2024-01-15 09:00:00, numbers without idle decimals, a customer as the pseudonym.
    """
    roles = [use.role for use in table.mapping.roles]
    if not roles:
        return {}

    def build(source: ir.Table) -> ir.Table:
        rows = source.filter(source["left_out"].isnull())
        sums: dict[str, Any] = {}
        for k, role in enumerate(roles):
            cell: Any = rows[role]
            sums |= {
                f"n{k}": cell.count(),
                f"d{k}": cell.nunique(),
                f"f{k}": cell.argmin(rows["row"], where=cell.notnull()),
                f"l{k}": cell.argmax(rows["row"], where=cell.notnull()),
            }
            if ROLES[role].type in _NUMBERS:
                sums[f"m{k}"] = cell.mean()
        return rows.aggregate(**sums)

    row = engine.ask(table.path, build).iloc[0]
    return {
        role: RoleFigures(role, int(row[f"n{k}"]), int(row[f"d{k}"]), _text(row[f"f{k}"]), _text(row[f"l{k}"]),
                          None if pd.isna(row.get(f"m{k}")) else float(row[f"m{k}"]))
        for k, role in enumerate(roles)
    }  # fmt: skip


def examples(engine: Engine, table: Table) -> dict[int, tuple[str, ...]]:
    """Up to three different texts of each kept column, by its index, as the file has them; a customer as pseudonym.

    Personal columns were not kept and have none.
    """
    kept = {use.index: table.text(use.index) for use in table.mapping.columns if use.fate != "personal"}
    head = engine.ask(table.path, lambda t: t.order_by("row").limit(_LOOKED_AT))
    found = {k: list(head[name].dropna().unique()[:EXAMPLES]) for k, name in kept.items() if name in head}
    sparse = [k for k, texts in found.items() if len(texts) < EXAMPLES]
    if table.raw.rows > _LOOKED_AT and sparse:
        ends = engine.ask(
            table.path,
            lambda t: t.aggregate(
                **{f"{end}{k}": getattr(t[kept[k]], end)() for k in sparse for end in ("min", "max")}
            ),
        ).iloc[0]
        for k in sparse:
            more = [ends[f"{end}{k}"] for end in ("min", "max") if not pd.isna(ends[f"{end}{k}"])]
            found[k] = list(dict.fromkeys([*found[k], *more]))[:EXAMPLES]
    return {k: tuple(str(text) for text in texts) for k, texts in found.items()}


def _text(cell: Any) -> str | None:
    if pd.isna(cell):
        return None
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, str):
        return cell
    number = float(cell)
    return str(int(number)) if number.is_integer() else repr(number)


def used(table: Table, use: RoleUse) -> Message:
    """What a role's column is read as."""
    told: list[Message] = [ROLES[use.role].meaning]
    if use.scale is not None:
        told.append(say("scale {low}–{high}", low=use.scale[0], high=use.scale[1]))
    if use.reversed:
        told.append(say("turned round: the low end was the good one"))
    if use.unit is not None:
        told.append(_unit(use.unit))
    if use.order in {"dmy", "mdy"}:
        told.append(say("day before month") if use.order == "dmy" else say("month before day"))
    if use.role == "customer_id":
        told.append(say("kept as a pseudonym only"))
    if use.confidence != "high":
        told.append(
            say("recognised with little certainty: please check")
            if use.confidence == "low"
            else say("recognised with fair certainty")
        )
    return say("“{header}”: {read_as}", header=table.header(use.role), read_as=listed(told))


def _unit(unit: str) -> Message:
    known = {
        "ms": say("in milliseconds"),
        "s": say("in seconds"),
        "min": say("in minutes"),
        "h": say("in hours"),
        "d": say("in days"),
        "hms": say("in hours:minutes:seconds"),
        "mm:ss": say("in minutes and seconds"),
        "h:mm": say("in hours and minutes"),
        "words": say("in words and units"),
        "iso": say("as ISO 8601 writes durations"),
    }
    return known.get(unit, plain(unit))


def _problem(problem: Problem) -> Message:
    rows = _in_rows(problem.rows, problem.count)
    if problem.column:
        return say("“{column}”: {what}{rows}", column=problem.column, what=problem.what, rows=rows)
    return say("{what}{rows}", what=problem.what, rows=rows)


def _in_rows(rows: Sequence[int], count: int) -> Message:
    """In brackets, "rows 3, 5, 8 and 4 more"; row numbers stand as the spreadsheet shows them, without separators."""
    if not rows:
        return plain("")
    shown = listed([str(row) for row in rows])
    if count > len(rows):
        return say(" (rows {rows} and {n} more)", rows=shown, n=count - len(rows))
    return say(" (row {rows})", rows=shown) if len(rows) == 1 else say(" (rows {rows})", rows=shown)
