"""What stands round every page: its name, the menu, the language, and the box that catches whatever goes wrong."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from cxcore.errors import CxError
from cxcore.language import LANGUAGES, Lang, Message, say
from pages.ui import state, tell, upload

_ROOT = Path(__file__).resolve().parents[2]
_LOG = logging.getLogger("cx.pages")
_PAGES: tuple[tuple[str, Message, str], ...] = (
    ("app.py", say("Home"), ":material/home:"),
    ("pages/1_Data.py", say("Data"), ":material/table_view:"),
    ("pages/2_Surveys.py", say("Surveys"), ":material/reviews:"),
    ("pages/3_Operators.py", say("Operators"), ":material/support_agent:"),
    ("pages/9_Definitions.py", say("Definitions"), ":material/menu_book:"),
)
_LANGUAGES: dict[Lang, str] = {"en": "English", "it": "Italiano"}


@contextmanager
def begin(title: Message) -> Iterator[None]:
    """The frame of a page; whatever fails inside it is said in a box, and the session lives on."""
    # No page_icon: Streamlit fetches a Material one from fonts.gstatic.com, and no request may leave the machine.
    st.set_page_config(page_title=f"{tell.told(title)} · CX Notebook", layout="wide")
    _sidebar()
    st.title(tell.told(title), anchor=False)
    try:
        yield
    except CxError as error:
        tell.trouble(error.message, error.hint)
    except Exception as error:
        _log(error)
        tell.trouble(
            say("Something in this app went wrong, and this page could not be finished."),
            say("Your data are unharmed. Try again, or go to another page; the log says where it happened."),
        )


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


def _log(error: Exception) -> None:
    # Where it happened, and what kind of error; its message may hold a cell of somebody's file.
    places = [f"{Path(at.filename).name}:{at.lineno} {at.name}" for at in traceback.extract_tb(error.__traceback__)]
    _LOG.error("%s at %s", type(error).__name__, " < ".join(reversed(places)))
