"""Level 0. The one error of the core: it cannot go on, the person can mend it.

    CxError
    ├── FileRefused      nothing true can be said of this file (its `code` is the corpus' reject:CODE)
    ├── CannotRead       the reader itself was stopped: time, memory, a damaged library answer
    ├── UnknownName      a metric, rule, role, column or sheet that does not exist
    └── CannotCompute    the file is understood, and what was asked cannot be had from it

Cells that do not fit are no errors: they are `Problem` values, all at once, in the receipt.
"""

from __future__ import annotations

from cxcore.language import Lang, Message, words


class CxError(Exception):
    """What went wrong, what to do next, and a stable code. Never holds a cell's value: errors are logged, cells not."""

    def __init__(self, code: str, message: Message, hint: Message) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.hint = hint

    def in_words(self, lang: Lang) -> tuple[str, str]:
        """The message and the hint in the reader's language."""
        return words(self.message, lang), words(self.hint, lang)


class FileRefused(CxError):
    """The file cannot be a table of anything."""


class CannotRead(CxError):
    """Reading was stopped by a limit."""


class UnknownName(CxError):
    """Something was named that is not there."""


class CannotCompute(CxError):
    """What was asked cannot be had from this file."""
