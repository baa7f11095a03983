"""Whose a session, an upload and a download are: a visitor is known by the cookie, and may use what it was told of.

The addresses of uploads and downloads work for whoever knows them, and stand in logs, histories and screenshots. So
the gate notes which of them the server told to which cookie, and lets nobody else use them. What was told is read from
the server's own messages, never from a text a file could hold.
"""

from __future__ import annotations

import hashlib
import re
from collections import deque
from collections.abc import Callable
from contextvars import ContextVar

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

COOKIE = "cx_workspace"
HEADER = "x-cx-visitor"  # from the gate to Streamlit, which binds a session to it (server.trustedUserHeaders)
USER_KEY = "visitor"  # … and shows it to the pages under this name
_COOKIE_SHAPE = re.compile(r"[\w-]{43}")
_DOWNLOAD = re.compile(r"/media/([0-9a-f]+)[^/]*\Z")
_LARGEST = 200_000  # bytes; messages that name a session or a download are small, charts and tables are not
_DOWNLOADS = 200  # a visitor's downloads that are remembered; Streamlit itself drops them sooner

ASKING: ContextVar[str | None] = ContextVar("asking", default=None)  # whose link the running code answers
_sessions: dict[str, str] = {}
_downloads: dict[str, deque[str]] = {}
_emptied: set[str] = set()  # sessions whose data another window deleted


def visitor(cookie: str | None) -> str | None:
    """Who the cookie stands for: a digest, so that no folder or session spells the cookie; None if it is none."""
    if cookie is None or not _COOKIE_SHAPE.fullmatch(cookie):
        return None
    return hashlib.sha256(cookie.encode()).hexdigest()[:40]


def told(who: str, message: bytes) -> None:
    """Notes what a message of the server gives to a visitor: the session's id, the address of a download."""
    if len(message) > _LARGEST:
        return
    said = ForwardMsg.FromString(message)
    kind = said.WhichOneof("type")
    if kind == "new_session":
        _sessions[said.new_session.initialize.session_id] = who
    elif kind == "backend_operation_response":
        found = _DOWNLOAD.search(said.backend_operation_response.deferred_file.url)
        if found:
            _downloads.setdefault(who, deque(maxlen=_DOWNLOADS)).append(found[1])


def owns_session(who: str | None, session: str) -> bool:
    """Whether the session was opened by this visitor."""
    return who is not None and _sessions.get(session) == who


def owns_download(who: str | None, path: str) -> bool:
    """Whether the download at this path was made for this visitor."""
    found = _DOWNLOAD.search(path)
    return who is not None and found is not None and found[1] in _downloads.get(who, ())


def only_for(who: str | None, make: Callable[[], bytes]) -> Callable[[], bytes]:
    """`make` for this visitor's own links only: a button's id from another session makes nothing."""

    def made() -> bytes:
        if ASKING.get() != who:
            raise PermissionError
        return make()

    return made


def forget(who: str, session: str | None) -> None:
    """Drops a visitor's downloads; the sweeper tells the visitor's other sessions to look again, not this one."""
    _downloads.pop(who, None)
    _emptied.update(other for other, owner in _sessions.items() if owner == who and other != session)


def emptied() -> list[str]:
    """The sessions whose data another window deleted since this was last asked."""
    found = list(_emptied)
    _emptied.difference_update(found)
    return found


def keep_only(alive: Callable[[str], bool]) -> None:
    """Forgets sessions that have ended, and the downloads of visitors that have none left."""
    for session in [session for session in _sessions if not alive(session)]:
        del _sessions[session]
    for who in [who for who in _downloads if who not in _sessions.values()]:
        del _downloads[who]
