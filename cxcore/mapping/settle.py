"""What kind of file it is once its columns have roles, and what that decides about ids, times and open texts."""

from __future__ import annotations

from collections.abc import Sequence

from cxcore.mapping import headers
from cxcore.mapping.draft import STRONG, Assignment
from cxcore.mapping.facts import Facts
from cxcore.mapping.fit import judged
from cxcore.mapping.words import FILLERS, POINT
from cxcore.roles import ROLES, TIMES


def settle_kind(columns: Sequence[Facts], work: Assignment, *, aggregated: bool) -> None:
    """Decides the kind of file, and drops or moves the roles that do not belong to that kind."""
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
    elif (
        strong - {"created_at", "country", "product", "language", "revenue", "customer_id"}
        or {"channel", "handle_duration"} <= set(chosen)
        or ("variant" in chosen and {"revenue", "converted", "churned"} & set(chosen))
    ):
        work.kind = "interactions"
    if work.export is not None:
        work.kind = work.export.kind
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
    strength, chosen = work.strength, work.chosen
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
    if "interaction_id" not in chosen and "interaction_id" not in work.by_hand and _numbers_calls(columns, work):
        chosen["interaction_id"] = chosen["customer_id"]
        strength["interaction_id"] = strength.get("customer_id", 1.0)
        _drop(work, "customer_id")
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


def _numbers_calls(columns: Sequence[Facts], work: Assignment) -> bool:
    """Whether a "contact id" is another in each row of a file that times its calls: a contact, and no person."""
    if "customer_id" not in work.chosen or "customer_id" in work.by_hand:
        return False
    facts = columns[work.chosen["customer_id"][0]]
    timed = {"talk_duration", "handle_duration", "wait_duration", "wrap_duration"} & set(work.chosen)
    called = {"contact", "contatto", "contacto"} & set(headers.tokens(facts.profile.header))
    return bool(timed and called) and facts.repeats < 1.02


def _settle_times(columns: Sequence[Facts], work: Assignment, strong: set[str]) -> None:
    chosen = work.chosen
    rated = any(ROLES[role].type == "rating" for role in chosen)
    bought = "created_at" in chosen and {"acquisto", "purchase"} & set(
        headers.tokens(columns[chosen["created_at"][0]].profile.header)
    )
    if bought and {"first_response_at", "resolved_at"} & set(chosen):
        _drop(work, "created_at")  # the day of a purchase is not the day of the contact

    if "resolved_at" in chosen and "resolved_at" not in work.by_hand and _ends_a_contract(columns, work):
        _drop(work, "resolved_at")

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
        if "event_at" not in chosen and "event_at" not in work.by_hand:
            k, facts = next((k, f) for k, f in enumerate(columns) if f.dated and not f.years)
            named = headers.roles_named(facts.profile.header, facts.profile.description)
            chosen["event_at"] = (k,)
            work.strength["event_at"] = max([1.0, *(n.strength for n in named if n.role == "event_at")])
        return
    if work.kind == "responses":
        if "first_response_at" in chosen and not {"answered_at", "created_at"} & set(chosen):
            move("first_response_at", "answered_at")  # in a survey, who responded is the customer
        if "answered_at" in chosen and "created_at" in chosen and "created_at" not in strong:
            _drop(work, "created_at")
        elif (
            "created_at" in chosen
            and "answered_at" not in chosen
            and ("created_at" not in strong or headers.plainly_made(columns[chosen["created_at"][0]].profile.header))
        ):
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
    elif "answered_at" in chosen and "created_at" in chosen and "first_response_at" not in chosen:
        # Where nobody was surveyed, it is the service that responded; and where the time of its response is given.
        header = columns[chosen["answered_at"][0]].profile.header
        service = "first_response_duration" in chosen and not headers.ruled_out("first_response_at", header)
        if not rated or service:
            move("answered_at", "first_response_at")


_ENDS = frozenset("end ends ended fine fin ende fim termine".split())
_CONTRACTS = frozenset(
    "contract contratto contrato contrat vertrag subscription abbonamento abonnement membership policy polizza".split()
)


def _ends_a_contract(columns: Sequence[Facts], work: Assignment) -> bool:
    """Whether an end that says no more than that is a contract's: others name one, and none times a contact."""
    facts = columns[work.chosen["resolved_at"][0]]
    bare = set(headers.tokens(facts.profile.header)) - POINT - FILLERS <= _ENDS
    told = any(_CONTRACTS & set(headers.tokens(other.profile.header)) for other in columns)
    cases = "interaction_id" in work.chosen or any(ROLES[role].type == "duration" for role in work.chosen)
    return bare and told and not cases and not facts.date.clock  # a contract ends on a day, at no hour


# Days of a person's life with the firm, not of a contact or an answer.
_OTHER_DAYS = frozenset(
    "birth nascita hire hired joined join signup registration registered iscrizione assunzione purchase acquisto"
    " order ordine contract contratto expiry expired scadenza due last modified updated update activation"
    " attivazione start end"
    " status renewal first previous next departure arrival partenza arrivo delivery consegna member since dob sent"
    " scad".split()
)
_CHANGED = frozenset({"last", "modified", "updated", "update"})
_HOW_MANY = frozenset(
    "many number often times age years quanti quante volte eta anni cuantos cuantas veces edad combien fois anzahl"
    " wieviele alter idade quantos quantas".split()
)


def settle_only_date(columns: Sequence[Facts], work: Assignment) -> None:
    """The one column of dates of a file whose rows have no time yet is theirs, unless its name says otherwise."""
    if (
        work.kind in {"unknown", "events"}
        or set(TIMES) & set(work.chosen)
        or {"created_at", "answered_at"} & work.by_hand
    ):
        return
    dates = [
        k for k, f in enumerate(columns) if f.dated and not f.years and k not in work.personal and not work.taken(k)
    ]
    if len(dates) == 1 and columns[dates[0]].written_dates:
        facts = columns[dates[0]]
        # An answer is changed only while it is given: a survey's one "date modified" is when it was.
        others = _OTHER_DAYS - _CHANGED if work.kind == "responses" else _OTHER_DAYS
        if not others & set(headers.tokens(f"{facts.profile.header} {facts.profile.description}")):
            role = "answered_at" if work.kind == "responses" else "created_at"
            work.chosen[role] = (dates[0],)
            work.strength[role] = 1.0


def settle_only_rating(columns: Sequence[Facts], work: Assignment) -> None:
    """The one question of a survey that is answered on a scale is its rating, where nothing else is rated."""
    rated = any(ROLES[role].type == "rating" for role in (*work.chosen, *work.by_hand))
    if work.kind != "responses" or rated or work.export is not None:
        return
    asked = [
        k for k, f in enumerate(columns)
        if judged(f) in {5, 7, 10}
        and headers.is_question(f.profile.header, f.profile.description)
        and not _HOW_MANY & set(headers.tokens(f.profile.header))
        and not work.taken(k)
        and k not in work.personal
    ]  # fmt: skip
    if len(asked) == 1:
        work.chosen["csat"] = (asked[0],)
        work.strength["csat"] = 1.0


def settle_texts(columns: Sequence[Facts], work: Assignment) -> None:
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


def _drop(work: Assignment, *roles: str) -> None:
    for role in roles:
        if role not in work.by_hand:
            work.chosen.pop(role, None)
            work.also.pop(role, None)
