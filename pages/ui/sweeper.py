"""The sweeper: ends what is over and gives its memory back, while the server runs.

Streamlit drops an ended session, and the uploads it holds, only when another one disconnects; and what Python frees,
the C library keeps. So every few seconds this looks, and where something has ended it lets go of it.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from streamlit import runtime
from streamlit.runtime import Runtime

from cxcore import store
from pages.ui import sessions
from pages.ui.gate import KEPT_DAYS

EVERY = 5.0  # seconds
_WORKSPACES_EVERY = 3_600.0
_MEGABYTE = 1024 * 1024
_ARENA_MAX, _MMAP_THRESHOLD = -8, -3  # glibc's numbers for mallopt
_TRIM_ABOVE = 16 * _MEGABYTE  # bytes by which the process grew since it was last trimmed


async def sweep_on(home: Path) -> None:
    """Sweeps until it is cancelled."""
    clock = asyncio.get_running_loop().time
    looked, memory = -_WORKSPACES_EVERY, 0
    while True:
        if clock() - looked > _WORKSPACES_EVERY:
            looked = clock()
            await asyncio.to_thread(store.drop_unused, home, KEPT_DAYS)
        ended = sweep(runtime.get_instance())
        if ended or _resident() > memory + _TRIM_ABOVE:
            await asyncio.to_thread(give_back)
            memory = _resident()
        await asyncio.sleep(EVERY)


def sweep(server: Runtime) -> int:
    """Ends what is over; how many sessions and uploads that were."""
    ended = _expired(server)
    _look_again(server, sessions.emptied())
    held = server.uploaded_file_mgr
    alive = {info.session.id for info in _manager(server).list_sessions()}
    for session in [session for session in list(held.file_storage) if session not in alive]:  # type: ignore[attr-defined]
        held.remove_session_files(session)
        ended += 1
    sessions.keep_only(alive.__contains__)
    return ended


def _manager(server: Runtime) -> Any:
    return server._session_mgr


def _expired(server: Runtime) -> int:
    """Shuts down the sessions whose time to come back is over: Streamlit would wait for another one to disconnect."""
    stored = _manager(server)._session_storage._cache
    over = stored.expire()
    for _, info in over:
        info.session.shutdown()
    return len(over)


def _look_again(server: Runtime, emptied: list[str]) -> None:
    """Runs the other tabs of a visitor who deleted the data, so that they let go of them too; each at its own page."""
    for info in _manager(server).list_active_sessions():
        if info.session.id in emptied:
            # Without the session's own state Streamlit would lead the tab to the first page.
            info.session.request_rerun(info.session._client_state)


def frugal() -> None:
    """Sets the memory libraries so that large blocks go back to the system when they are freed."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            library = ctypes.CDLL("libc.so.6")
            library.mallopt(_ARENA_MAX, 2)
            library.mallopt(_MMAP_THRESHOLD, _MEGABYTE)


def give_back() -> None:
    """Gives memory that is free back to the system, as far as the system's library can."""
    gc.collect()
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # a C library other than glibc knows no malloc_trim
            ctypes.CDLL("libc.so.6").malloc_trim(0)


def _resident() -> int:
    """The bytes of memory this process holds; 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
    except (OSError, IndexError, ValueError):
        return 0
