"""An event log, several rows a case → a table with one row a case, made by the engine from the rows as read.

The first event is when the case began. It was solved when it was last set to solved, if no open state follows; where
"closed" follows "solved", the solution is the earlier of the two. It was reopened as often as an open state follows a
solved one. What else a case's rows say is taken from the last of them that says anything.
"""

from __future__ import annotations

from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from cxcore.engine import Engine
from cxcore.language import Message, listed, say, say_many
from cxcore.mapping import answers, headers, states
from cxcore.mapping.facts import STATES, Facts
from cxcore.roles import ROLES
from cxcore.store import Workspace
from cxcore.values import Mapping, Problem, Profile, Question, RoleUse, Table

_STATE_WORDS = frozenset("status state stato stati estado statut etat zustand".split())
NEEDS = ("interaction_id", "event_at", "status")
MOSTLY = 0.5  # of the cases with several rows: in so many the time and the state must move
SELDOM = 0.05  # of them: in no more may a score or a duration change, which is then a row's own and no case's
NONE = "none"  # stands for no state at all
SOLVED = "status.solved"  # the choice of the state that means a case is solved
CHOICES = 12  # states offered for a person to say which of them means solved


@dataclass(frozen=True)
class Fold:
    """How a log is folded: which texts of the state mean solved, opened, replied; and whether that is sure.

    `back` when the file's events run from the newest to the oldest; `moving` are columns that change within a case;
    `still` when most rows repeat the state of the row before them: pictures taken again and again, and no events.
    """

    solved: tuple[str, ...]
    opened: tuple[str, ...]
    replied: tuple[str, ...]
    cases: int
    lost: int
    sure: bool
    back: bool
    moving: tuple[str, ...]
    states: tuple[str, ...]
    still: bool


def plan(rows: Table, profiles: Sequence[Profile], engine: Engine, choices: Dict[str, str]) -> Fold:
    """How the rows of a log would fold, and whether they surely are events of cases rather than rows of their own.

    Sure is: in most cases of several rows the time and the state move, no score or duration changes within a case, and
    either the header names the case or the states are those of a case. `choices[SOLVED]` names the state a
    person says means solved.
    """
    mapping = rows.mapping
    state, case = _required(mapping, "status"), _required(mapping, "interaction_id")
    texts = [text.strip() for text, _ in profiles[state.columns[0]].values]
    known = {text: answers.folded(text) for text in texts}
    stated = choices.get(SOLVED)
    solved = tuple(t for t in texts if (t == stated if stated else states.says_done(known[t])))
    is_state = bool(_STATE_WORDS & set(headers.tokens(profiles[state.columns[0]].header)))
    opened = tuple(
        t for t in texts if t not in solved and (is_state or stated not in {None, NONE} or known[t] in states.OPEN)
    )
    replied = tuple(t for t in texts if states.says_reply(known[t]))
    seen = _seen(rows, engine)
    several = max(int(seen["several"]), 1)
    own = {use.role for use in mapping.roles if ROLES[use.role].type in {"rating", "duration", "amount"}}
    steady = all(seen[f"{role}_moves"] <= SELDOM * several for role in own)
    moves = min(seen["event_at_moves"], seen["status_moves"]) >= MOSTLY * several and seen["several"] > 0
    spelled = bool(Facts(profiles[state.columns[0]]).share_in(STATES | states.DONE | states.OPEN) and solved)
    moving = tuple(
        use.header for use in mapping.columns
        if f"{rows.text(use.index)}_moves" in seen and seen[f"{rows.text(use.index)}_moves"]
        and use.role not in {"event_at", "status", "interaction_id"}
    )  # fmt: skip
    still = bool(seen["same"] > MOSTLY * seen["steps"])
    sure = moves and steady and not still and (case.confidence != "low" or spelled)
    return Fold(solved, opened, replied, int(seen["cases"]), int(seen["lost"]), bool(sure),
                bool(seen["falls"] > seen["rises"]), moving, tuple(texts[:CHOICES]), still)  # fmt: skip


def _required(mapping: Mapping, role: str) -> RoleUse:
    use = mapping.use(role)
    if use is None:
        raise ValueError(f"a log without {role}")
    return use


def _carried(table: ir.Table) -> list[str]:
    """The columns of the stored rows that belong to the case, and are not made by the fold."""
    made = {"row", "left_out", "interaction_id", "event_at"}
    return [name for name in table.columns if name not in made and not name.endswith("_off")]


