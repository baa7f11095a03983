"""Level 1. Frozen values ↔ text: dataclasses of a known list, tuples, texts, numbers, dates and paths, as JSON.

Every value is written with the name of its kind, and only kinds that are listed are made again: nothing that is read
can make anything else. Paths are written from the folder they lie in, so that the folder can be moved.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

_KIND = "$"  # no field is called so


def text_of(value: Any, folder: Path) -> str:
    """The value as text."""
    return json.dumps(_plain(value, folder), ensure_ascii=False, separators=(",", ":"))


def value_of(text: str, kinds: Sequence[type], folder: Path) -> Any:
    """The value that `text_of` wrote. Raises ValueError where it is none of these kinds, or one of another shape."""
    known = {kind.__name__: kind for kind in kinds}
    try:
        return _made(json.loads(text), known, folder)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("written by another version") from error


def _plain(value: Any, folder: Path) -> Any:
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if is_dataclass(value):
        return {_KIND: type(value).__name__, **{f.name: _plain(getattr(value, f.name), folder) for f in fields(value)}}
    if isinstance(value, tuple):
        return [_plain(each, folder) for each in value]
    if isinstance(value, datetime):
        return {_KIND: "datetime", "at": value.isoformat()}
    if isinstance(value, date):
        return {_KIND: "date", "at": value.isoformat()}
    if isinstance(value, Path):
        return {_KIND: "path", "at": value.relative_to(folder).as_posix()}
    if hasattr(value, "item"):  # numpy's numbers
        return value.item()
    raise TypeError(f"{type(value).__name__} is no frozen value")


def _made(plain: Any, known: Mapping[str, type], folder: Path) -> Any:
    if isinstance(plain, list):
        return tuple(_made(each, known, folder) for each in plain)
    if not isinstance(plain, dict):
        return plain
    kind = plain.pop(_KIND)
    if kind == "datetime":
        return datetime.fromisoformat(plain["at"])
    if kind == "date":
        return date.fromisoformat(plain["at"])
    if kind == "path":
        return folder / plain["at"]
    return known[kind](**{name: _made(each, known, folder) for name, each in plain.items()})
