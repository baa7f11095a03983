"""Level 0. Message ids, and numbers and dates as a language writes them. Words are chosen when shown, not before.

The core speaks in `Message` values: an English template (the gettext id) with the facts beside it. `words(message,
lang)` puts it into Italian or English at the last moment, so one computed answer serves every reader and no sentence
is ever cached in the wrong language.
"""

from __future__ import annotations

import gettext
import io
import math
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

Lang = Literal["en", "it"]
LANGUAGES: tuple[Lang, ...] = ("en", "it")
_CATALOGUES = Path(__file__).parent / "locale"
# American English writes 11/21/2026; a reader in Europe takes that for a typing error, so English here is British.
_LOCALES: dict[Lang, Locale] = {"en": Locale("en", "GB"), "it": Locale("it", "IT")}


@dataclass(frozen=True)
class Message:
    """A sentence not yet in any language: a gettext id with named places, and what goes into them.

    `many` is the plural id, chosen by the value named `n`. Values are numbers, dates, text, or other messages.
    """

    text: str
    facts: tuple[tuple[str, Any], ...] = ()
    many: str | None = None

    def about(self, **facts: Any) -> Message:
        """The same sentence with these facts: for sentences that stand in a table of sentences."""
        return Message(self.text, tuple(facts.items()), self.many)


def say(text: str, **facts: Any) -> Message:
    """A message: `say("{n} rows were read.", n=5)`. The literal is what the catalogues translate."""
    return Message(text, tuple(facts.items()))


def say_many(one: str, many: str, n: int, **facts: Any) -> Message:
    """A message with singular and plural, chosen by `n` in the reader's language."""
    return Message(one, (("n", n), *facts.items()), many)


def listed(parts: Sequence[Any]) -> Message:
    """Parts joined as a list in the reader's language: "a, b, c"."""
    return Message(
        ", ".join(f"{{p{k}}}" for k in range(len(parts))), tuple((f"p{k}", part) for k, part in enumerate(parts))
    )


def plain(text: str) -> Message:
    """A message that is the same in every language: a code, a name, a piece of the reader's own data."""
    return Message("{text}", (("text", text),))


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(lang: Lang) -> gettext.NullTranslations:
    # Compiled in memory from the .po file: no build step, and no compiled file that can be out of date.
    source = _CATALOGUES / lang / "LC_MESSAGES" / "messages.po"
    with source.open("rb") as handle:
        catalogue = read_po(handle, locale=lang, domain="messages")
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


class _Places(string.Formatter):
    """Fills named places, each value written the language's way; `{x:1}` one decimal, `{x:+1}` with its sign."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, Message):
            return words(value, self.lang)
        if isinstance(value, (date, datetime)):
            return day(value, self.lang, format_spec or "medium")
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return str(value)
        signed = format_spec.startswith("+")
        digits = format_spec.lstrip("+")
        return number(value, self.lang, int(digits) if digits else None, signed=signed)


def words(message: Message, lang: Lang) -> str:
    """The sentence in the reader's language."""
    facts = dict(message.facts)
    catalogue = _catalogue(lang)
    if message.many is not None:
        template = catalogue.ngettext(message.text, message.many, int(facts["n"]))
    else:
        template = catalogue.gettext(message.text) if message.text else ""
    return _Places(lang).vformat(template, (), facts)


def number(value: float, lang: Lang, digits: int | None = None, *, signed: bool = False) -> str:
    """A number as the language writes it: 1,234.5 or 1.234,5; a true minus sign; `digits` decimals, or as needed."""
    if not math.isfinite(value):
        return "–"
    if digits is None:
        digits = 0 if float(value).is_integer() else (1 if abs(value) >= 10 else 2)
        pattern = "#,##0" + ("." + "#" * digits if digits else "")
    else:
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
    rounded = round(float(value), digits)
    text = _decimal(abs(rounded), pattern, lang)
    if rounded < 0:
        return "−" + text
    return ("+" if signed and rounded > 0 else "") + text


@lru_cache(maxsize=1 << 14)  # a page writes thousands of numbers, most of them the same at the next click
def _decimal(value: float, pattern: str, lang: Lang) -> str:
    return str(format_decimal(value, format=pattern, locale=_LOCALES[lang]))


def day(value: date | datetime, lang: Lang, style: str = "medium") -> str:
    """A date as the language writes it; `style` is medium, short, long, month, weekday (its name alone), or time (hours
    and minutes too)."""
    locale = _LOCALES[lang]
    if style == "time" and isinstance(value, datetime):
        return str(format_datetime(value, "short", locale=locale))
    if style == "month":
        return str(format_skeleton("yMMM", value, locale=locale))
    if style == "weekday":
        return str(format_date(value, "EEEE", locale=locale))
    if style in {"short", "long"}:
        return str(format_date(value, style, locale=locale))
    return str(format_date(value, "medium", locale=locale))


def preferred(accepted: str | None) -> Lang:
    """The language for a browser's locale or Accept-Language text such as "it-IT,it;q=0.9,en"; English if unknown."""
    for part in (accepted or "").split(","):
        for lang in LANGUAGES:
            if part.strip().lower().replace("_", "-").split("-")[0].split(";")[0] == lang:
                return lang
    return "en"


def date_style(lang: Lang) -> Mapping[str, Any]:
    """Altair's (d3's) locale definitions for numbers and dates: `{"number": …, "time": …}`."""
    locale = _LOCALES[lang]
    names = {
        "months": [locale.months["stand-alone"]["wide"][k] for k in range(1, 13)],
        "shortMonths": [locale.months["format"]["abbreviated"][k] for k in range(1, 13)],
        "days": [locale.days["stand-alone"]["wide"][k] for k in (6, 0, 1, 2, 3, 4, 5)],
        "shortDays": [locale.days["format"]["abbreviated"][k] for k in (6, 0, 1, 2, 3, 4, 5)],
    }
    symbols = locale.number_symbols["latn"]
    return {
        "number": {"decimal": symbols["decimal"], "thousands": symbols["group"], "grouping": [3], "currency": ["", ""]},
        "time": {"dateTime": "%d/%m/%Y %H:%M", "date": "%d/%m/%Y", "time": "%H:%M", "periods": ["AM", "PM"], **names},
    }
