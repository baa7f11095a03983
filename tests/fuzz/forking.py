"""Run by `nursery.py`: forks a child of the readers for each request; it imports what they import and no more.

A request is the child's standard input and the answer's pipe; back come the child's number, and how it ended.
"""

from __future__ import annotations

import os
import socket
import sys
from importlib import import_module
from pathlib import Path


def serve(root: str, wire: socket.socket) -> None:
    """Answers requests until nobody asks."""
    sys.path.insert(0, str(Path(root) / "cxcore" / "read"))
    child = import_module("child")
    for name in ("opendocument", "biff", "columnar", "jsontext", "webpage"):
        import_module(f"cxcore.read.{name}")
    while True:
        asked, handed, _, _ = socket.recv_fds(wire, 64, 2)
        if not asked:
            return
        pid = os.fork()
        if not pid:
            wire.close()
            os.setsid()
            for fd, standard in zip(handed, (0, 1), strict=True):
                os.dup2(fd, standard)
                os.close(fd)
            sys.argv = [child.__file__ or "", root]
            child.main()
        for fd in handed:
            os.close(fd)
        wire.send(str(pid).encode())
        _, status = os.waitpid(pid, 0)
        wire.send(str(os.waitstatus_to_exitcode(status)).encode())


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    serve(sys.argv[1], socket.socket(fileno=int(sys.argv[2])))
