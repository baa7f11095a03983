"""Exports of products people use, recognised by the names of their columns: what each column is, and in which unit.

One data file a product (`exports/*.toml`): `tells` are names hardly anyone else gives a column, `hints` such as others
give too; both in any order and number, in whatever case, in the languages the product translates them to. `[roles]`,
`[units]` and `[personal]` say what the columns are (the first of a role is the best), `other` names those that are
nothing to us; `[like]` a name that tells only with values written so; `[told_by]` a column whose role another names.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from cxcore.mapping.answers import folded
from cxcore.mapping.facts import Facts
from cxcore.values import Kind

_FOLDER = Path(__file__).parent / "exports"
ENOUGH = 3.0  # points: a tell is one, a hint a half
_TELLS = 2  # at least, whatever the hints
_SURE = 4.0  # the strength of a role a product gives: above any header's words


@dataclass(frozen=True)
class Entry:
    """What a product's column is: a role and how strongly, its unit of time, or a kind of personal data."""

    role: str | None = None
    strength: float = 0.0
    unit: str | None = None
    personal: str | None = None


@dataclass(frozen=True)
class Export:
    """A file recognised as a product's: what is known of its columns, by their number."""

    name: str
    product: str
    kind: Kind
    zone: str
    columns: dict[int, Entry] = field(default_factory=dict)

    def unit(self, column: int) -> str | None:
        """The unit of time a column has in this product's exports."""
        return self.columns[column].unit if column in self.columns else None


@dataclass(frozen=True)
class _Layout:
    name: str
    product: str
    kind: Kind
    zone: str
    enough: float
    tells: frozenset[str]
    hints: frozenset[str]
    like: dict[str, re.Pattern[str]]
    entries: dict[str, Entry]
    told_by: dict[str, str]


def recognised(columns: Sequence[Facts]) -> Export | None:
    """The product whose export this file is, or None where too few names are a product's own."""
    names = [{_key(f.profile.header), _key(f.profile.description)} - {""} for f in columns]
    every = set().union(*names) if names else set()
    best, best_points = None, 0.0
    for layout in _layouts():
        tells, hints = len(layout.tells & every), len(layout.hints & every)
        points = tells + 0.5 * hints
        if tells < _TELLS or points < layout.enough:
            points = layout.enough if _written_like(layout, names, columns) else 0.0
        if points > best_points:
            best, best_points = layout, points
    return None if best is None else _export(best, names, columns)


def _written_like(layout: _Layout, names: list[set[str]], columns: Sequence[Facts]) -> bool:
    """Whether the first column has a name that tells together with how its values are written."""
    for k in range(min(1, len(columns))):
        for name in names[k] & set(layout.like):
            if columns[k].filled and columns[k].share(layout.like[name]) >= 0.8 and columns[k].dated:
                return True
    return False


def _export(layout: _Layout, names: list[set[str]], columns: Sequence[Facts]) -> Export:
    found = {}
    for k, own in enumerate(names):
        entry = next((layout.entries[name] for name in own if name in layout.entries), None)
        if entry is not None:
            found[k] = entry
    if layout.told_by:
        of = next((k for k, own in enumerate(names) if layout.told_by["column"] in own), None)
        by = next((k for k, own in enumerate(names) if layout.told_by["by"] in own), None)
        if of is not None and by is not None and columns[by].distinct == 1:
            role = layout.told_by.get(folded(columns[by].profile.values[0][0]))
            if role is not None:
                found[of] = Entry(role, _SURE)
    return Export(layout.name, layout.product, layout.kind, layout.zone, found)


def _key(name: str) -> str:
    """A name as it is compared: without case, accents' spelling, spaces and the zone some products add in brackets."""
    plain = unicodedata.normalize("NFKC", name[:200]).replace("\ufeff", "").replace("_", " ").replace("’", "'")
    plain = re.sub(r"\s*\([A-Za-z_ ]+/[A-Za-z_ /]+\)$", "", plain)
    return " ".join(plain.split()).casefold()


@lru_cache(maxsize=1)
def _layouts() -> tuple[_Layout, ...]:
    return tuple(_layout(tomllib.loads(path.read_text(encoding="utf-8"))) for path in sorted(_FOLDER.glob("*.toml")))


def _layout(data: dict[str, Any]) -> _Layout:
    units = {_key(name): unit for unit, names in data.get("units", {}).items() for name in names}
    entries = {_key(name): Entry() for name in data.get("other", ())}
    for kind, names in data.get("personal", {}).items():
        entries |= {_key(name): Entry(personal=kind) for name in names}
    for role, names in data.get("roles", {}).items():
        for k, name in enumerate(names):
            entries[_key(name)] = Entry(role, _SURE - 0.1 * k, units.get(_key(name)))
    return _Layout(
        name=data["name"],
        product=data["product"],
        kind=data["kind"],
        zone=data["zone"],
        enough=data.get("enough", ENOUGH),
        tells=frozenset(map(_key, data.get("tells", ()))),
        hints=frozenset(map(_key, data.get("hints", ()))),
        like={_key(name): re.compile(pattern) for name, pattern in data.get("like", {}).items()},
        entries=entries,
        told_by={name: value if name not in {"column", "by"} else _key(value)
                 for name, value in data.get("told_by", {}).items()},
    )  # fmt: skip
