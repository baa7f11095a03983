"""What an operator metric sees of a row: its roles, what is set, the clock, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ibis
import ibis.expr.types as ir

from cxcore.roles import TIMES

# States in which a case is over, as exports write them; folded case, in the languages roles are named in.
OVER = frozenset(
    "solved|resolved|closed|completed|complete|done|fixed|finished|case closed|ticket closed|risolto|risolta|chiuso"
    "|chiusa|completato|completata|evaso|evasa|resuelto|resuelta|cerrado|cerrada|ferme|fermee|resolu|resolue|cloture"
    "|geschlossen|gelost|erledigt|abgeschlossen".split("|")
)


@dataclass(frozen=True)
class Sight:
    """Rows with what is set for a metric. `until` is the last instant the file speaks of, `until_clock` what the
    clock shows then: that is how long an open case has been open. A time a metric measures from or to has a column
    `{role}_clock` beside it."""

    rows: ir.Table
    settings: tuple[tuple[str, float], ...] = ()
    until: datetime | None = None
    until_clock: float = 0.0

    def has(self, *roles: str) -> bool:
        """Whether all these roles have a column."""
        return all(role in self.rows.columns for role in roles)

    def __getitem__(self, role: str) -> Any:
        return self.rows[role]

    def set(self, name: str) -> float:
        """What a setting is set to, in seconds where it is a time."""
        return dict(self.settings)[name]

    def end(self) -> Any:
        """The last instant the file speaks of, as an expression."""
        return ibis.null("timestamp") if self.until is None else ibis.literal(self.until, type="timestamp")

    def elapsed(self, start: str, end: str) -> Any:
        """Seconds from one role's time to another's by the clock; null where either is missing or the end is first."""
        passed = self.rows[f"{end}_clock"] - self.rows[f"{start}_clock"]
        return ibis.ifelse(self[end] >= self[start], passed, None)

    def since(self, start: str) -> Any:
        """Seconds from a role's time to the end of the file by the clock."""
        return ibis.greatest(ibis.literal(self.until_clock) - self.rows[f"{start}_clock"], 0.0)

    @property
    def flagged(self) -> bool:
        """Whether a column says which contacts were answered or given up."""
        return self.has("answered") or self.has("abandoned")

    @property
    def gone(self) -> Any:
        """Whether no person took the contact; never null. A blank under "answered" is no; a blank under "abandoned" is
        a contact that knows no giving up, such as an e-mail."""
        if self.has("answered"):
            return (self["answered"] == 0).fill_null(True)
        if self.has("abandoned"):
            return (self["abandoned"] > 0).fill_null(False)
        return ibis.literal(False)

    @property
    def abandoned(self) -> Any:
        """Whether the customer gave up before an answer; null where nothing is said of it."""
        return self["abandoned"] > 0 if self.has("abandoned") else self["answered"] == 0

    @property
    def queued(self) -> Any:
        """Seconds from queue to answer or to giving up, as the row has them; null below 0."""
        if self.has("wait_duration"):
            wait = self["wait_duration"]
            return ibis.ifelse(wait >= 0, wait, None).cast("float64")
        return self.elapsed("created_at", "first_response_at")

    @property
    def gave_up_after(self) -> Any:
        """Seconds an abandoned contact waited; null where 0 or nothing is written, which says it is not known."""
        if not self.has("wait_duration"):
            return ibis.null("float64")
        given_up = self.abandoned if self.flagged else ibis.literal(False)
        return ibis.ifelse(given_up & (self["wait_duration"] > 0), self["wait_duration"], None)

    @property
    def short(self) -> Any:
        """Whether the customer gave up within the short-abandon threshold."""
        return (self.gave_up_after <= self.set("threshold")).fill_null(False)

    @property
    def over(self) -> Any:
        """Whether the case is solved: a time of solution, else a state that says so, else null."""
        if self.has("resolved_at"):
            return self["resolved_at"].notnull() | self.said_over
        if self.has("status"):
            return self.said_over
        return ibis.literal(True)

    @property
    def said_over(self) -> Any:
        """Whether the state says that the case is over; false where no column holds states."""
        if not self.has("status"):
            return ibis.literal(False)
        return self["status"].cast("string").strip().lower().isin(sorted(OVER)).fill_null(False)

    @property
    def came_back(self) -> Any:
        """Whether the case was opened again; null where nothing is known of it."""
        if self.has("reopened"):
            return self["reopened"] > 0
        return self["reopened_at"].notnull()


def times_of(rows: ir.Table) -> tuple[str, ...]:
    """The columns of times a table has."""
    return tuple(role for role in TIMES if role in rows.columns)
