"""Charts on the page. Altair takes 120 ms to check a chart, so its specification is remembered, not drawn anew."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Literal

import streamlit as st

from cxcore.charts import Theme
from cxcore.language import Lang, Message
from cxcore.values import Condition, Table
from pages.ui import cached, state, tell

Drawn = Callable[[Lang, Theme, str], Any]


def theme() -> Theme:
    """The reader's theme."""
    return "dark" if st.context.theme.type == "dark" else "light"


def show(
    table: Table | None,
    where: tuple[Condition, ...],
    what: tuple[Hashable, ...],
    sentence: Message,
    draw: Drawn,
    *,
    key: str,
    on_select: Callable[[], None] | Literal["ignore"] = "ignore",
) -> None:
    """A chart with its sentence as alternative text; `table` None where it is drawn from no file.

    `what` is everything it depends on beside the table, the filters, the reader's language and theme; `draw` makes it.
    The sentence is in the chart, as its description: given to Streamlit as well, it would write both into the log.
    """
    lang, dark, alternative = state.language(), theme(), tell.told(sentence)
    spec = cached.picture(table, where, (key, *what, lang, dark, alternative), lambda: draw(lang, dark, alternative))
    st.vega_lite_chart(spec=spec, theme=None, key=key, on_select=on_select, width="stretch")
