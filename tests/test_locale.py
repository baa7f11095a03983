"""Every sentence a person reads is in the catalogues, in Italian, with its places intact."""

from __future__ import annotations

import ast
import re
from datetime import date

import pytest
from locale_catalogues import read, sources, template

from cxcore.language import day, number, preferred, say, say_many, words

PLACES = re.compile(r"\{(\w+)(?::[+\d]*)?\}")


def texts(value: object) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, tuple | list) else (str(value),)


@pytest.mark.parametrize("lang", ["en", "it"])
def test_catalogues_hold_every_sentence_and_no_other(lang: str) -> None:
    wanted = {message.id for message in template() if message.id}
    found = {message.id for message in read(lang) if message.id}
    assert wanted - found == set(), "run `make locale`"
    assert found - wanted == set(), "run `make locale`"


def test_no_sentence_stands_inside_an_f_string() -> None:
    """Before Python 3.12 none is found there."""
    for path in sources():
        formatted = [n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.JoinedStr)]
        inside = [n for f in formatted for n in ast.walk(f) if isinstance(n, ast.Call)]
        assert [n.lineno for n in inside if getattr(n.func, "id", "") in {"say", "say_many"}] == [], path


def test_every_sentence_is_translated_into_italian() -> None:
    empty = [message.id for message in read("it") if message.id and not all(texts(message.string))]
    fuzzy = [message.id for message in read("it") if message.id and message.fuzzy]
    assert empty == []
    assert fuzzy == []


def test_translations_keep_the_places() -> None:
    for message in read("it"):
        if message.id:
            own = [set(PLACES.findall(text)) for text in texts(message.id)]
            for places, translation in zip(own, texts(message.string), strict=True):
                assert places <= set(PLACES.findall(translation)) <= set.union(*own), message.id


@pytest.mark.parametrize(
    ("value", "digits", "english", "italian"),
    [(1234.5, 1, "1,234.5", "1.234,5"), (-3.0, 0, "−3", "−3"), (0.25, None, "0.25", "0,25"), (-0.04, 1, "0.0", "0,0"),
     (1000000, None, "1,000,000", "1.000.000")],
)  # fmt: skip
def test_numbers_as_the_language_writes_them(value: float, digits: int | None, english: str, italian: str) -> None:
    assert number(value, "en", digits) == english
    assert number(value, "it", digits) == italian


def test_dates_as_the_language_writes_them() -> None:
    assert day(date(2026, 11, 21), "it", "short") == "21/11/26"
    assert day(date(2026, 5, 4), "it", "long") == "4 maggio 2026"
    assert day(date(2026, 5, 4), "en", "long") == "4 May 2026"


@pytest.mark.parametrize(
    ("accepted", "lang"),
    [
        ("it-IT,it;q=0.9,en;q=0.8", "it"),
        ("en-GB", "en"),
        ("de-DE,it;q=0.5", "it"),
        ("fr", "en"),
        (None, "en"),
        ("it", "it"),
    ],
)
def test_language_follows_the_browser(accepted: str | None, lang: str) -> None:
    assert preferred(accepted) == lang


def test_a_value_from_a_file_is_never_a_template() -> None:
    hostile = "{n} {0.__class__} %s"
    assert hostile in words(say("No column has this name: {name}.", name=hostile), "it")
    assert words(say_many("{n} row could not be read", "{n} rows could not be read", 2), "en").startswith("2 rows")
