"""RawTable + a person's corrections → Mapping: what the file is, and how each column is used."""

from __future__ import annotations

import re
from collections.abc import Mapping as Dict
from collections.abc import Sequence

from cxcore.engine import CLOCK
from cxcore.errors import CannotCompute, UnknownName
from cxcore.language import Message, listed, plain, say
from cxcore.mapping import assign as assigning
from cxcore.mapping import bare, known, totals, uses
from cxcore.mapping.draft import Assignment
from cxcore.mapping.facts import Facts
from cxcore.roles import ROLES
from cxcore.values import ColumnUse, Fate, Mapping, Problem, Profile, Question, RawTable, RoleUse

SETTINGS = ("order", "scale", "best", "unit", "clock", "solved")
SHAPE, WEIGHT = "shape", "weight"  # corrections about the rows and not about a role
SHAPES = ("rows", "cases", "answers")
_CLOCK = re.compile(CLOCK)
SEGMENT_VALUES = 60  # a column with more different values than this is no segment


def understand(
    raw: RawTable, profiles: Sequence[Profile], *, corrections: Dict[str, str] | None = None, zone: str | None = None
) -> Mapping:
    """The mapping of a file.

    `corrections` are a person's words, as `--map` takes them: `{"nps": "Column name"}` puts a role on a column,
    `{"nps": ""}` takes it off, `{"ces.best": "low"}` settles a question. Raises UnknownName for a role, setting or
    column that is not there.
    """
    corrections = corrections or {}
    columns = [Facts(profile) for profile in profiles]
    by_hand = {
        role: (_column(raw, header) if header else None)
        for role, header in corrections.items()
        if "." not in role and role not in {SHAPE, WEIGHT}
    }
    for role in by_hand:
        _known_role(role)
    dropped = dict(raw.personal)
    if gone := [column for column in by_hand.values() if column in dropped]:
        raise CannotCompute(
            "personal_column",
            say("The column {name} holds personal data and was not kept.", name=raw.headers[gone[0]]),
            say("Bring the file again and choose its use before anything else."),
        )
    export = known.recognised(columns)
    work = assigning.assign(columns, by_hand, dropped, export)
    found, reading = uses.build(columns, work, corrections, zone)
    kind = work.kind
    reading.questions += bare.asked(columns, work, found)
    given = totals.given(columns, work) if kind in {"responses", "unknown"} else ()
    if given:
        kind, found = "scores", tuple(use for use in found if use.columns[0] not in given)
        reading.problems = [*_not_of(reading.problems, columns, given), _given(columns, given)]
    volumes = totals.volumes(columns, work) if kind == "daily" else ()
    weight = _column(raw, corrections[WEIGHT]) if corrections.get(WEIGHT) else next(iter(volumes), None)
    if weight is not None and columns[weight].number.share < 0.95:
        raise CannotCompute(
            "not_numeric",
            say("The column {name} holds no numbers.", name=raw.headers[weight]),
            say("Choose a column that counts contacts or answers."),
        )
    if len(volumes) > 1:
        names = [columns[k].profile.header for k in volumes]
        asks = say("Which column says how many contacts or answers a row stands for?")
        reading.questions.append(Question(WEIGHT, asks, tuple(names)))
    problems = [*raw.problems, *reading.problems, *_shape_problems(columns, work)]
    if kind == "unknown":
        problems.append(_no_role())
    return Mapping(
        kind=kind,
        roles=found,
        columns=tuple(_fate(k, columns[k], work, found) for k in range(len(columns))),
        problems=tuple(problems),
        questions=tuple(reading.questions),
        zone=zone or next((use.zone for use in found if use.zone), None),
        recognised_as=export.name if export else None,
        weight=weight,
        given=given,
    )


def _column(raw: RawTable, header: str) -> int:
    """The number of a column named by a person: exactly, else but for case and spaces, else "name (2)" for a twin."""
    if header in raw.headers:
        return raw.headers.index(header)
    for test in (str.strip, lambda text: " ".join(text.split()).casefold()):
        matches = [k for k, own in enumerate(raw.headers) if test(own) == test(header)]
        if len(matches) == 1:
            return matches[0]
    for k, label in enumerate(labels(raw.headers)):
        if label == header:
            return k
    raise UnknownName(
        "unknown_column",
        say("No column has this name: {name}.", name=header),
        say("The file's columns are: {names}.", names=listed(list(raw.headers[:40]))),
    )


