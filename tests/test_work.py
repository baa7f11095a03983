"""The work in a workspace: found again as it was, never saved over another's, bounded, and gone in time."""

from __future__ import annotations

import logging
import os
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest
from desk import Desk
from test_join import answers, contacts

from cxcore import frozen, join, store
from cxcore import work as works
from cxcore.language import Message, say, words
from cxcore.values import Table
from cxcore.work import ChangedElsewhere, TooManyFiles, Work
from pages.ui import logs

IDS = [f"T{k:03}" for k in range(20)]


@pytest.fixture
def survey(desk: Desk) -> Table:
    return desk.take(desk.file("survey.csv", answers(IDS[:12])))


def other(table: Table, name: str) -> Table:
    """The same rows as another file."""
    return replace(table, name=name, raw=replace(table.raw, sha256=name, name=name))


def test_the_work_comes_back_as_it_was(desk: Desk, survey: Table) -> None:
    log = desk.take(desk.file("log.csv", contacts(IDS)))
    joined = join.of(desk.engine, desk.workspace, survey, [log])
    work = works.kept(works.kept(Work(), log, None, {}, None), survey, None, {"csat": "NPS"}, None)
    work = works.used(work, 1, joined.table, joined.links)
    work = replace(work, continued=works.Continued(0, log, survey, say("{n} rows", n=3)))
    assert works.save(desk.workspace, work, 0) == 1
    assert works.opened(desk.workspace) == (work, 1)
    assert joined.links


def test_a_workspace_can_be_moved(desk: Desk, survey: Table) -> None:
    works.save(desk.workspace, works.kept(Work(), survey, None, {}, None), 0)
    elsewhere = desk.folder / "elsewhere"
    shutil.move(desk.workspace.folder, elsewhere)
    found, _ = works.opened(store.Workspace(elsewhere))
    assert found.table is not None
    assert found.table.path.exists()
    assert found.table.path.is_relative_to(elsewhere)


def test_the_second_save_is_refused_and_says_what_differs(desk: Desk, survey: Table) -> None:
    mine = works.kept(Work(), survey, None, {}, None)
    version = works.save(desk.workspace, mine, 0)
    theirs = works.used(works.kept(mine, other(survey, "more.csv"), None, {}, None), 0)
    theirs = works.corrected(theirs, survey, {"csat": "NPS"})
    works.save(desk.workspace, theirs, version)
    with pytest.raises(ChangedElsewhere) as refused:
        works.save(desk.workspace, works.kept(mine, other(survey, "late.csv"), None, {}, None), version)
    told = words(refused.value.message, "en")
    assert "files added: more.csv" in told
    assert "columns used otherwise in: survey.csv" in told
    assert works.opened(desk.workspace)[0] == theirs


def test_twenty_files_and_not_one_more(survey: Table) -> None:
    work = Work()
    for k in range(20):
        work = works.kept(work, other(survey, f"{k}.csv"), None, {}, None)
    with pytest.raises(TooManyFiles):
        works.kept(work, other(survey, "20.csv"), None, {}, None)
    assert len(works.kept(work, survey, None, {}, 3).files) == 20  # in the place of an earlier one it is no more


def test_work_of_another_version_is_no_work_and_makes_nothing_unknown(desk: Desk) -> None:
    desk.workspace.facts.save('{"$":"Work","files":[],"colour":1}', 0)
    assert works.opened(desk.workspace) == (Work(), 1)
    for text in ('{"$":"Popen","args":["true"]}', "[", '{"files":[]}'):
        with pytest.raises(ValueError):  # noqa: PT011 - json's own is one
            frozen.value_of(text, [Message], desk.folder)


def test_a_workspace_nobody_opens_for_thirty_days_is_deleted(tmp_path: Path) -> None:
    old, new = store.opened(tmp_path, "old"), store.opened(tmp_path, "new")
    draft = new.draft()
    draft.write_bytes(b"unfinished")
    for path, days in ((old.folder / "key", 31), (new.folder / "key", 29), (draft, 2)):
        then = time.time() - days * 86_400
        os.utime(path, (then, then))
    assert store.drop_unused(tmp_path, 30) == 1
    assert not old.folder.exists()
    assert new.folder.exists()
    assert not draft.exists()


def test_a_record_of_the_log_tells_kind_and_place_and_no_value() -> None:
    def fails() -> None:
        raise ValueError("Mario Rossi")

    try:
        fails()
    except ValueError as error:
        seen = (ValueError, error, error.__traceback__)
        told = [
            logs.quieted(logging.LogRecord("streamlit", logging.ERROR, "x.py", 1, *what)).getMessage()
            for what in (
                ("Uncaught app execution", (), seen),
                ("cell %s in row %d", ("Mario Rossi", 7), None),
                ("failed: %s", (error,), None),
                (error, (), None),
            )
        ]
    assert not [line for line in told if "Mario" in line]
    assert told[0].startswith("Uncaught app execution [ValueError at test_work.py:")
    assert told[1] == "cell … in row 7"
    assert all("ValueError at test_work.py:" in line for line in told[2:])
