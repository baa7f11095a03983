"""The house keeps its shape: levels, doors, thin pages. Read from the source, nothing is run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CORE = ROOT / "cxcore"
# A module imports only from lower levels. Within level 0 the order is: language, then errors and values.
LEVELS = {
    "language": 0.0, "apostrophe": 0.0, "errors": 0.1, "values": 0.1, "parquet": 0.1, "experiment": 0.2,
    "roles": 1.0, "stats": 1.0, "engine": 1.0, "store": 1.0, "clock": 1.0, "frozen": 1.0, "durations": 1.0,
    "read": 2.0, "metrics": 2.0,
    "mapping": 3.0,
    "intake": 4.0, "given": 4.0, "fairness": 4.0, "trend": 4.0, "rows": 4.0, "receipt": 4.0, "spread": 4.0,
    "arrivals": 4.0, "delays": 4.0, "handover": 4.0, "staffing": 4.1,
    "join": 4.0, "totals": 4.1, "update": 4.1, "targets": 4.1, "gather": 4.2, "work": 4.2, "plan": 4.1, "compare": 4.2,
    "journal": 4.3,
    "findings": 5.0, "charts": 5.0, "charts_desk": 5.1, "charts_compared": 5.1, "charts_experiment": 5.1,
    "export": 5.0, "code": 5.0, "contract": 5.1,
    "report": 6.0, "commands": 6.5,
    "__main__": 7.0,
}  # fmt: skip
CORE_FILES = sorted(CORE.rglob("*.py"))
PAGES = [ROOT / "app.py", *sorted((ROOT / "pages").glob("*.py"))]
UI = sorted((ROOT / "pages" / "ui").glob("*.py"))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(node: ast.AST) -> Iterator[str]:
    """The modules an import statement names, `from cxcore import trend` as cxcore.trend."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield node.module
        if node.module in {"cxcore", "scipy"}:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imports(path: Path) -> set[str]:
    return {name for node in ast.walk(tree(path)) for name in imported(node)}


def home(path: Path) -> str:
    """The module or package of the core a file belongs to."""
    first = path.relative_to(CORE).parts[0]
    return first.removesuffix(".py")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", CORE_FILES, ids=named)
def test_core_imports_only_from_lower_levels(path: Path) -> None:
    own = home(path)
    assert own in LEVELS or own == "__init__", f"{own} has no level yet"
    for name in imports(path):
        assert not name.startswith(("streamlit", "pages")), f"{named(path)} imports {name}"
        parts = name.split(".")
        if parts[0] != "cxcore" or len(parts) < 2 or parts[1] == own:
            continue
        assert LEVELS[parts[1]] < LEVELS[own], f"{named(path)} ({own}) reaches up or across to {parts[1]}"


@pytest.mark.parametrize("path", CORE_FILES, ids=named)
def test_statistics_libraries_stand_behind_one_door(path: Path) -> None:
    outside = {name for name in imports(path) if name.split(".")[0] in {"statsmodels", "scipy"}}
    if home(path) != "stats":
        assert not outside
    # At the top of a file only scipy.special, which is cheap (0.4 s); the rest inside the function that needs it.
    top = {name for node in tree(path).body for name in imported(node)}
    assert not {name for name in top if name.startswith("statsmodels") or name in {"scipy.stats", "scipy.optimize"}}


@pytest.mark.parametrize("path", CORE_FILES, ids=named)
def test_only_the_engine_connects_and_no_sql_stands_elsewhere(path: Path) -> None:
    if home(path) not in {"engine"}:
        assert not {name for name in imports(path) if name.split(".")[0] in {"duckdb", "psycopg2", "sqlalchemy"}}
    if home(path) not in {"engine", "store"}:
        texts = [n.value for n in ast.walk(tree(path)) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
        for text in texts:
            assert not any(text.lstrip().upper().startswith(verb) for verb in
                           ("SELECT ", "INSERT INTO ", "CREATE TABLE", "DROP TABLE", "COPY ", "ATTACH "))  # fmt: skip


@pytest.mark.parametrize("path", [*CORE_FILES, *UI, *PAGES], ids=named)
def test_what_leaves_the_app_leaves_by_one_door(path: Path) -> None:
    """Only the exporter writes tables for spreadsheets, whose formulas it holds; only one button hands out files."""
    used = {node.attr for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)}
    if path != CORE / "export.py":
        assert "xlsxwriter" not in imports(path)
        assert not used & {"to_csv", "to_excel", "to_clipboard", "writer", "DictWriter"}
    assert path.name == "download.py" or "download_button" not in used


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_a_page_reads_from_top_to_bottom(path: Path) -> None:
    forbidden = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.For, ast.While, ast.Lambda, ast.BinOp,
                 ast.AugAssign, ast.ListComp, ast.DictComp, ast.SetComp, ast.GeneratorExp)  # fmt: skip
    for node in ast.walk(tree(path)):
        assert not isinstance(node, forbidden), f"{named(path)}:{getattr(node, 'lineno', 0)} {type(node).__name__}"
        if isinstance(node, ast.Attribute):
            assert node.attr != "session_state"
            assert not node.attr.startswith("cache_")
    assert not {name for name in imports(path) if name.split(".")[0] in {"pandas", "numpy", "altair", "ibis", "duckdb"}}


@pytest.mark.parametrize("path", [*UI, *PAGES], ids=named)
def test_state_and_caches_have_one_place_each(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute):
            assert node.attr != "session_state" or path.name == "state.py"
            assert not node.attr.startswith("cache_") or path.name == "cached.py"


@pytest.mark.parametrize("path", [*CORE_FILES, *UI], ids=named)
def test_imports_stand_on_top(path: Path) -> None:
    """But for the costly statistics inside stats, which are imported where they are used."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            inner = {name for child in ast.walk(node) for name in imported(child)}
            if home_or_none(path) == "stats":
                inner = {name for name in inner if name.split(".")[0] not in {"statsmodels", "scipy"}}
            assert not inner, f"{named(path)}:{node.lineno} imports {inner}"


def home_or_none(path: Path) -> str | None:
    return home(path) if path.is_relative_to(CORE) else None


@pytest.mark.parametrize("path", [*CORE_FILES, *UI], ids=named)
def test_a_file_holds_one_idea(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def test_names_say_what_they_hold() -> None:
    for path in [*CORE_FILES, *UI]:
        assert path.stem not in {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
