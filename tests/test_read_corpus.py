"""The readers on the reference files: nothing left behind, the rows and headers of real files, every sheet by name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cxcore.errors import CxError
from cxcore.read.sandbox import read

pytestmark = pytest.mark.shared


def test_refused_and_read_files_leave_nothing_behind(shared: Path, tmp_path: Path) -> None:
    for name in ("x_bad_xml.xlsx", "x_sparse_corner.xlsx", "lay_header_only.csv", "w_gzip_bomb.csv"):
        with pytest.raises(CxError):
            read(shared / "corpus" / "files" / name, name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_real_files(shared: Path, tmp_path: Path) -> None:
    truth = json.loads((shared / "data" / "ground_truth.json").read_text("utf-8"))
    wrong = []
    for entry in truth:
        table = read(shared / "data" / entry["file"], entry["file"], tmp_path)
        if table.rows != entry["n_rows"]:
            wrong.append(f"{entry['file']}: {table.rows} rows, not {entry['n_rows']}")
        if table.header_rows != entry["header_rows"]:
            wrong.append(f"{entry['file']}: {table.header_rows} header rows, not {entry['header_rows']}")
        columns = entry["columns"]
        if isinstance(columns, dict):
            columns = columns[table.sheet]
        headers = [column["column"].strip() for column in columns]
        if [header.strip() for header in table.headers] != headers:
            wrong.append(f"{entry['file']}: {table.headers}")
        delimiter = entry["dialect"].get("delimiter")
        if delimiter != table.delimiter:
            wrong.append(f"{entry['file']}: delimiter {table.delimiter!r}")
        table.path.unlink()
    assert len(truth) >= 26
    assert not wrong, "\n".join(wrong)


def test_every_sheet_of_a_workbook_by_name(shared: Path, tmp_path: Path) -> None:
    truth = json.loads((shared / "data" / "ground_truth.json").read_text("utf-8"))
    entry = next(entry for entry in truth if len(entry["columns"]) == 7 and isinstance(entry["columns"], dict))
    for sheet, columns in entry["columns"].items():
        table = read(shared / "data" / entry["file"], entry["file"], tmp_path, sheet=sheet)
        assert table.sheet == sheet
        assert [header.strip() for header in table.headers] == [column["column"].strip() for column in columns]
        assert table.rows == entry["n_rows"]
        assert not [problem for problem in table.problems if problem.code == "sheet_chosen"]
