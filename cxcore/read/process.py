"""The throw-away process that reads one file: started ahead where the system allows it, and killed whatever happens.

A process that waits has imported what it needs and holds nothing of anybody's: it is handed the open file and its
limits over a socket (on Windows, which hands over no files, it starts with them), reads that one file, and ends. So it
does when nobody holds the other end of the socket any more: it outlives no server.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

POSIX = fcntl is not None  # elsewhere no file is handed to a process that runs, and no pipe can be watched
_CHILD = Path(__file__).with_name("child.py")
_ROOT = Path(__file__).parents[2]
_PIPE = 1 << 20


class _Waiting(NamedTuple):
    """A process that waits for a file, and the socket it is told of it by."""

    process: subprocess.Popen[bytes]
    ask: socket.socket

    def end(self) -> None:
        self.ask.close()
        _ended(self.process)


_spare: list[_Waiting] = []  # at most one
_lock = threading.Lock()


def make_ready() -> None:
    """Starts a process that waits for the next file, unless one waits; does nothing on Windows."""
    if not POSIX:
        return
    with _lock:
        if _spare and _spare[0].process.poll() is not None:
            _spare.pop().end()
        if not _spare:
            _spare.append(_begun("ahead"))


@contextmanager
def started(file: BinaryIO, options: dict[str, Any]) -> Iterator[tuple[subprocess.Popen[bytes], threading.Event]]:
    """A child reading `file`, and whether its time ran out; killed when the block is left, in whatever way."""
    file.seek(0)
    said = json.dumps(options)
    process = _handed(file, said.encode()) if POSIX else _popen([said], file.fileno())
    late = threading.Event()

    def stop() -> None:
        late.set()
        process.kill()

    clock = threading.Timer(options["wall"], stop)
    clock.daemon = True
    clock.start()
    try:
        yield process, late
    finally:
        clock.cancel()
        _ended(process)


def _handed(file: BinaryIO, options: bytes) -> subprocess.Popen[bytes]:
    """A process that has been handed the file: the one that waits, else a new one."""
    with _lock:
        waiting = _spare.pop() if _spare else None
    if waiting is not None:
        try:
            _hand(waiting.ask, file, options)
        except OSError:  # it died while it waited
            waiting.end()
        else:
            return waiting.process
    new = _begun()
    with contextlib.suppress(OSError):  # one that dies at once is told by its answer, or the lack of it
        _hand(new.ask, file, options)
    return new.process


def _hand(ask: socket.socket, file: BinaryIO, options: bytes) -> None:
    with ask:
        sent = socket.send_fds(ask, [options], [file.fileno()])
        ask.sendall(options[sent:])


def _begun(*how: str) -> _Waiting:
    own, others = socket.socketpair()
    with others:
        try:
            return _Waiting(_popen(list(how), others.fileno()), own)
        except BaseException:
            own.close()
            raise


def _popen(arguments: list[str], stdin: int) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(  # noqa: S603  # our own program, our own arguments
        [sys.executable, "-I", "-X", "utf8", str(_CHILD), str(_ROOT), *arguments],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(),
        start_new_session=True,
    )
    if fcntl is not None and hasattr(fcntl, "F_SETPIPE_SZ") and process.stdout is not None:
        with contextlib.suppress(OSError):  # a pipe of a megabyte in place of 64 KB, where the system has such
            fcntl.fcntl(process.stdout.fileno(), fcntl.F_SETPIPE_SZ, _PIPE)
    return process


def environment() -> dict[str, str]:
    """Nothing of ours but what a process needs to start, and how Arrow is to ask for memory under a limit."""
    needed = {key: os.environ[key] for key in ("SYSTEMROOT", "LD_LIBRARY_PATH") if key in os.environ}
    return needed | {"ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "2"}


def _ended(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()
