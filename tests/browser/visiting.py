"""One person's browser at the app: going about, and noticing what must never happen."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Locator, Page, WebSocketRoute

PATIENCE = 90_000  # milliseconds


class Visit:
    """One person's browser: what it shows, and what must never happen while it does."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.foreign: list[str] = []
        self.errors: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("request", self._asked)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        self._links: list[WebSocketRoute] = []
        page.route_web_socket(re.compile("/_stcore/stream"), self._linked)
        page.goto(address)
        page.get_by_test_id("stMain").get_by_role("heading", level=1).wait_for(timeout=PATIENCE)
        self.settled()

    def _asked(self, request: object) -> None:
        url = str(getattr(request, "url", ""))
        # Port 9 is where the hostile values of the tests point.
        if urlsplit(url).hostname not in {"127.0.0.1", "localhost", None, ""} or ":9/" in url:
            self.foreign.append(url)

    def _said(self, message: ConsoleMessage) -> None:
        # On a deep link Streamlit tries the page's own name as the server's folder first: its 404 is no fault.
        if message.type == "error" and "/_stcore/" not in message.location.get("url", ""):
            self.errors.append(message.text)

    def _linked(self, link: WebSocketRoute) -> None:
        self._links.append(link)
        link.connect_to_server()

    def drop_the_link(self) -> None:
        """Ends the connection as a sleeping laptop would, and waits until the page has it again."""
        before = len(self._links)
        self._links[-1].close()
        while len(self._links) == before:
            self.page.wait_for_timeout(200)
        self.settled()

    def settled(self) -> None:
        """Waits until the page has been computed and drawn."""
        done = "document.querySelector('[data-testid=stApp]')?.getAttribute('data-test-script-state') === 'notRunning'"
        self.page.wait_for_timeout(250)
        self._until(done)
        self._until("!document.querySelector('[data-testid=stSkeleton]')")
        self.page.wait_for_timeout(350)

    def _until(self, true: str) -> None:
        # Playwright's own waiting evaluates text inside the page, which the page's policy forbids.
        late = time.monotonic() + PATIENCE / 1000
        while not self.page.evaluate(true):
            assert time.monotonic() < late, true
            self.page.wait_for_timeout(50)

    def tab_to(self, what: Locator, most: int = 120) -> None:
        """Presses Tab until the focus is there: what no number of Tabs reaches is out of a keyboard's reach."""
        what.wait_for(timeout=PATIENCE)
        self.settled()
        for _ in range(most):
            self.page.keyboard.press("Tab")
            if what.evaluate("it => it === document.activeElement"):
                return
        raise AssertionError(f"no Tab reaches {what}")

    def take_sample(self) -> None:
        self.page.locator(".st-key-sample button").click()
        self.page.locator(".st-key-period").wait_for(timeout=PATIENCE)
        self.settled()

    def upload(self, path: Path) -> None:
        """Brings a file, and waits until it is read or refused."""
        self.bring(path)
        self.read()

    def bring(self, path: Path) -> None:
        """Brings a file, and waits no longer than until it waits to be read."""
        # Each uploader has a number of its own, and gives way to the next once its file waits to be read.
        uploader = self.page.locator("[class*=st-key-upload-]").first
        own = re.search(r"st-key-upload-\d+", uploader.get_attribute("class") or "")
        assert own is not None
        uploader.locator("input[type=file]").first.set_input_files(path)
        self.page.locator(f".{own[0]}").wait_for(state="detached", timeout=PATIENCE)

    def begun(self) -> None:
        """Waits until the app is at work on a click: on a busy machine it takes it up later than one looks."""
        late = time.monotonic() + 1.5
        working = "document.querySelector('[data-testid=stApp]')?.getAttribute('data-test-script-state') === 'running'"
        while not self.page.evaluate(working) and time.monotonic() < late:
            self.page.wait_for_timeout(20)

    def read(self) -> None:
        """Waits until the files that wait have been read."""
        self.settled()
        self.page.locator(".st-key-reading").wait_for(state="detached", timeout=PATIENCE)
        self.settled()

    def pages(self) -> list[str]:
        """The names of the pages in the menu, as they stand in the address."""
        links = self.page.get_by_test_id("stSidebar").get_by_test_id("stPageLink-NavLink")
        # Home's own link names no address, and a browser takes that for the one it is at.
        named = (
            "links => links.map(link => (link.getAttribute('href') || '').replace(/[?#].*$/, '').replace(/^.*\\//, ''))"
        )
        return links.evaluate_all(named)

    def open(self, name: str) -> None:
        """Opens a page from the menu by its name in the address ("" for Home); on a phone the menu is folded away."""
        link = self.page.get_by_test_id("stSidebar").get_by_test_id("stPageLink-NavLink").nth(self.pages().index(name))
        narrow = (self.page.viewport_size or {"width": 1280})["width"] < 768
        if narrow and self.page.get_by_test_id("stExpandSidebarButton").is_visible():
            self.page.get_by_test_id("stExpandSidebarButton").click()
            self.page.wait_for_timeout(400)
        link.click()
        self.begun()
        self.settled()
        assert urlsplit(self.page.url).path.strip("/") == name, f"the menu leads to {self.page.url}"
        if narrow:
            self.page.get_by_test_id("stSidebarCollapseButton").get_by_role("button").click()
            self.page.wait_for_timeout(400)

    def unfold(self, key: str) -> Locator:
        """The options of a list, open."""
        box = self.page.locator(f".st-key-{key} input")
        box.scroll_into_view_if_needed()
        self.page.wait_for_timeout(300)
        box.click()
        options = self.page.get_by_role("option")
        self.page.wait_for_timeout(300)
        if not options.count():
            box.press("ArrowDown")
        options.first.wait_for(timeout=PATIENCE)
        return options

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", self.page.get_by_test_id("stApp").inner_text())


Visitor = Callable[..., Visit]
