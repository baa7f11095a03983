"""A column called no more than "Score" or "Rating": what it may be, and the question that settles it."""

from __future__ import annotations

from collections.abc import Sequence

from cxcore.language import say
from cxcore.mapping import headers
from cxcore.mapping.draft import STRONG, Assignment
from cxcore.mapping.facts import Facts
from cxcore.values import Question, RoleUse


def beside_groups(facts: Facts, columns: Sequence[Facts]) -> bool:
    """Whether answers from 0 to 10 stand beside what is an NPS survey's: promoter groups, its number, its comment."""
    numbers = facts.ratings.numbers
    return (
        facts.whole
        and facts.ratings.share >= 0.9
        and bool(numbers)
        and (numbers[0][0], numbers[-1][0]) in {(0, 10), (1, 10)}
        and (
            any(other.distinct <= 6 and other.ratings.ladder == "promoter groups" for other in columns)
            or (numbers[0][0] == 0 and any(_of_an_nps(other) for other in columns))
        )
    )


def _of_an_nps(facts: Facts) -> bool:
    """Whether a column is of an NPS survey and not its score: "nps_feedback_id", "NPS comment"."""
    words = headers.tokens(facts.profile.header)
    numbers = bool(facts.parsed) and facts.number.share >= 0.5
    return "nps" in words and len(words) > 1 and (not numbers or (facts.whole and facts.repeats < 1.05))


def asked(columns: Sequence[Facts], work: Assignment, found: Sequence[RoleUse]) -> list[Question]:
    """Whether a score up to ten says how likely people are to recommend, where its name does not; the use in force,
    NPS for one that runs from 0 and satisfaction for one that runs from 1, is the first choice."""
    if "nps" in work.by_hand or work.export is not None:
        return []
    roles = {use.role: use for use in found}
    guessed = "nps" if "nps" in roles else "csat"
    if guessed not in roles or guessed in work.by_hand or work.strength.get(guessed, 0.0) >= STRONG:
        return []
    facts = columns[roles[guessed].columns[0]]
    numbers = facts.ratings.numbers
    if (
        facts.ratings.stated is not None
        or facts.ratings.ladder is not None
        or not numbers
        or numbers[-1][0] not in {9, 10}
    ):
        return []
    header = facts.profile.header
    asks = say("Does “{name}” say how likely people are to recommend? Its own name does not tell.", name=header)
    return [Question("nps", asks, (header, "") if guessed == "nps" else ("", header))]
