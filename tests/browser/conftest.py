"""A real server and a real browser, started once. Without Chromium a skip at home, a failure in CI."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parent.parent.parent
# A browser of its own makes calls home; a test that counts requests wants none of them.
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run"]  # fmt: skip
PATIENCE = 90_000  # milliseconds


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


class Visit:
    """One person's browser: what it shows, and what must never happen while it does."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.foreign: list[str] = []
        self.errors: list[str] = []
        page.on("request", self._asked)
        page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(address)
        page.get_by_test_id("stMain").get_by_role("heading", level=1).wait_for(timeout=PATIENCE)
        self.settled()

    def _asked(self, request: object) -> None:
        url = str(getattr(request, "url", ""))
        if urlsplit(url).hostname not in {"127.0.0.1", "localhost", None, ""}:
            self.foreign.append(url)
        elif ":9/" in url:  # the port the hostile values point at
            self.foreign.append(url)

    def settled(self) -> None:
        """Waits until the page has been computed and drawn."""
        done = "document.querySelector('[data-testid=stApp]')?.getAttribute('data-test-script-state') === 'notRunning'"
        self.page.wait_for_timeout(250)
        self.page.wait_for_function(done, timeout=PATIENCE)
        self.page.wait_for_function("!document.querySelector('[data-testid=stSkeleton]')", timeout=PATIENCE)
        self.page.wait_for_timeout(350)

    def take_sample(self) -> None:
        self.page.locator(".st-key-sample button").click()
        self.page.locator(".st-key-period").wait_for(timeout=PATIENCE)
        self.settled()

    def upload(self, path: Path) -> None:
        self.page.locator("input[type=file]").first.set_input_files(path)
        self.page.get_by_test_id("stFileUploaderFile").wait_for(state="detached", timeout=PATIENCE)
        self.settled()

    def open(self, number: int) -> None:
        """Opens a page from the menu, which on a phone is folded away."""
        link = self.page.get_by_test_id("stSidebar").get_by_test_id("stPageLink-NavLink").nth(number)
        narrow = (self.page.viewport_size or {"width": 1280})["width"] < 768
        if narrow and self.page.get_by_test_id("stExpandSidebarButton").is_visible():
            self.page.get_by_test_id("stExpandSidebarButton").click()
            self.page.wait_for_timeout(400)
        link.click()
        self.settled()
        if narrow:
            self.page.get_by_test_id("stSidebarCollapseButton").get_by_role("button").click()
            self.page.wait_for_timeout(400)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", self.page.get_by_test_id("stApp").inner_text())


Visitor = Callable[..., Visit]


@pytest.fixture
def visit(server: str, browser: Browser) -> Iterator[Visitor]:
    """Opens the app as a new person; at the end nothing may have left the machine, and no error been logged."""
    visits: list[Visit] = []

    def arrive(
        width: int = 1280, scheme: Literal["light", "dark"] = "light", locale: str = "en-GB", path: str = ""
    ) -> Visit:
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, locale=locale)
        visits.append(Visit(context.new_page(), server + path))
        return visits[-1]

    yield arrive
    for one in visits:
        one.page.context.close()
        assert one.foreign == []
        assert one.errors == []
