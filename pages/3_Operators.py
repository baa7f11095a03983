"""Operators: how fast the desk answers and solves, when work arrives, who differs beyond chance, what waits."""

from cxcore.language import say
from pages.ui import desk_choices, filters, frame, operators, operators_compared, operators_load, operators_targets

with frame.begin(say("Operators")):
    table = operators.needed()
    if table is not None:
        where = filters.choose(table)
        asked = desk_choices.asked(table)
        operators.changed(table, where, asked)
        operators_targets.kept(table, where, asked)
        operators.in_the_week(table, where, asked)
        operators.spread(table, where, asked)
        operators_compared.fairly(table, where, asked)
        operators_compared.handed_over(table, where, asked)
        operators_load.staffed(table, where)
        operators_load.waiting(table, where, asked)
