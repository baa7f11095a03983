"""Definitions: every number the app shows, what it asks, and how it is computed."""

from cxcore.language import say
from pages.ui import definitions, frame, state

with frame.begin(say("Definitions")):
    definitions.all_metrics(state.table())
