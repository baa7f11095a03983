"""Which column serves which role: header words first, then whether the cells can be what the role asks for.

Pure Python on profiles. The best candidate of all is settled first, then the next best among what is left; other
columns that could serve a role stand in its `also`.
"""

from __future__ import annotations

from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass, field

from cxcore.mapping import headers
from cxcore.mapping.facts import ARMS, CHANNELS, STATES, Facts
from cxcore.roles import ROLES, TIMES
from cxcore.values import Kind

STRONG = 1.9  # a header's strength from which its words alone name the role
_PEOPLE = frozenset({"agent", "team"})
_COUNTED = ("offered|answered|abandoned|calls|complaints|tickets|contacts|impressions|clicks|reach|purchases|searches"
            "|promoters|passives|detractors|promotori|passivi|detrattori|conversations|chats|visits|handled|received"
            "|chiamate|reclami|contatti|risposte|volume|volumi|count|counts|totale chiamate").split("|")  # fmt: skip


@dataclass
class Assignment:
    """The working state: role → columns, role → further candidates, personal columns, and the header strengths."""

    chosen: dict[str, tuple[int, ...]] = field(default_factory=dict)
    also: dict[str, list[int]] = field(default_factory=dict)
    strength: dict[str, float] = field(default_factory=dict)
    personal: dict[int, str] = field(default_factory=dict)
    by_hand: set[str] = field(default_factory=set)
    refused: dict[int, str] = field(default_factory=dict)
    kind: Kind = "unknown"

    def taken(self, column: int) -> bool:
        """Whether a column already serves a role on its own."""
        return any(column in columns for columns in self.chosen.values())


def assign(columns: Sequence[Facts], by_hand: Dict[str, int | None]) -> Assignment:
    """The roles of a file's columns. `by_hand` holds a person's corrections: role → column, or None for "no column"."""
    work = Assignment(by_hand=set(by_hand))
    for role, column in by_hand.items():
        if column is not None:
            work.chosen[role] = (column,)
            work.strength[role] = 9.0
    _find_personal(columns, work)
    aggregated = _aggregated(columns)
    ranked = _ranked(columns, work, aggregated=aggregated)
    date_column = _date_without_clock(columns, work)
    for _, role, column, strength in ranked:
        if role in work.by_hand or (work.taken(column) and column != date_column):
            continue
        if column == date_column and role in TIMES and any(column in c for c in work.chosen.values()):
            continue
        if role in work.chosen:
            if column not in work.chosen[role] and column not in work.also.setdefault(role, []):
                work.also[role].append(column)
            continue
        if role in TIMES and _clock_only(columns[column]):
            if date_column is None or strength < STRONG:  # a bare "time" waits for the day it belongs to
                continue
            work.chosen[role] = (date_column, column)
        else:
            work.chosen[role] = (column,)
        work.strength[role] = strength
    _pair_clock(columns, work, date_column)
    _settle_kind(columns, work, aggregated=aggregated)
    _settle_texts(columns, work)
    for role, others in work.also.items():
        work.also[role] = [column for column in others if not work.taken(column) and column not in work.personal]
    return work


def _find_personal(columns: Sequence[Facts], work: Assignment) -> None:
    for k, facts in enumerate(columns):
        if work.taken(k):
            continue
        header, description = facts.profile.header, facts.profile.description
        named = {n.role for n in headers.roles_named(header, description) if n.strength >= STRONG}
        by_values, by_header = facts.personal, headers.personal_kind(header, description)
        if by_values in {"e-mail", "ip address", "tax code"} and not named & {"agent", "customer_id"}:
            work.personal[k] = by_values
        elif (
            by_values == "phone" and not named - {"customer_id"} and not facts.dated
            and not (named & {"customer_id"})
        ):  # fmt: skip
            work.personal[k] = by_values
        elif by_header == "perhaps a name":
            if facts.filled and facts.flag < 0.5 and facts.number.share < 0.5 and _looks_named(facts):
                work.personal[k] = "name"
        elif by_header and not named & _PEOPLE and facts.flag < 0.8 and not (named & {"customer_id"}):
            work.personal[k] = by_header


def _looks_named(facts: Facts) -> bool:
    texts = [text.strip() for text, _ in facts.profile.values[:200]]
    people = sum(1 for t in texts if not any(c.isdigit() for c in t) and t[:1].isupper())
    return people >= 0.5 * len(texts) and facts.repeats < 3


