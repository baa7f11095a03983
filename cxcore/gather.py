"""Level 4. The files of one question: those that continue one another made one, the others joined by their ids."""

from __future__ import annotations

from collections.abc import Sequence

from cxcore import join, update
from cxcore.engine import Engine
from cxcore.join import Joined
from cxcore.store import Workspace
from cxcore.values import Table


def continued(engine: Engine, workspace: Workspace, tables: Sequence[Table]) -> tuple[Table, ...]:
    """The tables in the order they were brought, one that continues an earlier one in the earlier one's place."""
    found: list[Table] = []
    for new in tables:
        for k, old in enumerate(found):
            updated = update.of(old, new, engine, workspace)
            if updated is not None:
                found[k] = updated.table
                break
        else:
            found.append(new)
    return tuple(found)


def of(engine: Engine, workspace: Workspace, tables: Sequence[Table], needs: Sequence[str] = ()) -> Joined:
    """All the files as one table, whose rows are those of the file that holds the roles in `needs`."""
    tables = continued(engine, workspace, tables)
    base = join.base_of(tables, needs)
    return join.of(engine, workspace, base, [table for table in tables if table is not base])
