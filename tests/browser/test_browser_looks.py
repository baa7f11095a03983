"""Wide and narrow, light and dark: nothing runs off the side, and axe finds nothing in what we draw."""

from __future__ import annotations

import re
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from visiting import Visit, Visitor

pytestmark = pytest.mark.browser

# What Streamlit itself draws wrong, and nobody can mend from outside. Everything else must be clean.
STREAMLITS_OWN: dict[str, tuple[str, str]] = {
    "presentation-role-conflict": (
        "stFileUploaderDropzone",
        "the uploader's drop zone is focusable and presentational",
    ),
    "svg-img-alt": ("metric_chart", "the line in a metric has an empty mark for the point under the mouse"),
}


def violations(one: Visit) -> list[str]:
    found: list[dict[str, Any]] = Axe().run(one.page).response["violations"]
    told = []
    for violation in found:
        where, _ = STREAMLITS_OWN.get(violation["id"], ("\0", ""))
        told += [f"{violation['id']}: {node['html'][:200]}" for node in violation["nodes"] if where not in node["html"]]
    return told


def sideways(one: Visit) -> int:
    """By how many pixels the page is wider than the window."""
    return int(
        one.page.evaluate(
            "(() => { const all = document.documentElement, main = document.querySelector('[data-testid=stMain]');"
            " return Math.max(all.scrollWidth - innerWidth, main.scrollWidth - main.clientWidth) })()"
        )
    )


@pytest.mark.parametrize(
    ("width", "scheme", "locale"),
    [(1280, "light", "en-GB"), (1280, "dark", "it-IT"), (390, "light", "it-IT"), (390, "dark", "en-GB")],
)
def test_every_page_fits_and_is_accessible(
    visit: Visitor, width: int, scheme: Literal["light", "dark"], locale: str
) -> None:
    one = visit(width=width, scheme=scheme, locale=locale)
    faults: dict[str, Any] = {"empty": (violations(one), sideways(one))}
    one.take_sample()
    faults["home"] = (violations(one), sideways(one))
    if (width, locale) == (1280, "en-GB"):
        _the_first_screen_holds_the_answer(one)
    for name in one.pages()[1:]:
        one.open(name)
        faults[one.page.url] = (violations(one), sideways(one))
    assert {where: fault for where, fault in faults.items() if fault != ([], 0)} == {}


def _the_first_screen_holds_the_answer(one: Visit) -> None:
    for text in (re.compile("NPS fell from .* in Chat"), "CES in Fatturazione"):
        box = one.page.get_by_text(text).first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 800
