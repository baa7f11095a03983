"""Level 0. The apostrophe that keeps a text from being a formula: put before it on the way out, off on the way in.

`stripped` is the exact inverse of `safe`, so that rows which leave the app and come back are the rows they were.
"""

from __future__ import annotations

import re

# What a spreadsheet takes for a formula, at the start of a cell. One whose list separator is ";" (an Italian one) opens
# our quoted cells anew at these breaks, so a formula may not stand behind one either.
_START = r"(?:\A|(?<=[;\r\n\t]))"
_LIVE = re.compile(_START + r"'*[=+\-@＝＋－＠][^;\r\n\t]*")
_HELD = re.compile(_START + r"'+[=+\-@＝＋－＠]")
_BREAK_FIRST = re.compile(r"'*[\t\r\n]")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)*")
# Where there is anything to take off, such bytes stand in the text; everything else is told by one look for them.
HELD = re.compile(rb"'[=+\-@\t\r\n]|'\xef\xbc[\x9d\x8b\x8d]|'\xef\xbc\xa0")


def safe(text: str) -> str:
    """The text with an apostrophe before whatever a spreadsheet would take for a formula."""
    text = _LIVE.sub(lambda found: found[0] if _is_number(found) else "'" + found[0], text)
    return "'" + text if _BREAK_FIRST.match(text) else text


def stripped(text: str) -> str:
    """The text as it was before `safe`: the apostrophes of an export taken off again."""
    if text.startswith("'") and _BREAK_FIRST.match(text):
        text = text[1:]
    return _HELD.sub(lambda found: found[0][1:], text)


def _is_number(found: re.Match[str]) -> bool:
    """Whether what was found is a plain number, and at the start of a cell all there is of it."""
    whole = found.start() > 0 or found.end() == len(found.string)
    return whole and _PLAIN_NUMBER.fullmatch(found[0]) is not None
