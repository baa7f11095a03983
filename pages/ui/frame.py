"""What stands round every page: its name, the menu, the language, and the box that catches whatever goes wrong."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from cxcore.errors import CxError
from cxcore.language import LANGUAGES, Lang, Message, say
from pages.ui import cached, logs, reading, state, tell, upload

_ROOT = Path(__file__).resolve().parents[2]
_LOG = logging.getLogger("cx.pages")
_PAGES: tuple[tuple[str, Message, str], ...] = (
    ("app.py", say("Home"), ":material/home:"),
    ("pages/1_Data.py", say("Data"), ":material/table_view:"),
    ("pages/2_Surveys.py", say("Surveys"), ":material/reviews:"),
    ("pages/3_Operators.py", say("Operators"), ":material/support_agent:"),
    ("pages/4_Experiments.py", say("Experiments"), ":material/science:"),
    ("pages/9_Definitions.py", say("Definitions"), ":material/menu_book:"),
)
_LANGUAGES: dict[Lang, str] = {"en": "English", "it": "Italiano"}


@contextmanager
def begin(title: Message) -> Iterator[None]:
    """The frame of a page; whatever fails inside it is said in a box, and the session lives on."""
    # No page_icon: Streamlit fetches a Material one from fonts.gstatic.com, and no request may leave the machine.
    st.set_page_config(page_title=f"{tell.told(title)} · CX Notebook", layout="wide")
    try:
        if state.arrive():
            cached.forget()
            state.arrive()
        _sidebar()
        st.title(tell.told(title), anchor=False)
        _elsewhere()
        reading.waiting()
        yield
    except CxError as error:
        tell.trouble(error.message, error.hint)
    except Exception as error:
        failed(error)


def failed(error: Exception) -> bool:
    """Says in a neutral box that something of ours failed, and in the log where; Streamlit itself says nothing."""
    _LOG.error(logs.place(error))
    tell.trouble(
        say("Something in this app went wrong, and this page could not be finished."),
        say("Your data are unharmed. Try again, or go to another page; the log says where it happened."),
    )
    return True


def _elsewhere() -> None:
    """What another window did to the same files, and the button that takes it over."""
    differs = state.elsewhere()
    if differs is not None:
        with st.container(border=True):
            tell.sentence(say("Another window changed these files. There: {differences}.", differences=differs))
            if st.button(tell.told(say("Take over what was done there")), key="take-over"):
                state.take_over()
                st.rerun()


def _sidebar() -> None:
    with st.sidebar:
        for page, name, icon in _PAGES:
            if (_ROOT / page).exists():
                st.page_link(page, label=tell.told(name), icon=icon, query_params=state.in_the_link())
        st.space("small")
        st.segmented_control(
            "Language · Lingua",
            LANGUAGES,
            default=state.language(),
            required=True,
            format_func=tell.Labels(_LANGUAGES).__getitem__,
            key="language",
            persist_state="session",
        )
        upload.in_use()
