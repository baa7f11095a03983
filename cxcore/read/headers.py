"""Child side. Header rows that are more than one: groups above names, codes above questions, questions above answers.

The forms, and where they come from: group names above column names (pivoted and hand-made sheets); Qualtrics: codes,
then the question texts, then {"ImportId": …}; SurveyMonkey: questions, blank in the columns that continue one, above
"Response" or the choice a column stands for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cxcore.read.shapes import Row, distinct, filled, look, usual_look

_CODE = re.compile(r"[A-Za-z]{1,5}\d+([._#\-]\w+)*")
_IMPORT_ID = re.compile(r'\s*\{\s*"ImportId"')
_PLAIN_ANSWERS = frozenset(
    (
        *("response", "open-ended response", "risposta", "risposta aperta", "respuesta", "respuesta abierta"),
        *("réponse", "réponse ouverte", "antwort", "offene antwort", "beantwortung mit offenem ende"),
    )
)
_MISSING = frozenset(("n/a", "na", "#n/a", "none", "null", "nan", "-", "--", "–", "n.d.", "nd", "n.a.", "?", "missing"))
_MOSTLY = 0.8


@dataclass(frozen=True)
class Names:
    """Names and what else is said of each column, and the header's first and last row among the records given."""

    headers: tuple[str, ...]
    descriptions: tuple[str, ...]
    first: int
    last: int

    @property
    def rows(self) -> int:
        """How many rows the header takes."""
        return self.last - self.first + 1


def read(rows: Sequence[Row], top: int) -> Names:
    """The names of a table whose first row is `top`."""
    one = rows[top]
    two = rows[top + 1] if top + 1 < len(rows) else ()
    three = rows[top + 2] if top + 2 < len(rows) else ()
    if _are_import_ids(three):
        return Names(_texts(one), _texts(two, len(one)), top, top + 2)
    if _are_import_ids(two):
        return Names(_texts(one), _texts((), len(one)), top, top + 1)
    if filled(two) and filled(three):
        is_name_row = _is_no_data(rows, top + 1)
        if _is_survey_monkey(one, two):
            return Names(_joined(one, two), _texts((), len(one)), top, top + 1)
        if _is_codes(one) and distinct(one) and (is_name_row or _reads_as_questions(two)):
            return Names(_texts(one), _texts(two, len(one)), top, top + 1)
        if is_name_row and _is_groups(one, two):
            return Names(_texts(two, len(one)), _texts(_carried(one), len(one)), top, top + 1)
        if is_name_row and distinct(one):
            return Names(_texts(one), _texts(two, len(one)), top, top + 1)
    # A row of group names too sparse to be taken for the top of the table.
    above = rows[top - 1] if top else ()
    if 2 <= len(filled(above)) < len(filled(one)) and _is_above(above, one, rows, top):
        return Names(_texts(one), _texts(_carried(above), len(one)), top - 1, top)
    return Names(_texts(one), _texts((), len(one)), top, top)


def _texts(row: Row, width: int = 0) -> tuple[str, ...]:
    texts = [(cell or "").strip() for cell in row]
    return tuple(texts + [""] * (width - len(texts)))


def _carried(row: Row) -> list[str]:
    """A row of groups with each name carried over the blanks to its right."""
    carried, name = [], ""
    for cell in row:
        name = cell or name
        carried.append(name)
    return carried


def _is_no_data(rows: Sequence[Row], at: int) -> bool:
    """Whether a row cannot be data: words, no two alike, in the columns that hold numbers and dates in the rows below.

    Two such columns are asked for: a single word in one column of numbers is a mistake in a row, and no header; and
    what stands for "no answer" is no word.
    """
    typed = texts = 0
    for k in filled(rows[at]):
        usual = usual_look(row[k] for row in rows[at + 1 :] if k < len(row))
        if usual in ("number", "date"):
            cell = (rows[at][k] or "").strip()
            typed += 1
            texts += look(cell) == "text" and cell.casefold() not in _MISSING
    return typed > 1 and texts >= 0.9 * typed and distinct(rows[at])


def _are_import_ids(row: Row) -> bool:
    cells = [cell for cell in row if cell]
    return len(cells) > 0 and sum(bool(_IMPORT_ID.match(cell)) for cell in cells) >= _MOSTLY * len(cells)


def _is_codes(row: Row) -> bool:
    cells = [cell.strip() for cell in row if cell]
    return sum(bool(_CODE.fullmatch(cell)) for cell in cells) >= 0.5 * len(cells) and len(cells) > 1


def _reads_as_questions(row: Row) -> bool:
    """Whether a row of texts under codes holds questions or names and no data: no number or date in it, and no
    two cells alike. Only asked where the row above is all codes."""
    cells = [cell for cell in row if cell]
    return distinct(cells) and all(look(cell) == "text" for cell in cells)


def _is_survey_monkey(one: Row, two: Row) -> bool:
    """Questions above answers: the second row is filled under every blank of the first and names plain answers."""
    blanks = [k for k, cell in enumerate(one) if not cell and k < len(two)]
    answers = {(cell or "").strip().casefold() for cell in two}
    under = [k for k in blanks if two[k]]
    without = [k for k in filled(one) if k < len(two) and not two[k]]
    if blanks and len(under) < 0.9 * len([k for k in blanks if k <= max(filled(two), default=0)]):
        return False
    words = all(look(cell) == "text" for cell in two if cell)
    return words and bool(answers & _PLAIN_ANSWERS) and (bool(without) or bool(under))


def _joined(one: Row, two: Row) -> tuple[str, ...]:
    """Each question with the answer its column stands for."""
    names = []
    for question, answer in zip(_carried(one), _texts(two, len(one)), strict=False):
        plain = answer.casefold() in _PLAIN_ANSWERS or not answer
        names.append(question.strip() if plain else f"{question.strip()} – {answer}")
    return tuple(names)


def _is_groups(one: Row, two: Row) -> bool:
    """Whether the first row groups the columns that the second names: fewer names than columns, repeated or blank."""
    return (
        distinct(two)
        and len(filled(two)) >= len(filled(one))
        and (not distinct(one) or len(filled(one)) < len(filled(two)))
    )


def _is_above(above: Row, one: Row, rows: Sequence[Row], top: int) -> bool:
    """Whether a sparse row right above the names groups them: only text, each over a named column, no title."""
    over = all(k < len(one) and one[k] for k in filled(above))
    text = all(look(above[k] or "") == "text" for k in filled(above))
    return over and text and distinct(one) and filled(above)[-1] > 1 and _is_no_data(rows, top)
