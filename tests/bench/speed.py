"""Speed as ratios to a bare script in the same run: `make bench`. Medians of runs taken in turn, so that a machine that
slows down slows both."""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import fastexcel
import pandas as pd
import xlsxwriter
from streamlit.testing.v1 import AppTest

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from cxcore import intake
from cxcore.engine import Engine
from cxcore.language import plain
from cxcore.metrics import METRICS
from cxcore.metrics.cells import Asked
from cxcore.metrics.estimate import estimates
from cxcore.metrics.frames import frames
from cxcore.metrics.measure import measure
from cxcore.read import process, sandbox
from cxcore.store import Workspace
from cxcore.values import ColumnUse, Mapping, RawTable, RoleUse, Table

ROOT = Path(__file__).parent.parent.parent
HEADERS = (
    "Ticket ID",
    "Created at",
    "Channel",
    "Agent",
    "NPS",
    "CSAT",
    "Handle time (s)",
    "Country",
    "Priority",
    "Comment",
)
ROWS_SQL = """
    SELECT 'T' || lpad(i::text, 8, '0') AS "Ticket ID",
           strftime(TIMESTAMP '2025-01-06' + INTERVAL (i * 31) SECOND, '%Y-%m-%d %H:%M:%S') AS "Created at",
           ['email','chat','phone','web'][1 + (hash(i) % 4)::int] AS "Channel",
           'Agent ' || (hash(i * 7) % 40)::text AS "Agent",
           (hash(i * 13) % 11)::text AS "NPS", (1 + hash(i * 17) % 5)::text AS "CSAT",
           (30 + hash(i * 19) % 900)::text AS "Handle time (s)",
           ['IT','FR','DE','ES','UK'][1 + (hash(i * 3) % 5)::int] AS "Country",
           ['low','normal','high'][1 + (hash(i * 5) % 3)::int] AS "Priority",
           ['Great service','Waited too long','Not solved yet','Very kind, thank you','Ok'][1 + (hash(i * 23) % 5)::int]
             || ' ' || (hash(i * 29) % 5000)::text AS "Comment"
    FROM range({rows}) t(i)
"""


def in_turn(runs: int, *jobs: Callable[[], object]) -> list[float]:
    """The median seconds of each job, run in turn, after one round that does not count."""
    taken: list[list[float]] = [[] for _ in jobs]
    for k in range(runs + 1):
        for job, times in zip(jobs, taken, strict=True):
            start = time.perf_counter()
            job()
            if k:
                times.append(time.perf_counter() - start)
    return [statistics.median(times) for times in taken]


def told(what: str, ours: float, bare: float, limit: float, slack: float = 0.0) -> None:
    """One line of the table."""
    verdict = "ok" if ours <= bare * limit + slack else "OVER"
    extra = f" + {slack * 1000:.0f} ms" if slack else ""
    print(f"| {what} | {ours:.3f} s | {bare:.3f} s | {ours / bare:.2f} | ≤ {limit}{extra} | {verdict} |", flush=True)


def reader_ready() -> None:
    """A reader that waits, as one does wherever the app shows where to bring a file; not a part of what is timed."""
    process.make_ready()
    time.sleep(0.6)


def reading_csv(folder: Path, rows: int, runs: int) -> None:
    """A CSV read, understood and checked into Parquet, against DuckDB's reader of all text into Parquet."""
    path = folder / "rows.csv"
    duckdb.sql(f"COPY ({ROWS_SQL.format(rows=rows)}) TO '{path}' (HEADER)")
    workspace, engine = Workspace(folder / "w"), Engine(folder)

    def ours() -> None:
        workspace.forget(intake.take(path, path.name, engine, workspace).path)

    def bare() -> None:
        target = folder / "bare.parquet"
        duckdb.connect().execute(f"COPY (FROM read_csv('{path}', all_varchar=true)) TO '{target}' (FORMAT parquet)")

    mine, its, _ = in_turn(runs, ours, bare, reader_ready)
    told(f"CSV, {rows:,} rows, {path.stat().st_size / 1e6:.0f} MB: read, understood, checked", mine, its, 2.5)


def reading_xlsx(folder: Path, rows: int, runs: int) -> None:
    """A workbook taken in, against fastexcel in text mode."""
    path = folder / "rows.xlsx"
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADERS)
    for k, row in enumerate(duckdb.sql(ROWS_SQL.format(rows=rows)).fetchall(), 1):
        for c, value in enumerate(row):
            if c in {4, 5, 6}:
                sheet.write_number(k, c, float(value))
            else:
                sheet.write_string(k, c, value)
    book.close()
    workspace, engine = Workspace(folder / "w"), Engine(folder)

    def ours() -> None:
        workspace.forget(intake.take(path, path.name, engine, workspace).path)

    def bare() -> None:
        fastexcel.read_excel(path).load_sheet(0, dtypes="string").to_arrow()

    def read_only() -> None:
        workspace.forget(sandbox.read(path, path.name, workspace.drafts).path)

    mine, its, _, reading, _ = in_turn(runs, ours, bare, reader_ready, read_only, reader_ready)
    told(f"XLSX, {rows:,} rows: read", reading, its, 1.5)
    told(f"XLSX, {rows:,} rows: read, understood, checked", mine, its, 1.5)


