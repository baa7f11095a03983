"""Answers and groups counted by hand, in a file of fourteen rows."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from cxcore import intake, spread
from cxcore.engine import Engine
from cxcore.metrics import named
from cxcore.metrics.select import condition
from cxcore.store import new_workspace
from cxcore.values import Table

# Chat: 10 10 9 7 6 0 and one 11 that is off the scale; phone: 8 8 3 and a skip; shop: 10 10 9.
ROWS = [
    *(("chat", score) for score in ("10", "10", "9", "7", "6", "0", "11")),
    *(("phone", score) for score in ("8", "8", "3", "")),
    *(("shop", score) for score in ("10", "10", "9")),
]
HEADER = "Date;Channel;How likely are you to recommend us to a friend? (0-10)"


@pytest.fixture(scope="module")
def fourteen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Table]]:
    root: Path = tmp_path_factory.mktemp("spread")
    engine = Engine(root)
    rows = [f"2026-01-{day:02d};{channel};{answer}" for day, (channel, answer) in enumerate(ROWS, start=1)]
    text = "\r\n".join([HEADER, *rows]).encode()
    yield engine, intake.take(BytesIO(text), "fourteen.csv", engine, new_workspace(root))
    engine.close()


def test_each_answer_with_how_many_gave_it(fourteen: tuple[Engine, Table]) -> None:
    counted = spread.answers(*fourteen, named("nps"))
    assert counted == ((0.0, 1), (3.0, 1), (6.0, 1), (7.0, 1), (8.0, 2), (9.0, 2), (10.0, 4))


def test_what_each_answer_counts_as(fourteen: tuple[Engine, Table]) -> None:
    points = {answer: counts_as for answer, _, counts_as in spread.counted(*fourteen, named("nps"))}
    assert points == {0: -100, 3: -100, 6: -100, 7: 0, 8: 0, 9: 100, 10: 100}


def test_only_the_rows_that_meet_the_conditions(fourteen: tuple[Engine, Table]) -> None:
    assert spread.answers(*fourteen, named("nps"), [condition("channel=phone")]) == ((3.0, 1), (8.0, 2))


def test_groups_by_size_without_those_too_small_to_name(fourteen: tuple[Engine, Table]) -> None:
    assert spread.groups(*fourteen, "channel") == (("chat", 7),)  # phone has four rows, the shop three
