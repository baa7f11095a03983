"""The gate before Streamlit: every request and every link passes it, and most attacks end here.

First the Host and the Origin, so that a foreign page's link never reaches Streamlit, which would call out to the
internet before it refused. Then the cookie: who has none has no link, and nobody uses another's upload or download.
"""

from __future__ import annotations

import re
import secrets
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config, runtime
from streamlit.web.server.server_util import is_allowed_origin
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from pages.ui import headers, sessions

MOST_FILES = 20  # that a session may have sent and not yet read
KEPT_DAYS = 30  # a workspace that nobody opens, and its cookie
_UPLOAD = re.compile(r"/_stcore/upload_file/([^/]+)/[^/]+\Z")
_MEGABYTE = 1024 * 1024
_FRAMING = 65_536  # bytes of an upload that are not the file
# Doors nobody here uses: numbers of the server, and Streamlit's door for programs.
_CLOSED = ("/_stcore/metrics", "/_stcore/agent/", "/_stcore/script-health-check")
_COOKIE_AT = "/_stcore/health"  # asked by our own page before its link; never by a page of another site


class Gate:
    """ASGI middleware that lets in this site's own requests of known visitors."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers itself what is refused, and passes on the rest."""
        if scope["type"] == "http":
            await self._request(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._link(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = HTTPConnection(scope)
        cookie = request.cookies.get(sessions.COOKIE)
        who = sessions.visitor(cookie)
        path = scope["path"]

        async def answered(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": headers.guarded(message.get("headers", ()), path)}
                if path.endswith(_COOKIE_AT):
                    message["headers"].append((b"set-cookie", _cookie(cookie if who else None, scope)))
            await send(message)

        refused = _refused(request, scope["method"], path, who)
        if refused is None:
            await self.app(_named(scope, None), receive, answered)
        else:
            await _answer(refused, answered)

    async def _link(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = HTTPConnection(scope)
        who = sessions.visitor(request.cookies.get(sessions.COOKIE))
        if not _is_ours(request.headers, needs_origin=True) or who is None:
            await receive()
            await send({"type": "websocket.close", "code": 1008})  # before it is accepted: the answer is a 403
            return

        async def answered(message: Message) -> None:
            if message["type"] == "websocket.send" and message.get("bytes"):
                sessions.told(who, message["bytes"])
            await send(message)

        asking = sessions.ASKING.set(who)
        try:
            await self.app(_named(scope, who), receive, answered)
        finally:
            sessions.ASKING.reset(asking)


def _refused(request: HTTPConnection, method: str, path: str, who: str | None) -> HTTPStatus | None:
    if not _is_ours(request.headers, needs_origin=False):
        return HTTPStatus.FORBIDDEN
    upload = _UPLOAD.search(path)
    if method not in {"GET", "HEAD"} and not (upload and method in {"PUT", "DELETE"}):
        return HTTPStatus.METHOD_NOT_ALLOWED
    if any(closed in path for closed in _CLOSED):
        return HTTPStatus.NOT_FOUND
    # Streamlit's own fonts and pictures lie below a folder of the same name.
    if "/media/" in path.replace("/static/media/", "/") and not sessions.owns_download(who, path):
        return HTTPStatus.NOT_FOUND
    if "/_stcore/upload_file" in path and not (upload and sessions.owns_session(who, upload[1])):
        return HTTPStatus.NOT_FOUND
    return _too_much(request.headers, upload[1]) if upload and method == "PUT" else None


def _too_much(sent: Headers, session: str) -> HTTPStatus | None:
    """Refuses an upload before its first byte is read: by the length it says it has, and by how many there are."""
    length = sent.get("content-length", "")
    if not length.isdecimal():
        return HTTPStatus.LENGTH_REQUIRED
    if int(length) > config.get_option("server.maxUploadSize") * _MEGABYTE + _FRAMING:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    held = runtime.get_instance().uploaded_file_mgr.file_storage  # type: ignore[attr-defined]
    return HTTPStatus.TOO_MANY_REQUESTS if len(held.get(session, ())) >= MOST_FILES else None


def _is_ours(sent: Headers, *, needs_origin: bool) -> bool:
    """Whether a request names this server and comes from its own page, or from somebody who opens that page."""
    host, origin = sent.get("host"), sent.get("origin")
    if len(sent.getlist("host")) != 1 or not is_host_allowed(host):
        return False
    foreign = needs_origin if origin is None else urlsplit(origin).netloc != host and not is_allowed_origin(origin)
    # Browsers say where a request comes from. Another port of this machine is "same-site", and another site all the
    # same; only a link that is followed may come from anywhere.
    opened = sent.get("sec-fetch-mode") == "navigate" and sent.get("sec-fetch-dest") == "document"
    return not foreign and (opened or sent.get("sec-fetch-site", "none") in {"same-origin", "none"})


def _named(scope: Scope, who: str | None) -> Scope:
    """The request with the visitor's name as the gate knows it, never as a client writes it."""
    own = sessions.HEADER.encode()
    kept = [(name, value) for name, value in scope["headers"] if name.lower() != own]
    return {**scope, "headers": [*kept, (own, who.encode())] if who else kept}


def _cookie(known: str | None, scope: Scope) -> bytes:
    # Set where only our own page asks: on a link from another site the browser leaves the old cookie at home, and a
    # new one set then would take its place.
    value = known or secrets.token_urlsafe(32)
    secure = "; Secure" if scope.get("scheme") == "https" else ""
    age = KEPT_DAYS * 86_400
    return f"{sessions.COOKIE}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Strict{secure}".encode()


async def _answer(status: HTTPStatus, send: Send) -> None:
    body = f"{status.value} {status.phrase}\n".encode()
    sent = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    if status is not HTTPStatus.NOT_FOUND:
        sent.append((b"connection", b"close"))  # what a refused upload still sends is not read
    await send({"type": "http.response.start", "status": status.value, "headers": sent})
    await send({"type": "http.response.body", "body": body})