def table_of(path: Path) -> Table:
    """A table made straight from Parquet, as intake would have made it."""
    uses = (
        RoleUse("answered_at", (0,), "high", plain("")),
        RoleUse("channel", (1,), "high", plain("")),
        RoleUse("nps", (2,), "high", plain(""), scale=(0.0, 10.0)),
    )
    columns = tuple(ColumnUse(k, use.role, "role", use.role) for k, use in enumerate(uses))
    raw = RawTable(path, "bench", "text", ("", "", ""), ("", "", ""), 0, "")
    return Table(
        path,
        "bench",
        "bench",
        raw,
        Mapping("responses", uses, columns),
        0,
        0,
        (),
        (),
        (date.min, date.max),
        (("nps", 0, 0),),
    )


SAME = """
    SELECT date_trunc('week', answered_at::date) AS week, channel, count(nps) AS n,
           100.0 * (count(*) FILTER (nps >= 9) - count(*) FILTER (nps <= 6)) / count(nps) AS nps
    FROM read_parquet('{path}') WHERE answered_at IS NOT NULL GROUP BY ALL
"""


def weekly(folder: Path, rows: int, runs: int) -> None:
    """Weekly NPS by channel with intervals, against the same SQL on bare DuckDB and a plain pandas script."""
    path = folder / f"answers{rows}.parquet"
    duckdb.sql(f"""COPY (SELECT TIMESTAMP '2025-01-06' + INTERVAL (i * {31_000_000 // rows}) SECOND AS answered_at,
        ['email','chat','phone','web'][1 + (hash(i) % 4)::int] AS channel, (hash(i * 13) % 11)::double AS nps,
        false AS nps_off, (hash(i * 13) % 11)::text AS x2
        FROM range({rows}) t(i)) TO '{path}' (FORMAT parquet)""")
    engine, table, metric = Engine(folder), table_of(path), METRICS["nps"]

    def ours() -> Any:
        return measure(engine, replace(table), metric, every="week", by=["channel"])

    def bare() -> Any:
        return duckdb.connect().execute(SAME.format(path=path)).df()

    def pandas() -> Any:
        frame = pd.read_parquet(path)  # as such a script is written: the table first, then what is wanted of it
        week = frame["answered_at"].dt.to_period("W").dt.start_time
        score = (frame["nps"] >= 9).astype(int) - (frame["nps"] <= 6).astype(int)
        return score.groupby([week, frame["channel"]]).agg(["count", "mean"])

    if rows <= 1_000_000:
        mine, its = in_turn(runs, ours, bare)
        told(f"weekly NPS by channel, {rows:,} rows, v bare DuckDB", mine, its, 1.2, 0.040)
        mine, theirs = in_turn(runs, ours, pandas)
        told(f"weekly NPS by channel, {rows:,} rows, v a plain pandas script", mine, theirs, 0.4)
    else:
        mine, its = in_turn(runs, ours, bare)
        told(f"weekly NPS by channel, {rows:,} rows, v bare DuckDB", mine, its, 1.2)


CASES = """
    SELECT i::int AS row, TIMESTAMP '2025-01-06' + INTERVAL (i * {step}) SECOND AS created_at,
           created_at + INTERVAL (60 + hash(i * 3) % 200000) SECOND AS first_response_at,
           'Agent ' || (hash(i * 7) % 30)::text AS agent, (30 + exp(5 + (hash(i * 19) % 1000) / 400.0))::bigint::double
           AS handle_duration
    FROM range({rows}) t(i)
"""
QUANTILES = """
    SELECT date_trunc('week', created_at::date) AS week, agent, count(handle_duration) AS n,
           quantile_cont(handle_duration, [0.5, 0.9, 0.95]) AS at
    FROM read_parquet('{path}') WHERE created_at IS NOT NULL GROUP BY ALL
"""


def desk_table(folder: Path, rows: int) -> Table:
    """A year of cases of 30 agents, straight from Parquet."""
    path = folder / f"cases{rows}.parquet"
    duckdb.sql(f"COPY ({CASES.format(rows=rows, step=31_000_000 // rows)}) TO '{path}' (FORMAT parquet)")
    roles = ("created_at", "first_response_at", "agent", "handle_duration")
    uses = tuple(RoleUse(role, (k,), "high", plain("")) for k, role in enumerate(roles))
    columns = tuple(ColumnUse(k, role, "role", role) for k, role in enumerate(roles))
    raw = RawTable(path, "bench", "text", roles, ("",) * len(roles), rows, "")
    period = (date(2025, 1, 6), date(2025, 12, 31))
    return Table(path, "bench", "bench", raw, Mapping("interactions", uses, columns, zone="Europe/Rome"), rows, rows,
                 (), (), period)  # fmt: skip


