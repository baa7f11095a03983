"""The engine's door: nothing outside its folder, cursors that do not collide, pseudonyms as Python makes them."""

from __future__ import annotations

import hashlib
import hmac
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import ibis.expr.types as ir
import pandas as pd
import pytest
from desk import Desk

from cxcore.engine import Engine, number, pseudonym
from cxcore.errors import CannotCompute
from cxcore.store import Workspace, new_workspace


@pytest.fixture
def numbers(tmp_path: Path) -> Path:
    path = tmp_path / "numbers.parquet"
    pd.DataFrame({"text": ["12", "-3.5", "1e5", "inf", "nan", "1,234.5", "", "12abc"], "k": range(8)}).to_parquet(path)
    return path


def test_only_numbers_are_read_as_numbers(numbers: Path, tmp_path: Path) -> None:
    found = Engine(tmp_path).ask(numbers, lambda t: t.order_by("k").select(v=number(t["text"])))["v"]
    assert [None if pd.isna(value) else value for value in found] == [12, -3.5, None, None, None, 1234.5, None, None]


@pytest.mark.parametrize("key", [b"k" * 32, b"long" * 40])
def test_pseudonyms_are_hmacs(numbers: Path, tmp_path: Path, key: bytes) -> None:
    found = Engine(tmp_path).ask(numbers, lambda t: t.order_by("k").select(v=pseudonym(t["text"], key)))["v"]
    assert found[0] == hmac.new(key, b"12", hashlib.sha256).hexdigest()[:16]


def test_nothing_outside_the_folder_is_read(numbers: Path, tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    with pytest.raises(duckdb.Error):
        Engine(inner).ask(numbers, lambda t: t)


def test_many_runs_at_once(numbers: Path, tmp_path: Path) -> None:
    engine = Engine(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        runs = [pool.submit(engine.ask, numbers, lambda t: t.aggregate(n=t.count())) for _ in range(60)]
        assert [run.result()["n"][0] for run in runs] == [8] * 60


def endless(rows: ir.Table) -> ir.Table:
    """A query of a billion combinations."""
    wide = rows
    for k in range(9):
        wide = wide.cross_join(rows.rename({f"t{k}": "text", f"n{k}": "k"}))
    return wide.aggregate(n=(wide["k"] * wide["n0"] * wide["n8"]).sum())


def test_a_query_past_its_time_is_interrupted(numbers: Path, tmp_path: Path) -> None:
    with pytest.raises(CannotCompute) as stopped:
        Engine(tmp_path).ask(numbers, endless, limit=0.05)
    assert stopped.value.code == "took_too_long"


def test_a_workspace_keeps_tables_by_content_and_deletes_whole(tmp_path: Path) -> None:
    workspace = new_workspace(tmp_path)
    first, second = workspace.draft(), workspace.draft()
    first.write_bytes(b"same")
    second.write_bytes(b"same")
    assert workspace.keep(first) == workspace.keep(second)
    assert list(workspace.drafts.iterdir()) == []
    assert workspace.key == Workspace(workspace.folder).key != new_workspace(tmp_path).key
    workspace.delete()
    assert not workspace.folder.exists()


def test_personal_columns_are_not_on_the_disk(desk: Desk) -> None:
    rows: list[list[object]] = [["Response ID", "Customer ID", "E-mail", "Customer name", "NPS"]]
    rows += [[k, f"CUST-{k:04}", f"p{k}@example.com", f"Ada Rossi{'abcdefghij'[k % 10]}", 9] for k in range(50)]
    path = desk.file("people.csv", rows)
    desk.take(path)
    path.unlink()
    kept = b"".join(part.read_bytes() for part in desk.folder.rglob("*") if part.is_file())
    for personal in (b"example.com", b"Ada Rossi", b"CUST-0007"):
        assert personal not in kept