def _ranked(columns: Sequence[Facts], work: Assignment, *, aggregated: bool) -> list[tuple[float, str, int, float]]:
    ranked = []
    for k, facts in enumerate(columns):
        if k in work.personal:
            continue
        named = {n.role: n.strength for n in headers.roles_named(facts.profile.header, facts.profile.description)}
        if facts.share_in(CHANNELS) >= 0.6 and facts.distinct >= 2 and "channel" not in named:
            named["channel"] = 1.2
        if facts.share_in(STATES) >= 0.5 and facts.distinct >= 2 and not set(named) & {"status"}:
            named["status"] = 1.1
        if "event_at" in named:  # whether a time is an event's shows in the rows, not in the name: settled later
            named["created_at"] = max(named.get("created_at", 0.0), named.pop("event_at"))
        for role, strength in named.items():
            if aggregated and ROLES[role].type in {"duration", "flag", "rating", "count", "amount"}:
                continue
            fit = _fit(role, facts, strength)
            if fit > 0:
                ranked.append((strength + 0.5 * fit - 0.0001 * k, role, k, strength))
    return sorted(ranked, reverse=True)


def _clock_only(facts: Facts) -> bool:
    return not facts.dated and facts.clock.share >= 0.6


def _fit(role: str, facts: Facts, strength: float) -> float:
    """How well the cells fit the role, 0 (cannot be) to 1."""
    kind = ROLES[role].type
    strong = strength >= STRONG
    if not facts.filled:
        return 0.2 if strong else 0.0
    if kind == "time":
        if facts.dated:
            return 0.4 if facts.years and not strong else (1.0 if facts.date.kind == "date" else 0.9)
        return 0.7 if _clock_only(facts) and role not in {"event_at", "reopened_at"} else 0.0
    if kind == "text":
        return 1.0 if facts.wordy else (0.5 if strong and facts.number.share < 0.5 and facts.length >= 4 else 0.0)
    if facts.written_dates and role != "revenue":
        return 0.0
    if kind == "id":
        if facts.length > 60 or (facts.number.share > 0.9 and not facts.whole):
            return 0.0
        if strong:
            return 1.0
        return 0.8 if facts.repeats < 1.05 else (0.5 if role != "response_id" and facts.distinct > 10 else 0.0)
    if kind == "duration":
        numeric = facts.number.share >= 0.6 or facts.duration >= 0.6
        stated = headers.unit_named(facts.profile.header, facts.profile.description) is not None
        return (1.0 if stated else 0.8) if numeric and facts.flag < 1.0 else 0.0
    if kind == "flag":
        if role == "reopened" and facts.whole and facts.number.share > 0.8:
            return 0.9
        return 0.0 if facts.flag < 0.8 else (1.0 if facts.number.share == 1 else 0.9)
    if kind == "count":
        return 1.0 if facts.whole and facts.number.share > 0.8 else 0.0
    if kind == "amount":
        rating_like = facts.whole and facts.distinct <= 10 and facts.parsed and facts.parsed[-1][0] <= 10
        return 0.0 if facts.number.share < 0.7 or rating_like else 1.0
    if kind == "rating":
        return _rating_fit(facts, strong=strong)
    return _category_fit(role, facts, strength)


def _rating_fit(facts: Facts, *, strong: bool) -> float:
    ratings = facts.ratings
    if ratings.share < 0.6 or ratings.n == 0:
        return 0.15 if strong and ratings.share >= 0.6 else 0.0
    if len(ratings.numbers) > 120 or (not strong and (len(ratings.numbers) > 11 or ratings.numbers[-1][0] > 10)):
        return 0.0
    return 1.0


def _category_fit(role: str, facts: Facts, strength: float) -> float:
    strong = strength >= STRONG
    if facts.length > 80 or (facts.number.share > 0.9 and not facts.whole):
        return 0.0
    few = facts.distinct <= 60 or facts.repeats >= 3
    if role == "variant":
        if not 1 <= facts.distinct <= 6 or facts.filled < 0.5 * facts.profile.rows:
            return 0.0
        arms = facts.share(ARMS) > 0.9
        version = bool(
            {"version", "versione", "variant", "bucket", "campaign"} & set(headers.tokens(facts.profile.header))
        )
        return 1.0 if arms else (0.8 if (strong or version) and facts.distinct >= 2 else 0.0)
    if role == "phase":
        return 1.0 if facts.share_in(_PHASES) > 0.9 else 0.0
    if role == "status" and not strong and facts.share_in(STATES) < 0.3:
        return 0.0
    if role in {"topic", "product", "team", "status", "stage", "touchpoint", "language", "country"}:
        if role == "team" and not strong and facts.share(ARMS) > 0.9 and facts.distinct <= 4:
            return 0.0
        return 1.0 if few or (strong and facts.repeats >= 1.3) or facts.profile.rows < 60 else 0.0
    if role == "channel":
        known = facts.share_in(CHANNELS)
        return 1.0 if known >= 0.3 or (strong and facts.distinct <= 60) else (0.3 if facts.distinct <= 20 else 0.0)
    return 1.0 if few or strong else 0.0


