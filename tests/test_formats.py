"""Formats other than text and XLSX: the same rows give the same cells, and hostile ones are refused by name."""

from __future__ import annotations

import json
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from cxcore.errors import CxError
from cxcore.read.sandbox import read

HEADER = ["id", "created", "nps", "comment"]
ROWS = [[f"{k:05}", f"2026-03-{1 + k % 28:02}", str(k % 11), "però <b> & co."[: 5 + k % 9]] for k in range(60)]
SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def ods(path: Path, rows: str) -> Path:
    content = (
        f"<office:document-content {SPACES}><office:body><office:spreadsheet><table:table table:name='A'>{rows}"
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        made.writestr("content.xml", content)
    return path


def ods_rows() -> str:
    def cell(text: str) -> str:
        return f"<table:table-cell office:value-type='string'><text:p>{escaped(text)}</text:p></table:table-cell>"

    return "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in [HEADER, *ROWS])


def page() -> str:
    return "".join("<tr>" + "".join(f"<td>{escaped(cell)}</td>" for cell in row) + "</tr>" for row in [HEADER, *ROWS])


def made(folder: Path, kind: str) -> Path:
    path = folder / f"good.{kind}"
    records = [dict(zip(HEADER, row, strict=True)) | {"nps": int(row[2])} for row in ROWS]
    if kind == "json":
        path.write_text(json.dumps({"count": 60, "results": records}), encoding="utf-8")
    elif kind == "jsonl":
        path.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records), encoding="utf-8")
    elif kind == "html":
        path.write_text(f"<meta charset='utf-8'><table><tr><td>x</table><table>{page()}</table>", encoding="utf-8")
    elif kind == "ods":
        ods(path, ods_rows())
    else:
        parquet.write_table(pa.Table.from_pylist(records), path)
    return path


@pytest.mark.parametrize("kind", ["json", "jsonl", "html", "ods", "parquet"])
def test_the_same_rows_give_the_same_cells(kind: str, tmp_path: Path) -> None:
    table = read(made(tmp_path, kind), f"good.{kind}", tmp_path)
    assert list(table.headers) == HEADER
    cells = parquet.read_table(table.path).drop_columns(["row"]).to_pydict()
    found = [list(row) for row in zip(*cells.values(), strict=True)]
    assert found == [[cell.strip() for cell in row] if kind == "html" else row for row in ROWS]


@pytest.mark.parametrize("wrapped", [lambda rows: rows, lambda rows: {"exported": "2026-01-05", "answers": rows}])
def test_rows_under_their_keys_are_rows(wrapped: Callable[[object], object], tmp_path: Path) -> None:
    rows = {f"-N{k:03}": dict(zip(HEADER, row, strict=True)) for k, row in enumerate(ROWS)}
    path = tmp_path / "keyed.json"
    path.write_text(json.dumps(wrapped(rows)), encoding="utf-8")
    table = read(path, path.name, tmp_path)
    assert (table.headers, table.rows) == (("key", *HEADER), len(ROWS))
    assert parquet.read_table(table.path).column("x0").to_pylist() == list(rows)


@pytest.mark.parametrize("kind", ["json", "html", "ods", "parquet"])
@pytest.mark.parametrize("quarter", [1, 2, 3])
def test_a_file_cut_short_is_refused_or_warned_of(kind: str, quarter: int, tmp_path: Path) -> None:
    content = made(tmp_path, kind).read_bytes()
    path = tmp_path / f"cut.{kind}"
    path.write_bytes(content[: len(content) * quarter // 4])
    try:
        said = {problem.code for problem in read(path, path.name, tmp_path).problems}
    except CxError as error:
        said = {error.code}
    assert said & {"damaged_file", "no_rows", "table_not_closed"}


def hostile(folder: Path) -> dict[str, tuple[Path, set[str]]]:
    bomb = "<table:table-row{}><table:table-cell office:value-type='string'{}><text:p>a</text:p></table:table-cell>"
    bomb += "</table:table-row>"
    rows = bomb.format(" table:number-rows-repeated='1000000000'", " table:number-columns-repeated='900'")
    ods(folder / "rows.ods", rows)
    ods(folder / "columns.ods", bomb.format("", " table:number-columns-repeated='1000000000'"))
    texts = {
        "deep.json": "[" * 100_000,
        "deep_closed.json": '{"a":' * 100_000 + "1" + "}" * 100_000,
        "unclosed.html": "<table>" + "<tr><td>" * 500_000,
        "nested.html": "<table>" * 100_000,
        "wide.html": "<table><tr><td colspan=999999>a</td></tr></table>",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return {
        "rows.ods": (folder / "rows.ods", {"too_many_cells"}),
        "columns.ods": (folder / "columns.ods", {"too_many_columns"}),
        "deep.json": (folder / "deep.json", {"too_deep"}),
        "deep_closed.json": (folder / "deep_closed.json", {"too_deep"}),
        "unclosed.html": (folder / "unclosed.html", {"no_rows", "not_a_table", "too_many_cells", "took_too_long"}),
        "nested.html": (folder / "nested.html", {"too_deep"}),
        "wide.html": (folder / "wide.html", {"too_many_columns"}),
    }


def test_hostile_files_are_refused_by_name_and_in_time(tmp_path: Path) -> None:
    wrong = []
    for name, (path, codes) in hostile(tmp_path).items():
        start = time.monotonic()
        try:
            read(path, name, tmp_path)
            wrong.append(f"{name}: read")
        except CxError as error:
            if error.code not in codes:
                wrong.append(f"{name}: {error.code}")
        if time.monotonic() - start > 35:
            wrong.append(f"{name}: not stopped by the clock of 30 s")
    assert wrong == []
