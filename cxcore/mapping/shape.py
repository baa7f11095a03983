"""What a row of the file is: a case, or one of its events; an answered survey, or one of its answers.

Where the evidence is strong the rows are taken together and the receipt says so; where it is not they are left as
they are, with a warning and a question. Either way a person may say otherwise (`--map shape=rows|cases|answers`): the
rows as they stand are kept beside what was made of them.
"""

from __future__ import annotations

from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import replace

from cxcore.engine import Engine
from cxcore.errors import CannotCompute
from cxcore.language import say
from cxcore.mapping import fold, pivot
from cxcore.mapping.apply import apply
from cxcore.mapping.profile import of
from cxcore.mapping.understand import SHAPE, understand
from cxcore.store import Workspace
from cxcore.values import Mapping, Problem, Profile, Question, RawTable, Table

_ROWS_NOTED = Problem(
    "looks_like_events", "warning",
    say("rows seem to be events of cases; they are counted one by one until you say that they belong together"),
)  # fmt: skip
_LONG_NOTED = Problem(
    "looks_like_long_survey", "warning",
    say("rows seem to be single answers of surveys; they are counted one by one until you say that they belong"
        " together"),
)  # fmt: skip
_CASES = say("Should the events of a case be taken together?")
_ANSWERS = say("Should the answers of a survey be taken together?")


def shaped(
    raw: RawTable,
    mapping: Mapping,
    profiles: Sequence[Profile],
    engine: Engine,
    workspace: Workspace,
    *,
    corrections: Dict[str, str],
    zone: str | None,
) -> Table:
    """The table of a file in the shape its rows call for, or a person asked for.

    Raises CannotCompute where a person asks for a shape the file cannot take.
    """
    asked = corrections.get(SHAPE)
    spread = pivot.plan(raw, profiles, mapping, engine) if asked != "cases" else None
    if spread is not None:
        gathered = _spread(raw, mapping, profiles, spread, engine, workspace, corrections, zone)
        if asked == "answers" or (asked is None and spread.sure) or gathered.before is None:
            return gathered
        question = Question(SHAPE, _ANSWERS, ("rows", "answers"))
        return _open(gathered.before, None if asked else _LONG_NOTED, question)
    rows = apply(raw, mapping, profiles, engine, workspace)
    if asked != "answers" and mapping.kind == "events" and all(mapping.use(role) for role in fold.NEEDS):
        how = fold.plan(rows, profiles, engine, corrections)
        if asked == "cases" or (asked is None and how.sure):
            return fold.folded(rows, how, engine, workspace)
        return _open(rows, None if asked else _ROWS_NOTED, Question(SHAPE, _CASES, ("rows", "cases")))
    if asked in {"cases", "answers"}:
        raise CannotCompute(
            "no_such_shape",
            say("The rows of this file cannot be taken together that way."),
            say("Events need a case's number, a time and a state; survey answers need a survey's number, a question and"
                " an answer."),
        )  # fmt: skip
    return rows


def _open(rows: Table, noted: Problem | None, question: Question) -> Table:
    """The rows as they stand, with what may be asked of them."""
    mapping = replace(rows.mapping, questions=(*rows.mapping.questions, question))
    problems = rows.problems if noted is None else (*rows.problems, noted)
    return replace(rows, mapping=mapping, problems=problems)


def _spread(
    raw: RawTable,
    mapping: Mapping,
    profiles: Sequence[Profile],
    how: pivot.Pivot,
    engine: Engine,
    workspace: Workspace,
    corrections: Dict[str, str],
    zone: str | None,
) -> Table:
    """One row an answered survey, understood like any other file; answers that are personal data are kept nowhere."""
    wide = pivot.spread(raw, how, engine, workspace)
    masked = None
    try:
        seen = of(wide)
        found = understand(wide, seen, corrections=corrections, zone=zone)
        asked = Question(SHAPE, _ANSWERS, ("answers", "rows"))
        found = replace(found, questions=(*found.questions, asked), problems=(*found.problems, *pivot.said(raw, how)))
        table = apply(wide, found, seen, engine, workspace)
        personal = [use.header for use in found.columns if use.fate == "personal"]
        masked = pivot.without(raw, how, personal, engine, workspace)
        before = apply(masked, mapping, profiles, engine, workspace)
    finally:
        workspace.forget(wide.path)
        if masked is not None and masked.path != raw.path:
            workspace.forget(masked.path)
    used = raw.rows - how.lost
    return replace(table, rows_read=raw.rows, rows_used=used, cases=wide.rows, before=before)
