"""A check: something counted over all rows once the table is written, and the words for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cxcore.language import Message
from cxcore.values import Severity


@dataclass(frozen=True)
class Check:
    """Where something holds (a truth value a row), under which code it is told of which column, and in which words."""

    code: str
    column: str
    holds: Any
    says: Callable[[int], Message]
    severity: Severity = "warning"
