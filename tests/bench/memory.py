"""The server's memory: idle, while it reads one file, while five are read at once, and a minute after the tabs close.

Run: python tests/bench/memory.py
"""

from __future__ import annotations

import random
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2]))

from served import Person, Served, served

MEGABYTE = 1_000_000
SIZE = 49
PEOPLE = 5


def survey(megabytes: int, seed: int) -> bytes:
    """A survey as CSV of this size; no two rows are alike, as in the files people have."""
    chance = random.Random(seed)
    channels = chance.choices(("chat", "phone", "email"), k=1_000)
    scores = [(chance.randint(0, 10), chance.randint(1, 5)) for _ in range(1_000)]
    rows, size = ["Response ID,Date,Channel,How likely are you to recommend us? (0-10),Satisfaction (1-5),Comment\n"], 0
    while size < megabytes * MEGABYTE:
        k = len(rows)
        nps, csat = scores[k * 7 % 997]
        rows.append(
            f"R{seed}{k:07},2026-{1 + k // 28 % 12:02}-{1 + k % 28:02},{channels[k % 1_000]},{nps},{csat},"
            f"{'the answer came after a while and was fine ' * 2}{k}\n"
        )
        size += len(rows[-1])
    return "".join(rows).encode()


def resident(server: Served) -> float:
    """The server's memory in megabytes; its reading children are processes of their own."""
    statm = Path(f"/proc/{server.process.pid}/statm").read_text().split()
    return int(statm[1]) * 4096 / MEGABYTE


class Watch:
    """The most memory the server held while this is open."""

    def __init__(self, server: Served) -> None:
        self.server, self.most = server, 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def _look(self) -> None:
        while not self._over.wait(0.02):
            self.most = max(self.most, resident(self.server))

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


def bring(person: Person, name: str, content: bytes) -> None:
    person.bring((name, content))
    assert name in person.text, person.text
    person.leave()


def main() -> None:
    """Prints the table."""
    with tempfile.TemporaryDirectory() as home, served({"CX_NOTEBOOK_HOME": home}) as server:
        warm = Person(server).arrive()  # imports and the engine are there before anything is measured
        bring(warm, "small.csv", survey(1, 9))
        time.sleep(45)
        idle = resident(server)
        one = Person(server).arrive()
        with Watch(server) as watch:
            bring(one, "one.csv", survey(SIZE, 8))
        print(f"idle {idle:.0f} MB; reading one file of {SIZE} MB {watch.most:.0f} MB,"
              f" {(watch.most - idle) / SIZE:.1f} times the file above idle", flush=True)  # fmt: skip
        people = [Person(server).arrive() for _ in range(PEOPLE)]
        threads = [threading.Thread(target=bring, args=(person, f"{k}.csv", survey(SIZE, k)))
                   for k, person in enumerate(people)]  # fmt: skip
        with Watch(server) as watch:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        print(f"{PEOPLE} at once {watch.most:.0f} MB", flush=True)
        for waited in (20, 40, 60):
            time.sleep(20)
            print(f"{waited} s after the tabs closed {resident(server):.0f} MB,"
                  f" {100 * resident(server) / idle - 100:+.0f} % of idle", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