def _seen(rows: Table, engine: Engine) -> pd.Series:
    """Counted over the cases: how many, of several rows, in how many each column moves, which way the file runs."""

    def build(source: ir.Table) -> ir.Table:
        held = source.filter(source["interaction_id"].notnull())
        before: Any = held["event_at"].lag().over(ibis.window(group_by=held["interaction_id"], order_by=held["row"]))
        earlier: Any = (
            held["status"].lag().over(ibis.window(group_by=held["interaction_id"], order_by=held["event_at"]))
        )
        stepped = held.mutate(
            same=(held["status"] == earlier).cast("int64"),
            rise=(held["event_at"] > before).cast("int64"),
            fall=(held["event_at"] < before).cast("int64"),
        )
        names = [*_carried(source), "event_at"]
        case = stepped.group_by("interaction_id").aggregate(
            n=stepped.count(),
            rises=stepped["rise"].sum(),
            falls=stepped["fall"].sum(),
            same=stepped["same"].sum(),
            steps=stepped["same"].count(),
            **{f"{name}_moves": stepped[name].min() != stepped[name].max() for name in names},
        )
        return case.aggregate(
            cases=case.count(),
            held=case["n"].sum(),
            several=(case["n"] > 1).sum(),
            rises=case["rises"].sum().fill_null(0),
            falls=case["falls"].sum().fill_null(0),
            same=case["same"].sum().fill_null(0),
            steps=case["steps"].sum().fill_null(0),
            **{f"{name}_moves": case[f"{name}_moves"].sum().fill_null(0) for name in names},
        )

    seen: pd.Series = engine.ask(rows.path, build).iloc[0].copy()
    seen["lost"] = rows.rows_read - int(seen["held"] if not pd.isna(seen["held"]) else 0)
    return seen


def folded(rows: Table, how: Fold, engine: Engine, workspace: Workspace) -> Table:
    """The table of the cases, which keeps the table of the rows it was made of."""
    draft = workspace.draft()
    engine.write(rows.path, lambda table: _cases(table, how), draft)
    path, fingerprint = workspace.keep(draft)
    ratings = [use.role for use in rows.mapping.roles if ROLES[use.role].type == "rating"]

    def counted(table: ir.Table) -> ir.Table:
        sums: dict[str, Any] = {"start": table["created_at"].min(), "end": table["created_at"].max()}
        for name in ("first_response_at", "resolved_at", "reopened_at"):
            sums[name] = table[name].count()
        for role in ratings:
            off = table[f"{role}_off"].fill_null(False)
            sums |= {f"{role}_s": (table[role].isnull() & ~off).sum(), f"{role}_o": off.sum()}
        return table.aggregate(**sums)

    row = engine.ask(path, counted).iloc[0]
    mapping = _mapped(rows.mapping, how, {name for name in ("first_response_at", "reopened_at") if row[name]})
    said = _said(rows, how)
    return replace(
        rows,
        path=path,
        fingerprint=fingerprint,
        mapping=replace(mapping, problems=(*mapping.problems, *said)),
        rows_used=rows.rows_used - how.lost,
        left_out=(*rows.left_out, *((("without_case", how.lost),) if how.lost else ())),
        problems=(*rows.problems, *said),
        period=None if pd.isna(row["start"]) else (row["start"].date(), row["end"].date()),
        unanswered=tuple((role, int(row[f"{role}_s"]), int(row[f"{role}_o"])) for role in ratings),
        before=rows,
        cases=how.cases,
    )


def _state(rows: ir.Table) -> Any:
    """The state an event sets."""
    status: Any = rows["status"]
    return status.strip()


def _whole(rows: ir.Table) -> Any:
    return ibis.window(group_by=rows["interaction_id"])


