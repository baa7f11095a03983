"""What a session holds: files, the table in use, corrections, the language, the filters. Nobody else touches it."""

from __future__ import annotations

import shutil
import weakref
from collections.abc import Hashable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import streamlit as st

from cxcore.errors import CxError
from cxcore.join import Link
from cxcore.language import LANGUAGES, Lang, Message, preferred
from cxcore.store import Workspace, new_workspace
from cxcore.values import Table

# Widgets whose values are in the address, so that a link shows what its sender saw: chosen filters, never data.
IN_THE_LINK = (
    "period", "channel", "segment", "group", "metric", "rule", "every", "split",
    "measure", "counted", "clock", "hours", "holidays", "compare",
)  # fmt: skip
_OF_A_TABLE = (*IN_THE_LINK, "point", "picked")


class Refusal(NamedTuple):
    """A file that could not be taken, and why."""

    name: str
    message: Message
    hint: Message


class Continued(NamedTuple):
    """A file that continued an earlier one: where it stands, both as they were, and what became of the rows."""

    place: int
    before: Table
    alone: Table
    told: Message


def workspace(root: Path) -> Workspace:
    """The session's workspace below `root`; its folder goes when the session does."""
    found: Workspace | None = st.session_state.get("workspace")
    if found is None:
        found = new_workspace(root)
        weakref.finalize(found, shutil.rmtree, found.folder, ignore_errors=True)
        st.session_state["workspace"] = found
    return found


def table() -> Table | None:
    """The table in use, or None before there is one: a file's own, or several files joined."""
    found: Table | None = st.session_state.get("table")
    return found


def files() -> tuple[Table, ...]:
    """The files brought, each as its own table."""
    return tuple(st.session_state.get("files", ()))


def file() -> Table | None:
    """The file whose rows are in use, as its own table."""
    brought = files()
    return brought[st.session_state["file"]] if brought else None


def keep(
    new: Table, source: Path | None, corrections: dict[str, str], place: int | None, continued: Continued | None = None
) -> None:
    """Keeps a file: at the place of an earlier one, or behind the others. It becomes the file in use.

    `source` is where a workbook is kept, if another of its sheets may be wanted; `continued` is what can be undone
    where the file continues an earlier one.
    """
    brought = list(files())
    if place is None:
        place = len(brought)
        brought.append(new)
    else:
        brought[place] = new
    st.session_state["files"] = brought
    st.session_state["continued"] = continued
    st.session_state["source"] = source
    st.session_state["refusal"] = None
    st.session_state["uploads"] = uploads() + 1
    st.session_state.setdefault("corrections", {})[_known(new)] = corrections
    use(place, new, ())


def use(place: int, shown: Table, links: tuple[Link, ...]) -> None:
    """Puts a file in use: `shown` is its own table, or the table of its rows joined with the other files."""
    st.session_state["file"] = place
    st.session_state["table"] = shown
    st.session_state["links"] = links
    for name in _OF_A_TABLE:
        st.session_state.pop(name, None)


def links() -> tuple[Link, ...]:
    """How the other files are joined to the one in use."""
    found: tuple[Link, ...] = st.session_state.get("links", ())
    return found


def together() -> bool:
    """Whether files that an id links are looked at as one."""
    return bool(st.session_state.get("together", True))


def join_files(*, wanted: bool) -> None:
    """Remembers whether files are to be looked at as one."""
    st.session_state["together"] = wanted


def continued() -> Continued | None:
    """The file that continued an earlier one last, as long as that can be undone."""
    found: Continued | None = st.session_state.get("continued")
    return found


def corrected(new: Table, corrections: dict[str, str]) -> None:
    """Puts the same file in use under corrected roles."""
    st.session_state["files"][st.session_state["file"]] = new
    st.session_state["corrections"][_known(new)] = corrections
    st.session_state["table"] = new


def corrections() -> dict[str, str]:
    """What a person has corrected of the file in use, as `--map` takes it."""
    own = file()
    return {} if own is None else dict(st.session_state.get("corrections", {}).get(_known(own), {}))


def _known(own: Table) -> tuple[str, str | None]:
    return own.raw.sha256, own.raw.sheet


def source() -> Path | None:
    """Where the workbook in use is kept, None for a file of one sheet."""
    found: Path | None = st.session_state.get("source")
    own = file()
    return found if found and own and found.name.endswith(own.raw.sha256[:32]) else None


def refuse(name: str, error: CxError) -> None:
    """Remembers that a file could not be taken, until another one is."""
    st.session_state["refusal"] = Refusal(name, error.message, error.hint)
    st.session_state["uploads"] = uploads() + 1


def refusal() -> Refusal | None:
    """The last file that could not be taken."""
    found: Refusal | None = st.session_state.get("refusal")
    return found


def uploads() -> int:
    """How many files were read: the uploader is a new one each time, so that it lets go of the last file's bytes."""
    return int(st.session_state.get("uploads", 0))


def clear() -> None:
    """Forgets the table and everything chosen about it; the language stays."""
    count = uploads()
    for name in [name for name in st.session_state if name != "language"]:
        del st.session_state[name]
    st.session_state["uploads"] = count + 1


def language() -> Lang:
    """The language in force: the one chosen, else the browser's."""
    chosen = st.session_state.get("language")
    return chosen if chosen in LANGUAGES else preferred(st.context.locale)


def in_the_link() -> dict[str, str | list[str]]:
    """The address parameters of the filters, to carry from page to page."""
    found = {name: st.query_params.get_all(name) for name in IN_THE_LINK}
    return {name: values for name, values in found.items() if values}


def first_time(what: Hashable) -> bool:
    """Whether this is asked for the first time in this session: then it takes a while, and progress is shown."""
    seen: set[Hashable] = st.session_state.setdefault("seen", set())
    new = what not in seen
    seen.add(what)
    return new


def pick_point(chart: str) -> None:
    """Puts the point clicked in a chart of time into the list of periods beside it, where the keyboard reaches it."""
    points = st.session_state[chart]["selection"].get("chosen") or []
    if points:
        st.session_state["point"] = _day(points[0]["f0"])


def pick_group(chart: str) -> None:
    """Puts the group clicked in a chart into the list of groups beside it, where the keyboard reaches it."""
    points = st.session_state[chart]["selection"].get("chosen") or []
    if points:
        st.session_state["picked"] = str(points[0]["f0"])


def _day(milliseconds: Any) -> date:
    # Vega counts from midnight in the browser's zone, which lies within half a day of the date meant.
    return date.fromordinal(date(1970, 1, 1).toordinal() + round(float(milliseconds) / 86_400_000))
