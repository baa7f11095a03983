"""Files of products and public datasets as strangers have them: headers as they are written, rows made on the spot.

`strangers/*.txt` holds one block a file: `## Name | kind` (and `delim=;`, `head=3`, `json=key`), then a line a column,
`Header // second header row => roles :: how its cells are written`. The roles were written down before the app was
asked; `-` stands for none (a segment, an aggregate, something else), `pii` for personal data.
"""

from __future__ import annotations

import csv
import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from cxcore.values import Profile, RawTable

FOLDER = Path(__file__).parent / "strangers"
ROWS = 60
START = datetime(2026, 1, 5, 8, 12, 31)
FIRST = "Anna Marco Giulia Luca Sara Paolo Chiara Matteo Elena Davide James Emma".split()
LAST = "Rossi Bianchi Ferri Conti Gallo Greco Marini Costa Smith Brown Weber Klein".split()
EN = (
    "The order came late and",
    "Nobody called me back although",
    "The agent was kind and",
    "I waited a long time because",
)
EN_ENDS = ("it was solved in the end", "I asked twice", "the parcel was damaged", "the price had changed")
IT = ("Il personale è stato gentile ma", "Ho aspettato a lungo perché", "La pratica è stata risolta e", "Nessuno mi ha")
IT_ENDS = ("lo sportello era chiuso", "mancava un documento", "il servizio è migliorato", "richiamato in tempo")


@dataclass
class Column:
    """A column of a stranger's file, and the roles that are right for it."""

    header: str
    second: str
    roles: tuple[str, ...]
    cells: str


@dataclass
class Stranger:
    """A file: its name, the kinds that are right for it, its columns, and how it is written."""

    name: str
    kinds: tuple[str, ...]
    columns: list[Column] = field(default_factory=list)
    options: dict[str, str] = field(default_factory=dict)

    def write(self, folder: Path) -> Path:
        """The file, in this folder."""
        rows = self.rows()
        stem = "".join(c if c.isalnum() else "_" for c in self.name)
        heads = [column.header for column in self.columns]
        if key := self.options.get("json"):
            path = folder / f"{stem}.json"
            path.write_text(json.dumps({key: [_nested(heads, row) for row in rows]}), encoding="utf-8")
            return path
        path = folder / f"{stem}.csv"
        with path.open("w", newline="", encoding="utf-8") as handle:
            out = csv.writer(handle, delimiter=self.options.get("delim", ","))
            out.writerow(heads)
            if "head" in self.options:
                out.writerow([column.second for column in self.columns])
            if self.options.get("head") == "3":
                out.writerow([json.dumps({"ImportId": f"QID{k}"}) for k in range(len(heads))])
            out.writerows(rows)
        return path

    def read(self) -> tuple[RawTable, tuple[Profile, ...]]:
        """The file as it is read, without reading it: its headers, and its cells counted."""
        cells = [[text for text in column if text] for column in zip(*self.rows(), strict=True)]
        profiles = tuple(
            Profile(k, own.header, own.second, ROWS, len(texts), tuple(Counter(texts).most_common()), complete=True)
            for k, (own, texts) in enumerate(zip(self.columns, cells, strict=True))
        )
        heads, seconds = tuple(p.header for p in profiles), tuple(p.description for p in profiles)
        return RawTable(Path(), self.name, "csv", heads, seconds, ROWS, "", filled=tuple(map(len, cells))), profiles

    def rows(self) -> list[list[str]]:
        """Its rows as texts, the same every time."""
        times = random.Random(self.name)
        starts = [START + timedelta(minutes=430 * k + times.randrange(400), seconds=times.randrange(60))
                  for k in range(ROWS)]  # fmt: skip
        columns = []
        for k, column in enumerate(self.columns):
            draw = random.Random(f"{self.name} {k}")
            columns.append([cell(column.cells, row, starts, draw) for row in range(ROWS)])
        return [list(row) for row in zip(*columns, strict=True)]


