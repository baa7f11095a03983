"""What the numbers of a duration column are measured in: hand, name or product, then the writing, else a question.

The order of the evidence is fixed: a person's choice; what the header, its description or a known export states; how
the values are written. Where values contradict the name, the values win and it is said. What is still open is held
against the other times of each row (`plausible`), and asked where that does not decide either.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Dict
from dataclasses import replace
from typing import Protocol

from cxcore.errors import UnknownName
from cxcore.language import Message, listed, plain, say, say_many
from cxcore.mapping import durations, headers
from cxcore.mapping.durations import CLOCKS, UNITS
from cxcore.mapping.facts import Facts
from cxcore.values import Question, RoleUse

ORDER = ("s", "min", "h", "d", "ms")
NAMES: dict[str, Message] = {
    "ms": say("milliseconds"), "s": say("seconds"), "min": say("minutes"), "h": say("hours"), "d": say("days"),
    "mm:ss": say("minutes and seconds"), "h:mm": say("hours and minutes"),
}  # fmt: skip
# Parts of a call: nobody talks, holds or wraps up for more than an hour as a rule.
_OF_A_CALL = frozenset({"talk_duration", "hold_duration", "wrap_duration"})
_AN_HOUR = 3600.0
_STATED_CLOCK = (
    ("mm:ss", re.compile(r"(?i)\bm{1,2}[:.]ss\b|minut\w*[ :]+(?:e |and )?se[cg]")),
    ("h:mm", re.compile(r"(?i)\bh{1,2}[:.]mm\b(?![:.]ss)|\bore[ :]+(?:e )?minuti|\bhours?[ :]+(?:and )?minutes")),
)


class Telling(Protocol):
    """Where problems and questions are noted."""

    questions: list[Question]

    def warn(self, code: str, what: Message, column: str | None = None, count: int = 0) -> None:
        """Note a warning."""

    def note(self, code: str, what: Message, column: str | None = None, count: int = 0) -> None:
        """Note something worth knowing."""


def settled(use: RoleUse, facts: Facts, choices: Dict[str, str], known: str | None, tell: Telling) -> RoleUse:
    """The use of a duration with its unit and the reason for it; `known` is the unit a known export has here.

    Raises UnknownName for a unit chosen by hand that there is not.
    """
    spans, header = facts.spans, facts.profile.header
    use = replace(use, decimal=spans.decimal)
    chosen = _chosen(use.role, choices)
    stated = known or headers.unit_named(header, facts.profile.description)
    asked = len(tell.questions)
    if spans.count("two"):
        use = _clock(use, facts, _chosen(use.role, choices, clock=True), stated, tell)
    bare = spans.bare or not spans.counts
    if not bare:
        written = use.clock if spans.main == "two" else spans.main
        if stated and spans.main in {"hms", "iso", "words"} and chosen is None:
            tell.note("duration_unit_contradicted",
                      say("this product usually writes {unit} here, but the cells spell out their units and are read as"
                          " written", unit=NAMES[stated])
                      if known and headers.unit_named(header, facts.profile.description) is None
                      else say("the name says {unit}, but the cells spell out their units and are read as written",
                               unit=NAMES[stated]), header)  # fmt: skip
        return _varied(
            replace(use, unit=written, why=_because(use, use.clock, "writing" if len(tell.questions) == asked else "")),
            facts,
            tell,
        )
    unit, reason = chosen if chosen in UNITS else None, "hand"
    if unit is None and durations.fractions_of_a_day(facts.profile.values, spans.decimal):
        unit, reason = "d", "fractions"
        if stated not in {None, "d"}:
            tell.warn("duration_unit_contradicted",
                      say("the name says {unit}, but the numbers are times as a spreadsheet keeps them, in fractions of"
                          " a day, and are read so", unit=NAMES[stated or "s"]), header)  # fmt: skip
    if unit is None and stated:
        unit, reason = stated, "export" if known else "name"
    if unit is None and facts.filled:
        tell.warn("duration_unit_unknown",
                  say("the unit of this duration is not stated; it is read as seconds until you choose"),
                  header)  # fmt: skip
        tell.questions.append(Question(f"{use.role}.unit", say("What is this duration written in?"), ORDER))
        unit, reason = "s", ""
    return _varied(replace(use, unit=unit, why=_because(use, unit, reason)), facts, tell)


def _chosen(role: str, choices: Dict[str, str], *, clock: bool = False) -> str | None:
    chosen = choices.get(f"{role}.clock") if clock else None
    chosen = chosen or choices.get(f"{role}.unit")
    if chosen is not None and chosen not in (*UNITS, *CLOCKS):
        raise UnknownName(
            "unknown_unit", say("There is no unit of time called {name}.", name=chosen),
            say("The units are: {names}.", names=listed([plain(name) for name in (*ORDER, *CLOCKS)])),
        )  # fmt: skip
    return chosen


def _because(use: RoleUse, unit: str | None, reason: str) -> Message:
    if unit not in NAMES or not reason:
        return use.why
    words = NAMES[unit]
    return {
        "hand": say("{why}; in {unit}, as you chose", why=use.why, unit=words),
        "name": say("{why}; its name says {unit}", why=use.why, unit=words),
        "export": say("{why}; this product writes {unit}", why=use.why, unit=words),
        "fractions": say("{why}; fractions of a day, as a spreadsheet keeps times", why=use.why),
        "writing": say("{why}; read as {unit}", why=use.why, unit=words),
    }[reason]


def _clock(use: RoleUse, facts: Facts, chosen: str | None, stated: str | None, tell: Telling) -> RoleUse:
    """What the two parts of 12:30 are, on the evidence of the name, the other cells, and how long a call can be."""
    header = facts.profile.header
    usual, other = ("mm:ss", "h:mm") if use.role != "resolution_duration" else ("h:mm", "mm:ss")
    found = chosen if chosen in CLOCKS else {"min": "mm:ss", "s": "mm:ss", "h": "h:mm"}.get(chosen or "")
    if found is None:
        found = _stated_clock(f"{header} {facts.profile.description}")
    if found is None:
        found = {"min": "mm:ss", "s": "mm:ss", "h": "h:mm"}.get(stated or "") or _written_clock(use, facts)
    if found is None:
        tell.warn("duration_unit_unknown",
                  say("12:30 can be minutes and seconds or hours and minutes, and nothing in this column tells; it is"
                      " read as {unit} until you choose", unit=NAMES[usual]), header)  # fmt: skip
        tell.questions.append(
            Question(f"{use.role}.clock", say("Is 12:30 in this column minutes and seconds, or hours and minutes?"),
                     (usual, other))
        )  # fmt: skip
    return replace(use, clock=found or usual)


def _stated_clock(words: str) -> str | None:
    return next((clock for clock, pattern in _STATED_CLOCK if pattern.search(words)), None)


def _written_clock(use: RoleUse, facts: Facts) -> str | None:
    two, three = [], []
    for text, count in facts.profile.values:
        k = durations.form_of(text)
        if k is None:
            continue
        if durations.FORMS[k].name == "two":
            if "." in text or "," in text:
                return "mm:ss"  # no clock has tenths of a minute
            two.append((durations.seconds(text, clock="h:mm") or 0.0, count))
        elif durations.FORMS[k].name == "hms":
            three.append(durations.seconds(text) or 0.0)
    # 59:30 and then 1:00:05: what runs past the hour gains a part.
    if three and min(three) >= _AN_HOUR and max(value for value, _ in two) < 60 * _AN_HOUR and len(three) >= 3:
        return "mm:ss"
    long = sum(count for value, count in two if value >= _AN_HOUR)
    if use.role in _OF_A_CALL and long > 0.5 * sum(count for _, count in two):
        return "mm:ss"
    return None


def _varied(use: RoleUse, facts: Facts, tell: Telling) -> RoleUse:
    spans = facts.spans
    if spans.minor:
        tell.warn("mixed_duration_units",
                  say_many("{n} duration is written otherwise than the rest; each is read as it is written",
                           "{n} durations are written otherwise than the rest; each is read as it is written",
                           spans.minor), facts.profile.header, spans.minor)  # fmt: skip
    return use
