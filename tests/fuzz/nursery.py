"""Children that read files, forked from one process that has their modules loaded: the same code, limits, standard
streams and environment as the app's, without half a second of Python's and Arrow's start for each file.

Only the start differs: the app executes a new Python. So `course.py` has some of the reads, and every defect, go
through the app's own way as well.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from cxcore.read import process

_FORKING = Path(__file__).with_name("forking.py")


class Nursery:
    """The process that forks; `popen` stands in for the app's own way to start a child."""

    def __init__(self) -> None:
        own, others = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._wire = own
        environment = process.environment()
        root = str(_FORKING.parents[2])
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-X", "utf8", str(_FORKING), root, str(others.fileno())],
            env=environment, pass_fds=(others.fileno(),), stderr=subprocess.DEVNULL,
        )  # fmt: skip
        others.close()

    def popen(self, _arguments: list[str], stdin: int) -> SimpleNamespace:
        """A child with this standard input, as the app would have started it."""
        ours, theirs = os.pipe()
        socket.send_fds(self._wire, [b"fork"], [stdin, theirs])
        os.close(theirs)
        pid = int(self._wire.recv(64))
        child = SimpleNamespace(pid=pid, stdout=open(ours, "rb"), returncode=None)  # noqa: SIM115, PTH123

        def wait() -> int:
            if child.returncode is None:
                child.returncode = int(self._wire.recv(64))
            return int(child.returncode)

        def kill() -> None:
            if child.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

        child.wait, child.kill = wait, kill
        return child

    def close(self) -> None:
        """Ends the process."""
        self._wire.close()
        self._process.wait(10)


@contextmanager
def nursery() -> Iterator[SimpleNamespace]:
    """Within the block files are read by forked children; `off()` gives the app's own way back, `on()` takes it."""
    own = Nursery()
    real = process._popen

    def switch(to: Any) -> None:
        process._popen = to

    switch(own.popen)
    try:
        yield SimpleNamespace(on=lambda: switch(own.popen), off=lambda: switch(real), pid=own._process.pid)
    finally:
        switch(real)
        own.close()
