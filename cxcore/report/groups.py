"""The groups of a segment in a table: in which order they stand, and where each interval is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cxcore.values import Estimate

MOST_GROUPS = 20  # a longer list is for the screen, where it can be searched


@dataclass(frozen=True)
class Whisker:
    """Where an interval and its value lie, in percent of the drawing's width."""

    low: str
    width: str
    value: str


@dataclass(frozen=True)
class Group:
    """A line of the table, in words; `whisker` is None where there is no number or no interval to draw."""

    name: str
    n: str
    value: str
    interval: str
    small: str
    whisker: Whisker | None


def in_order(groups: Sequence[Estimate]) -> tuple[Estimate, ...]:
    """The groups by number where their names are whole numbers (months, quarters, years), else as they come."""
    names = [one.by[0][1] or "" for one in groups]
    if not all(name.isdecimal() for name in names):
        return tuple(groups)
    return tuple(sorted(groups, key=lambda one: int(one.by[0][1] or 0)))


def drawn(groups: Sequence[Estimate]) -> tuple[Whisker | None, ...]:
    """A whisker for each group, all on one scale from the lowest end to the highest."""
    lows = [one.low for one in groups if one.low is not None]
    highs = [one.high for one in groups if one.high is not None]
    if not lows or not highs or max(highs) <= min(lows):
        return (None,) * len(groups)
    start, span = min(lows), max(highs) - min(lows)

    def at(value: float) -> float:
        return 100 * (value - start) / span

    return tuple(
        None
        if one.low is None or one.high is None or one.value is None
        else Whisker(f"{at(one.low):.1f}", f"{at(one.high) - at(one.low):.1f}", f"{at(one.value):.1f}")
        for one in groups
    )
