"""Level 1. The roles of the contract: what each means, what its cells look like, and the words that name it.

The words are data (`roles.toml`), so that a language or a product's habit is added without touching code.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from cxcore.language import Message, say

RoleType = Literal["id", "time", "duration", "category", "flag", "count", "rating", "text", "amount"]

_MEANINGS: dict[str, Message] = {
    "interaction_id": say("the number of the ticket, call or conversation"),
    "response_id": say("the number of the survey answer"),
    "customer_id": say("the customer's code"),
    "created_at": say("when the contact began"),
    "answered_at": say("when the survey was answered"),
    "first_response_at": say("when a person first replied"),
    "resolved_at": say("when the case was solved"),
    "reopened_at": say("when the case was opened again"),
    "event_at": say("when the event of the log happened"),
    "wait_duration": say("how long the customer waited for an answer"),
    "first_response_duration": say("how long until the first human reply"),
    "talk_duration": say("how long the conversation lasted"),
    "hold_duration": say("how long the customer was put on hold"),
    "wrap_duration": say("work after the call"),
    "handle_duration": say("talk, hold and after-call work together"),
    "resolution_duration": say("how long until the case was solved"),
    "agent": say("who handled the contact"),
    "team": say("the team, department or queue"),
    "channel": say("the channel of the contact"),
    "topic": say("what the contact was about"),
    "touchpoint": say("the touchpoint"),
    "stage": say("the stage of the journey"),
    "product": say("the product or service"),
    "country": say("the country or market"),
    "language": say("the language of the customer"),
    "status": say("the state of the case"),
    "answered": say("whether the contact was answered"),
    "abandoned": say("whether the customer hung up before an answer"),
    "resolved_first_contact": say("whether it was solved at the first contact"),
    "reopened": say("whether, or how often, the case was opened again"),
    "replies": say("how many replies the case took"),
    "nps": say("how likely the customer is to recommend, 0 to 10"),
    "csat": say("how satisfied the customer is"),
    "ces": say("how easy it was to get it done"),
    "needs_met": say("whether it met the customer's needs"),
    "ease": say("whether it was easy"),
    "enjoyment": say("whether it was enjoyable"),
    "comment": say("what the customer wrote"),
    "variant": say("the arm of the experiment"),
    "phase": say("before or after the change"),
    "churned": say("whether the customer left"),
    "revenue": say("what the customer paid"),
    "invited": say("whether the customer was asked to answer"),
    "converted": say("whether the customer did what was hoped for"),
}


@dataclass(frozen=True)
class Role:
    """One role. `strong` phrases name it wherever they stand in a header, `weak` ones only as the whole header and with
    the values' support, `core` ones once the words for a contact and for a time are taken off, `never` ones rule it
    out; `scale` is the usual one of a rating."""

    name: str
    type: RoleType
    meaning: Message
    strong: tuple[str, ...]
    weak: tuple[str, ...]
    core: tuple[str, ...]
    never: tuple[str, ...]
    scale: tuple[float, float] | None

    @property
    def direction(self) -> int:
        """1 where more of it is better, −1 where less is, 0 where it is not for us to say."""
        if self.type == "duration" or self.name in {"abandoned", "reopened", "churned"}:
            return -1
        return 1 if self.name in {"answered", "resolved_first_contact", "converted", "revenue"} else 0


def _role(name: str, words: dict[str, Any]) -> Role:
    low_high = words.get("scale")
    return Role(
        name=name,
        type=words["type"],
        meaning=_MEANINGS[name],
        strong=tuple(words.get("strong", ())),
        weak=tuple(words.get("weak", ())),
        core=tuple(words.get("core", ())),
        never=tuple(words.get("never", ())),
        scale=(float(low_high[0]), float(low_high[1])) if low_high else None,
    )


_WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
ROLES: dict[str, Role] = {name: _role(name, words) for name, words in _WORDS["roles"].items()}
PERSONAL: dict[str, tuple[str, ...]] = {kind: tuple(words) for kind, words in _WORDS["personal"].items()}
PERHAPS_A_NAME: tuple[str, ...] = tuple(_WORDS["perhaps"]["name"])
STAFF: frozenset[str] = frozenset(_WORDS["staff"]["words"])
RATINGS: tuple[str, ...] = tuple(name for name, role in ROLES.items() if role.type == "rating")
# Whose date puts a row into a period, the first that is there: when it was answered, else when the contact began.
PERIOD_OF: tuple[str, ...] = ("answered_at", "created_at", "event_at", "resolved_at", "first_response_at")
TIMES: tuple[str, ...] = tuple(name for name, role in ROLES.items() if role.type == "time")
