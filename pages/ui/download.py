"""The one download button. The file is made when it is asked for, and named by what is in it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Literal

import streamlit as st

from cxcore.language import Message, say
from pages.ui import sessions, state, tell

Ending = Literal["csv", "html", "json"]
_KINDS: dict[Ending, str] = {"csv": "text/csv", "html": "text/html", "json": "application/json"}


def button(
    label: Message, make: Callable[[], bytes], what: str, made_of: str, key: str, ending: Ending = "csv"
) -> None:
    """A button that hands out what `make` makes, as a file of that kind.

    `what` names the file; `made_of` is everything its content depends on: a hash of it is part of the name, because
    Streamlit tells large files apart by three samples and the name.
    """
    digest = hashlib.sha256(made_of.encode()).hexdigest()[:12]
    st.download_button(
        tell.told(label),
        sessions.only_for(state.asking(), make),
        file_name=f"{what}-{digest}.{ending}",
        mime=_KINDS[ending],
        key=key,
        on_click="ignore",
        icon=":material/download:",
    )


ROWS = say("Download these rows")
