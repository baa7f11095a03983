"""Where the reference files are, and what their absence means: a skip at home, a failure in CI."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent))

from desk import Desk

from cxcore.engine import Engine
from cxcore.store import Workspace

# Workspaces of the pages under test lie in a place of their own, gone at the end.
os.environ["CX_NOTEBOOK_HOME"] = tempfile.mkdtemp(prefix="cx-notebook-tests-")
atexit.register(shutil.rmtree, os.environ["CX_NOTEBOOK_HOME"], ignore_errors=True)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The reference folder (environment variable CX_SHARED, else ../shared)."""
    folder = Path(os.environ.get("CX_SHARED", Path(__file__).parent.parent.parent / "shared"))
    if not folder.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"CI needs the reference folder: {folder} is not there (set CX_SHARED)")
        pytest.skip(f"the reference folder {folder} is not there (set CX_SHARED)")
    return folder


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """The folder of a served app's workspaces."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk of its own for a test."""
    engine = Engine(tmp_path)
    yield Desk(engine, Workspace(tmp_path / "workspace"), tmp_path)
    engine.close()
