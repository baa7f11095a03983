"""Surveys: how one score changed, how its answers spread, who is happier, what people wrote."""

from cxcore.language import say
from pages.ui import choices, filters, frame, given, show, surveys, upload

with frame.begin(say("Surveys")):
    table = upload.needed()
    if table is not None:
        where = filters.choose(table)
        given.scores(table)
        asked = choices.asked(table)
        if asked is not None:
            found = show.found(table, where)
            surveys.changed(table, where, asked, found)
            surveys.spread(table, where, asked)
            surveys.compared(table, where, asked, found)
            surveys.written(table, where, asked)
