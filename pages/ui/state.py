"""What a session holds: the work of its workspace, the language, the filters. Nobody else touches it.

The work is one value, saved in the workspace before it is put into the session: a click that stops the script between
the two loses nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from cxcore import store
from cxcore import work as works
from cxcore.errors import CxError
from cxcore.join import Link
from cxcore.language import LANGUAGES, Lang, Message, preferred
from cxcore.store import Workspace
from cxcore.values import Table
from cxcore.work import Continued, Work
from pages.ui import sessions

# Widgets whose values are in the address, so that a link shows what its sender saw: chosen filters, never data.
IN_THE_LINK = (
    "period", "channel", "segment", "group", "metric", "rule", "every", "split",
    "measure", "counted", "clock", "hours", "holidays", "compare",
)  # fmt: skip
_OF_A_TABLE = (*IN_THE_LINK, "point", "picked")
DRAFT = "plan-"  # what the keys of the widgets that a plan is drafted with begin with


class Refusal(NamedTuple):
    """A file that could not be taken, and why."""

    name: str
    message: Message
    hint: Message


class Waiting(NamedTuple):
    """A file that waits to be read: where it lies, what it is called, which of its sheets is wanted."""

    path: Path
    name: str
    sheet: str | None
    copied: bool  # an upload's copy, deleted once it is read


def visitor() -> str:
    """Who this session belongs to: the cookie's digest; where no gate stands before the pages, the session alone."""
    known = asking()
    if known is not None:
        return known
    if "visitor" not in st.session_state:
        st.session_state["visitor"] = secrets.token_hex(20)
    return str(st.session_state["visitor"])


def asking() -> str | None:
    """Who may press this session's buttons, as the gate knows it; None where no gate stands before the pages."""
    known = st.user.get(sessions.USER_KEY)
    return known if isinstance(known, str) else None


def session() -> str | None:
    """This session's id; None where no server runs it."""
    context = get_script_run_ctx()
    return context.session_id if context is not None else None


def workspace() -> Workspace:
    """The visitor's workspace."""
    return store.opened(store.home(), visitor())


def arrive() -> bool:
    """Finds the work of the workspace again; whether the work held so far was deleted in another window."""
    birth = store.birth(store.home(), visitor())
    held = st.session_state.get("birth")
    if held == birth:
        return False
    found, version = works.opened(workspace()) if birth else (Work(), 0)
    st.session_state["birth"], st.session_state["version"], st.session_state["work"] = birth, version, found
    return bool(held)


def work() -> Work:
    """The work as this session knows it."""
    found: Work = st.session_state.get("work", Work())
    return found


def put(new: Work) -> None:
    """Saves the work, then holds it. Raises ChangedElsewhere where another window saved since this one looked."""
    if new == work():
        return
    own, shown = workspace(), work().table
    version = works.save(own, new, st.session_state["version"])
    st.session_state["birth"], st.session_state["version"], st.session_state["work"] = own.birth, version, new
    if new.table != shown:
        for name in _OF_A_TABLE:
            st.session_state.pop(name, None)


def elsewhere() -> Message | None:
    """What another window of this visitor did since this one looked, None where nothing."""
    if not st.session_state.get("birth"):
        return None
    own = workspace()
    if own.facts.version() == st.session_state["version"]:
        return None
    theirs, _ = works.opened(own)
    return works.difference(work(), theirs)


def take_over() -> None:
    """Takes over what another window did."""
    st.session_state["work"], st.session_state["version"] = works.opened(workspace())


def table() -> Table | None:
    """The table in use, or None before there is one: a file's own, or several files joined."""
    return work().table


def files() -> tuple[Table, ...]:
    """The files brought, each as its own table."""
    return work().files


def file() -> Table | None:
    """The file whose rows are in use, as its own table."""
    return work().file


def links() -> tuple[Link, ...]:
    """How the other files are joined to the one in use."""
    return work().links


def together() -> bool:
    """Whether files that an id links are looked at as one."""
    return work().together


def continued() -> Continued | None:
    """The file that continued an earlier one last, as long as that can be undone."""
    return work().continued


def corrections() -> dict[str, str]:
    """What a person has corrected of the file in use, as `--map` takes it."""
    own = file()
    return {} if own is None else works.corrections_of(work(), own)


