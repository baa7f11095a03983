"""Some of the mutations of `tests/fuzz`: a table or a refusal in words; and a course notices what is wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fuzz import damage, seeds
from fuzz.course import Course
from fuzz.nursery import nursery


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Course]:
    with nursery() as children:
        found = Course(tmp_path_factory.mktemp("course"), 40, children=frozenset({children.pid}))
        yield found
        children.off()  # one read as the app does it: a new Python
        assert found.run(damage.Mutant("x.csv", seeds.written(seeds.TABLES["survey"], "csv"), "as it is"), "x") is None
        found.close()


@pytest.mark.parametrize("part", range(4))
def test_every_mutant_is_a_table_or_a_refusal_in_words(course: Course, part: int) -> None:
    goods = seeds.made()
    for k in range(part * 25, (part + 1) * 25):
        own = f"test:{k}"
        one = damage.mutant(own, goods)
        assert course.run(one, own) is None, f"{own} {one.name} {one.how}"


@pytest.mark.parametrize("kind", seeds.FORMATS)
def test_every_format_gives_the_same_cells_and_roles(course: Course, kind: str) -> None:
    for name, rows in seeds.TABLES.items():
        for turned in (rows, [row[::-1] for row in rows]):
            one = damage.Mutant(f"{name}.{kind}", seeds.written(turned, kind), kind, name)
            assert course.run(one, f"same:{name}") is None, name


def test_a_course_notices_what_is_wrong(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = seeds.TABLES["survey"]
    changed = [rows[0], *[[*row[:3], "5", *row[4:]] for row in rows[1:]]]
    found = course.run(damage.Mutant("survey.csv", seeds.text(changed), "scores changed", "survey"), "a")
    assert found is not None and "cells are not" in found  # noqa: PT018
    (course.folder / "workspace" / "drafts").mkdir(parents=True, exist_ok=True)
    (course._workspace.drafts / "left").write_text("x", encoding="utf-8")
    good = damage.Mutant("survey.csv", seeds.written(rows, "csv"), "as it is", "survey")
    assert course.run(good, "b") == "1 files were left"

    def broken(*_: object, **__: object) -> None:
        raise IndexError

    monkeypatch.setattr("fuzz.course.understand", broken)
    assert "IndexError" in str(course.run(good, "c"))
