"""Attacks on the running server, and what a person must find again: none succeeds, and nobody else notices."""

from __future__ import annotations

import csv
import io
import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from served import Person, Served, served
from test_export import is_live

from pages.ui.headers import guarded
from pages.ui.sessions import visitor

POINT = "the week of 5 Jan 2026"
CELL = "Zebra-7731"  # stands in the files of these tests; no log may hold it
FORMULAS = ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", '=HYPERLINK("http://127.0.0.1:9/x","y")']


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Served]:
    with served({"CX_NOTEBOOK_HOME": str(home), "STREAMLIT_LOGGER_LEVEL": "info"}) as running:
        yield running
        assert CELL not in running.log
        assert "=1+1" not in running.log
        assert "Traceback" not in running.log  # whose lines are whatever an error says


@pytest.fixture(scope="module")
def owner(server: Served) -> Iterator[Person]:
    """Somebody with a file, looking at a page with a download."""
    person = Person(server).arrive()
    person.bring(small("owned.csv"))
    person.run(page="Surveys")
    person.run(point=POINT)
    yield person
    person.leave()


def hostile() -> bytes:
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["Date", "How likely are you to recommend us? (0-10)", "=1+1", "Comment"])
    for k in range(200):
        rows.writerow([f"2026-01-{1 + k % 28:02}", k % 11, FORMULAS[k % 5], f"{FORMULAS[k % 5]} {CELL}"])
    return text.getvalue().encode()


def small(name: str) -> tuple[str, bytes]:
    rows = "\n".join(f"2026-01-{1 + k % 28:02};{k % 11};{CELL}" for k in range(40))
    return name, f"Date;How likely are you to recommend us? (0-10);{name}\n{rows}\n".encode()


# Whose it is ---------------------------------------------------------------------------------------------------------


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(server: Served) -> None:
    (cookie,) = [line for line in Person(server, {}).ask("/_stcore/health", headers={"Cookie": ""}).cookies
                 if line.startswith("cx_workspace=")]  # fmt: skip
    value = cookie.split(";")[0].removeprefix("cx_workspace=")
    assert len(value) >= 43  # 256 bits
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Secure" not in cookie
    secure = Person(server, {}).ask("/_stcore/health", headers={"Cookie": "", "X-Forwarded-Proto": "https"}).cookies
    assert any(line.startswith("cx_workspace=") and line.endswith("; Secure") for line in secure)
    (token,) = [line for line in secure if line.startswith("_streamlit_xsrf=")]
    assert "SameSite=Strict" in token
    # A link from another site comes without the cookie; a new one then would take the old one's place.
    assert Person(server).ask("/Surveys", headers={"Cookie": ""}).cookies == []


def test_a_session_id_alone_opens_no_session(server: Served, owner: Person) -> None:
    thief = Person(server).arrive(owner.session)
    assert thief.session != owner.session
    assert "Bring a spreadsheet" in thief.text
    named = Person(server)  # … nor with the owner's name written into the gate's own header
    digest = visitor(owner.cookies["cx_workspace"])
    assert digest is not None
    assert named.dial(owner.session, headers={"X-Cx-Visitor": digest}) == 101
    named.run()
    assert named.session != owner.session
    owner.run()  # who noticed nothing
    assert "How did NPS change?" in owner.text
    thief.leave()
    named.leave()


def test_without_a_cookie_there_is_no_link(server: Served) -> None:
    nobody = Person(server)
    nobody.cookies = {}
    assert nobody.dial() == 403
    nobody.cookies = {"cx_workspace": "short"}
    assert nobody.dial() == 403


def test_a_download_is_its_owners_only(server: Served, owner: Person) -> None:
    owner.run()
    deferred = owner.deferred()
    thief = Person(server).arrive()
    assert thief.press(deferred) == ""
    url = owner.press(deferred)
    assert owner.ask(url).body.startswith(b"\xef\xbb\xbfrow,")
    assert thief.ask(url).status == 404
    assert thief.ask(url, headers={"Cookie": ""}).status == 404
    for path in ("/media/static", "/media//static/", "/media/static/media"):  # no way round the gate's look at it
        assert thief.ask(f"{path}/{Path(url).name}").body == b"404 Not Found\n"
    thief.leave()


def test_an_address_written_into_a_file_grants_nothing(server: Served, owner: Person) -> None:
    owner.run()
    url = owner.press(owner.deferred())
    thief = Person(server).arrive()
    rows = "\n".join(f"2026-01-{1 + k % 28:02};{k % 11};{url}" for k in range(40))
    thief.bring((f"{Path(url).name}.csv", f"Date;Recommend us? (0-10);{url}\n{rows}\n".encode()))
    thief.run(page="Data")
    assert any(url.encode() in said.SerializeToString() for said in thief.shown)
    assert owner.press(owner.deferred()) == url  # made anew, so that it is there to be taken
    assert thief.ask(url).status == 404
    assert owner.ask(url).status == 200
    thief.leave()


