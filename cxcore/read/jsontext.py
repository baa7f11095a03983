"""Child side. JSON and JSON lines → a grid of records, numbers as they are written.

A table is looked for in the ways programs write one: an array of objects (at the top or inside an object), an array of
arrays, an object of columns. Objects inside a record become columns `a.b`, arrays one text. What is written twice,
nested or missing is said.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

from cxcore.read import layout as layouts
from cxcore.read.layout import Layout
from cxcore.read.loose import Cell, Loose, refuse_size
from cxcore.read.remarks import Refused, Remarks, Tally

MAX_DEPTH = 32
_MAX_DIGITS = 400  # no number of a table is longer, and none that long is a number to any other program
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\Z)|[\[\]{}]', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
_JOIN = "; "


class _Said:
    """What was met in parsing, counted."""

    def __init__(self) -> None:
        self.twice = 0
        self.nested = 0
        self.surrogates = 0
        self.nuls = 0


def open_json(content: bytes, remarks: Remarks) -> tuple[Loose, Layout]:
    """The table in a JSON text. Refuses `invalid_json`, `damaged_file`, `too_deep`, `invalid_number`, `no_rows`."""
    said = _Said()
    text = _decoded(content)
    found = _parsed(text, said)
    grid, layout = _table(found, said, remarks)
    for code, count in (
        ("duplicate_keys", said.twice),
        ("nested_values_flattened", said.nested),
        ("undecodable_bytes_replaced", said.surrogates),
        ("control_characters_removed", said.nuls),
    ):
        if count:
            remarks.add(code, count=count)
    return grid, layout


def _decoded(content: bytes) -> str:
    encoding = json.detect_encoding(content)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        if error.end >= len(content) - 4:
            raise Refused("damaged_file") from None
        raise Refused("invalid_json") from None


def _parsed(text: str, said: _Said) -> Any:
    decoder = json.JSONDecoder(
        object_pairs_hook=lambda pairs: _object(pairs, said),
        parse_int=_number,
        parse_float=_number,
        parse_constant=lambda word: None if word == "NaN" else word,
    )
    try:
        start = len(text) - len(text.lstrip())
        value, end = decoder.raw_decode(text, start)
        if not text[end:].strip():
            return value
        return _lines(text, decoder)
    except RecursionError:
        raise Refused("too_deep", limit=MAX_DEPTH) from None
    except json.JSONDecodeError:
        raise Refused("damaged_file" if _is_cut(text) else "invalid_json") from None


def _lines(text: str, decoder: json.JSONDecoder) -> list[Any]:
    # Not splitlines: JSON allows U+2028 and its like inside a string.
    lines = [line for line in text.split("\n") if line.strip()]
    return [decoder.decode(line) for line in lines]


def _object(pairs: list[tuple[str, Any]], said: _Said) -> dict[str, Any]:
    made = dict(pairs)
    said.twice += len(pairs) - len(made)
    return made


class _Number(str):
    """A number's text, to be told from a string where it matters."""

    __slots__ = ()


def _number(text: str) -> _Number:
    if len(text) > _MAX_DIGITS:
        raise Refused("invalid_number", limit=_MAX_DIGITS)
    return _Number(text)


def _is_cut(text: str) -> bool:
    """Whether the text ends inside a string, an array or an object."""
    depth = 0
    last = ""
    for match in _TOKEN.finditer(text):
        last = match[0]
        depth += (last in "[{") - (last in "]}") if len(last) == 1 else 0
    return depth > 0 or (last.startswith('"') and (len(last) < 2 or not last.endswith('"')))


def _table(found: Any, said: _Said, remarks: Remarks) -> tuple[Loose, Layout]:
    if isinstance(found, dict):
        found = _inside(found, remarks)
    if not isinstance(found, list):
        raise Refused("not_a_table", format="JSON")
    if not found:
        raise Refused("no_rows")
    if all(isinstance(row, dict) for row in found):
        return _of_objects(found, said, remarks)
    if all(isinstance(row, list) for row in found):
        return _of_arrays(found, said, remarks)
    raise Refused("not_a_table", format="JSON")


