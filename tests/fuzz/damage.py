"""What may happen to a good file on its way: harmless changes, which keep every figure, and damage of all kinds."""

from __future__ import annotations

import io
import random
import re
import warnings
import zipfile
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass

from fuzz.seeds import FORMATS, TABLES, Good, Rows, written

NASTY = (
    "", " ", "NaN", "inf", "-inf", "Infinity", "1e308", "1e999", "-1", "99", "999", "10/10", "9/10", "9/5", "★★★", "😀",
    "12:30", "26:15:00", "-00:10:00", "31/02/2026", "2026-02-30", "00/00/0000", "9999-12-31", "0001-01-01", "1e5",
    "１２", "٣", "1.234,56", "1,234.56", "1'234.56", "'=1+1", "=1+1", "\x00", "\u202e", "\ufeff", "a" * 5000, "9" * 400,
    "0x1F", "PT5M", "P1Y", "1 year", "Infinity hours", "2026-13-01", "2026-W12", "2026-W60", "1767225600000", "45992.5",
    "24:00", "25:61:61", "ND", "n/a", "-", "–", "Promotore", "100%", "€ 5,00", "(5)", "−5", "5-", "true", "Falso", "'",
    '"', '""', "a\nb", "a\r\nb", "\r", "a;b", "a\tb", "{}", "[1]", '{"a":1}', "<b>", "<td>", "&#0;", "&amp;",
    "2026-03-29 02:30:00", "2026-10-25T02:30:00+02:00", "10:00 PM", "Totale", "Total", "\\", "\\\"", "%s", "{name}",
    "1899-12-30", "2026-01-01 00:00:00.123456789", "2026-01-01 GMT+2", "2026-01-01T00:00:00[Europe/Rome]", "5 stelle",
    "18446744073709551616", "-9223372036854775809", "1e-320", "0.1.2", "1,2,3", "۱۲", "½", "³", "x@y.it", "3331234567",
    "RSSMRA80A01H501U", "00:00:00", "0:0:0", "99999999999 days", "1 week 999999999999999 hours", "P999999999999D",
)  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A changed file. `keeps` is the table whose figures it must still give, "" where it may give any or be refused."""

    name: str
    content: bytes
    how: str
    keeps: str = ""


def mutant(seed: str, goods: Sequence[Good]) -> Mutant:
    """The mutant of this seed: always the same one for the same good files."""
    rng = random.Random(seed)
    if rng.random() < 0.12:
        return _harmless(rng)
    if rng.random() < 0.35:
        table = rng.choice(sorted(TABLES))
        rows = deepcopy(TABLES[table])
        hurt = [rng.choice(CELLS) for _ in range(rng.choice((1, 1, 2, 3)))]
        for one in hurt:
            one(rows, rng)
        kind = rng.choice(FORMATS)
        how = "+".join(one.__name__.strip("_") for one in hurt)
        return Mutant(f"{table}.{kind}", written(rows, kind, rng), how)
    good = rng.choice(goods)
    if good.content[:2] == b"PK" and rng.random() < 0.75:
        return Mutant(good.name, _parts(good.content, rng), "parts")
    content = bytearray(good.content)
    hurt_bytes = [rng.choice(BYTES) for _ in range(rng.choice((1, 1, 2, 4)))]
    for damage in hurt_bytes:
        damage(content, rng)
    return Mutant(good.name, bytes(content), "+".join(one.__name__.strip("_") for one in hurt_bytes))


def _harmless(rng: random.Random) -> Mutant:
    table = rng.choice(sorted(TABLES))
    rows = deepcopy(TABLES[table])
    kind = rng.choice(("csv", "csv", *FORMATS))
    how = [kind]
    if rng.random() < 0.5:
        order = list(range(len(rows[0])))
        rng.shuffle(order)
        rows = [[row[k] for k in order] for row in rows]
        how.append("columns")
    if rng.random() < 0.4 and kind in {"csv", "xlsx", "ods"}:
        for _ in range(rng.randint(1, 4)):
            rows.insert(rng.randint(1, len(rows)), [""] * (len(rows[0]) if rng.random() < 0.7 or kind != "csv" else 0))
        how.append("blank rows")
    if rng.random() < 0.3:
        body = rows[1:]
        rng.shuffle(body)
        rows[1:] = body
        how.append("rows")
    return Mutant(f"{table}.{kind}", written(rows, kind, rng), "harmless: " + ", ".join(how), table)


# Cells and headers ---------------------------------------------------------------------------------------------------


def _some_cells(rows: Rows, rng: random.Random) -> None:
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        row = rng.choice(rows[1:] or rows)
        if row:
            row[rng.randrange(len(row))] = rng.choice(NASTY)


def _a_column(rows: Rows, rng: random.Random) -> None:
    k = rng.randrange(max(1, len(rows[0])))  # an earlier wound may have emptied the header
    few = [rng.choice(NASTY) for _ in range(rng.choice((1, 2, 4)))]
    for row in rows[1:]:
        if k < len(row) and rng.random() < 0.9:
            row[k] = rng.choice(few)


def _swapped_cells(rows: Rows, rng: random.Random) -> None:
    width = max(1, len(rows[0]))
    one, other = rng.randrange(width), rng.randrange(width)
    for row in rows[rng.choice((0, 1)) :]:
        if max(one, other) < len(row):
            row[one], row[other] = row[other], row[one]


def _a_header(rows: Rows, rng: random.Random) -> None:
    if not rows[0]:
        return
    rows[0][rng.randrange(len(rows[0]))] = rng.choice((*NASTY, *[h for table in TABLES.values() for h in table[0]]))


def _no_header(rows: Rows, _: random.Random) -> None:
    del rows[0]
    rows or rows.append([""])


def _again_header(rows: Rows, rng: random.Random) -> None:
    rows.insert(rng.randint(0, len(rows)), list(rows[0]))


def _title_above(rows: Rows, rng: random.Random) -> None:
    rows[:0] = [[rng.choice(NASTY)], *[[]] * rng.randint(0, 3)]


def _total_below(rows: Rows, rng: random.Random) -> None:
    rows.insert(rng.randint(1, len(rows)), [rng.choice(("Totale", "Total", "Media", "Sum")),
                                            *[rng.choice(("", "99", "3,5"))] * (len(rows[0]) - 1)])  # fmt: skip


def _ragged(rows: Rows, rng: random.Random) -> None:
    for row in rng.sample(rows, min(len(rows), rng.choice((1, 3)))):
        row.extend(["x"] * rng.randint(1, 3)) if rng.random() < 0.5 else row.__delitem__(slice(rng.randint(0, 3), None))


def _repeated_rows(rows: Rows, rng: random.Random) -> None:
    rows.extend(list(rng.choice(rows)) for _ in range(rng.randint(1, 30)))


def _few_rows(rows: Rows, rng: random.Random) -> None:
    del rows[rng.randint(1, 4) :]


def _more_columns(rows: Rows, rng: random.Random) -> None:
    name, few = rng.choice((rows[0][-1], *NASTY)) if rows[0] else "", [rng.choice(NASTY) for _ in range(3)]
    for k, row in enumerate(rows):
        row.append(rng.choice(few) if k else name)


def _second_table(rows: Rows, rng: random.Random) -> None:
    rows.extend([[], *deepcopy(TABLES[rng.choice(sorted(TABLES))])])


CELLS: tuple[Callable[[Rows, random.Random], None], ...] = (
    _some_cells, _some_cells, _a_column, _a_column, _swapped_cells, _a_header, _a_header, _no_header, _again_header,
    _title_above, _total_below, _ragged, _repeated_rows, _few_rows, _more_columns, _second_table,
)  # fmt: skip

# Bytes ---------------------------------------------------------------------------------------------------------------

_TELLING = (b"\x00", b"\xff", b'"', b"'", b"\n", b"\r", b",", b";", b"\t", b"\\", b"<", b">", b"&", b"{", b"}", b"[",
            b"]", b"\xef\xbb\xbf", b"\xff\xfe", b"\xc3", b"\x85", b"\xe2\x80\xa8", b"\x1a", b"\x0b", b"\x1c", b"-",
            b"9" * 20, b"]]>", b"<!DOCTYPE x>", b"<!--", b"\xed\xa0\x80")  # fmt: skip


def _at(content: bytearray, rng: random.Random) -> int:
    return rng.randint(0, max(0, len(content) - 1))


def _flipped(content: bytearray, rng: random.Random) -> None:
    for _ in range(rng.choice((1, 1, 3, 20))):
        if content:
            content[_at(content, rng)] ^= 1 << rng.randrange(8)


def _inserted(content: bytearray, rng: random.Random) -> None:
    at = _at(content, rng)
    content[at:at] = rng.choice(_TELLING) * rng.choice((1, 1, 2, 300))


def _cut_out(content: bytearray, rng: random.Random) -> None:
    at = _at(content, rng)
    del content[at : at + rng.choice((1, 2, 16, 400))]


def _cut_short(content: bytearray, rng: random.Random) -> None:
    del content[_at(content, rng) :]


def _doubled(content: bytearray, rng: random.Random) -> None:
    at = _at(content, rng)
    piece = content[at : at + rng.choice((1, 40, 1000))]
    other = _at(content, rng)
    content[other:other] = piece * rng.choice((1, 1, 50))


def _noise(content: bytearray, rng: random.Random) -> None:
    at = _at(content, rng)
    content[at : at + rng.choice((1, 8, 200))] = rng.randbytes(rng.choice((1, 8, 200)))


def _exchanged(content: bytearray, rng: random.Random) -> None:
    one, other = sorted((rng.choice(_TELLING), rng.choice(_TELLING)))
    content[:] = content.replace(one, other, rng.choice((1, 5, -1)))


BYTES: tuple[Callable[[bytearray, random.Random], None], ...] = (
    _flipped, _flipped, _inserted, _inserted, _cut_out, _cut_short, _doubled, _noise, _exchanged,
)  # fmt: skip

# Parts of a package --------------------------------------------------------------------------------------------------

_NUMBER = re.compile(rb'(?<=[">])-?\d+(?=["<])')
_TAG = re.compile(rb"<(/?)(\w+:)?(\w+)[^>]*>")
_VALUES = (b"0", b"-1", b"1048577", b"4294967296", b"1e999", b"NaN", b"", b"XFD1048576", b"A0", b"ZZZ1", b"inlineStr",
           b"d", b"e", b"b", b"str", b"60", b"0.5", b"2958466", b"-0.5", b"99999999999999999999", b"1", b"2",
           b"&#1;", b"x" * 3000, b"2026-01-01T00:00:00")  # fmt: skip


def _parts(content: bytes, rng: random.Random) -> bytes:
    """The package with one or two of its parts changed, dropped, renamed or doubled."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = [(name, package.read(name)) for name in package.namelist()]
    except Exception:  # a reference file that is damaged on purpose
        return content[: rng.randint(0, len(content))]
    for _ in range(rng.choice((1, 1, 2))):
        k = rng.randrange(len(parts))
        name, part = parts[k]
        step = rng.random()
        if step < 0.08:
            parts[k] = (name, b"")
        elif step < 0.14 and len(parts) > 1:
            del parts[k]
        elif step < 0.18:
            parts[k] = (rng.choice((name.upper(), "xl/" + name, name + "x", "../" + name, "/" + name)), part)
        elif step < 0.30:
            hurt = bytearray(part)
            rng.choice(BYTES)(hurt, rng)
            parts[k] = (name, bytes(hurt))
        else:
            parts[k] = (name, _markup(part, rng))
    out = io.BytesIO()
    with (
        warnings.catch_warnings(),
        zipfile.ZipFile(out, "w", rng.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))) as package,
    ):
        warnings.simplefilter("ignore")  # of two parts of one name, which is what is wanted
        for name, part in parts:
            package.writestr(name, part)
    return out.getvalue()


def _markup(part: bytes, rng: random.Random) -> bytes:
    """Markup with some numbers or attributes replaced, tags dropped, doubled or cut, cells given another type."""
    for _ in range(rng.choice((1, 2, 6))):
        found = list((_NUMBER if rng.random() < 0.5 else _TAG).finditer(part))
        if not found:
            return part
        one = rng.choice(found)
        step = rng.random()
        if one.re is _NUMBER:
            new = rng.choice(_VALUES)
        elif step < 0.3:
            new = b""
        elif step < 0.5:
            new = one[0] * rng.choice((2, 40))
        elif step < 0.8:
            new = re.sub(rb'="[^"]*"', b'="' + rng.choice(_VALUES) + b'"', one[0], count=1)
        else:
            new = one[0][:-1] + rng.choice((b' t="d">', b' t="b">', b' r="B2">', b' s="1">', b' foo="1">', b"/>"))
        part = part[: one.start()] + new + part[one.end() :]
    return part
