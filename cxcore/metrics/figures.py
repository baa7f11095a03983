"""A figure, a difference and the end of an interval in words, each in its metric's unit."""

from __future__ import annotations

from cxcore.durations import told
from cxcore.language import Message, plain, say
from cxcore.metrics.base import Unit

_LARGE = 10_000  # a number from which the digits behind the point say nothing


def figure(value: float | None, unit: Unit) -> Message:
    """A value in its unit; a dash where there is none."""
    if value is None:
        return plain("–")
    if unit == "seconds":
        return told(value)
    if unit == "%":
        return say("{value:1} %", value=value)
    if unit == "points":
        return say("{value:1}", value=value)
    if unit == "cases":
        return say("{value:0}", value=value)
    return say("{value:2}", value=value) if abs(value) < _LARGE else say("{value:0}", value=value)


def gap(value: float, unit: Unit) -> Message:
    """A difference with its sign and unit."""
    if unit in {"%", "points"}:
        return say("{value:+1} points", value=value)
    return bare(value, unit)


def bare(value: float, unit: Unit) -> Message:
    """The end of an interval of a difference, with its sign."""
    if unit == "seconds":
        return say("{sign}{time}", sign="" if value < 0 else "+", time=told(value))
    if unit == "cases":
        return say("{value:+0}", value=value)
    return say("{value:+1}", value=value) if unit in {"%", "points"} else say("{value:+2}", value=value)
