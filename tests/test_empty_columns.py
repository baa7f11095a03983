"""A column may be there and wholly empty: exports write all they know of, used or not. Every page says what it can."""

from __future__ import annotations

import pytest
from test_pages import opened, said, with_file

HEADER = (
    "Ticket ID", "Created at", "First response at", "Resolved at", "Agent", "Channel", "Status", "Customer ID",
    "Handle time (s)", "Wait time (s)", "CSAT (1-5)", "NPS (0-10)", "Variant", "Comment",
)  # fmt: skip
PAGES = ("pages/1_Data.py", "pages/2_Surveys.py", "pages/3_Operators.py", "pages/4_Experiments.py")


def cases() -> list[list[str]]:
    """A year of contacts with their answers, every cell filled."""
    rows = []
    for k in range(240):
        day = f"2026-{1 + k // 20:02}-{1 + k % 20:02}"
        times = [f"{day} {8 + k % 3:02}:{minute}" for minute in ("00", f"{10 + k % 40}", "55")]
        rows.append([f"T{k}", *times, f"A{k % 5}", ("mail", "chat", "phone")[k % 3], "solved", f"C{k % 90}",
                     str(60 + k * 7 % 400), str(k * 13 % 90), str(1 + k % 5), str(k % 11), "AB"[k % 2],
                     f"a word of {k}"])  # fmt: skip
    return rows


@pytest.mark.parametrize("empty", range(len(HEADER)), ids=HEADER)
def test_no_page_breaks_on_a_column_that_is_empty(empty: int) -> None:
    rows = [[*row[:empty], "", *row[empty + 1 :]] for row in cases()]
    app = with_file("contacts.csv", "\n".join(",".join(row) for row in (list(HEADER), *rows)).encode())
    assert "240 rows counted" in said(app)
    assert "went wrong" not in said(app)
    for box in (box for box in app.selectbox if box.key == "channel"):
        box.select("chat").run()
        assert "went wrong" not in said(app)
    for page in PAGES:
        assert "went wrong" not in said(opened(app, page)), page
