"""Which column serves which role: header words first, then whether the cells can be what the role asks for.

Pure Python on profiles. The best candidate of all is settled first, then the next best among what is left; other
columns that could serve a role stand in its `also`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping as Dict
from collections.abc import Sequence

from cxcore.mapping import bare, headers
from cxcore.mapping.draft import STRONG, Assignment
from cxcore.mapping.facts import ARMS, CHANNELS, DIRECTIONS, OUTCOMES, STATES, Facts
from cxcore.mapping.fit import clock_only, fit, judged
from cxcore.mapping.known import Export
from cxcore.mapping.settle import settle_kind, settle_only_date, settle_only_rating, settle_texts
from cxcore.mapping.totals import AVERAGED
from cxcore.mapping.words import CONTACT, FILLERS
from cxcore.roles import ROLES, STAFF, TIMES

_WAYS = CHANNELS - DIRECTIONS
_OVERALL = frozenset(
    "overall complessivo complessiva complessivamente complesso generale globale global general gesamt"
    " insgesamt".split()
)
_PEOPLE = frozenset({"agent", "team"})
_CODED = frozenset({"agent", "team", "customer_id", "interaction_id", "response_id"})  # kept, under a pseudonym
_WRITTEN = frozenset({"e-mail", "ip address", "tax code", "place"})  # told by how the cells are written alone
_RINGING = frozenset("caller calling cli chiamante llamante appelant anrufer".split())
_DESCRIBED = frozenset("description descrizione descripcion descricao beschreibung".split())
_CODE = re.compile(r"^(?=\D*\d)[\w./#-]{3,}$")  # C00123, 88-1234; the pseudonyms that stand for them too
_COUNTED = ("offered|answered|abandoned|calls|complaints|tickets|contacts|impressions|clicks|reach|purchases|searches"
            "|promoters|passives|detractors|promotori|passivi|detrattori|conversations|chats|visits|handled|received"
            "|responses|respondents|surveys|rispondenti|eligible|sum"
            "|chiamate|reclami|contatti|risposte|volume|volumi|count|counts|totale chiamate|anrufe|anfragen|beschwerden"
            "|llamadas|quejas|appels|reclamations|chamadas|ligacoes").split("|")  # fmt: skip


def assign(
    columns: Sequence[Facts],
    by_hand: Dict[str, int | None],
    dropped: Dict[int, str] | None = None,
    export: Export | None = None,
) -> Assignment:
    """The roles of a file's columns. `by_hand` holds a person's corrections: role → column, or None for "no column";
    `dropped` the columns already known to be personal, and no longer there; `export` what is known of a product's."""
    work = Assignment(by_hand=set(by_hand), personal=dict(dropped or {}), export=export)
    for role, column in by_hand.items():
        if column is not None:
            work.chosen[role] = (column,)
            work.strength[role] = 9.0
    _find_personal(columns, work)
    aggregated = export.kind == "daily" if export else _aggregated(columns)
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
        if role in TIMES and clock_only(columns[column]):
            if date_column is None or strength < STRONG:  # a bare "time" waits for the day it belongs to
                continue
            work.chosen[role] = (date_column, column)
        else:
            work.chosen[role] = (column,)
        work.strength[role] = strength
    _pair_clock(columns, work, date_column)
    settle_kind(columns, work, aggregated=aggregated)
    settle_only_date(columns, work)
    settle_only_rating(columns, work)
    settle_texts(columns, work)
    for others in work.also.values():
        for k in others:
            kind = columns[k].personal
            if kind in _WRITTEN and not work.taken(k):
                work.personal[k] = kind
    for role, others in work.also.items():
        work.also[role] = [column for column in others if not work.taken(column) and column not in work.personal]
    return work