def test_nobody_uploads_into_or_deletes_from_another_session(server: Served, owner: Person) -> None:
    (_, put, delete), = owner.upload_urls("mine.csv")  # fmt: skip
    thief = Person(server).arrive()
    assert thief.put(put, *small("planted.csv")) == 404
    headers = {"Origin": server.address, "X-Xsrftoken": thief.cookies["_streamlit_xsrf"]}
    assert thief.ask(delete, "DELETE", headers).status == 404
    assert owner.put(put, *small("mine.csv")) == 204
    assert owner.ask(delete, "DELETE", headers | {"X-Xsrftoken": owner.cookies["_streamlit_xsrf"]}).status == 204
    thief.leave()


# From where it comes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:9", "https://localhost", "null", ""])
def test_a_link_from_a_foreign_page_is_refused(server: Served, owner: Person, origin: str) -> None:
    assert Person(server, owner.cookies).dial(owner.session, origin=origin) == 403


def test_a_link_that_does_not_say_where_it_comes_from_is_refused(server: Served, owner: Person) -> None:
    asked = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
             "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}  # fmt: skip
    assert owner.ask("/_stcore/stream", headers=asked).status == 403
    assert owner.ask("/_stcore/stream", headers=asked | {"Origin": server.address}).status == 101


def test_no_other_machine_reaches_the_server(server: Served) -> None:
    with pytest.raises(OSError):  # noqa: PT011 - refused here, unreachable on another system
        socket.create_connection(("127.0.0.2", int(server.host.split(":")[1])), timeout=2)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "evil.example:80", "user@127.0.0.1"])
def test_a_foreign_name_for_this_machine_is_refused(server: Served, owner: Person, host: str) -> None:
    assert Person(server, owner.cookies).ask("/", headers={"Host": host}).status == 403


def test_other_sites_embed_nothing_and_ask_for_nothing(owner: Person) -> None:
    for site in ("cross-site", "same-site"):  # another port of this machine is the same site
        for mode, dest in (("no-cors", "script"), ("cors", "empty"), ("navigate", "iframe"), ("no-cors", "image")):
            sent = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest}
            assert owner.ask("/", headers=sent).status == 403, sent
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert owner.ask("/Surveys?channel=Chat", headers=link).status == 200
    assert owner.ask("/_stcore/health", headers={"Origin": "http://evil.example"}).status == 403


