"""Where the reference files are, and what their absence means: a skip at home, a failure in CI."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The reference folder (environment variable CX_SHARED, else ../shared)."""
    folder = Path(os.environ.get("CX_SHARED", Path(__file__).parent.parent.parent / "shared"))
    if not folder.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"CI needs the reference folder: {folder} is not there (set CX_SHARED)")
        pytest.skip(f"the reference folder {folder} is not there (set CX_SHARED)")
    return folder
