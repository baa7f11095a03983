"""Level 4. Several Tables → one: each row gains what another file says of it, and stays the row it was.

The joined table has the rows of one file, all of them, matched or not, so that no answer and no contact is counted
twice. What describes a row (channel, topic, a column to split by) may stand in several; what was measured of a contact
or an answer (a rating, a duration, a flag) stands in one row only, the latest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cxcore.engine import Engine
from cxcore.errors import CannotCompute
from cxcore.join import keys, pairs, write
from cxcore.join.keys import Key
from cxcore.language import Message, listed, plain, say, say_many
from cxcore.roles import ROLES
from cxcore.store import Workspace
from cxcore.values import Problem, Table

_REWRITTEN: dict[str, Message] = {
    "spaces": say("spaces"),
    "case": say("capital letters"),
    "decimals": say("a decimal “.0”"),
    "zeros": say("leading zeros"),
}


@dataclass(frozen=True)
class Link:
    """How one file was joined: its key, what it gave, what it could not give."""

    file: str
    key: Key
    mine: str
    theirs: str
    matched: int
    gained: tuple[str, ...]
    refused: tuple[str, ...]
    notes: tuple[Message, ...]

    @property
    def rate(self) -> float:
        """The share of rows that gained something, in percent."""
        return 100 * self.matched / self.key.rows if self.key.rows else 0.0


@dataclass(frozen=True)
class Joined:
    """The joined table, the file whose rows it has, how each other was linked, and the files that no id links."""

    table: Table
    base: str
    links: tuple[Link, ...]
    unlinked: tuple[Table, ...]
    linked: tuple[Table, ...] = ()


def of(engine: Engine, workspace: Workspace, base: Table, others: Sequence[Table]) -> Joined:
    """The rows of `base` with what the others say of them. A file may be linked through another one's id."""
    table, links, waiting = base, [], list(others)
    joined: list[Table] = []
    while waiting:
        linked = None
        for other in waiting:
            key = keys.best(engine, table, other)
            if key is not None and not pairs.contradicted(engine, table, other, key):
                linked = other
                table, link = _joined(engine, workspace, table, other, key)
                links.append(link)
                break
        if linked is None:
            break
        waiting.remove(linked)
        joined.append(linked)
    return Joined(table, base.name, tuple(links), tuple(waiting), tuple(joined))


def base_of(tables: Sequence[Table], needs: Sequence[str] = ()) -> Table:
    """The table whose rows are kept: the one that holds what is asked for, a survey before others, else the first."""
    holding = [table for table in tables if all(table.has(role) for role in needs)] or list(tables)
    rated = [t for t in holding if any(ROLES[use.role].type == "rating" for use in t.mapping.roles)]
    surveys = [table for table in rated if table.mapping.kind == "responses"]
    return [*surveys, *rated, *holding][0]


def not_linked(tables: Sequence[Table]) -> CannotCompute:
    """The error for files that no id links."""
    names = listed([table.name for table in tables])
    return CannotCompute(
        "no_common_id",
        say("No id links these files: {names}.", names=names),
        say("Name the columns that hold the same id in both, for example --map 'interaction_id=Ticket', or measure"
            " each file alone."),
    )  # fmt: skip


def told(link: Link) -> Message:
    """How well a file fits, in one sentence."""
    return say(
        "{file}: {matched} of {rows} rows find theirs by “{mine}” ({share:1} %); the other way round {back} of {theirs}"
        " ({their_share:1} %). Reason for this key: {why}.",
        file=link.file, matched=link.matched, rows=link.key.rows, mine=link.mine, share=link.rate,
        back=link.key.their_matched, theirs=link.key.their_rows, their_share=100 * link.key.their_rate,
        why=link.key.why,
    )  # fmt: skip


def _joined(engine: Engine, workspace: Workspace, base: Table, other: Table, key: Key) -> tuple[Table, Link]:
    found = pairs.of(engine, workspace, base, other, key)
    try:
        written = write.of(engine, workspace, base, other, key, found)
    finally:
        workspace.forget(found.path)
    link = Link(
        file=other.name,
        key=key,
        mine=base.header(key.mine),
        theirs=other.header(key.theirs),
        matched=found.matched,
        gained=written.gained,
        refused=written.refused,
        notes=tuple(_notes(base, other, key, found, written)),
    )
    low = link.rate < 50 and 100 * key.their_rate < 50
    problems = [
        Problem("joined", "warning" if low else "info", told(link), count=found.matched),
        *(Problem("joined", "info", note) for note in link.notes),
    ]
    if written.refused:
        problems.append(Problem("joined_columns_refused", "warning", _refused(other, written.refused)))
    table = replace(
        written.table,
        name=f"{base.name} + {other.name}",
        parts=(*(base.parts or (base.name,)), other.name),
        problems=(*base.problems, *problems, *_others_problems(other, written.gained)),
    )
    return table, link


def _notes(base: Table, other: Table, key: Key, found: pairs.Pairs, written: write.Written) -> list[Message]:
    notes = []
    missing = key.rows - found.matched
    if missing:
        notes.append(
            say_many("{n} row finds none in {file} and stays as it is.",
                     "{n} rows find none in {file} and stay as they are.", missing, file=other.name)
        )  # fmt: skip
    if key.steps:
        steps = listed([_REWRITTEN[step] for step in key.steps])
        notes.append(say("Ids that differ only in {steps} were taken as the same: more rows meet so, and no two ids"
                         " become one.", steps=steps))  # fmt: skip
    if found.by_time:
        notes.append(say("Where several contacts could be meant, the latest before the answer was taken."))
    if found.again:
        notes.append(say_many(
            "{n} row shares its counterpart with a later row: what was measured there counts at the later one only.",
            "{n} rows share their counterpart with a later row: what was measured there counts at the later one only.",
            found.again))  # fmt: skip
    if pairs.later(base, other) == "mine" and any(name in _of_contacts(base, other) for name in written.gained):
        notes.append(say("What was measured of contacts stands here only for those with an answer; {file} alone has it"
                         " for all of them.", file=other.name))  # fmt: skip
    if found.passed_over > 0 and written.gained:
        notes.append(say_many("{n} row of {file} gives way to another of the same id and is not in this view.",
                              "{n} rows of {file} give way to others of the same id and are not in this view.",
                              found.passed_over, file=other.name))  # fmt: skip
    return notes


def _of_contacts(base: Table, other: Table) -> set[str]:
    """The headers of what was measured of the other file's contacts."""
    kinds = {"duration", "flag", "count", "amount"}
    return {
        other.header(use.role) for use in other.mapping.roles
        if ROLES[use.role].type in kinds and not base.has(use.role)
    }  # fmt: skip


def _refused(other: Table, names: Sequence[str]) -> Message:
    return say(
        "Columns of {file} with several values for one id were not joined: {names}",
        file=other.name, names=listed([plain(name) for name in names]),
    )  # fmt: skip


def _others_problems(other: Table, gained: Sequence[str]) -> list[Problem]:
    """What does not fit in the columns that were gained, under the other file's name."""
    return [
        replace(problem, what=say("{file}: {what}", file=other.name, what=problem.what))
        for problem in other.problems
        if problem.column and (problem.column in gained or other.header(problem.column) in gained)
    ]
