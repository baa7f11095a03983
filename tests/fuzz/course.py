"""The whole way of one file through the core, in this process, and what is wrong with how it went.

Each file is read and its columns are recognised; of a harmless change the cells and roles must be those of the table
as it was. One in five of the files with roles not met together yet, and one in `every` of the others, have their cells
checked in the engine, which costs a hundred times as much.
Of these the harmless have every figure compared, and one in eight of the others is measured: two of the metrics
offered, as a whole, by month and by segments; what the command line would say, in both languages; the findings of
every third; and the file once more under other roles.
"""

from __future__ import annotations

import json
import os
import random
import signal
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from fuzz.damage import Mutant
from fuzz.seeds import MARK, TABLES, written
from pyarrow import parquet

from cxcore import contract, findings, intake
from cxcore.engine import Engine
from cxcore.errors import CxError
from cxcore.language import words
from cxcore.mapping import profile
from cxcore.mapping.understand import understand
from cxcore.metrics import METRICS, offered
from cxcore.metrics.measure import measure
from cxcore.read.sandbox import read
from cxcore.roles import ROLES
from cxcore.store import Workspace
from cxcore.values import Mapping, RawTable, Table

LIMIT = 30.0  # seconds
NEW = 5  # one in so many files whose roles have not been met together is checked
Figures = dict[str, tuple[int, float | None]]


@dataclass(frozen=True)
class Seen:
    """What was read of a file: its cells, whatever the order of rows and columns, and its roles, each read how."""

    cells: tuple[tuple[str, ...], ...]
    roles: dict[str, tuple[object, ...]]


@dataclass(frozen=True)
class Right:
    """A table as it was before any change, and its figures."""

    seen: Seen
    figures: Figures


