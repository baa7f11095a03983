"""Speed of an experiment's comparison: ratios to one bare DuckDB query of the same sums, and to tea-tasting on pandas.

`python tests/bench/speed_compare.py`; tea-tasting is compared with where tests/bench/requirements.txt is installed.
"""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from speed import in_turn, told

from cxcore import compare
from cxcore.engine import Engine
from cxcore.experiment import Guardrail, Plan
from cxcore.language import plain
from cxcore.values import ColumnUse, Mapping, RawTable, RoleUse, Table

ROLES = ("variant", "nps", "csat", "ces")
SUMS = """
    SELECT variant,
           count(nps) AS n0, sum(CASE WHEN nps >= 9 THEN 1 WHEN nps >= 7 THEN 0 WHEN nps >= 0 THEN -1 END) AS s0,
           sum(CASE WHEN nps >= 9 THEN 1 WHEN nps >= 7 THEN 0 WHEN nps >= 0 THEN 1 END) AS q0,
           count(csat) AS n1, sum(CASE WHEN csat >= 4 THEN 1 WHEN csat IS NOT NULL THEN 0 END) AS s1,
           count(ces) AS n2, avg(ces) AS m2, var_pop(ces) AS v2, count(*) AS rows
    FROM read_parquet('{path}') GROUP BY variant
"""


def table_of(path: Path, rows: int) -> Table:
    """A table made straight from Parquet, as intake would have made it."""
    scales = {"nps": (0.0, 10.0), "csat": (1.0, 5.0), "ces": (1.0, 7.0)}
    uses = tuple(RoleUse(role, (k,), "high", plain(""), scale=scales.get(role)) for k, role in enumerate(ROLES))
    columns = tuple(ColumnUse(k, use.role, "role", use.role) for k, use in enumerate(uses))
    raw = RawTable(path, "bench", "text", ROLES, ("",) * 4, rows, "")
    return Table(path, "bench", "bench", raw, Mapping("responses", uses, columns), rows, rows, (), (),
                 (date.min, date.max))  # fmt: skip


def bench(folder: Path, rows: int, runs: int) -> None:
    """Two arms, three metrics."""
    path = folder / f"arms{rows}.parquet"
    duckdb.sql(f"""COPY (SELECT ['A','B'][1 + (hash(i * 7) % 2)::int] AS variant, (hash(i * 13) % 11)::double AS nps,
        (1 + hash(i * 17) % 5)::double AS csat, (1 + hash(i * 19) % 7)::double AS ces, i::int AS row
        FROM range({rows}) t(i)) TO '{path}' (FORMAT parquet)""")
    engine, table = Engine(folder), table_of(path, rows)
    plan = Plan("nps", guardrails=(Guardrail("csat", 3), Guardrail("ces", 0.2)))

    def ours() -> Any:
        return compare.compare(engine, table, plan, also=False)

    def bare() -> Any:
        return duckdb.connect().execute(SUMS.format(path=path)).df()

    mine, its = in_turn(runs, ours, bare)
    slack = 0.040 if rows <= 1_000_000 else 0.0
    told(f"two arms, three metrics, {rows:,} rows, v one bare DuckDB query", mine, its, 1.2, slack)
    if importlib.util.find_spec("tea_tasting") and rows <= 1_000_000:
        mine, theirs = in_turn(runs, ours, theirs_of(path))
        told(f"the same, {rows:,} rows, v tea-tasting on pandas", mine, theirs, 1 / 3)


def theirs_of(path: Path) -> Any:
    """The same three metrics by tea-tasting, on the frame it is given."""
    tea: Any = importlib.import_module("tea_tasting")

    def theirs() -> Any:
        frame = pd.read_parquet(path, columns=list(ROLES))
        frame["nps"] = 100.0 * ((frame["nps"] >= 9).astype(int) - (frame["nps"] <= 6).astype(int))
        frame["csat"] = (frame["csat"] >= 4).astype(int)
        frame["variant"] = (frame["variant"] == "B").astype(int)
        return tea.Experiment(nps=tea.Mean("nps"), csat=tea.Mean("csat"), ces=tea.Mean("ces")).analyze(frame)

    return theirs


def main() -> None:
    """Prints the table."""
    print("| what | ours | bare | ratio | limit | |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        for rows in (1_000_000, 10_000_000):
            bench(Path(name), rows, 5)


if __name__ == "__main__":
    main()
