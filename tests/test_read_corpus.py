"""The hostile corpus and the real files: what is refused, how many rows there are, what is said, and how fast."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from cxcore.errors import CxError
from cxcore.read.sandbox import read

pytestmark = pytest.mark.shared

SECONDS = 5.0
# The codes of the readers; the others come from other parts of the core.
OWN = frozenset(
    "extension_mismatch encoding_guessed undecodable_bytes_replaced mojibake_suspected control_characters_removed "
    "quote_style_guessed stray_quotes ragged_rows header_row_detected repeated_header_rows totals_row_excluded "
    "non_data_rows_dropped unnamed_columns unnamed_empty_column_dropped duplicate_columns long_header_truncated "
    "long_text looks_transposed hidden_sheets_ignored sheet_chosen error_cells formulas_without_values "
    "merged_cells nested_values_flattened unsupported_columns_dropped".split()
)


def _entries(shared: Path) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads((shared / "corpus" / "manifest.json").read_text("utf-8"))["files"]
    return listed


def test_corpus(shared: Path, tmp_path: Path) -> None:
    wrong = []
    entries = _entries(shared)
    for entry in entries:
        started = time.monotonic()
        fault = _fault(shared / "corpus" / "files" / entry["file"], entry, tmp_path)
        took = time.monotonic() - started
        if took > SECONDS:
            fault += f" took {took:.1f} s"
        if fault:
            wrong.append(f"{entry['file']} ({entry['verdict']}): {fault}")
    assert len(entries) >= 196
    assert not wrong, "\n".join(wrong)


def _fault(path: Path, entry: dict[str, Any], folder: Path) -> str:
    """What differs from the manifest; empty if nothing does."""
    verdict, _, code = entry["verdict"].partition(":")
    try:
        table = read(path, entry["upload_name"], folder)
    except CxError as error:
        expected = verdict == "reject" and error.code == code
        return "" if expected else f"refused as {error.code}"
    warned = {problem.code for problem in table.problems if problem.severity == "warning"}
    if verdict == "reject":
        return "was read"
    rows = entry["expect"].get("rows", entry["expect"].get("rows_in"))
    if rows is not None and table.rows != rows:
        return f"{table.rows} rows, not {rows}"
    if verdict == "accept" and warned:
        return f"warns of {warned}"
    if code in OWN and code not in warned:
        return f"warns of {warned or 'nothing'}"
    return ""


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