_PHASES = frozenset(
    "before|after|prima|dopo|pre|post|ante|vorher|nachher|antes|despues|avant|apres|during|durante".split("|")
)


def _aggregated(columns: Sequence[Facts]) -> bool:
    """Whether rows are totals (a day's calls, an agent's month): two count columns or more, and no single cases."""
    counts = 0
    for facts in columns:
        words = headers.tokens(facts.profile.header)
        named = any(word in _COUNTED for word in words) or "#" in facts.profile.header
        large = facts.whole and facts.number.share > 0.8 and facts.flag < 0.8 and bool(facts.parsed)
        is_id = any(word in {"id", "number", "no", "code", "codice", "numero", "time", "date"} for word in words)
        counts += named and large and not is_id and facts.parsed[-1][0] > 1
    return counts >= 2 or (counts == 1 and len(columns) <= 5 and any(f.dated for f in columns) and _no_ids(columns))


def _no_ids(columns: Sequence[Facts]) -> bool:
    return not any("id" in headers.tokens(facts.profile.header) for facts in columns)


def _date_without_clock(columns: Sequence[Facts], work: Assignment) -> int | None:
    """The one column of days that times of day elsewhere in the row belong to, if there is one."""
    if not any(_clock_only(facts) for facts in columns):
        return None
    days = [
        k for k, facts in enumerate(columns)
        if k not in work.personal
        and facts.dated
        and not facts.date.clock
        and facts.date.kind == "date"
        and not facts.years
    ]  # fmt: skip
    if not days:
        return None
    named = [k for k in days if any(n.role in {"created_at", "answered_at"} for n in _named(columns[k]))]
    return (named or days)[0]


def _named(facts: Facts) -> tuple[headers.Named, ...]:
    return headers.roles_named(facts.profile.header, facts.profile.description)


def _pair_clock(columns: Sequence[Facts], work: Assignment, date_column: int | None) -> None:
    """A day alone takes the time of day that names the same role, or is simply called "time"."""
    if date_column is None:
        return
    for role in ("created_at", "answered_at", "event_at"):
        if work.chosen.get(role) != (date_column,):
            continue
        for k, facts in enumerate(columns):
            if work.taken(k) or not _clock_only(facts):
                continue
            if any(named.role == role for named in _named(facts)):
                work.chosen[role] = (date_column, k)
                work.also[role] = [c for c in work.also.get(role, []) if c != k]
                break
    if not any(date_column in columns_ for columns_ in work.chosen.values()) and "created_at" not in work.by_hand:
        work.chosen.setdefault("created_at", (date_column,))


def _drop(work: Assignment, *roles: str) -> None:
    for role in roles:
        if role not in work.by_hand:
            work.chosen.pop(role, None)
            work.also.pop(role, None)


def _settle_kind(columns: Sequence[Facts], work: Assignment, *, aggregated: bool) -> None:
    chosen = work.chosen
    strong = {role for role in chosen if work.strength.get(role, 0) >= STRONG}
    case_evidence = strong & {
        "interaction_id", "first_response_at", "resolved_at", "wait_duration", "talk_duration", "handle_duration",
        "resolution_duration", "first_response_duration", "answered", "abandoned", "reopened", "agent", "replies",
    } or ("resolved_at" in chosen or "agent" in chosen)  # fmt: skip
    rated = [role for role in chosen if ROLES[role].type == "rating"]
    survey_evidence = rated or "response_id" in strong or "answered_at" in strong or "comment" in chosen
    questions = sum(headers.is_question(f.profile.header, f.profile.description) for f in columns)
    if aggregated:
        work.kind = "daily"
    elif _is_event_log(columns, work):
        work.kind = "events"
    elif "resolved_at" not in strong and (
        ("response_id" in strong and rated) or (questions >= 2 and "interaction_id" not in strong)
    ):
        work.kind = "responses"
    elif case_evidence:
        work.kind = "interactions"
    elif survey_evidence:
        work.kind = "responses"
    elif strong - {"created_at", "country", "product", "language", "revenue", "customer_id"}:
        work.kind = "interactions"
    _settle_ids(columns, work)
    _settle_times(columns, work, strong)
    if work.kind == "responses" and not case_evidence:
        _drop(work, "status", *({"agent"} - strong))
    if work.kind == "unknown":
        kept = {*TIMES, "customer_id"}
        _drop(work, *[role for role in list(chosen) if role not in strong and role not in kept])
    if work.kind == "daily":
        _drop(work, *[r for r in list(chosen) if ROLES[r].type in {"rating", "flag", "count", "duration", "amount"}])
    if work.kind != "events":
        _drop(work, "event_at")


