"""The report: true numbers, one file that needs nothing else, and a stranger's text that stays text."""

from __future__ import annotations

import json
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest

from cxcore import intake
from cxcore.engine import Engine
from cxcore.errors import CxError
from cxcore.experiment import Plan
from cxcore.language import plain
from cxcore.metrics.select import condition
from cxcore.report.groups import drawn, in_order
from cxcore.report.html import html
from cxcore.store import new_workspace
from cxcore.values import Estimate, Table

VOID = {"meta", "br"}
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&{{7*7}}"


class Page(HTMLParser):
    """A page as a browser takes it: its elements, the texts outside the style sheet, and whether all is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.references: list[str] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.attributes: dict[str, str | None] = {}
        self.feed(text)
        self.text = re.sub(r"\s+", " ", " ".join(self.texts))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        if tag not in VOID:
            self.open.append(tag)
        if tag == "html":
            self.attributes = dict(attrs)
        for name, value in attrs:
            if name in {"src", "href", "xlink:href", "action", "data", "srcset", "poster"} or name.startswith("on"):
                self.references.append(f"{tag} {name}={value}")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.texts.append(data)


def taken(path: Path, folder: Path) -> tuple[Engine, list[Table]]:
    engine = Engine(folder)
    return engine, [intake.take(path, path.name, engine, new_workspace(folder))]


def written(lines: list[str], folder: Path, name: str = "small.csv") -> tuple[Engine, list[Table]]:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return taken(path, folder)


@pytest.mark.shared
@pytest.mark.parametrize(("lang", "month"), [("en", "1 Apr 21"), ("it", "1 apr 21")])
def test_the_banks_report_holds_the_published_score(lang: str, month: str, shared: Path, tmp_path: Path) -> None:
    data = shared / "data"
    truth = next(
        one for one in json.loads((data / "ground_truth.json").read_text(encoding="utf-8"))
        if "promoters" in one.get("computed", {}) and "by_market" in one["computed"]
    )  # fmt: skip
    wanted = truth["computed"]

    def spelled(value: float) -> str:
        return f"{value:.1f}".replace(".", "," if lang == "it" else ".")

    text = html(*taken(data / truth["file"], tmp_path), lang)  # type: ignore[arg-type]
    page = Page(text)
    assert spelled(wanted["nps"]) in page.text
    for market, value in wanted["by_market"].items():
        assert re.search(rf"\b{market}\b [\d.,]+ {re.escape(spelled(value))} ", page.text)
    n = wanted["promoters"] + wanted["passives"] + wanted["detractors"]
    assert (f"{n:,}" if lang == "en" else f"{n:,}".replace(",", ".")) in page.text
    assert page.attributes["lang"] == lang
    assert month in page.text  # the axis of the picture, in the reader's language


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = Path(__file__).parent.parent / "sample_data" / "survey.csv"
    return html(*taken(path, tmp_path_factory.mktemp("report")), "it")


def test_a_report_is_one_file_that_needs_nothing_else(sample: str) -> None:
    page = Page(sample)
    assert page.open == []
    assert page.references == []
    assert not {"script", "link", "img", "iframe", "object", "embed", "form", "base"} & set(page.tags)
    assert "http:" not in sample
    assert "https:" not in sample
    assert not re.search(r"url\(|@import", sample)
    assert "default-src 'none'" in sample


def test_a_report_is_whole(sample: str) -> None:
    page = Page(sample)
    assert page.tags["svg"] == page.tags["figure"] == 6
    assert page.tags["title"] == 7  # the page's, and one a picture
    assert page.tags["h1"] == 1
    assert "Reichheld" in page.text
    assert "6.172" in page.text
    assert "f0:" not in sample  # no mark is read out by the inner name of its field


def test_a_strangers_text_stays_text(tmp_path: Path) -> None:
    channel = HOSTILE.replace('"', '""')
    lines = ["Response ID,Survey date,<b>Channel</b>,NPS score (0-10)"]
    lines += [f'R{k},2026-0{1 + k % 4}-03 10:00:00,"{channel if k % 2 else "Chat"}",{k % 11}' for k in range(200)]
    text = html(*written(lines, tmp_path, "<i>file.csv"), "en", [condition("NPS score (0-10)>=0")])
    page = Page(text)
    assert HOSTILE in page.text
    assert "<i>file.csv" in page.text
    assert "<b>Channel</b>" in page.text
    assert "{{7*7}}" in page.text
    assert not {"script", "img", "b", "i"} & set(page.tags)
    assert page.references == []


def test_a_small_group_shows_its_count_and_cannot_be_had_by_subtraction(tmp_path: Path) -> None:
    groups = ["Chat"] * 40 + ["Phone"] * 20 + ["Mail"] * 3
    lines = ["Response ID,Survey date,Channel,NPS score (0-10)"]
    lines += [f"R{k},2026-01-03 10:00:00,{name},{10 if name == 'Chat' else 3}" for k, name in enumerate(groups)]
    page = Page(html(*written(lines, tmp_path), "en"))
    assert re.search(r"Chat 40 100\.0 ", page.text)
    assert re.search(r"Phone 20 – ", page.text)
    assert re.search(r"Mail 3 – ", page.text)


def test_a_file_without_scores_or_dates_has_a_report_too(tmp_path: Path) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    scoreless = html(*written(["Ticket ID,Channel", *(f"T{k},Chat" for k in range(9))], folders[0]), "en")
    assert "9 rows were read" in Page(scoreless).text
    undated = html(*written(["NPS score (0-10)", *(str(k) for k in (10, 10, 10, 5, 8) * 4)], folders[1]), "en")
    assert Page(undated).tags["svg"] == 0
    assert "40.0" in Page(undated).text  # three promoters and one detractor in five


def test_a_file_with_arms_carries_its_experiment(tmp_path: Path) -> None:
    """The arms 30/10 and 18/22 of forty: their shares, z and p can be had from any textbook's two-proportion test."""
    yes = [("A", k < 30) for k in range(40)] + [("B", k < 18) for k in range(40)]
    rows = [f"R{k},{arm},{'yes' if good else 'no'},{5 if good else 2}" for k, (arm, good) in enumerate(yes)]
    engine, tables = written(["Response ID,Variant,Came back,CSAT (1-5)", *rows], tmp_path)
    for plan in (None, Plan("Came back", variant="Variant")):
        page = Page(html(engine, tables, "en", plan=plan))
        assert not page.open
        assert "-30.0 points" in page.text.replace("−", "-")
        for part in ("Verdict Worse", "Checks of the design", "Split of the arms", "Boschloo", "Newcombe 1998"):
            assert part in page.text
    with pytest.raises(CxError):
        html(engine, tables, "en", plan=Plan("Came back", variant="No such column"))
    folder = tmp_path / "none"
    folder.mkdir()
    assert "Checks of the design" not in html(*written(["NPS score (0-10)", *(["9", "3"] * 9)], folder), "en")


def estimate(name: str, n: int, value: float | None) -> Estimate:
    low, high = (None, None) if value is None else (value - 1, value + 1)
    return Estimate("nps", n, value, low, high, plain(""), by=(("Channel", name),))


def test_groups_named_by_numbers_stand_in_their_order() -> None:
    assert [one.n for one in in_order([estimate("10", 1, 0.0), estimate("9", 2, 0.0)])] == [2, 1]
    assert [one.n for one in in_order([estimate("b", 1, 0.0), estimate("a", 2, 0.0)])] == [1, 2]


def test_intervals_share_one_scale() -> None:
    left, gap, right = drawn([estimate("a", 40, 1.0), estimate("b", 3, None), estimate("c", 40, 9.0)])
    assert left is not None
    assert right is not None
    assert gap is None
    assert (left.low, left.width, left.value) == ("0.0", "20.0", "10.0")
    assert (right.low, right.width, right.value) == ("80.0", "20.0", "90.0")
