"""Ids as different programs write them: the same number with other case, spaces, leading zeros or a decimal ".0"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

# What may differ between two spellings of one id, in the order in which it is tried: each takes in those before it.
STEPS: tuple[str, ...] = ("spaces", "case", "decimals", "zeros")
_REWRITES: dict[str, tuple[str, str]] = {
    "spaces": (r"\s+", ""),
    "decimals": (r"\.0+$", ""),
    "zeros": (r"^0+([0-9])", r"\1"),
}


def alike(text: Any, steps: Sequence[str] = STEPS) -> Any:
    """The engine's expression of an id with these differences taken out."""
    for step in steps:
        text = text.upper() if step == "case" else text.re_replace(*_REWRITES[step])
    return text


def written_otherwise(text: str) -> bool:
    """Whether an id would read otherwise with all differences taken out."""
    bare = text.strip()
    for step in STEPS:
        bare = bare.upper() if step == "case" else re.sub(*_REWRITES[step], bare)
    return bare != text.strip()
