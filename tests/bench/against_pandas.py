"""How hostile, odd and real files fare with the plain pandas one-liner and with us, side by side.

`python tests/bench/against_pandas.py` prints the table of the README. The one-liner is `pd.read_csv(path)` (for
workbooks, Parquet, JSON and HTML the reader of that format), told which column holds which answer; it runs in a process
of its own with 2 GB and 30 s, so that what kills it does not end the comparison. We get the file and nothing else.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Literal

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from cxcore import intake
from cxcore.engine import Engine
from cxcore.errors import CxError
from cxcore.metrics import METRICS
from cxcore.metrics.measure import measure
from cxcore.store import Workspace

ROOT = Path(__file__).parent.parent.parent
Outcome = Literal["right", "wrong, and nothing said", "wrong, with a warning", "nothing given", "process died"]
OUTCOMES: tuple[Outcome, ...] = (
    "right", "wrong, with a warning", "nothing given", "wrong, and nothing said", "process died",
)  # fmt: skip
ONE_LINER = """
import json, sys
import pandas as pd
path, columns = sys.argv[1], json.loads(sys.argv[2])
readers = {".xlsx": pd.read_excel, ".xlsm": pd.read_excel, ".xls": pd.read_excel, ".ods": pd.read_excel,
           ".parquet": pd.read_parquet, ".json": pd.read_json}
frame = readers.get("." + path.rsplit(".", 1)[-1].lower(), pd.read_csv)(path)
found = {"rows": len(frame)}
for metric, column in columns.items():
    answers = frame[column]
    found[metric] = float(((answers >= 9).mean() - (answers <= 6).mean()) * 100 if metric == "nps" else answers.mean())
print(json.dumps(found))
"""


def judged(found: dict[str, float] | None, wanted: dict[str, float], *, refuse: bool, warned: bool) -> Outcome:
    """What came of a file: `wanted` are its true figures, `refuse` says that nothing true can be said of it."""
    if found is None:
        return "right" if refuse else "nothing given"
    far = any(name in found and abs(found[name] - true) > 6e-4 * max(1.0, abs(true)) for name, true in wanted.items())
    if far or refuse:
        return "wrong, with a warning" if warned else "wrong, and nothing said"
    return "right" if all(name in found for name in wanted) else "nothing given"


def by_pandas(path: Path, columns: dict[str, str]) -> tuple[dict[str, float] | None, bool]:
    """The one-liner's figures, None where it raised; and whether its process died."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))

    try:
        done = subprocess.run(
            [sys.executable, "-c", ONE_LINER, str(path), json.dumps(columns)],
            capture_output=True, timeout=30, check=False, preexec_fn=limit,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return None, True
    if done.returncode < 0:
        return None, True
    found: dict[str, float] | None = json.loads(done.stdout) if done.returncode == 0 else None
    return found, False


def by_us(engine: Engine, workspace: Workspace, path: Path, name: str) -> tuple[dict[str, float] | None, bool]:
    """Our figures, None where the file was refused; and whether a warning was given."""
    try:
        table = intake.take(path, name, engine, workspace)
    except CxError:
        return None, False
    found = {"rows": float(table.rows_read)}
    for metric, rule in (("nps", None), ("csat", "mean")):
        if table.has(metric):
            value = measure(engine, table, METRICS[metric], rule).estimates[0].value
            if value is not None:
                found[metric] = value
    workspace.forget(table.path)
    return found, any(problem.severity == "warning" for problem in table.problems)


def corpus(shared: Path) -> list[tuple[Path, str, dict[str, str], dict[str, float], bool]]:
    """The hostile and odd files: path, name, the answers' columns, the true figures, whether to refuse."""
    cases = json.loads((shared / "corpus" / "manifest.json").read_text(encoding="utf-8"))["files"]
    found = []
    for case in cases:
        wanted = {name: float(case["expect"][name]) for name in ("rows", "nps", "csat") if name in case["expect"]}
        columns = {name: name for name in wanted if name != "rows"}
        refuse = case["verdict"].startswith("reject")
        if wanted or refuse:
            found.append((shared / "corpus" / "files" / case["file"], case["upload_name"], columns, wanted, refuse))
    return found


def main() -> None:
    shared = Path(os.environ.get("CX_SHARED", ROOT.parent / "shared"))
    tally: dict[str, Counter[Outcome]] = {"pandas": Counter(), "ours": Counter()}
    with tempfile.TemporaryDirectory() as folder:
        engine, workspace = Engine(Path(folder)), Workspace(Path(folder) / "workspace")
        files = corpus(shared)
        for path, name, columns, wanted, refuse in files:
            theirs, died = by_pandas(path, columns)
            mine, warned = by_us(engine, workspace, path, name)
            one: Outcome = "process died" if died else judged(theirs, wanted, refuse=refuse, warned=False)
            other = judged(mine, wanted, refuse=refuse, warned=warned)
            tally["pandas"][one] += 1
            tally["ours"][other] += 1
            if other != "right":
                print(f"ours, {other}: {path.name}", file=sys.stderr)
        engine.close()
    print(f"| {len(files)} hostile and odd files | pandas one-liner | CX Notebook |\n|---|---|---|")
    for outcome in OUTCOMES:
        print(f"| {outcome} | {tally['pandas'][outcome]} | {tally['ours'][outcome]} |")


if __name__ == "__main__":
    main()
