"""Home: bring a file or take the sample; what is worth knowing, where it hurts, and the numbers.

Streamlit starts the server from here, too, and finds the gate that every request passes.
"""

import streamlit as st
from streamlit import runtime

from cxcore.language import say
from pages.ui import cached, filters, frame, given, server, show, tell, totals, upload

if runtime.exists():
    with frame.begin(say("Home")):
        table = upload.bring()
        if table is not None:
            where = filters.choose(table)
            given.scores(table)
            wholes = cached.wholes(table, where)
            if wholes:
                left, right = st.columns([3, 2], gap="medium")
                trends = cached.trends(table, where, None, None, None)
                with right:
                    show.numbers(table, wholes, trends)
                with left:
                    found = show.found(table, where)
                    show.worth_knowing(table, found, trends)
                    show.hurting(table, found)
                    if not cached.scored(table):
                        show.desk_told()
            elif totals.held(table):
                totals.summed(table, where)
            else:
                tell.nothing_to_count(table)
            upload.another()
else:
    app = st.App(__file__, middleware=server.MIDDLEWARE, lifespan=server.lifespan, on_script_error=frame.failed)
