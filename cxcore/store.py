"""Level 1. The workspace: a folder of immutable Parquet tables named by their content, the facts a person made, and the
key of its pseudonyms.

A table is written under a temporary name, flushed to the disk and renamed, so that a half-written one never has a
table's name. Nothing in a workspace is shared with another; to delete it is to delete the folder. One that nobody opens
is deleted in time.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

from cxcore.values import Target

_DAY = 86_400.0  # seconds
_OPENING = threading.Lock()  # two windows may open a new workspace at once


class Workspace:
    """One person's folder."""

    def __init__(self, folder: Path) -> None:
        """Opens the workspace in `folder`, making it where it is not there yet."""
        self.folder = folder
        self.tables = folder / "tables"
        self.drafts = folder / "drafts"
        self.sources = folder / "sources"
        for each in (folder, self.tables, self.drafts, self.sources):
            each.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._key_file = folder / "key"
        with _OPENING:
            if not self._key_file.exists():
                self._key_file.write_bytes(secrets.token_bytes(32))
                self._key_file.chmod(0o600)
        self._key_file.touch()  # when it was last opened

    @property
    def birth(self) -> str:
        """What tells this workspace from one made anew in its place."""
        return _birth(self.key)

    @property
    def key(self) -> bytes:
        """The secret key of this workspace's pseudonyms."""
        return self._key_file.read_bytes()

    @property
    def facts(self) -> Facts:
        """What a person has said in this workspace."""
        return Facts(self.folder / "facts.sqlite")

    def draft(self) -> Path:
        """A path for a file that is not yet a table."""
        return self.drafts / f"{secrets.token_hex(8)}.parquet"

    def fingerprint(self, draft: Path) -> str:
        """What a table is named by (SHA-256 of its file, first 32 digits), once it is safely on the disk."""
        with draft.open("rb") as handle:
            found = hashlib.file_digest(handle, "sha256").hexdigest()[:32]
            os.fsync(handle.fileno())
        return found

    def keep(self, draft: Path, fingerprint: str | None = None) -> tuple[Path, str]:
        """The draft made a table: its path, named by its content, and its fingerprint, where it is not given."""
        fingerprint = fingerprint or self.fingerprint(draft)
        path = self.tables / f"{fingerprint}.parquet"
        draft.replace(path)
        return path, fingerprint

    def forget(self, path: Path) -> None:
        """Deletes a draft or a table."""
        path.unlink(missing_ok=True)

    def delete(self) -> None:
        """Deletes everything in the workspace, and the workspace."""
        shutil.rmtree(self.folder, ignore_errors=True)


