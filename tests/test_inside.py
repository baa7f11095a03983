"""What a stranger's file brings inside the door: its words stay words, its name a label, and nothing of it lingers."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest
import xlsxwriter
from google.protobuf.message import Message
from served import ROOT, Person, Served, served
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.testing.v1 import AppTest

from pages.ui import sessions, sweeper

CELL = "Zebra-7731"
PICTURE = "![x](http://127.0.0.1:9/x.png)"  # markdown that a browser would fetch
# Where a stranger's words may stand: text, code, options of a list, cells of a table, what a picture is drawn from.
PLAIN = {
    "text.body", "selectbox.options", "dataframe.arrow_data.data", "vega_lite_chart.datasets.data.data",
    "vega_lite_chart.spec", "code.code_text",
}  # fmt: skip


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Served]:
    """A server that finds a workspace nobody opened for a month, and lets go of whoever leaves after a second."""
    unused = home / "workspaces" / ("0" * 40)
    unused.mkdir(parents=True)
    (unused / "key").write_bytes(b"0" * 32)
    os.utime(unused / "key", (time.time() - 31 * 86_400,) * 2)
    with served({"CX_NOTEBOOK_HOME": str(home), "STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL": "1"}) as running:
        yield running
        assert CELL not in running.log
        assert "Traceback" not in running.log


class Watcher(Person):
    """Somebody who notes in which fields of the server's messages a stranger's words stand."""

    def __init__(self, server: Served) -> None:
        self.fields: set[str] = set()
        super().__init__(server)

    def next(self) -> ForwardMsg:
        said = super().next()
        if said.HasField("delta"):
            for element in (said.delta.new_element, said.delta.add_block):
                self.fields.update(holding(element, "![x]("))
        return said


def holding(said: Message, words: str, path: Sequence[str] = ()) -> Iterator[str]:
    """The fields of a message that hold these words."""
    for field, value in said.ListFields():
        for one in value if field.is_repeated else [value]:
            here = (*path, field.name)
            if isinstance(one, Message):
                yield from holding(one, words, here)
            elif words in one if isinstance(one, str) else isinstance(one, bytes) and words.encode() in one:
                yield ".".join(here)


def hostile() -> bytes:
    """Contacts of a desk that ran a test, with pictures for names of columns, groups, agents, arms and comments."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["Ticket ID", "Created at", "Resolved at", "Agent", f"Topic {PICTURE}", "Channel", "Variant",
                   "CSAT (1-5)", "Recommend us? (0-10)", "Comment"])  # fmt: skip
    for k in range(300):
        day, hour = f"2026-{1 + k // 30:02d}-{1 + k % 28:02d}", 8 + k % 9
        rows.writerow([
            f"T{k:04}", f"{day} {hour:02d}:{k % 40:02d}", f"{day} {hour + 3:02d}:30", f"{PICTURE} {k % 3}",
            f"{PICTURE} {k // 2 % 2}", f"{PICTURE} {k % 2}", f"{PICTURE} {k // 2 % 2}", 1 + k % 5, k % 11,
            f"{PICTURE} was seen",
        ])  # fmt: skip
    return text.getvalue().encode()


def small(name: str) -> tuple[str, bytes]:
    rows = "\n".join(f"2026-01-{1 + k % 28:02};{k % 11};{CELL}" for k in range(40))
    return name, f"Date;How likely are you to recommend us? (0-10);Note\n{rows}\n".encode()


def workbook(name: str) -> tuple[str, bytes]:
    """A file that is kept, so that its other sheet can be read."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        for score in (9, 7):
            sheet = book.add_worksheet()
            for k, row in enumerate([("Date", "NPS"), *((f"2026-01-{1 + k:02}", score) for k in range(20))]):
                sheet.write_row(k, 0, row)
    return name, buffer.getvalue()


# Words ---------------------------------------------------------------------------------------------------------------


def test_a_strangers_words_are_plain_text_wherever_they_stand(server: Served) -> None:
    person = Watcher(server)
    person.arrive()
    person.bring((f"{PICTURE.replace('/', '_')}.csv", hostile()))
    person.bring((f"{PICTURE.replace('/', '_')}.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40))
    assert "This could not be done" in person.text
    for page in ("Data", "Surveys", "Operators", "Experiments"):
        person.run(page=page)
    assert person.fields == PLAIN
    person.leave()


def test_an_aside_that_holds_a_strangers_words_is_plain_text_too() -> None:
    app = AppTest.from_string(
        "from cxcore.language import say\n"
        "from pages.ui import tell\n"
        f"tell.aside(say('in {{inner}}', inner=say('{{name}}', name='{PICTURE}')))\n"
    ).run()
    assert [text.value for text in app.text] == [f"in {PICTURE}"]
    assert not app.caption
    assert not app.markdown


def test_the_browsers_own_export_and_links_to_search_engines_are_off(server: Served) -> None:
    said: list[ForwardMsg] = []

    class Listener(Person):
        def next(self) -> ForwardMsg:
            said.append(super().next())
            return said[-1]

    person = Listener(server).arrive()
    (told,) = [each.new_session for each in said if each.HasField("new_session")]
    assert told.config.disable_data_export  # its CSV holds formulas as they are
    assert not told.config.gather_usage_stats
    person.leave()


def test_a_files_name_is_a_label_and_no_place(server: Served, home: Path) -> None:
    before = set((home / "workspaces").iterdir())
    person = Person(server).arrive()
    person.bring(small("first.csv"))
    (folder,) = set((home / "workspaces").iterdir()) - before
    key = (folder / "key").read_bytes()
    for file in (small("../key"), workbook("../facts.sqlite"), small(str(home / "one")), workbook("../../../two")):
        person.bring(file)
        assert "could not be done" not in person.text
        assert "went wrong" not in person.text
    assert (folder / "key").read_bytes() == key
    assert [path.name for path in home.iterdir()] == ["workspaces"]
    kept = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    own = r"key|facts\.sqlite\S*|tables/[0-9a-f]{32}\.parquet|sources/source-[0-9a-f]{32}"
    assert not {name for name in kept if not re.fullmatch(own, name)}
    person.leave()


# The log -------------------------------------------------------------------------------------------------------------


def test_what_breaks_is_told_in_a_box_and_its_place_in_the_log(server: Served, home: Path) -> None:
    before = set((home / "workspaces").iterdir())
    person = Person(server).arrive()
    person.bring(small("first.csv"))
    (folder,) = set((home / "workspaces").iterdir()) - before
    shutil.rmtree(folder / "drafts")
    (folder / "drafts").write_text("")  # nothing can be laid down any more
    person.bring(small("second.csv"))
    assert "Something in this app went wrong" in person.text
    assert folder.name not in person.text
    assert "FileExistsError at" in server.log
    assert folder.name not in server.log
    person.leave()


FAILING = f"""
import logging, sys, threading, warnings
from pages.ui import logs
logs.install()
class Falls:
    def __del__(self): raise ValueError("{CELL}")