def _inside(found: dict[str, Any], remarks: Remarks) -> Any:
    """The rows in an object: its columns turned, or the longest array of objects in it."""
    if isinstance(found.get("columns"), list) and isinstance(found.get("data"), list) and found["data"]:
        return [found["columns"], *found["data"]]
    values = list(found.values())
    if values and all(isinstance(each, list) for each in values):
        lengths = {len(each) for each in values}
        if len(lengths) == 1 and not any(isinstance(cell, dict | list) for each in values for cell in each):
            return [dict(zip(found, cells, strict=True)) for cells in zip(*values, strict=True)]
    if len(values) > 1 and all(isinstance(each, dict) for each in values):
        keys = list(dict.fromkeys(key for each in values for key in each))
        if all(key.isdigit() for key in keys):  # a column each, its cells by number, as pandas writes them
            return [{name: found[name][key] for name in found if key in found[name]} for key in keys]
    keyed = _keyed(found)
    if keyed is not None:
        return keyed
    tables = _arrays(found, 0)
    if not tables:
        inner = [rows for each in values if isinstance(each, dict) and (rows := _keyed(each)) is not None]
        if inner:
            return max(inner, key=len)
        return [found] if any(not isinstance(each, list) for each in values) else None
    tables.sort(key=len, reverse=True)
    if len(tables) > 1 and tables[1]:
        remarks.add("table_chosen", count=len(tables) - 1)
    return tables[0]


def _keyed(found: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The rows of an object that holds each under its key, as databases write them; None where it is another thing.

    The key becomes the column `id`, or `key` where the rows have an id; keys that are mere numbers in order, or say the
    id again, become none.
    """
    rows = list(found.values())
    if len(rows) < 2 or not all(isinstance(row, dict) and row for row in rows):
        return None
    keys = Counter(key for row in rows for key in row)
    if sum(count for count in keys.values() if count * 2 > len(rows)) * 2 < sum(keys.values()):
        return None  # parts of one thing, each of its own kind
    if list(found) in ([str(k) for k in range(len(rows))], [str(k + 1) for k in range(len(rows))]):
        return rows
    if all(row.get("id") == key for key, row in found.items()):
        return rows
    name = next(name for name in ("id", "key", "row key") if name not in keys or name == "row key")
    return [{name: key, **row} for key, row in found.items()]


def _arrays(found: dict[str, Any], depth: int) -> list[list[Any]]:
    if depth > MAX_DEPTH:
        raise Refused("too_deep", limit=MAX_DEPTH)
    tables: list[list[Any]] = []
    for value in found.values():
        if isinstance(value, list) and all(isinstance(row, dict) for row in value):
            tables.append(value)
        elif isinstance(value, dict):
            tables += _arrays(value, depth + 1)
    return tables


def _of_objects(found: list[dict[str, Any]], said: _Said, remarks: Remarks) -> tuple[Loose, Layout]:
    flat = [_flat(row, said) for row in found]
    headers = tuple(dict.fromkeys(key for row in flat for key in row))
    refuse_size(len(flat), len(headers), len(flat) * len(headers))
    if not headers:
        raise Refused("no_rows")
    missing = Tally()
    for place, row in enumerate(flat):
        if len(row) < len(headers):
            missing.at(place + 2)
    remarks.tally("ragged_rows", missing)
    rows: list[list[Cell]] = [list(headers), *([row.get(header) for header in headers] for row in flat)]
    return Loose("json", rows), Layout(1, headers, ("",) * len(headers), 1, (headers,))


def _of_arrays(found: list[list[Any]], said: _Said, remarks: Remarks) -> tuple[Loose, Layout]:
    width = max(len(row) for row in found)
    refuse_size(len(found), width, len(found) * width)
    grid = Loose("json", [[_text(cell, said) for cell in row] for row in found])
    layout = layouts.find(grid.head, grid.first, remarks)
    if layout is None:
        raise Refused("no_rows")
    if layout.header_rows and not any(each["code"] == "header_row_detected" for each in remarks.said):
        remarks.add("header_row_detected", count=1, rows=[layout.skip], row=layout.skip)
    return grid, layout


def _flat(row: dict[str, Any], said: _Said) -> dict[str, Cell]:
    out: dict[str, Cell] = {}
    _spread(row, "", out, 0, said)
    return out


def _spread(value: dict[str, Any], before: str, out: dict[str, Cell], depth: int, said: _Said) -> None:
    if depth > MAX_DEPTH:
        raise Refused("too_deep", limit=MAX_DEPTH)
    for key, cell in value.items():
        name = before + (_clean(key, said) or "")
        if isinstance(cell, dict) and cell:
            said.nested += not depth
            _spread(cell, name + ".", out, depth + 1, said)
            continue
        if name in out:
            said.twice += 1
        out[name] = _text(cell, said)


def _text(cell: Any, said: _Said) -> Cell:
    if cell in (None, {}, []):
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, str):
        return _clean(cell, said)
    said.nested += 1
    if isinstance(cell, list) and not any(isinstance(each, list | dict) for each in cell):
        return _JOIN.join(_text(each, said) or "" for each in cell)
    return _clean(json.dumps(cell, ensure_ascii=False), said)


def _clean(text: str, said: _Said) -> str:
    if "\x00" in text:
        said.nuls += text.count("\x00")
        text = text.replace("\x00", "")
    if not text.isascii() and _SURROGATE.search(text):
        text, count = _SURROGATE.subn("\ufffd", text)
        said.surrogates += count
    return str(text)