def quantiles(folder: Path, rows: int, runs: int) -> None:
    """p50, p90 and p95 of handle time by agent and week with intervals, against bare DuckDB with one list quantile and
    a plain pandas script, neither of which gives intervals."""
    engine, table, metric = Engine(folder), desk_table(folder, rows), METRICS["handle_time"]
    asked = [Asked(metric, metric.rule(name)) for name in ("median", "p90", "p95")]

    def ours() -> Any:
        cells = frames(engine, replace(table), asked, by=["agent"], every="week")
        return [estimates(frame, metric.name, one.rule, (0.0, 1.0), ["agent"], split=True)
                for one, frame in zip(asked, cells, strict=True)]  # fmt: skip

    def bare() -> Any:
        return duckdb.connect().execute(QUANTILES.format(path=table.path)).df()

    def pandas() -> Any:
        frame = pd.read_parquet(table.path)
        week = frame["created_at"].dt.to_period("W").dt.start_time
        return frame.groupby([week, "agent"])["handle_duration"].quantile([0.5, 0.9, 0.95])

    slack = 0.040 if rows <= 1_000_000 else 0.0
    mine, its = in_turn(runs, ours, bare)
    told(f"p50, p90, p95 by agent and week, {rows:,} rows, v one list quantile on bare DuckDB", mine, its, 1.2, slack)
    mine, theirs = in_turn(runs, ours, pandas)  # apart: what pandas leaves behind in memory slows whoever comes next
    told(f"p50, p90, p95 by agent and week, {rows:,} rows, v a plain pandas script", mine, theirs, 0.7)


def business_hours(folder: Path, rows: int, runs: int) -> None:
    """Time to first response by week in business hours with holidays, against the same in calendar time."""
    engine, table, metric = Engine(folder), desk_table(folder, rows), METRICS["first_response"]
    settings = (("hours", "mon-fri/09:00-13:00,14:00-18:00;sat/09:00-12:00"), ("holidays", "IT"))

    def query(given: tuple[tuple[str, str], ...]) -> Callable[[], Any]:
        asked = [Asked(metric, metric.rules[0], given)]
        return lambda: frames(engine, replace(table), asked, every="week")

    mine, its = in_turn(runs, query(settings), query(()))
    told(f"time to first response by week in business hours, {rows:,} cases, v calendar time", mine, its, 3.0)


def reruns(folder: Path, page: str, runs: int) -> None:
    """A page run again on a file of 1,000,000 rows, against the same page on one of 1,000, both of one year: with
    nothing new asked, and with another channel chosen each time."""
    apps = []
    for rows in (1_000_000, 1_000):
        path = folder / f"page{rows}.csv"
        same_year = ROWS_SQL.format(rows=rows).replace("i * 31)", f"i * {31_000_000 // rows})")
        if "Experiments" in page:
            same_year = same_year.replace(
                ' AS "Comment"', """ AS "Comment", 'AB'[1 + (hash(i * 37) % 2)::int] AS "Variant" """
            )
        duckdb.sql(f"COPY ({same_year}) TO '{path}' (HEADER)")
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=300).run()
        app.file_uploader[0].set_value((path.name, path.read_bytes(), "text/csv"))
        app.run()
        app.switch_page(page).run()
        for button in (button for button in app.button if button.key == "keep-plan"):
            button.click().run()
        apps.append(app)

    def asking(app: AppTest) -> Callable[[], object]:
        channels = iter(app.selectbox(key="channel").options)
        return lambda: app.selectbox(key="channel").select(next(channels)).run()

    many, few = in_turn(runs, *(app.run for app in apps))
    told(f"{page} rerun, nothing new asked, 1,000,000 rows, v 1,000", many, few, 1.2)
    if not any(box.key == "channel" for box in apps[0].selectbox):
        return
    many, few = in_turn(3, *(asking(app) for app in apps))  # each of the four channels once
    told(f"{page} rerun, another channel asked, 1,000,000 rows, v 1,000", many, few, 1.5)
    if any(app.exception for app in apps):
        raise RuntimeError(f"{page} did not run")


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    print("| what | ours | bare | ratio | limit | |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for kind, job in (
            ("csv", lambda: reading_csv(folder, 1_000_000, options.runs)),
            ("xlsx", lambda: reading_xlsx(folder, 100_000, options.runs)),
            ("weekly", lambda: weekly(folder, 1_000_000, options.runs)),
            ("weekly", lambda: weekly(folder, 10_000_000, options.runs)),
            ("operators", lambda: quantiles(folder, 1_000_000, options.runs)),
            ("operators", lambda: quantiles(folder, 10_000_000, options.runs)),
            ("operators", lambda: business_hours(folder, 1_000_000, options.runs)),
            ("page", lambda: reruns(folder, "app.py", options.runs)),
            ("page", lambda: reruns(folder, "pages/1_Data.py", options.runs)),
            ("page", lambda: reruns(folder, "pages/2_Surveys.py", options.runs)),
            ("page", lambda: reruns(folder, "pages/3_Operators.py", options.runs)),
            ("page", lambda: reruns(folder, "pages/4_Experiments.py", options.runs)),
        ):
            if options.only in kind:
                job()


if __name__ == "__main__":
    main()
