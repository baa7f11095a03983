"""Rows that are totals or scores already computed: which column is their volume, and which hold the given scores."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cxcore.mapping import headers
from cxcore.mapping.draft import Assignment
from cxcore.mapping.facts import Facts
from cxcore.roles import RATINGS

# What is counted, best first: scores and handling times are averages over what was answered, not over what came in.
_VOLUMES = (
    "responses respondents answers surveys risposte rispondenti compilati respuestas reponses antworten",
    "answered handled gestite gestiti evase risposto atendidas traitees beantwortet",
    "calls contacts tickets chats conversations cases interactions complaints chiamate contatti casi reclami pratiche"
    " llamadas appels anrufe chamadas volume volumi count conteggio",
    "offered received ricevute ricevuti entranti",
)
_NOT_A_VOLUME = frozenset(
    "not non no abandoned abandon perse missed unanswered avg average mean media medio rate tasso percent pct perc"
    " quota share score id time duration durata tempo minutes seconds minuti secondi per target within sla"
    " verlorene verpasste perdidas perdus".split()
)
_SCORES = frozenset(
    "nps csat ces score punteggio satisfaction soddisfazione promoter satisfaccion zufriedenheit".split()
)
AVERAGED = frozenset(
    "avg average mean media medio medie aht asa att acw rate tasso percent pct perc percentage percentuale quota share"
    " promedio moyenne durchschnitt sla level livello".split()
)
_TOTAL = frozenset("total totals sum totale totali somma gesamt suma totaux".split())


def volumes(columns: Sequence[Facts], work: Assignment) -> tuple[int, ...]:
    """The columns that count contacts or answers, the likeliest volume first."""
    ranked = []
    for k, facts in enumerate(columns):
        words = headers.tokens(facts.profile.header)
        number = facts.whole and facts.number.share >= 0.95 and facts.parsed[0][0] >= 0
        if work.taken(k) or k in work.personal or not number:
            continue
        if "%" in facts.profile.header or _NOT_A_VOLUME & set(words):
            continue
        place = next((n for n, counted in enumerate(_VOLUMES) if set(counted.split()) & set(words)), None)
        if place is not None:
            ranked.append((place, len(words), k))
    return tuple(k for _, _, k in sorted(ranked))


def averaged(header: str, *, whole: bool, below: bool) -> bool:
    """Whether a column of totals' rows holds an average, a share or a score to be weighed, and not a sum.

    `whole` when all its numbers are whole, `below` when some lie below 0.
    """
    words = set(headers.tokens(header))
    if words & _TOTAL:
        return False
    return bool(words & (AVERAGED | _SCORES)) or bool({"%", "Ø", "ø"} & set(header)) or below or not whole


def given(columns: Sequence[Facts], work: Assignment) -> tuple[int, ...]:
    """The columns of scores already computed: named as scores, one a date (and group), and no answers by their values.

    Answers have ids, or stand several on a day, or are whole numbers on their scale; computed scores have none of
    these. Where all scores happen to be possible answers nothing tells, and they are not taken as given.
    """
    if {"interaction_id", "response_id", "customer_id", "comment", "agent"} & set(work.chosen) or work.personal:
        return ()
    dates = [facts for facts in columns if facts.dated and facts.filled >= 0.95 * facts.profile.rows]
    if not dates:
        return ()
    groups = max((f.distinct for f in columns if not f.dated and f.number.share < 0.5 and f.repeats >= 2), default=1)
    if min(facts.repeats for facts in dates) > 1.05 * groups:
        return ()
    return tuple(k for k, facts in enumerate(columns) if _computed(facts))


def _computed(facts: Facts) -> bool:
    words = headers.tokens(facts.profile.header)
    named = {n.role for n in headers.roles_named(facts.profile.header, facts.profile.description)} & set(RATINGS)
    if not (named or _SCORES & set(words)) or facts.dated or facts.number.share < 0.9 or len(facts.parsed) < 2:
        return False
    if re.search(r"\b\d+\s*[-–]\s*\d+\b", facts.profile.header):
        return False  # the header states a scale of answers
    seen = sum(count for _, count in facts.parsed)
    beyond = sum(count for value, count in facts.parsed if value < 0 or value > 10)
    broken = sum(count for value, count in facts.parsed if not value.is_integer())
    return beyond >= 0.5 * seen or broken >= 0.5 * seen
