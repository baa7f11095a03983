"""Tables and measurements as the contract has them, and the same for a person at a terminal."""

from __future__ import annotations

from typing import Any

from cxcore import join, receipt
from cxcore.durations import spelled
from cxcore.engine import Engine
from cxcore.language import Lang, day, listed, number, say, say_many, words
from cxcore.mapping.understand import labels
from cxcore.metrics import ledger
from cxcore.metrics.ledger import Terms
from cxcore.metrics.measure import Measured
from cxcore.roles import ROLES
from cxcore.values import Estimate, Problem, RoleFigures, RoleUse, Table


def inspected(engine: Engine, table: Table, lang: Lang) -> dict[str, Any]:
    """What `inspect` says of a table: the contract's object."""
    figures = receipt.figures(engine, table)
    names = labels(table.raw.headers)
    return {
        "file": table.name,
        "recognised_as": table.mapping.recognised_as,
        "format": table.raw.format,
        "sheet": table.raw.sheet,
        "sheets": list(table.raw.sheets),
        "header_rows": table.raw.header_rows,
        "delimiter": table.raw.delimiter,
        "encoding": table.raw.encoding,
        "rows_read": table.rows_read,
        "rows_used": table.rows_used,
        "cases": table.cases,
        "kind": table.mapping.kind,
        "roles": {use.role: _role(use, figures.get(use.role), names, lang) for use in table.mapping.roles},
        "columns": _before(table) | {names[use.index]: _column(use) for use in table.mapping.columns},
        "problems": [_problem(problem, lang) for problem in table.problems],
        "questions": [
            {"about": q.about, "asks": words(q.asks, lang), "choices": list(q.choices)} for q in table.mapping.questions
        ],
        "period": [table.period[0].isoformat(), table.period[1].isoformat()] if table.period else None,
        "zone": table.mapping.zone,
        "left_out": dict(table.left_out),
        "weight": names[table.mapping.weight] if table.mapping.weight is not None else None,
        "given_scores": [names[k] for k in table.mapping.given],
    }


def _role(use: RoleUse, figures: RoleFigures | None, names: tuple[str, ...], lang: Lang) -> dict[str, Any]:
    found = [names[k] for k in use.columns]
    kind = ROLES[use.role].type
    answer: dict[str, Any] = {
        "column": found[0] if len(found) == 1 else found,
        "also": [names[k] for k in use.also],
        "confidence": use.confidence,
        "scale": [int(end) if end == int(end) else end for end in use.scale] if use.scale else None,
        "reversed": use.reversed,
        "unit": use.unit,
        "n": figures.n if figures else 0,
        "distinct": figures.distinct if figures else 0,
        "first": figures.first if figures else None,
        "last": figures.last if figures else None,
        "mean": figures.mean if figures else None,
        "why": words(use.why, lang),
    }
    if kind == "time":
        answer |= {"zone": use.zone, "order": use.order}
    return answer


def _before(table: Table) -> dict[str, Any]:
    """Columns of the file that are none of the table's, because its rows were taken together."""
    uses = table.before.mapping.columns if table.before else ()
    return {use.header: {"as": "personal" if use.fate == "personal" else "ignored"} for use in uses}


def _column(use: Any) -> dict[str, Any]:
    if use.fate == "role":
        return {"as": use.role}
    if use.fate == "also":
        return {"as": "ignored", "also": use.role}
    return {"as": use.fate}


def _problem(problem: Problem, lang: Lang) -> dict[str, Any]:
    return {
        "code": problem.code,
        "severity": problem.severity,
        "column": problem.column,
        "what": words(problem.what, lang),
        "count": problem.count,
        "rows": list(problem.rows),
    }


def measured(found: Measured, lang: Lang) -> dict[str, Any]:
    """What `measure` says: the contract's object."""
    return {
        "metric": found.metric.name,
        "rule": found.rule.name,
        "definition": words(found.rule.meaning, lang),
        "unit": found.rule.unit,
        "estimates": [
            {
                "period": estimate.period.isoformat() if estimate.period else None,
                "by": dict(estimate.by),
                "n": estimate.n,
                "value": estimate.value,
                "low": estimate.low,
                "high": estimate.high,
                "method": words(estimate.method, lang),
            }
            for estimate in found.estimates
        ],
        "left_out": dict(found.left_out),
    } | ({"terms": _terms(found.terms, lang)} if found.terms else {})


def _terms(held: Terms, lang: Lang) -> dict[str, Any]:
    """What a figure of the desk's work rests on."""
    told = {
        name: words(said, lang) if said else None
        for name, said in (("clock", held.clock), ("clock_start", held.clock_start), ("clock_stop", held.clock_stop))
    }
    still = held.open
    return told | {
        "grouped_by": held.grouped_by,
        "settings": dict(held.settings),
        "parts": list(held.parts),
        "open": {"n": still.n, "median_age": still.median_age, "oldest": still.oldest} if still else None,
    }