def labels(names: Sequence[str]) -> tuple[str, ...]:
    """Column names made different from one another: a twin becomes "name (2)"."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(found)


def _known_role(role: str) -> None:
    if role not in ROLES:
        raise UnknownName(
            "unknown_role",
            say("There is no role called {name}.", name=role),
            say("The roles are: {names}.", names=listed(list(ROLES))),
        )


def _fate(k: int, facts: Facts, work: Assignment, found: Sequence[RoleUse]) -> ColumnUse:
    header = facts.profile.header
    numeric = facts.number.share >= 0.95 and bool(facts.parsed)
    decimal = facts.number.decimal
    constant = facts.distinct == 1 and facts.filled > 0
    role = next((use.role for use in found if k in use.columns), None)
    if role is not None:
        shared = next(use.role for use in found if use.columns[0] == k or k in use.columns)
        return ColumnUse(k, header, "role", shared, None, numeric, decimal, constant=constant)
    if k in work.personal:
        return ColumnUse(k, header, "personal", None, _personal_why(work.personal[k]), personal=work.personal[k])
    also = next((use.role for use in found if k in use.also), None)
    if also is not None:
        return ColumnUse(k, header, "also", also, None, numeric, decimal)
    few = 2 <= facts.distinct <= SEGMENT_VALUES and facts.repeats >= 2 and not facts.dated and facts.length <= 80
    flat = constant and not facts.dated
    if (few or flat) and facts.partly_personal:
        return ColumnUse(k, header, "ignored", None, say("some of its cells are personal data, which were masked"),
                         numeric, decimal)  # fmt: skip
    fate: Fate = "segment" if few or flat else "ignored"
    timed = not numeric and facts.share(_CLOCK) >= 0.95
    below = numeric and facts.parsed[0][0] < 0
    averages = (numeric or timed) and totals.averaged(header, whole=timed or facts.whole, below=below)
    return ColumnUse(k, header, fate, None, None, numeric, decimal, constant=constant, averages=averages, timed=timed)


def _given(columns: Sequence[Facts], given: Sequence[int]) -> Problem:
    names = listed([columns[k].profile.header for k in given])
    return Problem(
        "scores_given", "warning",
        say("scores already computed, shown as they stand and not computed again: {names}. They have no interval, since"
            " the file does not say how many answers are behind them", names=names),
    )  # fmt: skip


def _not_of(problems: Sequence[Problem], columns: Sequence[Facts], given: Sequence[int]) -> list[Problem]:
    """The problems but those of reading given scores as answers; that an NPS is none of 0 to 10 is still said."""
    names = {columns[k].profile.header for k in given}
    return [p for p in problems if p.column not in names or p.code == "nps_scale_suspect"]


def _personal_why(kind: str) -> Message:
    return {
        "name": say("people's names"),
        "e-mail": say("e-mail addresses"),
        "phone": say("telephone numbers"),
        "address": say("addresses"),
        "ip address": say("internet addresses"),
        "place": say("places of people"),
        "tax code": say("tax codes or account numbers"),
        "date of birth": say("dates of birth"),
        "link": say("links to a person's conversation"),
    }[kind]


def _shape_problems(columns: Sequence[Facts], work: Assignment) -> list[Problem]:
    problems = []
    if work.kind == "daily":
        problems.append(
            Problem(
                "looks_aggregated", "warning",
                say("the rows are totals, not single contacts or answers: scores cannot be computed from them"),
            )
        )  # fmt: skip
    kinds = sorted({work.personal[k] for k in work.personal})
    if kinds:
        problems.append(
            Problem(
                "personal_columns_dropped", "info",
                say("Columns with personal data were dropped: {names}.",
                    names=listed([columns[k].profile.header for k in sorted(work.personal)])),
                count=len(work.personal),
            )
        )  # fmt: skip
    return problems


def _no_role() -> Problem:
    return Problem(
        "no_cx_role", "warning",
        say("no column of this file says anything about customers' experience: no score, no contact, no comment"),
    )  # fmt: skip


def parse_correction(text: str) -> tuple[str, str]:
    """The parts of `--map role=Column` or `--map role.setting=value`; raises UnknownName where it is neither."""
    role, equals, value = text.partition("=")
    role = role.strip()
    name, dot, setting = role.partition(".")
    if not equals:
        raise UnknownName(
            "bad_map", say("A mapping reads role=Column, and this one does not: {words}.", words=text),
            say("For example: --map 'nps=Score'."),
        )  # fmt: skip
    if role == SHAPE and value.strip() in SHAPES:
        return role, value.strip()
    if role == SHAPE:
        raise UnknownName(
            "bad_map", say("Rows cannot be taken as {name}.", name=value),
            say("They are taken as one of: {names}.", names=listed([plain(s) for s in SHAPES])),
        )  # fmt: skip
    if role == WEIGHT:
        return role, value.strip()
    _known_role(name)
    if dot and setting not in SETTINGS:
        raise UnknownName(
            "bad_map", say("There is no setting called {name}.", name=setting),
            say("The settings are: {names}.", names=listed([plain(s) for s in SETTINGS])),
        )  # fmt: skip
    return role, value.strip()
