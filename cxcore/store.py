"""Level 1. The workspace: a folder of immutable Parquet tables named by their content, and the key of its pseudonyms.

A table is written under a temporary name, flushed to the disk and renamed, so that a half-written one never has a
table's name. Nothing in a workspace is shared with another; to delete it is to delete the folder.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import tempfile
from pathlib import Path


class Workspace:
    """One person's folder."""

    def __init__(self, folder: Path) -> None:
        """Opens the workspace in `folder`, making it where it is not there yet."""
        self.folder = folder
        self.tables = folder / "tables"
        self.drafts = folder / "drafts"
        self.tables.mkdir(parents=True, exist_ok=True)
        self.drafts.mkdir(exist_ok=True)
        self._key_file = folder / "key"
        if not self._key_file.exists():
            self._key_file.write_bytes(secrets.token_bytes(32))
            self._key_file.chmod(0o600)

    @property
    def key(self) -> bytes:
        """The secret key of this workspace's pseudonyms."""
        return self._key_file.read_bytes()

    def draft(self) -> Path:
        """A path for a file that is not yet a table."""
        return self.drafts / f"{secrets.token_hex(8)}.parquet"

    def keep(self, draft: Path) -> tuple[Path, str]:
        """The draft made a table: its path, named by its content, and its fingerprint (SHA-256, first 32 digits)."""
        with draft.open("rb") as handle:
            fingerprint = hashlib.file_digest(handle, "sha256").hexdigest()[:32]
            os.fsync(handle.fileno())
        path = self.tables / f"{fingerprint}.parquet"
        draft.replace(path)
        return path, fingerprint

    def forget(self, path: Path) -> None:
        """Deletes a draft or a table."""
        path.unlink(missing_ok=True)

    def delete(self) -> None:
        """Deletes everything in the workspace, and the workspace."""
        shutil.rmtree(self.folder, ignore_errors=True)


def new_workspace(root: Path) -> Workspace:
    """A new workspace below `root`, under a name nobody can guess."""
    root.mkdir(parents=True, exist_ok=True)
    return Workspace(root / secrets.token_urlsafe(24))


def temporary_root() -> Path:
    """A new folder of this process in the system's temporary place, for nobody else to read."""
    return Path(tempfile.mkdtemp(prefix="cx-notebook-"))