def _find_personal(columns: Sequence[Facts], work: Assignment) -> None:
    for k, facts in enumerate(columns):
        if work.taken(k) or k in work.personal:
            continue
        known = work.export.columns.get(k) if work.export else None
        if known and known.role in _PEOPLE:
            continue
        if known and known.personal:
            work.personal[k] = known.personal
            continue
        header, description = facts.profile.header, facts.profile.description
        named = {n.role for n in headers.roles_named(header, description) if n.strength >= STRONG}
        by_values, by_header = facts.personal, headers.personal_kind(header, description)
        every = by_values is not None and facts.personal_shares[by_values] >= 0.95
        customer = every and any(n.role == "customer_id" for n in headers.roles_named(header, description))
        written = by_values in _WRITTEN and not named & _CODED and not customer
        people = by_values == "name" and not named & {*_PEOPLE, "product", "topic", "customer_id"} and not _staff(facts)
        # A "caller id" that is a telephone number is the number that rings, and no code the firm gave a customer.
        rings = bool(_RINGING & set(headers.tokens(header))) and not named - {"customer_id"}
        phone = by_values == "phone" and (rings or (not named and not facts.dated))
        if by_values is not None and (written or people or phone):
            work.personal[k] = by_values
        elif known and known.role:
            continue
        elif by_header == "perhaps a name":
            if facts.filled and facts.flag < 0.5 and facts.number.share < 0.5 and _looks_named(facts):
                work.personal[k] = "name"
        elif by_header and not named & _PEOPLE and facts.flag < 0.8 and not (named & {"customer_id"}):
            work.personal[k] = by_header


def _staff(facts: Facts) -> bool:
    """Whether a column of names is of those who work there: its header says so, and the same few come back."""
    words = headers.tokens(facts.profile.header)
    works = any(n.role in _PEOPLE for n in headers.roles_named(facts.profile.header, facts.profile.description))
    return facts.repeats >= 2 and (works or bool(STAFF & set(words)) or words[-1:] in {("by",), ("da",)})


def _looks_named(facts: Facts) -> bool:
    texts = [text.strip() for text, _ in facts.profile.values[:200]]
    people = sum(1 for t in texts if not any(c.isdigit() for c in t) and t[:1].isupper())
    return people >= 0.5 * len(texts) and facts.repeats < 3


def _ranked(columns: Sequence[Facts], work: Assignment, *, aggregated: bool) -> list[tuple[float, str, int, float]]:
    ranked = []
    spoken = any(
        "talk_duration" in {n.role for n in _named(facts)} and not headers.of_the_whole(facts.profile.header)
        for facts in columns
    )
    alike = Counter(judged(facts) for k, facts in enumerate(columns) if k not in work.personal)
    for k, facts in enumerate(columns):
        if k in work.personal:
            continue
        named = {n.role: n.strength for n in headers.roles_named(facts.profile.header, facts.profile.description)}
        if (
            facts.share_in(_WAYS) >= 0.6
            and facts.distinct >= 2
            and not headers.ruled_out("channel", facts.profile.header)
        ):
            named.setdefault("channel", 1.2)
        if "channel" not in named and _described(facts):
            named.setdefault("topic", 0.9)
        states = facts.share_in(STATES) >= 0.5 and facts.share(ARMS) <= 0.9  # "old" and "new" are two arms
        if states and facts.distinct >= 2 and "status" not in named:
            named["status"] = 1.1
        if "topic" in named and facts.share_in(OUTCOMES) >= 0.9:
            named["status"] = named.pop("topic")  # a "disposition" says why people called, or how the call ended
        if named.get("csat", STRONG) < STRONG and bare.beside_groups(facts, columns):
            named["nps"] = max(named.get("nps", 0.0), 2.2)
        known = work.export.columns.get(k) if work.export else None
        if known and (known.role is None or fit(known.role, facts, known.strength) > 0):
            named = {known.role: known.strength} if known.role else {}
        if "event_at" in named:  # whether a time is an event's shows in the rows, not in the name: settled later
            strength = named.pop("event_at")
            if not headers.ruled_out("created_at", facts.profile.header):
                named["created_at"] = max(named.get("created_at", 0.0), strength)
        if spoken and "talk_duration" in named and headers.of_the_whole(facts.profile.header):
            named.setdefault("handle_duration", min(named.pop("talk_duration"), 2.3))
        if named.get("customer_id", STRONG) < STRONG and _coded(facts):
            named["customer_id"] = STRONG + 0.1
        overall = bool(_OVERALL & set(headers.tokens(f"{facts.profile.header} {facts.profile.description}")))
        for role, strength in named.items():
            if aggregated and ROLES[role].type in {"duration", "flag", "rating", "count", "amount"}:
                continue
            if ROLES[role].type in {"duration", "category"} and (top := judged(facts)) is not None and alike[top] >= 3:
                continue  # one of several things judged on the same scale: "waiting times" from 1 to 5
            if role in _PEOPLE and not aggregated and facts.repeats < 1.05 and facts.seen >= 30:
                continue  # who handles contacts handles more than one
            fits = fit(role, facts, strength)
            if fits > 0:
                whole = 0.3 if ROLES[role].type == "rating" and overall else 0.0
                ranked.append((strength + 0.5 * fits + whole - 0.0001 * k, role, k, strength))
    return sorted(ranked, reverse=True)