class Facts:
    """What a person has said, kept in SQLite: each save is one transaction, flushed to the disk before it returns.

    Saving the same again changes nothing, so that a click repeated after a dropped link does no harm.
    """

    def __init__(self, path: Path) -> None:
        """The facts in the file at `path`, which is made when something is first saved."""
        self.path = path

    def correct(self, headers: Sequence[str], corrections: Mapping[str, str]) -> None:
        """Remembers how files with these columns are to be read, as `--map` takes it; an empty mapping forgets it."""
        with self._open() as facts:
            if corrections:
                facts.execute(
                    "INSERT INTO corrections (columns, words) VALUES (?, ?)"
                    " ON CONFLICT (columns) DO UPDATE SET words = excluded.words",
                    (headers_key(headers), json.dumps(dict(corrections), ensure_ascii=False, sort_keys=True)),
                )
            else:
                facts.execute("DELETE FROM corrections WHERE columns = ?", (headers_key(headers),))

    def corrections(self, headers: Sequence[str]) -> dict[str, str]:
        """How files with these columns, in any order, were corrected; empty where they were not."""
        if not self.path.exists():
            return {}
        with self._open() as facts:
            row = facts.execute("SELECT words FROM corrections WHERE columns = ?", (headers_key(headers),)).fetchone()
        return {} if row is None else {str(role): str(column) for role, column in json.loads(row[0]).items()}

    def keep_experiment(self, entry: str, words: str) -> None:
        """Remembers an experiment of the journal under its id, in place of what was kept of it."""
        with self._open() as facts:
            facts.execute(
                "INSERT INTO experiments (id, words) VALUES (?, ?)"
                " ON CONFLICT (id) DO UPDATE SET words = excluded.words",
                (entry, words),
            )

    def forget_experiment(self, entry: str) -> None:
        """Takes an experiment out of the journal."""
        with self._open() as facts:
            facts.execute("DELETE FROM experiments WHERE id = ?", (entry,))

    def experiments(self) -> tuple[str, ...]:
        """What was kept of each experiment."""
        if not self.path.exists():
            return ()
        with self._open() as facts:
            return tuple(str(row[0]) for row in facts.execute("SELECT words FROM experiments ORDER BY id"))

    def set_target(self, target: Target) -> None:
        """Keeps what a metric is meant to reach; the metric's earlier target is forgotten."""
        with self._open() as facts:
            facts.execute(
                "INSERT INTO targets (metric, words) VALUES (?, ?)"
                " ON CONFLICT (metric) DO UPDATE SET words = excluded.words",
                (target.metric, json.dumps(asdict(target), ensure_ascii=False, sort_keys=True)),
            )

    def drop_target(self, metric: str) -> None:
        """Forgets a metric's target, if it has one."""
        if self.path.exists():
            with self._open() as facts:
                facts.execute("DELETE FROM targets WHERE metric = ?", (metric,))

    def targets(self) -> tuple[Target, ...]:
        """What the metrics are meant to reach, by the metrics' names."""
        if not self.path.exists():
            return ()
        with self._open() as facts:
            rows = facts.execute("SELECT words FROM targets ORDER BY metric").fetchall()
        return tuple(Target(**json.loads(words)) for (words,) in rows)

    def version(self) -> int:
        """How often the work was saved; 0 before it ever was."""
        if not self.path.exists():
            return 0
        with self._open() as facts:
            row = facts.execute("SELECT version FROM work").fetchone()
        return int(row[0]) if row else 0

    def work(self) -> tuple[str, int]:
        """The work as it was saved last, and its version; empty and 0 before it ever was."""
        if not self.path.exists():
            return "", 0
        with self._open() as facts:
            row = facts.execute("SELECT words, version FROM work").fetchone()
        return (str(row[0]), int(row[1])) if row else ("", 0)

    def save(self, words: str, seen: int) -> int | None:
        """Saves the work over the version that was seen: the new version; None where it is not that one any more."""
        with self._open() as facts:
            if seen == 0:
                done = facts.execute("INSERT OR IGNORE INTO work (one, words, version) VALUES (1, ?, 1)", (words,))
            else:
                done = facts.execute(
                    "UPDATE work SET words = ?, version = version + 1 WHERE version = ?", (words, seen)
                )
            return seen + 1 if done.rowcount else None

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.path, timeout=10.0)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            with connection:
                connection.execute(
                    "CREATE TABLE IF NOT EXISTS corrections (columns TEXT PRIMARY KEY, words TEXT NOT NULL)"
                )
                connection.execute("CREATE TABLE IF NOT EXISTS experiments (id TEXT PRIMARY KEY, words TEXT NOT NULL)")
                connection.execute("CREATE TABLE IF NOT EXISTS targets (metric TEXT PRIMARY KEY, words TEXT NOT NULL)")
                connection.execute(
                    "CREATE TABLE IF NOT EXISTS work"
                    " (one INTEGER PRIMARY KEY CHECK (one = 1), words TEXT NOT NULL, version INTEGER NOT NULL)"
                )
                yield connection
        finally:
            connection.close()


def headers_key(headers: Sequence[str]) -> str:
    """What files with the same columns share: their names in any order, but for case and spaces, as a SHA-256."""
    folded = sorted(" ".join(header.split()).casefold() for header in headers)
    return hashlib.sha256(json.dumps(folded, ensure_ascii=False).encode()).hexdigest()


def new_workspace(root: Path) -> Workspace:
    """A new workspace below `root`, under a name nobody can guess."""
    root.mkdir(parents=True, exist_ok=True)
    return Workspace(root / secrets.token_urlsafe(24))


def home() -> Path:
    """Where this machine keeps workspaces: CX_NOTEBOOK_HOME, else where the system wants a program's data."""
    chosen = os.environ.get("CX_NOTEBOOK_HOME")
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        place = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        place = Path.home() / "Library" / "Application Support"
    else:
        place = Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share"))
    return place / "cx-notebook"


def opened(root: Path, name: str) -> Workspace:
    """The workspace of this name below `root`, made where there is none yet."""
    return Workspace(root / "workspaces" / name)


def birth(root: Path, name: str) -> str:
    """The birth of the workspace of this name below `root`; empty where there is none."""
    key = root / "workspaces" / name / "key"
    return _birth(key.read_bytes()) if key.exists() else ""


def _birth(key: bytes) -> str:
    return hashlib.sha256(b"birth" + key).hexdigest()[:16]


def drop_unused(root: Path, days: int) -> int:
    """Deletes the workspaces below `root` that nobody opened for so many days, and unfinished files a day old."""
    now, dropped = time.time(), 0
    for folder in (root / "workspaces").glob("*"):
        with suppress(OSError):
            if now - (folder / "key").stat().st_mtime > days * _DAY:
                shutil.rmtree(folder, ignore_errors=True)
                dropped += 1
                continue
        for draft in (folder / "drafts").glob("*"):
            with suppress(OSError):
                if now - draft.stat().st_mtime > _DAY:
                    draft.unlink()
    return dropped


def temporary_root() -> Path:
    """A new folder of this process in the system's temporary place, for nobody else to read."""
    return Path(tempfile.mkdtemp(prefix="cx-notebook-"))
