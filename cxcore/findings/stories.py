"""Findings told once: echoes left out, the same story of several metrics together, the worst first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from cxcore.language import Message
from cxcore.metrics import METRICS
from cxcore.values import Finding


def without_echoes(found: Sequence[Finding]) -> list[Finding]:
    """The findings without those that only repeat a larger one.

    A change overall that a change in one group explains is told once, of the group; a group compared with one other
    group is the same fact told from both sides.
    """
    kept: list[Finding] = []
    for finding in sorted(found, key=lambda f: -f.weight):
        same = [
            other for other in kept
            if other.kind == finding.kind and other.metric == finding.metric and other.good == finding.good
            and (finding.kind == "shift" and _overlap(finding, other))
        ]  # fmt: skip
        if not same:
            kept.append(finding)
    return kept


def _overlap(one: Finding, other: Finding) -> bool:
    start = max(one.start or date.min, other.start or date.min)
    end = min(one.end or date.max, other.end or date.max)
    return start <= end


def stories(found: Sequence[Finding]) -> tuple[tuple[Finding, ...], ...]:
    """Findings that tell one story, together: the same group since the same day, whichever metric shows it."""
    told: dict[object, list[Finding]] = {}
    for finding in found:
        told.setdefault((finding.kind, finding.by, finding.start, finding.good), []).append(finding)
    return tuple(tuple(story) for story in told.values())


def also_seen(story: Sequence[Finding]) -> tuple[Message, ...]:
    """The titles of the other metrics that tell the same story."""
    names = dict.fromkeys(finding.metric for finding in story[1:] if finding.metric != story[0].metric)
    return tuple(METRICS[name].title for name in names)


def pain_points(found: Sequence[Finding], most: int = 3) -> tuple[Finding, ...]:
    """The groups that hurt most: clearly worse than the rest, weighed by how many answers they hold."""
    worst: list[Finding] = []
    for finding in found:
        if finding.kind == "segment" and finding.good is False and finding.by not in [w.by for w in worst]:
            worst.append(finding)
    return tuple(worst[:most])