def _is_event_log(columns: Sequence[Facts], work: Assignment) -> bool:
    case, state = work.chosen.get("interaction_id"), work.chosen.get("status")
    times = [k for k, f in enumerate(columns) if f.dated and not f.years]
    if case is None or state is None or len(times) != 1:
        return False
    facts = columns[case[0]]
    # In a sample, repeats are seen only where a case's rows stand together; 1.2 there is many more in the whole.
    return facts.repeats >= (1.5 if facts.profile.complete else 1.2)


def _settle_ids(columns: Sequence[Facts], work: Assignment) -> None:
    """A bare "ID" is the answer's in a survey and the case's elsewhere; numbered persons are customers."""
    strength = work.strength
    for weak, kept in (("interaction_id", "response_id"), ("response_id", "interaction_id")):
        wrong_kind = work.kind == ("responses" if weak == "interaction_id" else "interactions")
        if weak in work.chosen and strength.get(weak, 0) < STRONG and wrong_kind:
            column = work.chosen[weak]
            _drop(work, weak)
            if kept not in work.chosen and kept not in work.by_hand:
                work.chosen[kept] = column
                strength[kept] = 1.0
    if "interaction_id" in work.chosen and "response_id" in work.chosen:
        for role in ("response_id", "interaction_id"):
            if strength.get(role, 0) < STRONG and len(work.chosen) > 1 and role in work.chosen:
                _drop(work, role)
                break
    named_people = sum(kind == "name" for kind in work.personal.values())
    for role in ("interaction_id", "response_id"):
        numbered = work.chosen.get(role)
        if (
            numbered and strength.get(role, 0) < STRONG and "customer_id" not in work.chosen and named_people >= 2
            and columns[numbered[0]].repeats < 1.05
        ):  # fmt: skip
            _drop(work, role)
            work.chosen["customer_id"] = numbered
            strength["customer_id"] = 1.0


def _settle_times(columns: Sequence[Facts], work: Assignment, strong: set[str]) -> None:
    chosen = work.chosen
    bought = "created_at" in chosen and {"acquisto", "purchase"} & set(
        headers.tokens(columns[chosen["created_at"][0]].profile.header)
    )
    if bought and {"first_response_at", "resolved_at"} & set(chosen):
        _drop(work, "created_at")  # the day of a purchase is not the day of the contact

    def move(source: str, target: str) -> None:
        column = chosen[source]
        strength = work.strength.get(source, 1.0)
        _drop(work, source)
        if target not in chosen and target not in work.by_hand:
            chosen[target] = column
            work.strength[target] = strength

    if work.kind == "events":
        for role in ("created_at", "answered_at", "resolved_at"):
            if role in chosen and role not in work.by_hand:
                if "event_at" not in chosen:
                    move(role, "event_at")
                else:
                    _drop(work, role)
        return
    if work.kind == "responses":
        if "answered_at" in chosen and "created_at" in chosen and "created_at" not in strong:
            _drop(work, "created_at")
        elif "created_at" in chosen and "answered_at" not in chosen and "created_at" not in strong:
            move("created_at", "answered_at")
        if "answered_at" in chosen and "resolved_at" not in strong:
            _drop(work, "resolved_at")
        if "answered_at" in strong and "created_at" in chosen and "response_id" in chosen:
            _drop(work, "created_at")  # a survey's start time is about the form, not about the contact
    elif "answered_at" in chosen and "answered_at" not in strong:
        if "created_at" not in chosen:
            move("answered_at", "created_at")
        else:
            _drop(work, "answered_at")


def _settle_texts(columns: Sequence[Facts], work: Assignment) -> None:
    """Open questions without a known word join the comments; alone, the one column of sentences is the comment."""
    open_texts = [
        k for k, facts in enumerate(columns)
        if not work.taken(k) and k not in work.personal and facts.wordy and facts.repeats < 2.5
    ]  # fmt: skip
    asked = [k for k in open_texts if headers.is_question(columns[k].profile.header, columns[k].profile.description)]
    if "comment" in work.by_hand or work.kind in {"daily", "unknown", "events"}:
        return
    if "comment" not in work.chosen and asked:
        longest = max(asked, key=lambda k: columns[k].length)
        if columns[longest].length >= 15:
            work.chosen["comment"] = (longest,)
            work.strength["comment"] = 1.0
    if "comment" in work.chosen:
        others = work.also.setdefault("comment", [])
        others += [k for k in asked if (k,) != work.chosen["comment"] and k not in others]
