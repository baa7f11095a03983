"""Words on the page. Text that may hold a stranger's words goes through `sentence`, which draws it as it stands.

Markdown is for our own words and numbers only: a picture written into a header, a value or a file name would be
fetched by the reader's browser.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from cxcore.language import Message, say, words
from cxcore.values import Table
from pages.ui import state

TWO_LINES = 66  # pixels of a table's row: above 64 Streamlit lets a cell run over several lines


class Labels(dict[Any, str]):
    """What a widget's options are called. A value of its own, so that the session that holds it can be stored."""

    def __missing__(self, option: Any) -> str:
        """An option without a name is called what it is."""
        return str(option)


def labels(options: Mapping[Any, Message]) -> Labels:
    """The options of a widget with their names in the reader's language."""
    return Labels({option: told(name) for option, name in options.items()})


def told(message: Message) -> str:
    """The message in the reader's language; no line ends between a number and its per cent."""
    return words(message, state.language()).replace(" %", "\u00a0%")


def sentence(message: Message) -> None:
    """A sentence, drawn as plain text."""
    st.text(told(message), width="stretch")


def question(message: Message) -> None:
    """The question a cell answers, in our own words."""
    st.header(told(message), anchor=False)


def aside(message: Message) -> None:
    """A quiet line; quiet only where nothing but our own words, numbers and dates is in it, else plain text."""
    if _ours(message):
        st.caption(told(message))
    else:
        sentence(message)


def _ours(message: Message) -> bool:
    facts = [fact for _, fact in message.facts]
    return all(_ours(fact) if isinstance(fact, Message) else not isinstance(fact, str) for fact in facts)


def trouble(message: Message, hint: Message) -> None:
    """What went wrong and what to do next, in a box."""
    title = told(say("This could not be done"))
    with st.container(border=True):
        st.markdown(f":red[:material/error:] **{title}**")
        sentence(message)
        sentence(hint)


def empty(message: Message, hint: Message) -> None:
    """Why there is nothing here, and what would light it up."""
    with st.container(border=True):
        sentence(message)
        sentence(hint)


def nothing_to_count(table: Table) -> None:
    """That the file holds no score, and how to say which column does; nothing where it holds scores already made."""
    if table.mapping.given:
        return
    empty(
        say("No score was recognised in this file, so there is nothing to count yet."),
        say("On the page Data you can say which column holds the answers to a question such as 0 to 10 or 1 to 5."),
    )
