"""A real server and a real browser, started once. Without Chromium a skip at home, a failure in CI."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, sync_playwright
from visiting import Visit, Visitor

ROOT = Path(__file__).parent.parent.parent
# A browser of its own makes calls home; a test that counts requests wants none of them.
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run"]  # fmt: skip


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of the app, served as a person would start it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        address = f"http://127.0.0.1:{port}"
        try:
            _wait_for(f"{address}/_stcore/health", process)
            yield address
        finally:
            process.terminate()
            process.wait(20)


def _wait_for(health: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(120):
        assert process.poll() is None, "the server stopped before it was up"
        try:
            with urllib.request.urlopen(health, timeout=2) as answer:  # noqa: S310 - our own address
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.5)
    pytest.fail("the server did not come up in a minute")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        path = found or playwright.chromium.executable_path
        if not Path(path).exists():
            missing = "no Chromium: set CHROMIUM to its path, or run `playwright install chromium`"
            if os.environ.get("CI"):
                pytest.fail(missing)
            pytest.skip(missing)
        chromium = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(server: str, browser: Browser) -> Iterator[Visitor]:
    """Opens the app as a new person, or in another tab `beside` one.

    At the end nothing may have left the machine, and no error been logged.
    """
    visits: list[Visit] = []

    def arrive(
        width: int = 1280,
        scheme: Literal["light", "dark"] = "light",
        locale: str = "en-GB",
        path: str = "",
        beside: Visit | None = None,
    ) -> Visit:
        context = (
            beside.page.context
            if beside
            else browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, locale=locale)
        )
        visits.append(Visit(context.new_page(), server + path))
        return visits[-1]

    yield arrive
    for one in visits:
        one.page.context.close()
        assert one.foreign == []
        assert one.errors == []