@dataclass
class Course:
    """Where files are taken through the core, and what has been met on the way."""

    folder: Path
    every: int = 25  # one in so many is checked though its format and roles have been met together
    deep: int = 8  # and one in so many of those is measured
    met: set[object] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)
    children: frozenset[int] = frozenset()  # processes that are known of

    def __post_init__(self) -> None:
        self._engine = Engine(self.folder)
        self._workspace = Workspace(self.folder / "workspace")
        self._right: dict[str, Right] = {}

    def run(self, one: Mutant, seed: str) -> str | None:
        """What is wrong with how the file went; None where nothing is."""
        start = time.monotonic()
        try:
            with _alarm():
                wrong = self._through(one, random.Random(seed))
        except CxError as error:
            self._count(f"refused: {error.code}")
            wrong = f"{one.keeps} was refused as {error.code}" if one.keeps else _unworded(error)
        except BaseException:  # an alarm or a panic is a defect like any other
            wrong = traceback.format_exc()
        if time.monotonic() - start > LIMIT:
            wrong = f"{wrong or ''} took {time.monotonic() - start:.0f} s"
        return wrong or self._left_over()

    def _through(self, one: Mutant, rng: random.Random) -> str | None:
        path = self.folder / "mutant"
        path.write_bytes(one.content)
        raw = read(path, one.name, self._workspace.drafts)
        self._count("read")
        try:
            mapping = understand(raw, profile.of(raw))
            if one.keeps and (wrong := self._differs(_seen(raw, mapping), one.keeps)):
                return wrong
            new = (mapping.kind, raw.format, *sorted(use.role for use in mapping.roles))
            if rng.randrange(NEW if new not in self.met else self.every):
                return None
            self.met.add(new)
            table = intake.understood(raw, self._engine, self._workspace)
        finally:
            self._workspace.forget(raw.path)
        self._count("checked")
        try:
            for problem in table.problems:
                if MARK in words(problem.what, "en") and problem.column not in table.raw.headers:
                    return f"a cell is in the words of {problem.code}"
            if one.keeps:
                self._count("harmless, measured")
                found = self._figures(table)
                return None if found == self._right[one.keeps].figures else f"{found} and not as it was"
            if not rng.randrange(self.deep):
                self._count("measured")
                self._deep(table, rng)
        finally:
            self._workspace.forget(table.path)
        return None

    def _differs(self, found: Seen, name: str) -> str | None:
        """How a harmless change was not one: its cells or roles are not those of the table as it was."""
        if name not in self._right:
            path = self.folder / "right"
            path.write_bytes(written(TABLES[name], "csv"))
            raw = read(path, f"{name}.csv", self._workspace.drafts)
            own = intake.understood(raw, self._engine, self._workspace)
            self._right[name] = Right(_seen(raw, understand(raw, profile.of(raw))), self._figures(own))
            self._workspace.forget(raw.path)
            self._workspace.forget(own.path)
        self._count("harmless")
        right = self._right[name].seen
        if found.cells != right.cells:
            return f"{len(found.cells)} rows whose cells are not those of the {len(right.cells)} as they were"
        return None if found.roles == right.roles else f"{found.roles} in place of {right.roles}"

    def _figures(self, table: Table) -> Figures:
        figures: Figures = {"rows": (table.rows_used, None)}
        for metric in (*offered(table), *offered(table, "desk")):
            if metric.name == "backlog":
                continue  # a count at the end of periods has no one figure
            try:
                found = measure(self._engine, table, metric).estimates[0]
            except CxError as error:
                figures[f"{metric.name}: {error.code}"] = (0, None)
            else:
                figures[metric.name] = (found.n, None if found.value is None else round(found.value, 9))
        return figures

    def _deep(self, table: Table, rng: random.Random) -> None:
        segments = findings.segments(table)
        asked: list[dict[str, object]] = [{}, *[{"by": [name]} for name in segments[:3]]]
        if table.period:
            asked.insert(1, {"every": "month"})
        metrics = [*offered(table), *offered(table, "desk")]
        for metric in rng.sample(metrics, min(2, len(metrics))):
            for how in asked:
                with _answered():
                    found = measure(self._engine, table, metric, **how)  # type: ignore[arg-type]
                    json.dumps(contract.measured(found, "it"), allow_nan=False)
                    contract.measurement_text(found, "en")
        for lang in ("en", "it"):
            json.dumps(contract.inspected(self._engine, table, lang), allow_nan=False)
            contract.inspection_text(table, lang)
        if not rng.randrange(3):
            for finding in findings.of_table(self._engine, table):
                words(finding.sentence, "it")
        with _answered():
            corrections = {rng.choice(sorted(ROLES)): rng.choice((*table.raw.headers, "")) for _ in range(2)}
            other = intake.again(table, self._engine, self._workspace, corrections=corrections,
                                 zone=rng.choice((None, "Europe/Rome", "America/St_Johns")))  # fmt: skip
            for name in corrections:
                if name in METRICS and other.has(name):
                    with _answered():
                        measure(self._engine, other, METRICS[name])
            if other.path != table.path:
                self._workspace.forget(other.path)

    def _left_over(self) -> str | None:
        drafts = self._workspace.drafts
        left = list(drafts.iterdir()) if drafts.is_dir() else []
        for path in left:
            path.unlink()
        running = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii").split()
        if more := {int(pid) for pid in running} - self.children:
            return f"{len(more)} processes were left"
        return f"{len(left)} files were left" if left else None

    def _count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1

    def close(self) -> None:
        """Ends the engine."""
        self._engine.close()


def _seen(raw: RawTable, mapping: Mapping) -> Seen:
    frame = parquet.read_table(raw.path).to_pydict()
    order = sorted(range(len(raw.headers)), key=lambda k: raw.headers[k])
    kept = [k for k in order if raw.headers[k]]
    cells = sorted(tuple(frame[f"x{k}"][row] or "" for k in kept) for row in range(raw.rows))
    roles = {use.role: (*(raw.headers[k] for k in use.columns), use.scale, use.unit, use.clock, use.order, use.decimal)
             for use in mapping.roles}  # fmt: skip
    return Seen(tuple(cells), roles)


def _unworded(error: CxError) -> str | None:
    for lang in ("en", "it"):
        message, hint = error.in_words(lang)
        if not (message and hint and error.code) or MARK in message + hint:
            return f"{error.code} has no words, or a cell in them"
    return None


@contextmanager
def _answered() -> Iterator[None]:
    """What cannot be had may be refused, in words."""
    try:
        yield
    except CxError as error:
        if wrong := _unworded(error):
            raise AssertionError(wrong) from error


@contextmanager
def _alarm() -> Iterator[None]:
    """Stops what takes too long, where Python is asked at all."""

    def late(_: int, __: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(int(LIMIT) + 5)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
