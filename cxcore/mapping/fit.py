"""Whether a column's cells can be what a role asks for."""

from __future__ import annotations

import re

from cxcore.mapping import answers, headers, states
from cxcore.mapping.draft import STRONG
from cxcore.mapping.facts import ARMS, CHANNELS, DIRECTIONS, OUTCOMES, STATES, Facts
from cxcore.roles import ROLES

_PHASES = frozenset(
    "before|after|prima|dopo|pre|post|ante|vorher|nachher|antes|despues|avant|apres|during|durante".split("|")
)


_RELEASES = re.compile(r"^v?\d+(\.\d+)+$")  # 5.1.0 is a version of the app, not of the test
_WITH_A_DIGIT = re.compile(r".*\d")
_WITHOUT = re.compile(r"(?i)^(?:no|without|senza|nessun[ao]?|sin|ohne|sans) (.+)$")
WHOLE_NAME = 2.9  # a header's strength where next to nothing but the role's words stands in it


def clock_only(facts: Facts) -> bool:
    """Whether a column holds times of day without their days."""
    return facts.clock.share >= 0.6 and not facts.dated  # the cheaper question first


def judged(facts: Facts) -> float | None:
    """The top of the scale where a column's numbers could all be judgements on one and no unit of time is named."""
    if not facts.whole or facts.number.share < 0.9 or facts.distinct < 3 or facts.written_dates:
        return None
    low, top = facts.parsed[0][0], facts.parsed[-1][0]
    if low < 0 or low > 3 or top not in {4, 5, 6, 7, 10} or facts.distinct > top + 1:
        return None
    return None if headers.unit_named(facts.profile.header, facts.profile.description) else top


def fit(role: str, facts: Facts, strength: float) -> float:
    """How well the cells fit the role, 0 (cannot be) to 1."""
    kind = ROLES[role].type
    strong = strength >= STRONG
    if not facts.filled:
        return 0.2 if strong else 0.0
    if kind == "time":
        if facts.dated:
            return 0.4 if facts.years and not strong else (1.0 if facts.date.kind == "date" else 0.9)
        return 0.7 if clock_only(facts) and role not in {"event_at", "reopened_at"} else 0.0
    if kind == "text":
        if facts.distinct <= 10 and facts.seen >= 50 and facts.repeats >= 5:
            return 0.0  # set phrases, not what somebody wrote
        if facts.wordy:
            return 1.0
        whole = strength >= WHOLE_NAME and facts.number.share < 0.5 and facts.length >= 4
        return 0.5 if whole else 0.0
    if facts.written_dates and role != "revenue":
        return 0.0
    if kind == "id":
        if facts.length > 60:
            return 0.0
        few = facts.distinct <= 10 or facts.repeats > facts.distinct
        if role == "response_id" and few and facts.repeats >= 3 and headers.numbers_a_form(facts.profile.header):
            return 0.0  # which survey it was, not which answer
        if facts.number.share > 0.9 and not facts.whole:  # a telephone system numbers its calls 1770000123.77
            return 0.8 if strong and facts.repeats < 1.05 else 0.0
        if strong:
            return 1.0
        if facts.distinct == 1 and facts.filled >= 10:
            return 0.0  # the number of the survey, the same in every answer
        if facts.share(_WITH_A_DIGIT) < 0.5 and facts.length < 16:
            return 0.0
        return 0.8 if facts.repeats < 1.05 else (0.5 if role != "response_id" and facts.distinct > 10 else 0.0)
    if kind == "duration":
        numeric = facts.number.share + facts.duration >= 0.6
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
        return _rating_fit(role, facts, strong=strong)
    return _category_fit(role, facts, strength)


def _rating_fit(role: str, facts: Facts, *, strong: bool) -> float:
    ratings = facts.ratings
    if ratings.share < 0.6 or ratings.n == 0:
        return 0.15 if strong and ratings.share >= 0.6 else 0.0
    if len(ratings.numbers) > 120 or (not strong and (len(ratings.numbers) > 11 or ratings.numbers[-1][0] > 10)):
        return 0.0
    ends = ratings.numbers[0][0], ratings.numbers[-1][0]
    if role == "nps" and not strong and ends != (0, 10) and ratings.stated != (0, 10) and ratings.ladder is None:
        return 0.0  # a bare "score" is a likelihood to recommend only where it runs from 0 to 10
    return 1.0


def _with_and_without(facts: Facts) -> bool:
    """Whether one value is the lack of what all the others have: "No E-Mail" beside "Mens E-Mail"."""
    texts = [text.strip() for text, _ in facts.profile.values]
    lacks = [match[1].casefold() for text in texts if (match := _WITHOUT.match(text))]
    others = [text.casefold() for text in texts if not _WITHOUT.match(text)]
    return len(lacks) == 1 and 1 <= len(others) <= 4 and all(lacks[0] in text for text in others)


def _category_fit(role: str, facts: Facts, strength: float) -> float:
    strong = strength >= STRONG
    if facts.length > 80 or (facts.number.share > 0.9 and not facts.whole):
        return 0.0
    if facts.distinct <= 6 and facts.ratings.ladder == "promoter groups" and len(facts.ratings.numbers) > 1:
        return 0.0  # "NPS category" holds answers, whatever else is called a category
    few = facts.distinct <= 60 or facts.repeats >= 3
    header = facts.profile.header
    if facts.number.share > 0.9 and (role == "country" or headers.is_question(header, facts.profile.description)):
        return 0.0  # "How satisfied are you with our product?" holds no product
    if role in {"agent", "team"} and facts.flag >= 0.9:
        return 0.0
    if role == "agent" and facts.number.share > 0.9 and headers.tokens(header)[-1:] == ("agents",):
        return 0.0  # how many there were
    if role in {"topic", "channel"} and not strong and facts.share_in(DIRECTIONS) >= 0.9:
        return 0.0
    if role == "variant":
        if not 1 <= facts.distinct <= 6 or facts.filled < 0.5 * facts.profile.rows:
            return 0.0
        arms = facts.share(ARMS) > 0.9 or _with_and_without(facts)
        version = bool({"version", "versione", "variant", "bucket"} & set(headers.tokens(header)))
        version = version and facts.share(_RELEASES) < 0.5
        return 1.0 if arms else (0.8 if (strong or version) and facts.distinct >= 2 else 0.0)
    if role == "phase":
        return 1.0 if facts.share_in(_PHASES) > 0.9 else 0.0
    if role in {"topic", "status"} and not strong and facts.number.share > 0.9:
        return 0.0  # what "type 3" is, nobody can tell
    told = any(states.says_done(answers.folded(text)) for text, _ in facts.profile.values[:60])
    if role == "status" and not strong and facts.share_in(STATES | OUTCOMES) < 0.3 and not told:
        return 0.0
    if role in {"topic", "product", "team", "status", "stage", "touchpoint", "language", "country"}:
        if role == "team" and not strong and facts.share(ARMS) > 0.9 and facts.distinct <= 4:
            return 0.0
        return 1.0 if few or (strong and facts.repeats >= 1.3) or facts.profile.rows < 60 else 0.0
    if role == "channel":
        known = facts.share_in(CHANNELS)
        return 1.0 if known >= 0.3 or (strong and facts.distinct <= 60) else (0.3 if facts.distinct <= 20 else 0.0)
    return 1.0 if few or strong else 0.0
