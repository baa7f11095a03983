"""What the log tells: what kind of trouble, and where. Never a message's values, which may be somebody's cells."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
import warnings
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

_LOG = logging.getLogger("cx.server")
_HIDDEN = "…"


def place(error: BaseException) -> str:
    """The kind of an error and where it happened, the innermost call first; of its message nothing."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{Path(at.filename).name}:{at.lineno} {at.name}" for at in reversed(frames)]
    return f"{type(error).__name__} at {' < '.join(places) or 'an unknown place'}"


def quieted(record: logging.LogRecord) -> logging.LogRecord:
    """The record with its template and its numbers, and the kind and place of an error; texts and values are gone."""
    if not isinstance(record.msg, str):
        record.msg, record.args = "%s", (record.msg,)
    if isinstance(record.args, Mapping):
        record.args = {name: _shown(value) for name, value in record.args.items()}
    elif record.args:
        record.args = tuple(_shown(value) for value in record.args)
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        record.msg, record.args = "%s [%s]", (record.getMessage(), place(error))
    record.exc_info = record.exc_text = record.stack_info = None
    return record


def _shown(value: Any) -> Any:
    """A number as it is, an error as its kind and place; a text may be a cell."""
    if isinstance(value, (bool, int, float)) or value is None:
        return value
    return place(value) if isinstance(value, BaseException) else _HIDDEN


def install() -> None:
    """Quiets every logger of this process, and whatever else writes of errors: hooks and warnings."""
    make = logging.getLogRecordFactory()
    if getattr(make, "quiet", False):
        return

    def quiet(*values: Any, **named: Any) -> logging.LogRecord:
        record = make(*values, **named)
        # Our own messages are made of kinds and places only.
        return record if record.name.startswith("cx.") and not record.exc_info else quieted(record)

    quiet.quiet = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(quiet)
    sys.excepthook = _uncaught
    threading.excepthook = lambda failed: _report(failed.exc_value)
    sys.unraisablehook = lambda failed: _report(failed.exc_value)
    warnings.showwarning = _warned  # type: ignore[assignment]


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        _report(error)


def _report(error: BaseException | None) -> None:
    if error is not None:
        _LOG.error(place(error))


def _warned(message: Warning | str, category: type[Warning], filename: str, lineno: int, *_more: Any) -> None:  # noqa: ARG001
    _LOG.warning(f"{category.__name__} at {Path(filename).name}:{lineno}")
