"""How many people a queue needs: Erlang C."""

from __future__ import annotations

import math
from typing import NamedTuple


class Queue(NamedTuple):
    """What a queue of this many people does: the share that waits, the share answered within the asked time, the mean
    wait of all in seconds, and the share of the time people are busy."""

    people: int
    waits: float
    in_time: float
    mean_wait: float
    occupancy: float


def waiting_share(people: int, load: float) -> float:
    """The share of contacts that find everybody busy; 1 where the load is no less than the people.

    Erlang 1917, by the recursion of Erlang B, which no large number overflows (Cooper 1981, Introduction to Queueing
    Theory, 2nd ed., 3.4 and 3.5). `load` is in erlangs: contacts a second × seconds a contact.
    """
    if load <= 0:
        return 0.0
    if people <= load:
        return 1.0
    blocked = 1.0
    for k in range(1, people + 1):
        blocked = load * blocked / (k + load * blocked)
    busy = load / people
    return blocked / (1 - busy * (1 - blocked))


def queue(people: int, per_hour: float, seconds: float, within: float) -> Queue:
    """What happens with this many people when so many contacts an hour take so many seconds each.

    Contacts come at random at a steady rate, wait as long as it takes, and their lengths are exponential.
    """
    load = per_hour * seconds / 3600
    if people <= load:
        return Queue(people, 1.0, 0.0, math.inf, 1.0)
    waits, free = waiting_share(people, load), people - load
    in_time = 1 - waits * math.exp(-free * within / seconds) if seconds > 0 else 1.0
    return Queue(people, waits, in_time, waits * seconds / free, load / people)


def people_needed(per_hour: float, seconds: float, level: float, within: float) -> Queue:
    """The fewest people with whom at least the share `level` (below 1) is answered within so many seconds."""
    if not 0 <= level < 1:
        raise ValueError("the service level lies between 0 and 1, and cannot be 1: somebody always may wait")
    people = math.floor(per_hour * seconds / 3600) + 1
    while (found := queue(people, per_hour, seconds, within)).in_time < level:
        people += 1
    return found
