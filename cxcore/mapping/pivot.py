"""A long survey, a row an answer → one row an answered survey, its questions as columns; made by the engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import ibis
import ibis.expr.types as ir

from cxcore.engine import Engine
from cxcore.language import say_many
from cxcore.mapping import headers
from cxcore.mapping.facts import Facts
from cxcore.store import Workspace
from cxcore.values import Mapping, Problem, Profile, RawTable

_QUESTION = frozenset("question questions domanda domande quesito pregunta frage item prompt".split())
_ANSWER = frozenset(
    "answer answers response risposta risposte respuesta reponse antwort value valore valor wert score rating punteggio"
    " voto result".split()
)
_NUMBERED = frozenset("id code codice no number numero nr n order ordine type tipo key".split())
_WHEN = frozenset("date time data ora at timestamp on fecha day".split())
MOST_QUESTIONS = 300
MOSTLY = 0.9  # of the rows: so many are the only one of their survey and question
ALONE = 0.98  # of the surveys: in so many a column says one thing and is the survey's own


@dataclass(frozen=True)
class Pivot:
    """Which columns number the survey, ask and answer; the questions as spelled; the columns that are a survey's own.

    `answers` are several where some hold numbers and others words. `surveys` counts the rows that come of it, `lost`
    the answers that name no survey or no question, `doubled` those to a question that was answered before.
    """

    survey: int
    question: int
    answers: tuple[int, ...]
    questions: tuple[str, ...]
    kept: tuple[int, ...]
    surveys: int
    lost: int
    doubled: int
    sure: bool


def plan(raw: RawTable, profiles: Sequence[Profile], mapping: Mapping, engine: Engine) -> Pivot | None:
    """How the file's answers would be gathered, None where its columns are no question and answer.

    Sure is: the headers name question and answer, nearly every row is the only one of its survey and question, and
    surveys have two questions or more on average.
    """
    facts = [Facts(profile) for profile in profiles]
    words = [headers.tokens(profile.header) for profile in profiles]
    personal = {use.index for use in mapping.columns if use.fate == "personal"}
    asks = [k for k, own in enumerate(words) if _QUESTION & set(own) and len(own) <= 3 and k not in personal
            and _asks(facts[k])]  # fmt: skip
    if not asks:
        return None
    question = max(asks, key=lambda k: (not _NUMBERED & set(words[k]), facts[k].length))
    gives = [k for k, own in enumerate(words)
             if _ANSWER & set(own) and len(own) <= 3 and k not in asks  # personal or not shows question by question
             and not (_NUMBERED | _WHEN) & set(own) and facts[k].filled]  # fmt: skip
    survey = _survey(facts, words, mapping, {*asks, *gives})
    if not gives or survey is None:
        return None
    one, asked = raw.text(survey), raw.text(question)
    others = [k for k in range(len(profiles)) if k not in {survey, question, *gives} and facts[k].filled]
    seen = engine.ask(raw.path, lambda rows: _counted(rows, one, asked, {k: raw.text(k) for k in (*others, *gives)}))
    row = seen.iloc[0]
    if not row["surveys"] or row["pairs"] < MOSTLY * row["rows"] or row["pairs"] < 1.5 * row["surveys"]:
        return None
    kept = tuple(k for k in others if row[f"k{k}"] >= ALONE * row["surveys"])
    main = max(gives, key=lambda k: facts[k].filled)
    beside = [k for k in gives if k != main and facts[k].filled + facts[main].filled <= 1.02 * raw.rows]
    texts = tuple(text for text, _ in profiles[question].values)
    sure = row["pairs"] >= 2 * row["surveys"] and not _NUMBERED & set(words[question])
    return Pivot(survey, question, (main, *beside), texts, kept, int(row["surveys"]),
                 raw.rows - int(row["rows"]), int(row["rows"]) - int(row["pairs"]), bool(sure))  # fmt: skip


def _asks(facts: Facts) -> bool:
    """Whether the cells can be questions: a few texts that come again and again, all of them known."""
    return (
        2 <= facts.distinct <= MOST_QUESTIONS and facts.repeats >= 2 and facts.profile.complete and not facts.dated
        and facts.filled >= 0.98 * facts.profile.rows
    )  # fmt: skip


def _survey(facts: Sequence[Facts], words: Sequence[tuple[str, ...]], mapping: Mapping, out: set[int]) -> int | None:
    """The column that numbers the answered survey: by its role, else by its name, where its cells come again."""
    for role in ("response_id", "interaction_id", "customer_id"):
        use = mapping.use(role)
        if use is not None and use.columns[0] not in out and facts[use.columns[0]].repeats >= 1.5:
            return use.columns[0]
    named = [
        k for k, own in enumerate(words)
        if k not in out and {"id", "respondent", "rispondente", "response", "survey", "submission"} & set(own)
        and facts[k].repeats >= 1.5 and facts[k].distinct >= 3
    ]  # fmt: skip
    return max(named, key=lambda k: facts[k].distinct) if named else None


def _counted(rows: ir.Table, survey: str, question: str, others: dict[int, str]) -> ir.Table:
    held = rows.filter(rows[survey].notnull() & rows[question].notnull())
    alone = {f"k{k}": held[name].nunique() <= 1 for k, name in others.items() if name in rows.columns}
    each = held.group_by(survey).aggregate(n=held.count(), pairs=held[question].nunique(), **alone)
    sums = {name: each[name].sum().fill_null(0) for name in alone}
    return each.aggregate(surveys=each.count(), rows=each["n"].sum().fill_null(0),
                          pairs=each["pairs"].sum().fill_null(0), **sums)  # fmt: skip


def spread(raw: RawTable, how: Pivot, engine: Engine, workspace: Workspace) -> RawTable:
    """The raw table with one row an answered survey: its own columns first, then a column a question."""
    own = tuple(sorted({how.survey, *how.kept}))
    headers_ = (*(raw.headers[k] for k in own), *(" ".join(text.split()) for text in how.questions))
    names = [f"x{n}" for n in range(len(headers_))]
    for n, k in enumerate(own):
        if raw.text(k) == "customer_id":  # a pseudonym already: under this name it is not made one again
            names[n] = "customer_id"

    def build(rows: ir.Table) -> ir.Table:
        held = rows.filter(rows[raw.text(how.survey)].notnull())
        cells: Any = ibis.coalesce(*(held[raw.text(k)] for k in how.answers))
        held = held.mutate(_cell=cells)
        asked = held[raw.text(how.question)]
        columns: dict[str, Any] = {}
        for n, k in enumerate(own):
            text: Any = held[raw.text(k)]
            if k != how.survey:
                columns[names[n]] = text.argmin(held["row"], where=text.notnull())
        for n, question in enumerate(how.questions, start=len(own)):
            here = (asked == question) & held["_cell"].notnull()
            columns[names[n]] = held["_cell"].group_concat("; ", where=here, order_by=held["row"])
        whole = held.group_by(_survey=held[raw.text(how.survey)]).aggregate(row=held["row"].min(), **columns)
        columns = {name: whole[name] for name in columns}
        columns[names[own.index(how.survey)]] = whole["_survey"]
        return whole.select(**{name: columns[name] for name in names}, row=whole["row"]).order_by("row")

    draft = workspace.draft()
    engine.write(raw.path, build, draft)
    counts = engine.ask(draft, lambda t: t.aggregate(n=t.count(), **{name: t[name].count() for name in names}))
    return replace(
        raw, path=draft, headers=headers_, descriptions=("",) * len(headers_), rows=int(counts["n"].iloc[0]),
        names=tuple(names), filled=tuple(int(counts[name].iloc[0]) for name in names), at=(),
        personal=(),
    )  # fmt: skip


def without(raw: RawTable, how: Pivot, headers_: Sequence[str], engine: Engine, workspace: Workspace) -> RawTable:
    """The rows with the answers to these questions taken out; the same table where there are none."""
    asked = [text for text in how.questions if " ".join(text.split()) in headers_]
    if not asked:
        return raw
    draft = workspace.draft()

    def build(rows: ir.Table) -> ir.Table:
        out = rows[raw.text(how.question)].isin(asked)
        return rows.mutate(**{raw.text(k): ibis.ifelse(out, None, rows[raw.text(k)]) for k in how.answers})

    engine.write(raw.path, build, draft)
    return replace(raw, path=draft)


def said(raw: RawTable, how: Pivot) -> tuple[Problem, ...]:
    """What was done, for the receipt."""
    header = raw.headers[how.question]
    what = say_many(
        "{n} answer in a row of its own was taken as an answered survey",
        "{n} answers in rows of their own were taken together to {surveys} answered surveys of {questions} questions",
        raw.rows - how.lost, surveys=how.surveys, questions=len(how.questions),
    )  # fmt: skip
    found = [Problem("long_survey_pivoted", "info", what, header, how.surveys)]
    if how.lost:
        what = say_many("{n} answer names no survey or no question and is left out",
                        "{n} answers name no survey or no question and are left out", how.lost)  # fmt: skip
        found.append(Problem("answers_without_survey", "warning", what, header, how.lost))
    if how.doubled:
        what = say_many("{n} second answer to a question of one survey stands behind the first, after a semicolon",
                        "{n} second answers to a question of one survey stand behind the first, after a semicolon",
                        how.doubled)  # fmt: skip
        found.append(Problem("several_answers", "warning", what, header, how.doubled))
    return tuple(found)