def _described(facts: Facts) -> bool:
    """Whether the contact is described in a few set phrases: what it was about, and nothing that anybody wrote."""
    left = set(headers.tokens(facts.profile.header)) - CONTACT - FILLERS - {"brief", "short", "breve", "kurz"}
    return bool(left) and left <= _DESCRIBED and facts.distinct <= 60 and facts.repeats >= 3


def _coded(facts: Facts) -> bool:
    """Whether a column that may hold names holds customers' codes; a contact's own code is another each."""
    contact = bool(CONTACT & set(headers.tokens(facts.profile.header)))
    return facts.share(_CODE) > 0.9 and (facts.repeats >= 1.2 or not contact)


def _aggregated(columns: Sequence[Facts]) -> bool:
    """Whether rows are totals (a day's calls, an agent's month): two count columns or more, and no single cases."""
    if any(_numbers_cases(facts) or _left_or_stayed(facts) for facts in columns):
        return False
    counts = 0
    for facts in columns:
        words = headers.tokens(facts.profile.header)
        bare = {"count", "counts"} & set(words) and len(words) > 1  # how often this one was reopened is no total
        named = any(word in _COUNTED for word in words if not (bare and word in {"count", "counts"}))
        named = named or "#" in facts.profile.header
        large = facts.whole and facts.number.share > 0.8 and facts.flag < 0.8 and bool(facts.parsed)
        is_id = any(word in {"id", "number", "no", "code", "codice", "numero", "time", "date"} for word in words)
        counts += named and large and not is_id and facts.parsed[-1][0] > 1
    averages = sum(
        bool(AVERAGED & set(headers.tokens(head := f.profile.header)) or {"%", "Ø", "ø"} & set(head)) for f in columns
    )
    if not averages and any(_single(facts) for facts in columns):
        return False
    few = len(columns) <= 5 or averages > 0
    return counts >= 2 or (
        counts == 1 and few and (averages >= 3 or any(f.dated for f in columns)) and _no_ids(columns)
    )


def _numbers_cases(facts: Facts) -> bool:
    """Whether a column numbers single cases: named so, another text in each row, and no plain running number."""
    named = {n.role for n in headers.roles_named(facts.profile.header, facts.profile.description)}
    coded = facts.number.share < 0.5 and not facts.dated and not facts.wordy and facts.repeats < 1.05
    return coded and facts.seen >= 20 and bool(named & {"interaction_id", "response_id"}) and "agent" not in named


def _left_or_stayed(facts: Facts) -> bool:
    """Whether a column says of each row that this customer left or stayed, whatever is averaged of them beside it."""
    return facts.flag == 1.0 and facts.distinct == 2 and any(n.role == "churned" for n in _named(facts))


def _single(facts: Facts) -> bool:
    """Whether a column shows that each row is one case or person: its own id, its yes or no, words somebody wrote."""
    named = {n.role for n in _named(facts) if n.strength >= STRONG}
    if facts.flag == 1.0 and facts.distinct == 2 and any(ROLES[role].type == "flag" for role in named):
        return True  # who churned, or what was answered, is one
    if facts.filled < 0.9 * facts.profile.rows or facts.repeats > 1.02 or facts.dated or facts.profile.rows < 10:
        return facts.wordy and facts.length >= 40 and facts.repeats < 1.5
    if set(headers.tokens(facts.profile.header)) <= {"no", "n", "nr", "row", "index"}:
        return False  # the number of the row
    ids = {"interaction_id", "response_id", "customer_id"} & {n.role for n in _named(facts)}
    return bool(ids) or (facts.wordy and facts.length >= 40)


def _no_ids(columns: Sequence[Facts]) -> bool:
    return not any("id" in headers.tokens(facts.profile.header) for facts in columns)


def _date_without_clock(columns: Sequence[Facts], work: Assignment) -> int | None:
    """The one column of days that times of day elsewhere in the row belong to, if there is one."""
    if not any(clock_only(facts) for facts in columns):
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
            if work.taken(k) or not clock_only(facts):
                continue
            if any(named.role == role for named in _named(facts)):
                work.chosen[role] = (date_column, k)
                work.also[role] = [c for c in work.also.get(role, []) if c != k]
                break
    if not any(date_column in columns_ for columns_ in work.chosen.values()) and "created_at" not in work.by_hand:
        work.chosen.setdefault("created_at", (date_column,))
