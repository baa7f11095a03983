"""Level 4. The work in a workspace: the files, the one in use, how they are joined, what was corrected.

One value, saved whole in one call: whatever stops a page, the work on the disk is always one that a person made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from cxcore import frozen, values
from cxcore.errors import CxError
from cxcore.join import Link
from cxcore.join.keys import Key
from cxcore.language import Message, listed, plain, say
from cxcore.store import Workspace
from cxcore.values import Table

MOST_FILES = 20  # in one workspace


class ChangedElsewhere(CxError):
    """Another window saved in the meantime."""


class TooManyFiles(CxError):
    """The workspace holds as many files as it takes."""


@dataclass(frozen=True)
class Continued:
    """A file that continued an earlier one: where it stands, both as they were, and what became of the rows."""

    place: int
    before: Table
    alone: Table
    told: Message


@dataclass(frozen=True)
class Work:
    """What a person has made. `place` is the file whose rows are in use, `table` is that file's own table or the table
    of its rows joined with the others; `corrections` hold, by file, what was corrected as `--map` takes it; `source` is
    where a workbook is kept whose other sheets may be wanted."""

    files: tuple[Table, ...] = ()
    place: int = 0
    table: Table | None = None
    links: tuple[Link, ...] = ()
    corrections: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    together: bool = True
    source: Path | None = None
    continued: Continued | None = None

    @property
    def file(self) -> Table | None:
        """The file whose rows are in use, as its own table."""
        return self.files[self.place] if self.files else None


_KINDS = (Work, Continued, Link, Key, Message, values.Table, values.RawTable, values.Mapping, values.RoleUse,
          values.ColumnUse, values.Question, values.Problem)  # fmt: skip


def kept(
    work: Work,
    new: Table,
    source: Path | None,
    corrections: Mapping[str, str],
    place: int | None,
    continued: Continued | None = None,
) -> Work:
    """The work with a file more, or one in the place of an earlier one; it is the file in use."""
    if place is None and len(work.files) >= MOST_FILES:
        raise TooManyFiles(
            "too_many_files",
            say("There are {n} files already, which is as many as can be looked at together.", n=MOST_FILES),
            say("Delete your data to start with other files, or put files with the same columns into one."),
        )
    files = (*work.files, new) if place is None else (*work.files[:place], new, *work.files[place + 1 :])
    work = replace(work, files=files, source=source, continued=continued)
    return used(_noted(work, new, corrections), len(files) - 1 if place is None else place)


def used(work: Work, place: int, shown: Table | None = None, links: tuple[Link, ...] = ()) -> Work:
    """The work with a file in use: its own table, or `shown`, the table of its rows joined with the other files."""
    return replace(work, place=place, table=shown or work.files[place], links=links)


def corrected(work: Work, new: Table, corrections: Mapping[str, str]) -> Work:
    """The work with the file in use under corrected roles."""
    files = (*work.files[: work.place], new, *work.files[work.place + 1 :])
    return used(_noted(replace(work, files=files), new, corrections), work.place)


def corrections_of(work: Work, own: Table) -> dict[str, str]:
    """What was corrected of a file."""
    return dict(dict(work.corrections).get(_known(own), ()))


def _noted(work: Work, own: Table, corrections: Mapping[str, str]) -> Work:
    noted = dict(work.corrections) | {_known(own): tuple(corrections.items())}
    return replace(work, corrections=tuple((name, made) for name, made in noted.items() if made))


def _known(own: Table) -> str:
    return f"{own.raw.sha256} {own.raw.sheet or ''}"


def opened(workspace: Workspace) -> tuple[Work, int]:
    """The work saved in a workspace and its version; none where there is none, or it can be read no more."""
    words, version = workspace.facts.work()
    if not words:
        return Work(), version
    try:
        found = frozen.value_of(words, _KINDS, workspace.folder)
    except ValueError:
        return Work(), version
    whole = isinstance(found, Work) and all(table.path.exists() for table in _tables(found))
    return (found if whole else Work()), version


def save(workspace: Workspace, work: Work, seen: int) -> int:
    """Saves the work over the version seen, and says the new one. Raises ChangedElsewhere, with what differs, where
    another window has saved since."""
    version = workspace.facts.save(frozen.text_of(work, workspace.folder), seen)
    if version is None:
        theirs, _ = opened(workspace)
        raise ChangedElsewhere(
            "changed_elsewhere",
            say("Not saved: another window changed these files in the meantime. There: {differences}.",
                differences=difference(work, theirs)),
            say("Take over what was done there, then do yours again."),
        )  # fmt: skip
    return version


def difference(mine: Work, theirs: Work) -> Message:
    """What differs in their work from mine, in words."""
    told = list(_differences(mine, theirs))
    return listed(told) if told else say("the same files, in the same state")


def _differences(mine: Work, theirs: Work) -> Iterator[Message]:
    own, other = ({_known(file): file for file in work.files} for work in (mine, theirs))
    added = [file.name for known, file in other.items() if known not in own]
    gone = [file.name for known, file in own.items() if known not in other]
    changed = [
        file.name for known, file in other.items()
        if known in own and corrections_of(mine, file) != corrections_of(theirs, file)
    ]  # fmt: skip
    if added:
        yield say("files added: {names}", names=plain(", ".join(added)))
    if gone:
        yield say("files not there: {names}", names=plain(", ".join(gone)))
    if changed:
        yield say("columns used otherwise in: {names}", names=plain(", ".join(changed)))
    if theirs.file and (not mine.file or _known(mine.file) != _known(theirs.file)):
        yield say("in use: {name}", name=theirs.file.name)
    if mine.together != theirs.together:
        yield say("files looked at together") if theirs.together else say("files looked at alone")


def _tables(work: Work) -> Iterator[Table]:
    found = [*work.files, *([work.table] if work.table else [])]
    found += [work.continued.before, work.continued.alone] if work.continued else []
    for table in found:
        yield table
        if table.before is not None:
            yield table.before
