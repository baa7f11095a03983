"""Mutations of good files, each through the whole core: `python tests/fuzz/mutate.py --runs 20000 --seed 1`.

A file becomes a table or an error with a code, a message and a hint; harmless changes keep every figure. Anything else
is a defect: its file is kept beside the log with what went wrong. The run is cut into shares of 100, which two
processes take in turn; a share that stands in the log is not run again, so that a run may be cut short and taken up.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[1]))

from fuzz import damage, seeds
from fuzz.course import Course
from fuzz.nursery import nursery

SHARE = 100
REAL = 50  # of so many reads one starts a new Python, as the app does


def run(share: int, seed: int, goods: list[seeds.Good], course: Course, children: object, kept: Path) -> list[str]:
    """The defects of one share of the run; their files are kept."""
    wrong = []
    for k in range(share * SHARE, (share + 1) * SHARE):
        own = f"{seed}:{k}"
        one = damage.mutant(own, goods)
        (children.off if k % REAL == 0 else children.on)()  # type: ignore[attr-defined]
        if said := course.run(one, own):
            children.off()  # type: ignore[attr-defined]
            said = course.run(one, own) or f"only with forked children: {said}"
            (kept / f"{seed}-{k}-{one.name.replace('/', '_')[-60:]}").write_bytes(one.content)
            wrong.append(f"{own} {one.name} {one.how}\n{said}")
    return wrong


def work(number: int, options: argparse.Namespace) -> None:
    """Takes every other share that is not in the log yet, until the time is up."""
    goods = [*seeds.made(), *seeds.brought()]
    log = options.log / f"{options.seed}-{number}.jsonl"
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    done = {json.loads(line)["share"] for line in lines}
    until = time.monotonic() + options.seconds
    with tempfile.TemporaryDirectory() as folder, nursery() as children:
        course = Course(Path(folder), options.every, children=frozenset({children.pid}))
        for share in range(number, options.runs // SHARE, options.processes):
            if share in done:
                continue
            if time.monotonic() > until:
                break
            start, course.counts = time.monotonic(), {}
            wrong = run(share, options.seed, goods, course, children, options.log)
            line = {"share": share, "seconds": round(time.monotonic() - start, 1), "counts": course.counts,
                    "wrong": wrong}  # fmt: skip
            with log.open("a", encoding="utf-8") as out:
                out.write(json.dumps(line, ensure_ascii=False) + "\n")
        course.close()


def told(options: argparse.Namespace) -> int:
    """Prints what the log holds; how many defects that is."""
    lines = [json.loads(line) for log in sorted(options.log.glob(f"{options.seed}-[0-9].jsonl"))
             for line in log.read_text(encoding="utf-8").splitlines()]  # fmt: skip
    counts: dict[str, int] = {}
    for line in lines:
        for name, count in line["counts"].items():
            counts[name] = counts.get(name, 0) + count
    wrong = [text for line in lines for text in line["wrong"]]
    seconds = sum(line["seconds"] for line in lines)
    print(f"{len(lines) * SHARE} mutants, {seconds:.0f} s of work, {len(wrong)} defects (log: {options.log})")
    for name, count in sorted(counts.items(), key=lambda item: -item[1]):
        print(f"{count:7} {name}")
    print("\n\n".join(random.Random(0).sample(wrong, min(20, len(wrong)))))
    return len(wrong)


def main() -> int:
    """0 where nothing is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after so long; to be taken up later")
    parser.add_argument("--every", type=int, default=25, help="one in so many files is checked in the engine")
    parser.add_argument("--log", type=Path, default=Path(tempfile.gettempdir()) / "cx-fuzz")
    options = parser.parse_args()
    options.log.mkdir(parents=True, exist_ok=True)
    own = multiprocessing.get_context("spawn")
    workers = [own.Process(target=work, args=(number, options)) for number in range(options.processes)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return 1 if told(options) or any(worker.exitcode for worker in workers) else 0


if __name__ == "__main__":
    sys.exit(main())
