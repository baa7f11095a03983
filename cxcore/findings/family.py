"""One family of tests: each a p and the finding it becomes if it survives the control of false discoveries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cxcore import stats
from cxcore.values import Finding

LEAST_ANSWERS = 30  # a group with fewer answers is not searched for changes


@dataclass(frozen=True)
class Candidate:
    """One test of the family: its p, and the finding it becomes if it survives."""

    p: float
    finding: Callable[[], Finding]


def claimed(family: Sequence[Candidate]) -> list[Finding]:
    """The findings of one family of tests that survive the control of the false discovery rate."""
    if not family:
        return []
    adjusted = stats.false_discovery([candidate.p for candidate in family])
    return [one.finding() for one, p in zip(family, adjusted, strict=True) if p < stats.CLAIM_LEVEL]