def strangers(which: str) -> list[Stranger]:
    """The files of one set."""
    found: list[Stranger] = []
    for line in (FOLDER / f"{which}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            name, kinds, *options = (part.strip() for part in line[3:].split(" | "))
            pairs = dict(option.split("=", 1) for option in options)
            found.append(Stranger(name, tuple(kinds.split("/")), [], pairs))
        elif line.strip():
            head, _, rest = line.partition(" => ")
            roles, _, cells = rest.partition(" :: ")
            header, _, second = head.partition(" // ") if " // " in head else (head.removesuffix(" //"), "", "")
            found[-1].columns.append(Column(header, second, tuple(roles.strip().split("/")), cells))
    return found


def _nested(heads: list[str], row: list[str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for head, text in zip(heads, row, strict=True):
        place = found
        *outer, last = head.split(".")
        for part in outer:
            place = place.setdefault(part, {})  # type: ignore[assignment]
        place[last] = int(text) if text.isdigit() else text or None
    return found


def cell(how: str, row: int, starts: list[datetime], draw: random.Random) -> str:
    """One cell's text."""
    if how.startswith("?"):
        return "" if draw.random() < 0.3 else cell(how[1:], row, starts, draw)
    name, _, rest = how.partition(":")
    plus = 0
    for sign in "+-":
        head, found, tail = name.partition(sign)
        if found:
            name, plus = head, int(sign + tail)
    return WRITERS[name](rest, row, starts, draw, plus)


Writer = Callable[[str, int, list[datetime], random.Random, int], str]


def _at(row: int, starts: list[datetime], draw: random.Random, plus: int) -> datetime:
    if plus < 0:
        return starts[row] + timedelta(minutes=plus)
    return starts[row] + timedelta(seconds=60 * plus * (0.5 + 0.5 * draw.random())) if plus else starts[row]


def _between(rest: str, draw: random.Random) -> str:
    low, high, *digits = rest.split(":")
    return f"{draw.uniform(float(low), float(high)):.{digits[0] if digits else 2}f}"


def _clock(rest: str, draw: random.Random, *, hours: bool) -> str:
    low, high = map(int, rest.split(":"))
    seconds = draw.randint(low, high)
    tail = f"{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{seconds // 3600:02}:{tail}" if hours else f"{seconds // 60:02}:{seconds % 60:02}"


def _sentence(starts: tuple[str, ...], ends: tuple[str, ...], row: int, draw: random.Random) -> str:
    first, second = draw.choice(ends), draw.choice(ends)
    return f"{draw.choice(starts)} {first}, {draw.choice(starts).lower()} {second} {'!' * (row % 3)}"


def _code(draw: random.Random) -> str:
    letters = "".join(draw.choice("BCDFGLMNPRSTV") for _ in range(6))
    return f"{letters}{draw.randint(40, 99)}A{draw.randint(10, 28)}H501{draw.choice('ABCDEFGHX')}"


def _grouped(rest: str, draw: random.Random) -> str:
    size, _, prefix = rest.partition(":")
    return f"{prefix}{draw.randint(1, int(size)) + (1000 if not prefix.endswith(' ') else 0)}"


def _person(draw: random.Random) -> str:
    return f"{draw.choice(FIRST)} {draw.choice(LAST)}"


STAFF = ("Marco Rossi", "Giulia Conti", "Luca Greco", "Sara Costa", "Emma Brown")
PER_CASE = 4
WRITERS: dict[str, Writer] = {
    "id": lambda rest, row, *_: f"{rest}{10_000 + row * 7}",
    "ids": lambda rest, _, __, draw, ___: _grouped(rest, draw),
    "case": lambda rest, row, *_: f"{rest.partition(':')[2]}{5000 + row // int(rest.partition(':')[0])}",
    "of": lambda rest, _, __, draw, ___: draw.choice(rest.split("|")),
    "const": lambda rest, *_: rest,
    "blank": lambda *_: "",
    "int": lambda rest, _, __, draw, ___: str(draw.randint(*map(int, rest.split(":")))),
    "num": lambda rest, _, __, draw, ___: _between(rest, draw),
    "pct": lambda _, __, ___, draw, ____: f"{draw.uniform(70, 99):.2f}%",
    "ts": lambda rest, row, starts, draw, plus: _at(row, starts, draw, plus).strftime(rest),
    "epoch": lambda _, row, starts, draw, plus: str(int(_at(row, starts, draw, plus).timestamp())),
    "cts": lambda rest, row, starts, _, plus: (
        starts[row // PER_CASE * PER_CASE] + timedelta(minutes=plus)).strftime(rest),
    "evts": lambda rest, row, starts, *_: starts[row].strftime(rest),
    "day": lambda rest, row, *_: (START + timedelta(days=row)).strftime(rest),
    "hms": lambda rest, _, __, draw, ___: _clock(rest, draw, hours=True),
    "mmss": lambda rest, _, __, draw, ___: _clock(rest, draw, hours=False),
    "staff": lambda _, __, ___, draw, ____: draw.choice(STAFF),
    "smail": lambda _, __, ___, draw, ____: draw.choice(STAFF).lower().replace(" ", ".") + "@desk.example",
    "name": lambda _, __, ___, draw, ____: _person(draw),
    "first": lambda _, __, ___, draw, ____: draw.choice(FIRST),
    "last": lambda _, __, ___, draw, ____: draw.choice(LAST),
    "email": lambda _, row, __, draw, ___: f"{draw.choice(LAST).lower()}{row}@mail.example",
    "phone": lambda _, __, ___, draw, ____: f"+39347{draw.randint(1_000_000, 9_999_999)}",
    "clid": lambda _, __, ___, draw, ____: f'"{_person(draw)}" <39347{draw.randint(1_000_000, 9_999_999)}>',
    "ip": lambda _, __, ___, draw, ____: ".".join(str(draw.randint(11, 240)) for _ in range(4)),
    "cf": lambda _, __, ___, draw, ____: _code(draw),
    "addr": lambda _, __, ___, draw, ____: f"{draw.randint(1, 99)} {draw.choice(LAST)} Street, Springfield",
    "url": lambda _, row, *__: f"https://www.example.com/page/{row}",
    "text": lambda _, row, __, draw, ___: _sentence(EN, EN_ENDS, row, draw),
    "testo": lambda _, row, __, draw, ___: _sentence(IT, IT_ENDS, row, draw),
}  # fmt: skip