def _cases(table: ir.Table, how: Fold) -> ir.Table:
    rows = table.filter(table["left_out"].isnull() & table["interaction_id"].notnull())
    state = _state(rows)
    place: Any = -rows["row"] if how.back else rows["row"]
    order = [ibis.asc(rows["event_at"], nulls_first=True), place]
    rows = rows.mutate(
        at=ibis.row_number().over(ibis.window(group_by=rows["interaction_id"], order_by=order)),
        done=state.isin(how.solved) if how.solved else ibis.literal(False),
        opens=state.isin(how.opened) if how.opened else ibis.literal(False),
        reply=state.isin(how.replied) if how.replied else ibis.literal(False),
    )
    so_far = ibis.window(group_by=rows["interaction_id"], order_by=rows["at"], preceding=(None, 1))
    rows = rows.mutate(
        open_last=ibis.ifelse(rows["opens"], rows["at"], None).max().over(_whole(rows)).fill_null(-1),
        done_before=ibis.ifelse(rows["done"], rows["at"], None).max().over(so_far),
        open_before=ibis.ifelse(rows["opens"], rows["at"], None).max().over(so_far).fill_null(-1),
    )
    rows = rows.mutate(back=rows["opens"] & (rows["done_before"] > rows["open_before"]).fill_null(False))
    # The last run of solved events, and the state that began it: closing what was solved already is no second solution.
    rows = rows.mutate(state=_state(rows), run=(rows["done"] & (rows["at"] > rows["open_last"])).fill_null(False))
    rows = rows.mutate(run_at=ibis.ifelse(rows["run"], rows["at"], None).min().over(_whole(rows)))
    began: Any = ibis.ifelse(rows["at"] == rows["run_at"], rows["state"], None)
    rows = rows.mutate(began=began.max().over(_whole(rows)))
    when, at = rows["event_at"], rows["at"]
    carried = {name: rows[name].argmax(at, where=rows[name].notnull()) for name in _carried(table)}
    off = {
        name: rows[name].max() if rows[name].type().is_boolean() else rows[name].argmax(at)
        for name in table.columns if name.endswith("_off")
    }  # fmt: skip
    solved: Any = rows["done"].sum()
    made = {
        "row": rows["row"].min(),
        "created_at": when.min(),
        "first_response_at": when.min(where=rows["reply"]),
        "resolved_at": when.min(where=rows["run"])
        if how.still
        else when.max(where=rows["run"] & (rows["state"] == rows["began"])),
        "reopened_at": when.max(where=rows["back"]),
        "event_at": when.max(),
        "reopened": ibis.ifelse(solved > 0, rows["back"].sum().cast("float64"), None),
    }
    cases = rows.group_by("interaction_id").aggregate(**{**carried, **off, **made})
    return cases.mutate(left_out=ibis.null("string")).order_by("row")


def _mapped(mapping: Mapping, how: Fold, there: set[str]) -> Mapping:
    """The mapping with the roles the fold made, each on the column it was made of."""
    event, state = _required(mapping, "event_at"), _required(mapping, "status")
    made = {"created_at": (event, say("the first event of each case"))}
    if "first_response_at" in there:
        made["first_response_at"] = (event, say("the first reply among a case's events"))
    if how.solved:
        made["resolved_at"] = (event, say("when a case was last solved or closed, if it stayed so"))
        made["reopened"] = (state, say("how often a case was open again after it was solved"))
    if "reopened_at" in there:
        made["reopened_at"] = (event, say("when a case was last opened again"))
    kept = [use for use in mapping.roles if use.role not in made]
    roles = [*kept, *(replace(use, role=role, why=why, also=(), plain=False, answers=(), spellings=())
                      for role, (use, why) in made.items())]  # fmt: skip
    order = list(ROLES)
    asked = [Question("shape", say("Should the events of a case be taken together?"), ("cases", "rows"))]
    if not how.solved and how.states:
        asked.append(Question(SOLVED, say("Which state means that a case is solved?"), (NONE, *how.states)))
    return replace(
        mapping,
        roles=tuple(sorted(roles, key=lambda use: order.index(use.role))),
        questions=(*mapping.questions, *asked),
    )


def _said(rows: Table, how: Fold) -> tuple[Problem, ...]:
    """What the fold did, for the receipt."""
    state = rows.header("status")
    said = [Problem("events_folded", "info", taken_together(rows.rows_used - how.lost, how.cases), count=how.cases)]
    if how.moving:
        what = say("where it changes within a case, the last value stands: {names}", names=listed(list(how.moving)))
        said.append(Problem("last_value_kept", "info", what))
    if how.lost:
        what = say_many("{n} event names no case and is left out", "{n} events name no case and are left out", how.lost)
        said.append(Problem("events_without_case", "warning", what, rows.header("interaction_id"), how.lost))
    if not how.solved:
        what = say("no state is known to mean solved, so no case has a time of solution until you say which does")
        said.append(Problem("solved_state_unknown", "warning", what, state))
    return tuple(said)


def taken_together(events: int, cases: int) -> Message:
    """ "1,147 events were taken together to 353 cases"."""
    return say_many("{n} event was taken as one case", "{n} events were taken together to {cases} cases", events,
                    cases=cases)  # fmt: skip