def fall(): raise ValueError("{CELL}")
thread = threading.Thread(target=fall)
thread.start()
thread.join()
falls = Falls()
del falls
warnings.warn("{CELL}")
for name in ("library", "cx.own"):
    try:
        fall()
    except ValueError as error:
        logging.getLogger(name).exception("it fell")
        logging.getLogger("library").error("of %s", "{CELL}", stack_info=True)
fall()
"""


def test_nothing_that_fails_writes_its_values_to_the_log() -> None:
    done = subprocess.run([sys.executable, "-c", FAILING], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 1
    assert CELL not in done.stderr
    assert "Traceback" not in done.stderr
    places = re.findall(r"(ValueError|UserWarning) at <string>:\d+", done.stderr)
    assert sorted(places) == ["UserWarning", *["ValueError"] * 5], done.stderr


# Second locks: what they keep out is stopped before it reaches them, so that no attack here can show they are there.
SECOND_LOCKS = {
    "server": {"enableCORS": True, "enableStaticServing": False, "disconnectedSessionTTL": 30},
    "browser": {"serverAddress": "localhost", "gatherUsageStats": False},
    "client": {"showErrorDetails": "none", "showErrorLinks": False, "toolbarMode": "viewer"},
    "logger": {"enableRich": False, "level": "error"},
}


def test_the_second_locks_are_shut_too() -> None:
    set_so = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert {part: {name: set_so[part][name] for name in lock} for part, lock in SECOND_LOCKS.items()} == SECOND_LOCKS


# What is over --------------------------------------------------------------------------------------------------------


def test_a_workspace_nobody_opened_for_a_month_is_gone(server: Served, home: Path) -> None:
    Person(server)
    assert not (home / "workspaces" / ("0" * 40)).exists()


class Ended:
    """A server whose one session is over: Streamlit's parts, as far as the sweeper knows them."""

    def __init__(self) -> None:
        self.shut: list[str] = []
        self.file_storage = {"one": {"file": b"left behind"}}
        info = SimpleNamespace(session=SimpleNamespace(id="one", shutdown=lambda: self.shut.append("one")))
        self._session_storage = SimpleNamespace(_cache=SimpleNamespace(expire=lambda: [("one", info)]))
        self._session_mgr = self.uploaded_file_mgr = self

    def list_sessions(self) -> list[object]:
        return []

    list_active_sessions = list_sessions

    def remove_session_files(self, session: str) -> None:
        del self.file_storage[session]


def test_a_session_that_is_over_leaves_no_upload_and_no_download() -> None:
    said = ForwardMsg()
    said.new_session.initialize.session_id = "one"
    sessions.told("somebody", said.SerializeToString())
    said = ForwardMsg()
    said.backend_operation_response.deferred_file.url = "/media/0a1b.csv"
    sessions.told("somebody", said.SerializeToString())
    assert sessions.owns_session("somebody", "one")
    assert sessions.owns_download("somebody", "/media/0a1b.csv")
    server = Ended()
    assert sweeper.sweep(server) == 2  # type: ignore[arg-type]
    assert server.shut == ["one"]
    assert server.file_storage == {}
    assert not sessions.owns_session("somebody", "one")
    assert not sessions.owns_download("somebody", "/media/0a1b.csv")


def resident(server: Served) -> int:
    """Megabytes of memory the server holds."""
    return int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1]) * 4096 // 1024**2


def assert_let_go(server: Served, most: int) -> None:
    late = time.monotonic() + 30
    while resident(server) > most:
        assert time.monotonic() < late, "the upload is still in memory"
        time.sleep(0.25)


on_linux = pytest.mark.skipif(sys.platform != "linux", reason="memory is looked up where Linux tells it")


@on_linux
def test_an_upload_nobody_read_goes_with_its_session(server: Served) -> None:
    person = Person(server).arrive()
    before = resident(server)
    for (_, put, _), name in zip(person.upload_urls("a.csv", "b.csv"), "ab", strict=True):
        assert person.put(put, f"{name}.csv", os.urandom(40 * 1024**2)) == 204
    assert resident(server) > before + 60
    person.leave()
    assert_let_go(server, before + 30)


@on_linux
def test_an_upload_that_was_read_is_held_no_longer(server: Served) -> None:
    person = Person(server).arrive()
    before = resident(server)
    person.bring(("photo.csv", b"\x89PNG\r\n\x1a\n" + os.urandom(45 * 1024**2)))
    assert "This could not be done" in person.text
    assert_let_go(server, before + 25)
    person.leave()
