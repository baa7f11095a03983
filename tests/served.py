"""The app as it is served, and a person at it without a browser: the cookie, the link, the messages of both sides."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import UploadedFileInfo
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

ROOT = Path(__file__).parent.parent
PATIENCE = 90.0


class Served:
    """A running server: its address, its process, and what it has written."""

    def __init__(self, port: int, process: subprocess.Popen[bytes], log: Path) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.host = f"127.0.0.1:{port}"
        self.process = process
        self._log = log

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")


@contextmanager
def served(environment: Mapping[str, str] | None = None) -> Iterator[Served]:
    """The app, served as a person would start it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with (
            log.open("wb") as written,
            subprocess.Popen(
                command, cwd=ROOT, stdout=written, stderr=written, env={**os.environ, **(environment or {})}
            ) as process,
        ):
            server = Served(port, process, log)
            try:
                _wait_for(server)
                yield server
            finally:
                process.terminate()
                process.wait(20)


def _wait_for(server: Served) -> None:
    for _ in range(240):
        assert server.process.poll() is None, server.log
        try:
            with urllib.request.urlopen(f"{server.address}/_stcore/health", timeout=2) as answer:  # noqa: S310
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.25)
    pytest.fail("the server did not come up in a minute")


class Answer:
    """An answer of the server."""

    def __init__(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status = status
        self.headers = {name.lower(): value for name, value in headers}
        self.cookies = [value for name, value in headers if name.lower() == "set-cookie"]
        self.body = body


class Person:
    """Somebody with a cookie and a link; it knows what the server told it, as a browser does."""

    def __init__(self, server: Served, cookies: Mapping[str, str] | None = None) -> None:
        self.server = server
        self.cookies = dict(cookies or {})
        for line in self.ask("/_stcore/health").cookies:
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        self.session = ""
        self.pages: dict[str, str] = {}
        self.shown: list[ForwardMsg] = []
        self.page = ""
        self.widgets: dict[str, WidgetState] = {}
        self._open = ExitStack()
        self._wire: ClientConnection | None = None

    def ask(
        self, path: str, method: str = "GET", headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        wire = HTTPConnection(self.server.host, timeout=PATIENCE)
        try:
            wire.request(method, path, body, {**self._cookie(), **(headers or {})})
            answer = wire.getresponse()
            return Answer(answer.status, answer.getheaders(), answer.read())
        finally:
            wire.close()

    def _cookie(self) -> dict[str, str]:
        spelled = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Cookie": spelled} if spelled else {}

    def dial(self, session: str = "", origin: str | None = None, headers: Mapping[str, str] | None = None) -> int:
        """Opens the link, as the page of the app does; the status of the answer, 101 if it is open."""
        subprotocols = ["streamlit", self.cookies.get("_streamlit_xsrf", "-"), *([session] if session else [])]
        try:
            self._wire = self._open.enter_context(
                connect(
                    f"ws://{self.server.host}/_stcore/stream",
                    origin=self.server.address if origin is None else origin,  # type: ignore[arg-type]
                    subprotocols=subprotocols,  # type: ignore[arg-type]
                    additional_headers={**self._cookie(), **(headers or {})},
                    max_size=None,
                )
            )
        except InvalidStatus as refused:
            return refused.response.status_code
        return 101

    def arrive(self, session: str = "") -> Person:
        """Opens the link and waits for the first page."""
        assert self.dial(session) == 101
        self.run()
        return self

    def leave(self) -> None:
        self._open.close()
        self._wire = None

    def run(self, page: str | None = None, **pressed: bool | str) -> None:
        """Runs a page as a click does: `sample=True` presses the button of that key, a text chooses in a list."""
        message = BackMsg()
        if page is not None:
            self.page = self.pages[page]
            self.widgets.clear()
        message.rerun_script.page_script_hash = self.page
        for key, value in pressed.items():
            state = WidgetState(id=self.id_of(key))
            if isinstance(value, bool):
                state.trigger_value = value
            else:
                state.string_value = value
                self.widgets[key] = state
            message.rerun_script.widget_states.widgets.append(state)
        for key, state in self.widgets.items():
            if key not in pressed:
                message.rerun_script.widget_states.widgets.append(state)
        self.send(message)
        self._settle()

    def send(self, message: BackMsg) -> None:
        assert self._wire is not None
        self._wire.send(message.SerializeToString())

    def _settle(self) -> None:
        """Takes in messages until the page is done, and the ones that follow from it."""
        while True:
            said = self.next()
            if said.WhichOneof("type") == "script_finished" and said.script_finished in {
                ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_WITH_COMPILE_ERROR
            }:  # fmt: skip
                return

    def next(self) -> ForwardMsg:
        assert self._wire is not None
        said = ForwardMsg.FromString(self._wire.recv(PATIENCE))  # type: ignore[arg-type]
        kind = said.WhichOneof("type")
        if kind == "new_session":
            self.session = said.new_session.initialize.session_id
            self.page = said.new_session.page_script_hash
            self.pages |= {page.page_name: page.page_script_hash for page in said.new_session.app_pages}
            self.shown = []
        elif kind == "navigation":
            self.pages |= {page.page_name: page.page_script_hash for page in said.navigation.app_pages}
        elif kind == "delta":
            self.shown.append(said)
        return said

    def answer_to(self, message: BackMsg, kind: str) -> ForwardMsg:
        """The first answer of this kind."""
        self.send(message)
        while True:
            said = self.next()
            if said.WhichOneof("type") == kind:
                return said

    def id_of(self, key: str) -> str:
        """The id of the element of this key."""
        for said in self.shown:
            element = said.delta.new_element
            kind = element.WhichOneof("type")
            found = getattr(getattr(element, kind), "id", "") if kind else ""
            if found.endswith(f"-{key}"):
                return str(found)
        raise KeyError(key)

    @property
    def text(self) -> str:
        """All the words on the page."""
        elements = [said.delta.new_element for said in self.shown]
        return "\n".join(
            [e.text.body for e in elements if e.HasField("text")]
            + [e.markdown.body for e in elements if e.HasField("markdown")]
            + [e.heading.body for e in elements if e.HasField("heading")]
            + [e.metric.body for e in elements if e.HasField("metric")]
        )

    def deferred(self) -> str:
        """The id behind the page's download button."""
        found = [said.delta.new_element.download_button for said in self.shown
                 if said.delta.new_element.HasField("download_button")]  # fmt: skip
        return found[0].deferred_file_id

    def press(self, deferred: str) -> str:
        """The address of a download; empty where the server makes none."""
        message = BackMsg()
        message.backend_operation_request.request_id = "1"
        message.backend_operation_request.session_id = self.session
        message.backend_operation_request.deferred_file.file_id = deferred
        answer = self.answer_to(message, "backend_operation_response")
        return answer.backend_operation_response.deferred_file.url

    def upload_urls(self, *names: str) -> list[tuple[str, str, str]]:
        """Where files of these names are to be sent: id, address to put them, address to delete them."""
        message = BackMsg()
        message.file_urls_request.request_id = "1"
        message.file_urls_request.session_id = self.session
        message.file_urls_request.file_names.extend(names)
        answer = self.answer_to(message, "file_urls_response").file_urls_response
        return [(each.file_id, each.upload_url, each.delete_url) for each in answer.file_urls]

    def put(self, url: str, name: str, content: bytes) -> int:
        """Sends a file to an upload's address; the status of the answer."""
        body = (
            b'--edge\r\nContent-Disposition: form-data; name="file"; filename="' + name.encode()
            + b'"\r\nContent-Type: text/csv\r\n\r\n' + content + b"\r\n--edge--\r\n"
        )  # fmt: skip
        headers = {"Content-Type": "multipart/form-data; boundary=edge", "Origin": self.server.address,
                   "X-Xsrftoken": self.cookies.get("_streamlit_xsrf", "")}  # fmt: skip
        return self.ask(urlsplit(url).path, "PUT", headers, body).status

    def bring(self, *files: tuple[str, bytes]) -> None:
        """Uploads files and runs the page with them."""
        key = next(
            each.delta.new_element.file_uploader.id for each in self.shown
            if each.delta.new_element.HasField("file_uploader")
        )  # fmt: skip
        state = WidgetState(id=key)
        for (name, content), (file, put, delete) in zip(files, self.upload_urls(*(n for n, _ in files)), strict=True):
            assert self.put(put, name, content) == 204
            info = UploadedFileInfo(file_id=file, name=name, size=len(content))
            info.file_urls.file_id, info.file_urls.upload_url, info.file_urls.delete_url = file, put, delete
            state.file_uploader_state_value.uploaded_file_info.append(info)
        message = BackMsg()
        message.rerun_script.page_script_hash = self.page
        message.rerun_script.widget_states.widgets.append(state)
        self.send(message)
        self._settle()