# Directives that fall back to default-src stand here all the same, since each is a way out of its own.
POLICY = {
    "default-src": "'none'", "style-src": "'self' 'unsafe-inline'", "img-src": "'self' data: blob:",
    "font-src": "'self' data:", "connect-src": "'self'", "worker-src": "'self' blob:", "manifest-src": "'self'",
    "frame-ancestors": "'none'", "base-uri": "'none'", "form-action": "'self'",
}  # fmt: skip
HEADERS = {
    "x-frame-options": "DENY", "x-content-type-options": "nosniff", "cache-control": "no-store",
    "referrer-policy": "no-referrer", "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}  # fmt: skip


def test_what_streamlit_grants_other_sites_is_taken_back() -> None:
    sent = guarded([(b"Access-Control-Allow-Origin", b"*"), (b"Cache-Control", b"public"), (b"age", b"1")], "/media/0")
    assert [value for name, value in sent if name.lower() in {b"access-control-allow-origin", b"cache-control"}] == [
        b"no-store"
    ]


def test_every_answer_says_what_may_run_and_who_may_frame_it(owner: Person) -> None:
    for path in ("/", "/Surveys", "/_stcore/health", "/_stcore/host-config", "/media/0", "/_stcore/metrics"):
        sent = owner.ask(path).headers
        policy = dict(part.split(" ", 1) for part in sent["content-security-policy"].split("; "))
        assert re.fullmatch(r"'self' 'sha256-[\w+/=]{44}'", policy.pop("script-src"))
        assert policy == POLICY
        assert {name: sent[name] for name in HEADERS} == HEADERS
        assert not any(name.startswith("access-control-") for name in sent)


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/agent/openapi.json", "/_stcore/script-health-check"])
def test_doors_nobody_uses_are_closed(owner: Person, path: str) -> None:
    assert owner.ask(path).status == 404
    assert owner.ask(path, "POST", {"Origin": owner.server.address}).status == 405


def test_two_hundred_bad_handshakes_and_nobody_notices(server: Served, owner: Person) -> None:
    attacker = Person(server)
    statuses: list[int] = []

    def attack() -> None:
        for k in range(50):
            if k % 2:
                statuses.append(attacker.dial(origin="http://evil.example"))
            else:
                statuses.append(attacker.ask("/", headers={"Host": "evil.example"}).status)

    def seconds() -> float:
        start = time.perf_counter()
        assert owner.ask("/_stcore/health").status == 200
        owner.run(page="Definitions")
        return time.perf_counter() - start

    calm = [seconds() for _ in range(4)]
    attacks = [threading.Thread(target=attack) for _ in range(4)]
    for each in attacks:
        each.start()
    waited = []
    while any(each.is_alive() for each in attacks) or len(waited) < 3:
        waited.append(seconds())
    assert statuses == [403] * 200
    assert max(waited) < 3 * max(calm) + 1
    assert "Rejecting WebSocket" not in server.log  # Streamlit, which would look up its address for each, saw none
    owner.run(page="Surveys")
    owner.run(point=POINT)


# How much ------------------------------------------------------------------------------------------------------------


def raw(server: Served, person: Person, path: str, headers: str) -> bytes:
    """The answer to the head of an upload whose body never comes."""
    cookies = "; ".join(f"{name}={value}" for name, value in person.cookies.items())
    with socket.create_connection(("127.0.0.1", int(server.host.split(":")[1])), timeout=20) as wire:
        wire.sendall(
            f"PUT {path} HTTP/1.1\r\nHost: {server.host}\r\nOrigin: {server.address}\r\nCookie: {cookies}\r\n"
            f"X-Xsrftoken: {person.cookies['_streamlit_xsrf']}\r\n"
            f"Content-Type: multipart/form-data; boundary=edge\r\n{headers}\r\n\r\n".encode()
        )
        return wire.recv(64)


def test_a_file_above_the_limit_is_refused_before_it_is_sent(server: Served, owner: Person) -> None:
    (_, url, _), = owner.upload_urls("large.csv")  # fmt: skip
    assert b" 413 " in raw(server, owner, url, f"Content-Length: {51 * 1024 * 1024}")
    assert b" 411 " in raw(server, owner, url, "Transfer-Encoding: chunked")


def test_the_twenty_first_file_is_refused(server: Served) -> None:
    person = Person(server).arrive()
    urls = person.upload_urls(*(f"{k}.csv" for k in range(21)))
    statuses = [person.put(url, f"{k}.csv", b"a;b\n1;2\n") for k, (_, url, _) in enumerate(urls)]
    assert statuses == [204] * 20 + [429]
    person.leave()


# What leaves, what is found again, what is gone ----------------------------------------------------------------------


def test_formulas_leave_as_texts_and_come_back_as_they_were(server: Served) -> None:
    person = Person(server).arrive()
    person.bring(("=cmd.csv", hostile()))
    person.run(page="Surveys")
    person.run(point=POINT)
    sent = person.ask(person.press(person.deferred())).body.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(sent, newline="")))
    assert len(rows) > 5
    assert not [cell for row in rows for cell in row if is_live(cell)]
    assert any(cell.startswith("'=1+1") for row in rows for cell in row)
    person.leave()


def test_the_work_is_found_again_and_only_with_its_cookie(server: Served, home: Path, owner: Person) -> None:
    again = Person(server, owner.cookies).arrive()
    assert again.session != owner.session
    assert "owned.csv" in again.text
    again.leave()
    assert "owned.csv" not in Person(server).arrive().text
    with served({"CX_NOTEBOOK_HOME": str(home)}) as restarted:
        later = Person(restarted, owner.cookies).arrive()
        assert "owned.csv" in later.text
        later.leave()
    folders = (home / "workspaces").glob("*")
    assert not [folder for folder in folders if owner.cookies["cx_workspace"] in folder.name]


def test_two_windows_the_second_save_is_refused_and_says_what_differs(server: Served) -> None:
    first = Person(server).arrive()
    first.bring(small("one.csv"))
    second = Person(server, first.cookies).arrive()
    assert "one.csv" in second.text
    first.bring(small("two.csv"))
    assert "Another window" not in first.text
    second.bring(small("three.csv"))
    assert "Not saved: another window changed these files" in second.text
    assert "files added: two.csv" in second.text
    second.run(**{"take-over": True})
    assert "Another window" not in second.text
    second.bring(small("three.csv"))
    assert "Not saved" not in second.text
    first.run()
    assert "files added: three.csv" in first.text
    first.leave()
    second.leave()


def test_deleted_is_gone_from_the_disk_and_from_the_other_window(server: Served, home: Path) -> None:
    before = set((home / "workspaces").glob("*"))
    first = Person(server).arrive()
    first.bring(small("secret.csv"))
    (folder,) = set((home / "workspaces").glob("*")) - before
    first.run(page="Surveys")
    first.run(point=POINT)
    url = first.press(first.deferred())
    assert first.ask(url).status == 200
    first.run(page="app")
    second = Person(server, first.cookies).arrive()
    assert "secret.csv" in second.text
    first.run(delete=True)
    assert not folder.exists()
    assert first.ask(url).body == b"404 Not Found\n"
    while "secret.csv" in second.text or "Bring a spreadsheet" not in second.text:  # nobody touches the second window
        second.next()
    assert not folder.exists()
    first.leave()
    second.leave()