def source() -> Path | None:
    """Where the workbook in use is kept, None for a file of one sheet."""
    found, own = work().source, file()
    return found if found and own and found.name.endswith(own.raw.sha256[:32]) else None


def brought(uploader: str) -> tuple[UploadedFile, ...]:
    """The files just put into an uploader."""
    return tuple(file for file in st.session_state[uploader] if isinstance(file, UploadedFile))


def wait_for(files: Sequence[Waiting]) -> None:
    """Makes files wait until they are read, with an empty uploader and no refusal of earlier ones."""
    st.session_state["waiting"] = (*waiting(), *files)
    start_anew()


def waiting() -> tuple[Waiting, ...]:
    """The files that are still to be read."""
    found: tuple[Waiting, ...] = st.session_state.get("waiting", ())
    return found


def done_with(file: Waiting) -> None:
    """Takes a file from those that wait, and its copy from the disk."""
    st.session_state["waiting"] = tuple(other for other in waiting() if other != file)
    if file.copied:
        file.path.unlink(missing_ok=True)


def stop_reading() -> None:
    """Lets go of all the files that wait."""
    for file in waiting():
        done_with(file)


def start_anew() -> None:
    """An empty uploader, and no refusal left from before."""
    st.session_state["refusals"] = ()
    st.session_state["uploads"] = uploads() + 1


def refuse(name: str, error: CxError) -> None:
    """Remembers that a file just brought could not be taken, and why."""
    st.session_state["refusals"] = (*refusals(), Refusal(name, error.message, error.hint))


def refusals() -> tuple[Refusal, ...]:
    """The files brought last that could not be taken."""
    found: tuple[Refusal, ...] = st.session_state.get("refusals", ())
    return found


def let_go(source: object) -> None:
    """Lets go of an upload's bytes once they are read: Streamlit would keep them as long as the session."""
    context = get_script_run_ctx()
    if isinstance(source, UploadedFile) and context is not None:
        context.uploaded_file_mgr.remove_file(context.session_id, source.file_id)  # type: ignore[attr-defined]
        source.seek(0)
        source.truncate()  # not closed: the session, which still holds the empty file, must stay storable


def uploads() -> int:
    """How many files were read: the uploader is a new one each time, so that it lets go of the last file's bytes."""
    return int(st.session_state.get("uploads", 0))


def clear() -> None:
    """Forgets the work and everything chosen about it; who is here and the language stay."""
    count = uploads()
    for name in [name for name in st.session_state if name not in {"language", "visitor"}]:
        del st.session_state[name]
    st.session_state["uploads"] = count + 1


def drafting(subject: str) -> None:
    """Starts the draft of a plan anew where another table is in use than the one it was about."""
    if st.session_state.get("drafted") != subject:
        if "drafted" in st.session_state:
            for name in [str(name) for name in st.session_state if str(name).startswith(DRAFT)]:
                del st.session_state[name]
        st.session_state["drafted"] = subject


def draft(values: Mapping[str, Any]) -> None:
    """Fills the draft of a plan, by the names of its fields."""
    for name, value in values.items():
        st.session_state[DRAFT + name] = value


def kept(subject: str) -> str | None:
    """The journal's id of the experiment that is looked at on this table, None before its plan is kept."""
    known: dict[str, str] = st.session_state.get("experiments", {})
    return known.get(subject)


def look_at(subject: str, entry: str | None) -> None:
    """Puts an experiment of the journal before the reader for this table; None puts it away."""
    known = dict(st.session_state.get("experiments", {}))
    known.pop(subject, None)
    if entry is not None:
        known[subject] = entry
    st.session_state["experiments"] = known


def anyway(entry: str, fingerprint: str) -> bool:
    """Whether the person wants to see the effect of this plan although a check of its design failed."""
    return (entry, fingerprint) in st.session_state.get("wanted_anyway", ())


def want_anyway(entry: str, fingerprint: str) -> None:
    """Remembers that the person wants to see it anyway."""
    st.session_state["wanted_anyway"] = (*st.session_state.get("wanted_anyway", ()), (entry, fingerprint))


def shuffled(asked: Hashable, *, now: bool = False) -> bool:
    """Whether an A/A check was asked for; `now` remembers that it is."""
    if now:
        st.session_state["shuffled"] = asked
    return bool(st.session_state.get("shuffled") == asked)


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