def joined(found: join.Joined, lang: Lang) -> dict[str, Any]:
    """How several files became one table, under the key `joined`; nothing for a single file."""
    continued = _continued(found.table, lang)
    if not found.links and not found.unlinked and not continued:
        return {}
    links = [
        {
            "file": link.file,
            "by": link.key.mine,
            "column": link.mine,
            "file_column": link.theirs,
            "rows": link.key.rows,
            "matched": link.matched,
            "rate": link.rate,
            "file_rows": link.key.their_rows,
            "file_matched": link.key.their_matched,
            "file_rate": 100 * link.key.their_rate,
            "spelling": list(link.key.steps),
            "gained": list(link.gained),
            "refused": list(link.refused),
            "says": [words(line, lang) for line in (join.told(link), *link.notes)],
        }
        for link in found.links
    ]
    return {
        "joined": {
            "rows_of": found.base,
            "links": links,
            "continued": continued,
            "alone": [table.name for table in found.unlinked],
        }
    }


def _continued(table: Table, lang: Lang) -> list[str]:
    return [words(problem.what, lang) for problem in table.problems if problem.code == "continued"]


def joined_text(found: join.Joined, lang: Lang) -> list[str]:
    """The same for a person: a line for each file, and one for what should be known of its joining."""
    lines = _continued(found.table, lang)
    for link in found.links:
        lines += [words(line, lang) for line in (join.told(link), *link.notes)]
    if found.unlinked:
        names = listed([table.name for table in found.unlinked])
        lines.append(words(say("No id links these files, so they stand alone: {names}.", names=names), lang))
    return lines


def figure(estimate: Estimate, unit: str, lang: Lang) -> str:
    """A number with its interval and n, for a line of text."""
    if estimate.value is None:
        return words(say("{method} (n = {n})", method=estimate.method, n=estimate.n), lang)
    if unit == "seconds":
        return _time(estimate, lang)
    if unit == "cases":
        return words(say_many("{n} case", "{n} cases", estimate.n), lang)
    digits, sign = (2, "") if unit in {"scale", "number"} else (1, " %" if unit == "%" else "")
    value = number(estimate.value, lang, digits) + sign
    if estimate.low is None or estimate.high is None:
        return words(say("{value} (n = {n}; {method})", value=value, n=estimate.n, method=estimate.method), lang)
    return words(
        say("{value} (95 % interval {low} to {high}, n = {n})", value=value, low=number(estimate.low, lang, digits),
            high=number(estimate.high, lang, digits), n=estimate.n), lang,
    )  # fmt: skip


def _time(estimate: Estimate, lang: Lang) -> str:
    """A time with its interval, in hours and minutes."""
    value, low, high = (
        spelled(x, lang) if x is not None else "–" for x in (estimate.value, estimate.low, estimate.high)
    )
    if estimate.low is None and estimate.high is None:
        return words(say("{value} (n = {n}; {method})", value=value, n=estimate.n, method=estimate.method), lang)
    return words(say("{value} (95 % interval {low} to {high}, n = {n})", value=value, low=low, high=high,
                     n=estimate.n), lang)  # fmt: skip


def measurement_text(found: Measured, lang: Lang) -> str:
    """What `measure` says to a person."""
    lines = [f"{words(found.metric.title, lang)} — {words(found.rule.meaning, lang)}"]
    for estimate in found.estimates:
        parts = [day(estimate.period, lang)] if estimate.period else []
        parts += [f"{name}: {value or '–'}" for name, value in estimate.by]
        lines.append("  " + "  ".join([*parts, figure(estimate, found.rule.unit, lang)]))
    if found.terms is not None:
        lines += [words(line, lang) for line in ledger.lines(found.terms)]
    reasons = [f"{words(receipt.left_out_words(name), lang)} {number(count, lang)}" for name, count in found.left_out
               if count or found.terms is None]  # fmt: skip
    if reasons:
        lines.append(words(say("Left out: {reasons}.", reasons=", ".join(reasons)), lang))
    return "\n".join(lines)


def inspection_text(table: Table, lang: Lang) -> str:
    """What `inspect` says to a person: the receipt, why each column is taken for what it is, what is still open."""
    told = [*receipt.facts(table)]
    told += [say("{use} ({why})", use=receipt.used(table, use), why=use.why) for use in table.mapping.roles]
    told += [*receipt.unused(table), *receipt.problems(table)]
    lines = [words(line, lang) for line in told]
    for question in table.mapping.questions:
        lines.append(f"? {words(question.asks, lang)} --map '{question.about}={'|'.join(question.choices)}'")
    return "\n".join(lines)
