"""Several files in the app: joined when they fit, continued when brought again, read as their like was corrected."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest
from test_join import answers, contacts
from test_pages import home, opened, said


def text(rows: list[list[object]]) -> bytes:
    return "\n".join(",".join(str(cell) for cell in row) for row in rows).encode()


def bring(app: AppTest, *files: tuple[str, list[list[object]]]) -> AppTest:
    app.file_uploader[0].set_value([(name, text(rows), "text/csv") for name, rows in files])
    return app.run()


IDS = [f"T{k:03}" for k in range(20)]


def test_two_files_are_joined_and_the_join_can_be_switched_off() -> None:
    app = opened(bring(home(), ("survey.csv", answers(IDS[:12])), ("log.csv", contacts(IDS))), "pages/1_Data.py")
    assert "log.csv: 12 of 12 rows find theirs" in said(app)
    assert app.selectbox[0].value == 0
    app.toggle[0].set_value(False)
    app.run()
    assert "rows find theirs" not in said(app)
    app.toggle[0].set_value(True)
    app.selectbox[0].set_value(1)
    app.run()
    assert "survey.csv: 12 of 20 rows find theirs" in said(app)


def test_a_file_brought_again_continues_the_first_or_stands_alone() -> None:
    app = bring(home(), ("one.csv", contacts(IDS)))
    app = bring(app, ("two.csv", contacts([f"T{k:03}" for k in range(25)])))
    app = opened(app, "pages/1_Data.py")
    assert "rows updated: 0; new: 5; the same: 20" in said(app)
    app.button(key="separate").click()
    app.run()
    assert "How do the files fit together?" in said(app)
    assert app.selectbox[0].options == ["one.csv", "two.csv"]


def test_a_correction_is_remembered_for_the_next_file_with_the_same_columns() -> None:
    app = opened(bring(home(), ("one.csv", answers(IDS))), "pages/1_Data.py")
    role = next(box for box in app.selectbox if box.key == "role")
    role.set_value("csat")
    app.run()
    next(box for box in app.selectbox if box.key == "column-of-csat").set_value("NPS")
    app.run()
    app.button(key="apply").click()
    app.run()
    assert "Corrected by you: csat" in said(app)
    app = bring(app, ("two.csv", [answers(["X1"])[0], *([f"Q{k}", f"X{k}", "Z", "2026-03-01", 4] for k in range(9))]))
    assert "Corrected by you: csat" in said(app)
    app.button(key="undo").click()
    app.run()
    assert "Corrected by you" not in said(app)
